from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from blueprints import door, pages
from blueprints.forms import Typed, fresh_id
from roundtag import commands, people
from roundtag.fields import Fields

blueprint = Blueprint("people", __name__)
YEAR = 365 * 86_400


def _username() -> str:
    """The name as accounts spell it, so that every way to type one name counts as that name."""
    return Fields(request.form.items()).raw("username").lower()


@blueprint.get("/sign-in")
def sign_in() -> Response:
    if current_user.is_authenticated:
        return redirect(_target(request.args.get("next", "")), 303)
    return _form(Typed())


def _form(form: Typed, status: int = 200) -> Response:
    target = _target(request.values.get("next", ""))
    page = pages.show("people/sign_in.html", chrome="public", form=form, next=target)
    page.status_code = status
    return page


def _who_guesses() -> str:
    """Guesses are counted per name and address, so that nobody can lock another person out."""
    return f"name:{_username()[:80]} from {request.remote_addr}"


@blueprint.post("/sign-in")
@door.limiter.limit("30 per hour", key_func=_who_guesses,
                    deduct_when=lambda response: response.status_code == 422)  # fmt: skip
@door.limiter.limit("200 per hour", deduct_when=lambda response: response.status_code == 422)
def sign_in_submit() -> Response:
    username = _username()
    found = people.sign_in(username, request.form.get("password", ""))
    if found is None:
        message = _("This user name and password do not match. Check both and try again.")
        return _form(Typed({"username": username}, {"password": message}), 422)
    secret = found[1]
    signed_in = people.session(secret)
    assert signed_in is not None  # noqa: S101 - it was opened a line above
    door.sign_in(secret, signed_in)
    return redirect(_target(request.form.get("next", "")), 303)


def _target(wanted: str) -> str:
    """Where to go after sign-in: only a path that our own routes serve, else home."""
    path = wanted.split("?", 1)[0].split("#", 1)[0]
    plain = path.startswith("/") and not path.startswith("//") and path.isprintable()
    if not plain or "\\" in wanted:
        return url_for("today.show")
    try:
        current_app.url_map.bind(request.host).match(path, method="GET")
    except (RequestRedirect, HTTPException):
        return url_for("today.show")
    return wanted if wanted.isprintable() else url_for("today.show")


@blueprint.post("/sign-out")
def sign_out() -> Response:
    door.sign_out()
    return redirect(url_for("people.sign_in"), 303)


@blueprint.post("/language")
def set_language() -> Response:
    """The reader's choice: kept with the account when signed in, and in this browser."""
    locale = request.form.get("locale", "")
    if locale not in pages.LANGUAGES:
        locale = "zh"
    if door.actor().roles:
        order = people.SetLocale(locale)
        commands.run(fresh_id(), people.set_locale, order, door.actor())
        with force_locale(pages.CATALOGUES[locale]):
            flash(_("The language is set."), "ok")
    answer = redirect(_target(request.form.get("next", "")), 303)
    answer.set_cookie(pages.COOKIE, locale, max_age=YEAR, httponly=True, samesite="Lax")
    return answer
