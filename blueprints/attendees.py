"""Pages for people without an account. They need no script, no cookie and no service worker."""

import secrets
import uuid

from flask import Blueprint, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import commands, data, faults, tagging
from roundtag.commands import Receipt
from roundtag.errors import Gone, Invalid, NotFound
from roundtag.faults import ReportAgain, TipDidHelp
from roundtag.fields import Fields
from tags import codes

blueprint = Blueprint("attendees", __name__)
PATHS = "60 per minute"
REPORTS = "300 per hour"
"""Per address: a whole office may share one. The limit per tag is a rule of the library."""


def page_of(target: tagging.Target, form: Typed) -> Response:
    """Where anybody at a tag reports; ?helped=1 thanks whom a tip has helped."""
    place = faults.attendee_page(target)
    return pages.show(
        "scan/attendee.html",
        path=url_for("scan.open_tag", code=target.code) + pages.language_tail(),
        chrome="public",
        place=place,
        symptoms=data.symptoms(),
        form=form,
        submission_id=forms.page_id(),
        more_ids=[forms.fresh_id() for _ in place.known],
        salt="" if pages.is_pack() else request.form.get("salt") or secrets.token_hex(16),
        tail=pages.language_tail(),
        thanks=request.method == "GET" and request.args.get("helped") == "1",
    )


def followed(receipt: Receipt) -> Response:
    """On to where the report can be followed; what must be known stands in the address."""
    flash(_(receipt.message, **receipt.values), "ok")
    asked = {"lang": pages.asked_language(), "photo": "full" if g.get("photo_left_out") else ""}
    query = "&".join(f"{name}={value}" for name, value in asked.items() if value)
    return redirect(f"{receipt.url}?{query}" if query else receipt.url, 303)


def unknown(kind: str = "unknown", chrome: str = "public") -> Response:
    """The same for every code and link that leads nowhere; one that is revoked says no more."""
    page = pages.show("scan/unknown.html", nav="scan", chrome=chrome, kind=kind)
    page.status_code = 410 if kind == "revoked" else 404
    return page


@blueprint.post("/t/<code>/language")
@door.limiter.limit(PATHS)
def relanguage(code: str) -> Response:
    """The report page in the language of ?lang=, with everything typed still there."""
    try:
        target = tagging.resolve(code, door.actor())
    except Gone:
        return unknown("revoked")
    except NotFound:
        return unknown()
    form = Typed(dict(request.form.items()))
    if any(one.filename for one in request.files.values()):
        form.errors["photo"] = _("Choose the photo once more: browsers do not keep it.")
    page = page_of(target, form)
    page.status_code = 200
    return page


@blueprint.post("/t/<code>/helped")
@door.limiter.limit(REPORTS)
def helped(code: str) -> Response:
    """Counts that a tip helped, once per page opened."""
    visit = str(uuid.uuid5(uuid.UUID(forms.posted_id()), "helped"))
    order = TipDidHelp(codes.parse(code) or "", request.form.get("symptom", ""))
    try:
        commands.run(visit, faults.tip_helped, order, door.actor())
    except Gone:
        return unknown("revoked")
    except NotFound:
        return unknown()
    except Invalid as refused:
        return page_of(tagging.resolve(code, door.actor()), forms.typed(refused))
    again = url_for("scan.open_tag", code=code, helped=1, lang=pages.asked_language() or None)
    return redirect(again, 303)


@blueprint.get("/status/<secret>")
@door.limiter.limit(PATHS)
def status(secret: str) -> Response:
    return _status(secret, Typed())


def _status(secret: str, form: Typed) -> Response:
    try:
        shown = faults.status(secret)
    except NotFound:
        return unknown("link")
    return pages.show(
        "scan/status.html", chrome="public", status=shown, form=form, secret=secret,
        path=url_for("attendees.status", secret=secret), submission_id=forms.page_id(),
        again_id=forms.fresh_id(), tail=pages.language_tail(),
        without_photo=request.args.get("photo") == "full",
    )  # fmt: skip


def _address(secret: str) -> str:
    return url_for("attendees.status", secret=secret) + pages.language_tail()


@blueprint.post("/status/<secret>/rating")
@door.limiter.limit(REPORTS)
def rate(secret: str) -> Response:
    try:
        order = faults.read_rating(Fields(request.form.items(multi=True)), secret)
        commands.run(forms.posted_id(), faults.rate_fault, order, door.actor())
    except Invalid as refused:
        return _status(secret, forms.typed(refused))
    except NotFound:
        return unknown("link")
    return redirect(_address(secret), 303)


@blueprint.post("/status/<secret>/again")
@door.limiter.limit(REPORTS)
def again(secret: str) -> Response:
    """What was said to be fixed is broken still."""
    try:
        receipt = commands.run(
            forms.posted_id(), faults.report_again, ReportAgain(secret), door.actor()
        )
    except NotFound:
        return unknown("link")
    return followed(receipt) if receipt.url else redirect(_address(secret), 303)
