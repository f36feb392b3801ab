"""The acceptance of a round: looked through, sent back or signed, by people and by a link."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import attendees, door, forms, pages
from blueprints.forms import Typed
from roundtag import acceptance, addresses, blobs, commands, links, signatures
from roundtag.acceptance import Panel, SignByLink, SignRound
from roundtag.commands import Receipt
from roundtag.errors import Invalid, NotFound

blueprint = Blueprint("acceptance", __name__)
SHOWN = 200
"""Entries on one page of the list; the others are on the next ones."""


@blueprint.get("/rounds/<int:round_id>/acceptance")
def show(round_id: int) -> Response:
    return _show(round_id, Typed())


def _show(round_id: int, form: Typed, invitation: str = "") -> Response:
    actor = door.actor()
    panel = acceptance.panel(round_id, actor)
    return pages.show(
        "acceptance/show.html", nav="today", form=form, invitation=invitation,
        path=f"/rounds/{round_id}/acceptance", submission_id=forms.page_id(),
        fresh=forms.fresh_id, contact=acceptance.contact_of(panel.contract_id),
        may_contact=actor.may("set_contact", panel.client_id), photo_base="/photos/",
        **_listed(panel),
    )  # fmt: skip


def _listed(panel: Panel) -> dict[str, Any]:
    show = request.args.get("show", "all")
    wanted = show if show in acceptance.SHOWS else "all"
    lines = acceptance.entries(panel.round_id, wanted)
    last = max(1, -(-len(lines) // SHOWN))
    number = min(max(1, request.args.get("page", 1, int)), last)
    start = (number - 1) * SHOWN
    return {"panel": panel, "wanted": wanted, "shows": acceptance.SHOWS, "count": len(lines),
            "lines": lines[start : start + SHOWN], "start": start, "number": number, "last": last,
            "ink": signatures.MIN_INK}  # fmt: skip


def _deed(round_id: int, do: Callable[[], Receipt]) -> Response:
    """Does it and returns to the page; what is refused stands beside its field."""
    try:
        receipt = do()
    except Invalid as refused:
        return _show(round_id, forms.typed(refused, "reason", "round"))
    return forms.done(receipt, f"/rounds/{round_id}/acceptance")


@blueprint.post("/rounds/<int:round_id>/acceptance/self-check")
def hand_in(round_id: int) -> Response:
    acceptance.panel(round_id, door.actor())
    return _deed(round_id, lambda: forms.run_signed(
        acceptance.hand_in, acceptance.read_hand_in(forms.fields(), round_id)))  # fmt: skip


@blueprint.post("/rounds/<int:round_id>/acceptance/supervisor")
def check(round_id: int) -> Response:
    acceptance.panel(round_id, door.actor())
    return _deed(round_id, lambda: forms.run_signed(
        acceptance.check_round, acceptance.read_decision(forms.fields(), round_id)))  # fmt: skip


@blueprint.post("/rounds/<int:round_id>/acceptance/client")
def sign_here(round_id: int) -> Response:
    acceptance.panel(round_id, door.actor())
    return _deed(round_id, lambda: forms.run_signed(acceptance.sign_round,
        acceptance.read_decision(forms.fields(), round_id, SignRound)))  # fmt: skip


@blueprint.post("/rounds/<int:round_id>/acceptance/links")
def invite(round_id: int) -> Response:
    """The one page that shows the link; sent twice, it tells that it was shown."""
    acceptance.panel(round_id, door.actor())
    secret = links.new_secret()
    order = acceptance.InviteSigner(round_id, secret)
    try:
        receipt = commands.run(forms.posted_id(), acceptance.invite_signer, order, door.actor())
    except Invalid as refused:
        return _show(round_id, forms.typed(refused, "round"))
    if receipt.repeated:
        return forms.done(receipt, f"/rounds/{round_id}/acceptance")
    return _show(round_id, Typed(), f"{addresses.base_url()}/sign/{secret}")


@blueprint.post("/rounds/<int:round_id>/acceptance/links/end")
def revoke(round_id: int) -> Response:
    acceptance.panel(round_id, door.actor())
    return _deed(round_id, lambda: commands.run(
        forms.posted_id(), acceptance.revoke_invitations,
        acceptance.RevokeInvitations(round_id), door.actor()))  # fmt: skip


@blueprint.post("/rounds/<int:round_id>/acceptance/contact")
def contact(round_id: int) -> Response:
    contract = acceptance.panel(round_id, door.actor()).contract_id
    return _deed(round_id, lambda: commands.run(
        forms.posted_id(), acceptance.set_contact,
        acceptance.read_contact(forms.fields(), contract), door.actor()))  # fmt: skip


@blueprint.get("/signatures/<int:approval_id>")
def signature(approval_id: int) -> Response:
    return Response(acceptance.signature_of(approval_id, door.actor()), mimetype="image/png")


@blueprint.get("/sign/<secret>")
@door.limiter.limit(attendees.PATHS)
def by_link(secret: str) -> Response:
    return _by_link(secret, Typed())


def _by_link(secret: str, form: Typed) -> Response:
    try:
        panel = acceptance.panel_by_link(secret)
    except NotFound:
        return attendees.unknown("link")
    return pages.show(
        "acceptance/sign.html", chrome="public", form=form, secret=secret,
        path=url_for("acceptance.by_link", secret=secret), submission_id=forms.page_id(),
        tail=pages.language_tail(), photo_base=f"/sign/{secret}/photos/", **_listed(panel),
    )  # fmt: skip


@blueprint.post("/sign/<secret>")
@door.limiter.limit(attendees.PATHS)
def sign(secret: str) -> Response:
    """Signed without an account; the link opens nothing afterwards, so the thanks stand here."""
    try:
        receipt = _sign(secret)
    except NotFound:
        return attendees.unknown("link")
    except Invalid as refused:
        return _by_link(secret, forms.typed(refused, "reason", "round"))
    return pages.show("acceptance/thanks.html", chrome="public", receipt=receipt,
                      said=gettext(receipt.message, **receipt.values))  # fmt: skip


def _sign(secret: str) -> Receipt:
    known = commands.find(forms.posted_id())
    # The link ended with the first sending; the id of another deed tells nothing here.
    if known and known.form == acceptance.sign_by_link.__name__:
        return commands.receipt(known, repeated=True)
    round_id = acceptance.panel_by_link(secret).round_id
    order = acceptance.read_decision(forms.fields(), round_id, SignByLink, secret_link=secret)
    return forms.run_signed(acceptance.sign_by_link, order)


@blueprint.get("/sign/<secret>/photos/<int:attachment_id>")
@door.limiter.limit("300 per minute")
def photo(secret: str, attachment_id: int) -> Response:
    digest = acceptance.photo_by_link(secret, attachment_id)
    size = "thumb" if request.args.get("size") == "thumb" else "view"
    return Response(blobs.derivative(digest, size), mimetype="image/jpeg")
