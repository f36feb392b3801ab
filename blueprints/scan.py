"""What a tag's address opens: the device or room for staff, the report page for everyone else."""

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import attendees, devices, door, forms, pages, rooms
from blueprints.forms import Typed
from roundtag import addresses, data, tagging
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
    try:
        target = tagging.resolve(code, door.actor())
    except Gone:
        return _gone()
    except NotFound:
        return _friendly("unknown", 404)
    if not current_user.is_authenticated:
        return attendees.page_of(target, form or Typed())
    if target.device is None:
        return rooms.page_of(target.room_id, form)
    return devices.page_of(target, scanned, form or Typed(), which)


def _gone() -> Response:
    """Staff are told that a tag was revoked; to anybody else it is a code like any other."""
    known = current_user.is_authenticated
    return _friendly("revoked", 410) if known else _friendly("unknown", 404)


def _friendly(kind: str, status: int) -> Response:
    """One page for unknown and malformed codes alike; it reveals nothing."""
    chrome = "staff" if current_user.is_authenticated else "public"
    page = pages.show("scan/unknown.html", nav="scan", chrome=chrome, kind=kind)
    page.status_code = status
    return page


@blueprint.post("/t/<code>/faults")
@door.limiter.limit(attendees.REPORTS, exempt_when=lambda: current_user.is_authenticated)
def report(code: str) -> Response:
    try:
        receipt = forms.submit("fault", code)
    except Invalid as refused:
        return open_(code, False, forms.typed(refused), "fault")
    except Gone:
        return _gone()
    except NotFound:
        return _friendly("unknown", 404)
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
        return _friendly("unknown", 404)
    return forms.done(receipt, receipt.url or url_for("outbox.show"))


def _record_page(code: str, form: Typed, slip: bool = False) -> Response:
    page = pages.show("scan/record.html", nav="scan", path=url_for("scan.record"), tag=code,
                      form=form, slip=slip and not code, symptoms=data.symptoms(),
                      submission_id=forms.page_id())  # fmt: skip
    page.status_code = 422 if form.errors else 200
    return page


@blueprint.get("/scan")
def enter() -> Response:
    """The scanner's page; with ?code= it goes on to that tag."""
    typed = request.args.get("code")
    return _scanner(Typed()) if typed is None else _go(typed)


@blueprint.post("/scan")
def enter_submit() -> Response:
    return _go(request.form.get("code", ""))


def _go(typed: str) -> Response:
    code = codes.parse(typed)
    if code is not None:
        return redirect(url_for("scan.open_tag", code=code), 303)
    if not current_user.is_authenticated:
        return _friendly("unknown", 404)
    message = _("This code has a slip: check it against the label, letter by letter.")
    page = _scanner(Typed({"code": typed}, {"code": message}))
    page.status_code = 422
    return page


def _scanner(form: Typed) -> Response:
    return pages.show("scan/enter.html", nav="scan", form=form, bases=[addresses.base_url()])
