"""Links by which people choose a password; asking for one says nothing about who has an account."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints import attendees, door, entrance, forms, pages
from blueprints.forms import Typed
from roundtag import clock, commands, people
from roundtag.accounts import letters
from roundtag.errors import Invalid, NotFound

blueprint = Blueprint("welcome", __name__)


@blueprint.get("/sign-in/help")
def help_() -> Response:
    return pages.show("people/help.html", chrome="public", asked=False)


@blueprint.post("/sign-in/help")
@door.limiter.limit("20 per hour")
def ask() -> Response:
    """The same words after the same work, whatever was typed."""
    letters.ask(request.form.get("who", ""))
    return pages.show("people/help.html", chrome="public", asked=True)


@blueprint.get("/welcome/<secret>")
@door.limiter.limit(attendees.PATHS)
def show(secret: str) -> Response:
    return _page(secret, Typed())


def _page(secret: str, form: Typed) -> Response:
    try:
        purpose, person = letters.holder(secret)
    except NotFound:
        return attendees.unknown("link")
    return pages.show("people/welcome.html", chrome="public", form=form, person=person,
                      invited=purpose == letters.INVITE, secret=secret,
                      submission_id=forms.page_id())  # fmt: skip


@blueprint.post("/welcome/<secret>")
@door.limiter.limit(attendees.PATHS)
def choose(secret: str) -> Response:
    try:
        person = letters.holder(secret)[1]
        order = letters.ChoosePassword(secret, request.form.get("password", ""))
        actor = people.actor_of(person, clock.now(), via="link")
        commands.run(forms.posted_id(), letters.choose_password, order, actor)
    except NotFound:
        return attendees.unknown("link")
    except Invalid as refused:
        return _page(secret, forms.typed(refused))
    here = entrance.place()
    letters.know(person.id, here.browser, here.label)
    flash(_("The password is set. Sign in with it."), "ok")
    return entrance.remember(redirect(url_for("people.sign_in"), 303))
