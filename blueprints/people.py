from flask import Blueprint, flash, redirect, request, session, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import door, entrance, pages, problems
from blueprints.forms import Typed, fresh_id
from roundtag import commands, people
from roundtag.accounts import entering, sso
from roundtag.fields import Fields

blueprint = Blueprint("people", __name__)
YEAR = 365 * 86_400


def _username() -> str:
    """The name as accounts spell it, so that every way to type one name counts as that name."""
    return Fields(request.form.items()).raw("username").lower()


@blueprint.get("/sign-in")
def sign_in() -> Response:
    if current_user.is_authenticated:
        return redirect(entrance.target(request.args.get("next", "")), 303)
    return _form(Typed())


def _form(form: Typed, status: int = 200) -> Response:
    target = entrance.target(request.values.get("next", ""))
    page = pages.show("people/sign_in.html", chrome="public", form=form, next=target,
                      sso=sso.is_on())  # fmt: skip
    page.status_code = status
    return page


@blueprint.post("/sign-in")
def sign_in_submit() -> Response:
    """How fast guesses may follow one another is a rule of the library."""
    username = _username()
    try:
        entered = entering.enter(username, request.form.get("password", ""), entrance.place())
    except entering.Wait as wait:
        said = Typed({"username": username}, {"password": problems.say(wait)})
        return entrance.patient(_form(said, 429), wait)
    if entered is None:
        message = _("This user name and password do not match. Check both and try again.")
        return _form(Typed({"username": username}, {"password": message}), 422)
    return entrance.go_on(entered, request.form.get("next", ""))


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """On a shared phone the next person must not come in on what the last one proved elsewhere."""
    door.sign_out()
    if sso.is_on():
        session["again"] = True
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
    answer = redirect(entrance.target(request.form.get("next", "")), 303)
    answer.set_cookie(pages.COOKIE, locale, max_age=YEAR, httponly=True, samesite="Lax")
    return answer
