"""What a tag's address opens: the device or room for staff, the report page for everyone else."""

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import attendees, claims, devices, door, forms, pages, rooms
from blueprints.forms import Typed
from roundtag import addresses, commands, data, tagging
from roundtag.errors import Gone, Invalid, NotFound
from tags import codes

blueprint = Blueprint("scan", __name__)
PATHS = "60 per minute"


@blueprint.get("/t/<code>")
@door.limiter.limit(PATHS, exempt_when=lambda: current_user.is_authenticated)
def open_tag(code: str) -> Response:
    return open_(code, scanned=False)


@blueprint.get("/T/<code>")
@door.limiter.limit(PATHS, exempt_when=lambda: current_user.is_authenticated)
def open_tag_scanned(code: str) -> Response:
    """The printed address: a camera was here, so entries from this page count as scanned."""
    return open_(code, scanned=True)


def open_(code: str, scanned: bool, form: Typed | None = None, which: str = "") -> Response:
    if "sign-in" in request.args and not current_user.is_authenticated:
        # The page of a code that leads nowhere is the same for all: its link cannot name the code.
        return redirect(url_for("people.sign_in", next=request.path), 303)
    try:
        target = tagging.resolve(code, door.actor())
    except Gone:
        return _nowhere("revoked")
    except tagging.BlankTag as blank:
        return claims.page_of(blank, Typed())
    except NotFound:
        return _nowhere()
    if target.lost and scanned and not pages.is_pack():
        _tell_office(target.code)
    if not current_user.is_authenticated:
        return attendees.page_of(target, form or Typed())
    if target.device is None:
        return rooms.page_of(target.room_id, form, target, scanned, which or "fault")
    return devices.page_of(target, scanned, form or Typed(), which)


def _tell_office(code: str) -> None:
    """A lost label turns up: noted once a day, however often it is scanned."""
    if not tagging.was_seen_today(code):
        order = tagging.SeeLostTag(code)
        commands.run(forms.fresh_id(), tagging.see_lost_tag, order, door.actor())


def _nowhere(kind: str = "unknown") -> Response:
    return attendees.unknown(kind, "staff" if current_user.is_authenticated else "public")


@blueprint.post("/t/<code>/faults")
@door.limiter.limit(attendees.REPORTS, exempt_when=lambda: current_user.is_authenticated)
def report(code: str) -> Response:
    try:
        receipt = forms.submit("fault", code)
    except Invalid as refused:
        return open_(code, False, forms.typed(refused), "fault")
    except Gone:
        return _nowhere("revoked")
    except NotFound:
        return _nowhere()
    return forms.done(receipt) if current_user.is_authenticated else attendees.followed(receipt)


@blueprint.get("/record")
def record() -> Response:
    """Records at a code whose page is not here; kept on phones for tags of no pack."""
    typed = request.args.get("code", "")
    return _record_page(codes.parse(typed) or "", Typed(), slip=bool(typed))


@blueprint.post("/record")
def record_submit() -> Response:
    code = request.form.get("tag", "")
    try:
        receipt = forms.submit("note", code)
    except Invalid as refused:
        return _record_page(code, forms.typed(refused))
    except NotFound:
        return _nowhere()
    return forms.done(receipt, receipt.url or url_for("outbox.show"))


def _record_page(code: str, form: Typed, slip: bool = False) -> Response:
    return pages.show("scan/record.html", nav="scan", path=url_for("scan.record"), tag=code,
                      form=form, slip=slip and not code, symptoms=data.symptoms(),
                      submission_id=forms.page_id())  # fmt: skip


@blueprint.get("/scan")
def enter() -> Response:
    """The scanner's page; with ?code= it goes on to that tag. ?device= or ?room= names what a blank
    label is wanted for."""
    typed = request.args.get("code")
    return _scanner(Typed()) if typed is None else _go(typed)


@blueprint.post("/scan")
def enter_submit() -> Response:
    return _go(request.form.get("code", ""))


def _go(typed: str) -> Response:
    if current_user.is_authenticated and (host := addresses.foreign_host(typed)):
        message = _("This label does not lead to this site. It leads to %(host)s.", host=host)
        return _refused(typed, message, host)
    code = codes.parse(typed)
    if code is not None:
        return redirect(url_for("scan.open_tag", code=code, **claims.wanted()), 303)
    if not current_user.is_authenticated:
        return _nowhere()
    return _refused(typed, _("This code has a slip: check it against the label, letter by letter."))


def _refused(typed: str, message: str, foreign: str = "") -> Response:
    page = _scanner(Typed({"code": typed}, {"code": message}), foreign)
    page.status_code = 422
    return page


def _scanner(form: Typed, foreign: str = "") -> Response:
    keys = claims.wanted()
    name = tagging.name_of(door.actor(), **keys) if keys else ""
    return pages.show("scan/enter.html", nav="scan", form=form, bases=[addresses.base_url()],
                      foreign=foreign, wanted=name, keys=keys)  # fmt: skip
