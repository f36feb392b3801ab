"""One's own account: password, second factor, sessions."""

from flask import Blueprint, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import door, enrolling, entrance, forms, pages
from blueprints.forms import Typed
from roundtag import clock, people
from roundtag.accounts import own, second
from roundtag.errors import Invalid

blueprint = Blueprint("account", __name__)
TRIES = "20 per hour"
"""Per address: of tries at a present password in an open session."""


def refused(response: Response) -> bool:
    return response.status_code == 422


@blueprint.get("/account")
def show() -> Response:
    return _page(Typed())


def _page(form: Typed) -> Response:
    here = people.token_hash(current_user.secret)
    return pages.show("account/show.html", nav="more", path="/account", form=form, here=here,
                      account=own.account(door.actor()), submission_id=forms.page_id(),
                      fresh=forms.fresh_id)  # fmt: skip


@blueprint.post("/account/password")
@door.limiter.limit(TRIES, deduct_when=refused)
def change_password() -> Response:
    """All sessions end; this browser goes on with a new one."""
    order = own.ChangePassword(request.form.get("present", ""), request.form.get("password", ""))
    try:
        receipt = forms.run(own.change_password, order)
    except Invalid as wrong:
        return _page(forms.typed(wrong))
    if not receipt.repeated:
        secret = people.open_session(current_user.person, clock.now(), entrance.place().label)
        entrance.welcome(secret)
    return forms.done(receipt)


@blueprint.post("/account/sessions/end")
def end_sessions() -> Response:
    """One of them, or without a name all but this one."""
    here = people.token_hash(current_user.secret)
    order = own.EndSessions(request.form.get("session") or None, here)
    return forms.done(forms.run(own.end_own_sessions, order))


@blueprint.post("/account/browsers/forget")
def forget_browsers() -> Response:
    return forms.done(forms.run(own.forget_browsers, own.ForgetBrowsers()))


@blueprint.get("/account/second-factor")
def setup() -> Response:
    return _enrol_page(Typed())


def _enrol_page(form: Typed) -> Response:
    return enrolling.page(current_user.person, "/account/second-factor", "staff", form)


@blueprint.post("/account/second-factor")
@door.limiter.limit(TRIES, deduct_when=refused)
def set_up() -> Response:
    try:
        second.check_password(current_user.person, request.form.get("password", ""), "password")
        receipt, codes = enrolling.enrol(door.actor())
    except Invalid as wrong:
        return _enrol_page(forms.typed(wrong))
    return _codes(receipt.repeated, codes)


def _codes(repeated: bool, codes: tuple[str, ...]) -> Response:
    """The one page that shows them; sent twice, it leads back."""
    if repeated:
        return redirect(url_for("account.show"), 303)
    return pages.show("account/codes.html", nav="more", codes=codes, onward="/account")


@blueprint.post("/account/second-factor/off")
@door.limiter.limit(TRIES, deduct_when=refused)
def drop() -> Response:
    try:
        order = second.DropSecondFactor(request.form.get("off_password", ""))
        return forms.done(forms.run(second.drop_second_factor, order))
    except Invalid as wrong:
        return _page(forms.typed(wrong))


@blueprint.post("/account/recovery-codes")
@door.limiter.limit(TRIES, deduct_when=refused)
def renew_codes() -> Response:
    codes = second.new_codes()
    order = second.RenewRecoveryCodes(request.form.get("codes_password", ""), codes)
    try:
        receipt = forms.run(second.renew_recovery_codes, order)
    except Invalid as wrong:
        return _page(forms.typed(wrong))
    return _codes(receipt.repeated or receipt.outcome != "done", codes)
