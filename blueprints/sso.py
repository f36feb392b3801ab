"""To the provider of single sign-on and back."""

from flask import Blueprint, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints import door, entrance, forms, problems
from roundtag import addresses
from roundtag.accounts import sso
from roundtag.errors import NotFound

blueprint = Blueprint("sso", __name__)
PENDING, AGAIN = "sso", "again"
PER_ADDRESS = "60 per hour"


def _return_address() -> str:
    """From the settings, as the provider knows it; never from a request's own header."""
    return f"{addresses.base_url()}{url_for('sso.back')}"


@blueprint.get("/sign-in/sso")
@door.limiter.limit(PER_ADDRESS)
def begin() -> Response:
    if not sso.is_on():
        raise NotFound
    wanted = entrance.target(request.args.get("next", ""))
    try:
        address, pending = sso.begin(_return_address(), bool(session.get(AGAIN)))
    except sso.SsoFailed as failed:
        return _failed(problems.say(failed))
    session[PENDING], session[entrance.NEXT] = pending.as_dict(), wanted
    return redirect(address, 303)


@blueprint.get("/sign-in/sso/callback")
@door.limiter.limit(PER_ADDRESS)
def back() -> Response:
    """Only the browser that went away comes in: the state is in its cookie, and is used once."""
    if not sso.is_on():
        raise NotFound
    kept = session.pop(PENDING, None)
    pending = sso.Pending(**kept) if isinstance(kept, dict) else None
    try:
        claims = sso.finish(dict(request.args.items()), pending, _return_address())
    except sso.SsoFailed as failed:
        return _failed(problems.say(failed))
    entered = sso.arrive(claims, entrance.place(), forms.fresh_id())
    if entered is None:
        return _failed(_("Nobody here is allowed in under that name. Ask an administrator."))
    return entrance.go_on(entered, session.get(entrance.NEXT, ""))


def _failed(words: str) -> Response:
    flash(words, "warn")
    return redirect(url_for("people.sign_in"), 303)
