"""Between the password and the session: the second factor."""

from flask import Blueprint, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints import enrolling, entrance, forms, pages, problems
from blueprints.forms import Typed
from roundtag import clock, people
from roundtag.accounts import entering
from roundtag.errors import Invalid

blueprint = Blueprint("steps", __name__)


def _step() -> str:
    return str(session.get(entrance.STEP, ""))


def _start_again() -> Response:
    """The step is too old, was answered wrongly too often, or never begun here."""
    if session.pop(entrance.STEP, None):
        flash(_("Please sign in again."), "warn")
    return redirect(url_for("people.sign_in", next=session.get(entrance.NEXT, "")), 303)


@blueprint.get("/sign-in/code")
def ask() -> Response:
    person = entering.waiting(_step())
    if person is None:
        return _start_again()
    if not person.second_factor_at:
        return redirect(url_for("steps.setup"), 303)
    return _page(Typed())


def _page(form: Typed, status: int = 200) -> Response:
    page = pages.show("people/code.html", chrome="public", form=form, path=url_for("steps.ask"))
    page.status_code = status
    return page


@blueprint.post("/sign-in/code")
def answer() -> Response:
    if entering.waiting(_step()) is None:
        return _start_again()
    code = request.form.get("code", "")[:40]
    try:
        secret = entering.answer(
            _step(), code, entrance.place(), trust=request.form.get("trust") == "1"
        )
    except entering.Wait as wait:
        said = Typed({}, {"code": problems.say(wait)})
        return entrance.patient(_page(said, 429), wait)
    if secret is None:
        message = _("This code is not right, or it was used before.")
        return _page(Typed({}, {"code": message}), 422) if entering.waiting(_step()) else (
            _start_again())  # fmt: skip
    return entrance.let_in(secret, session.get(entrance.NEXT, ""))


@blueprint.get("/sign-in/setup")
def setup() -> Response:
    person = entering.waiting(_step())
    if person is None or person.second_factor_at:
        return redirect(url_for("steps.ask"), 303) if person else _start_again()
    return enrolling.page(person, "/sign-in/setup", "public", Typed())


@blueprint.post("/sign-in/setup")
def set_up() -> Response:
    """Sets the factor up and goes in; who has one already must show it instead."""
    person = entering.waiting(_step())
    if person is None or person.second_factor_at:
        return redirect(url_for("steps.ask"), 303) if person else _start_again()
    try:
        _receipt, codes = enrolling.enrol(people.actor_of(person, clock.now()))
    except Invalid as refused:
        return enrolling.page(person, "/sign-in/setup", "public", forms.typed(refused))
    secret = entering.finish(_step(), entrance.place())
    if secret is None:
        return _start_again()
    wanted = entrance.target(session.get(entrance.NEXT, ""))
    entrance.welcome(secret)
    page = pages.show("account/codes.html", chrome="public", codes=codes, onward=wanted)
    return entrance.remember(page)
