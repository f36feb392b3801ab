"""A quote as the client reads and decides it, signed in or by a link."""

from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import attendees, door, forms, pages
from blueprints.forms import Typed
from roundtag import addresses, commands, links, quotes, signatures
from roundtag.commands import Receipt
from roundtag.errors import Invalid, NotFound

blueprint = Blueprint("quotes", __name__)


@blueprint.get("/quotes/<int:quote_id>")
def show(quote_id: int) -> Response:
    return _page(quote_id, Typed())


def _page(quote_id: int, form: Typed, invitation: str = "") -> Response:
    return pages.show(
        "quotes/show.html", nav="stock", quote=quotes.page(quote_id, door.actor()), form=form,
        kinds=quotes.KIND_WORDS, ink=signatures.MIN_INK, invitation=invitation,
        submission_id=forms.page_id(), fresh=forms.fresh_id, path=f"/quotes/{quote_id}",
    )  # fmt: skip


@blueprint.post("/quotes/<int:quote_id>/offer")
def offer(quote_id: int) -> Response:
    quotes.page(quote_id, door.actor())
    order = quotes.OfferQuote(quote_id, request.form.get("seen", ""))
    try:
        return forms.done(forms.run(quotes.offer_quote, order))
    except Invalid as refused:
        return _page(quote_id, forms.typed(refused))


@blueprint.post("/quotes/<int:quote_id>/decision")
def decide(quote_id: int) -> Response:
    quotes.page(quote_id, door.actor())
    try:
        order = quotes.read_decision(forms.fields(), quote_id)
        return forms.done(forms.run_signed(quotes.decide_quote, order))
    except Invalid as refused:
        return _page(quote_id, forms.typed(refused, "seen"))


@blueprint.post("/quotes/<int:quote_id>/links")
def invite(quote_id: int) -> Response:
    """The one page that shows the link; sent twice, it tells that it was shown."""
    quotes.page(quote_id, door.actor())
    secret = links.new_secret()
    order = quotes.InviteDecider(quote_id, secret)
    receipt = commands.run(forms.posted_id(), quotes.invite_decider, order, door.actor())
    if receipt.repeated or receipt.outcome != "done":
        return forms.done(receipt)
    return _page(quote_id, Typed(), f"{addresses.base_url()}/quote/{secret}")


@blueprint.post("/quotes/<int:quote_id>/links/end")
def revoke(quote_id: int) -> Response:
    quotes.page(quote_id, door.actor())
    return forms.done(forms.run(quotes.revoke_deciders, quotes.RevokeDeciders(quote_id)))


@blueprint.get("/quote/<secret>")
@door.limiter.limit(attendees.PATHS)
def by_link(secret: str) -> Response:
    return _by_link(secret, Typed())


def _by_link(secret: str, form: Typed) -> Response:
    try:
        found = quotes.page_by_link(secret)
    except NotFound:
        return attendees.unknown("link")
    return pages.show(
        "quotes/link.html", chrome="public", quote=found, form=form, secret=secret,
        kinds=quotes.KIND_WORDS, ink=signatures.MIN_INK, path=f"/quote/{secret}",
        submission_id=forms.page_id(), tail=pages.language_tail(),
    )  # fmt: skip


@blueprint.post("/quote/<secret>")
@door.limiter.limit(attendees.PATHS)
def decide_by_link(secret: str) -> Response:
    """Decided without an account; the link opens nothing afterwards, so the thanks stand here."""
    try:
        receipt = _decide(secret)
    except NotFound:
        return attendees.unknown("link")
    except Invalid as refused:
        return _by_link(secret, forms.typed(refused, "seen"))
    if receipt.outcome == "conflict" and not receipt.repeated:
        forms.say(gettext(receipt.message, **receipt.values))
        return _by_link(secret, Typed())
    return pages.show("acceptance/thanks.html", chrome="public", receipt=receipt,
                      said=gettext(receipt.message, **receipt.values))  # fmt: skip


def _decide(secret: str) -> Receipt:
    known = commands.find(forms.posted_id())
    # The link ended with the first sending; the id of another deed tells nothing here.
    if known and known.form == quotes.quote_by_link.__name__:
        return commands.receipt(known, repeated=True)
    key = quotes.page_by_link(secret).id
    order = quotes.read_by_link(forms.fields(), key, secret)
    return forms.run_signed(quotes.quote_by_link, order)
