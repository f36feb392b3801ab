"""The client approves or refuses exactly what was shown, signed in or by a link."""

from dataclasses import dataclass, field

from roundtag import approvals, clock, links, mails, signatures
from roundtag.approvals import Decide
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import Quote
from roundtag.quotes import subjects, telling
from roundtag.quotes.subjects import Basis
from roundtag.quotes.writing import PURPOSE, digest, found
from roundtag.words import N_

SUBJECT = "quote"
STEP = "client"
BY_NOW = {
    "draft": N_("This quote is not offered yet."),
    "approved": N_("This quote was approved meanwhile. Nothing was changed."),
    "refused": N_("This quote was refused meanwhile. Nothing was changed."),
    "withdrawn": N_("This quote was withdrawn meanwhile. A newer one may be on its way."),
}


@dataclass(frozen=True)
class DecideQuote:
    """`seen`: the digest of the quote that the page had shown."""

    quote_id: int
    seen: str
    decision: str
    signer: str | None
    signature: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class QuoteByLink(DecideQuote):
    """By the holder of a link, whose secret is kept nowhere."""

    secret_link: str = field(default="", repr=False)


def read(form: Fields, quote_id: int) -> DecideQuote:
    return DecideQuote(quote_id, *_read(form))


def read_by_link(form: Fields, quote_id: int, secret: str) -> QuoteByLink:
    return QuoteByLink(quote_id, *_read(form), secret_link=secret)


def _read(form: Fields) -> tuple[str, str, str | None, str | None, str | None]:
    decision = form.choice("decision", ("approved", "refused"),
                           required=N_("Choose one of the list."))  # fmt: skip
    signer = form.text("signer", limit=80, required=N_("Write your name."))
    note = form.text("note")
    if decision == "refused" and not note:
        form.refuse("note", "required", N_("Say why."))
    signature = signatures.read(form)
    form.done()
    return form.raw("seen"), decision or "", signer, signature, note


def decide_quote(command: DecideQuote, deed: Deed) -> Outcome:
    """By a signed-in person of the client."""
    row = found(command.quote_id, deed.actor)
    deed.require(row.client_id)
    return _decide(command, deed, row)


def quote_by_link(command: QuoteByLink, deed: Deed) -> Outcome:
    """The same without an account. Raises NotFound for a link that opens nothing."""
    key = links.subject(PURPOSE, command.secret_link)
    if key is None or key != command.quote_id:
        raise NotFound
    row = Quote.get_by_id(key)
    return _decide(command, deed, row, links.hash_of(command.secret_link))


def _decide(command: DecideQuote, deed: Deed, row: Quote,
            link_hash: str | None = None) -> Outcome:  # fmt: skip
    approvals.require_client_side(deed.actor, row.client_id)
    subjects.of(row.subject).hold(row.subject_id)
    row = Quote.get_by_id(row.id)
    basis = subjects.basis(row.subject, row.subject_id)
    refused = _past(row, basis, command)
    if refused:
        return refused
    if command.decision not in ("approved", "refused"):
        raise invalid("decision", "unknown", N_("Choose one of the list."))
    if not command.signer:
        raise invalid("signer", "required", N_("Write your name."))
    if command.decision == "approved" and is_expired(row, deed):
        raise invalid("decision", "expired", N_("This quote was valid until %(day)s. Ask for a new "
                                                "one."), day=_until(row))  # fmt: skip
    order = Decide(row.client_id, SUBJECT, row.id, STEP, command.decision, command.note,
                   command.signature, row.total)  # fmt: skip
    approvals.file(deed, order, signer=command.signer, link_hash=link_hash)
    deed.change(row, state=command.decision, decided_at=deed.received_at)
    links.revoke(PURPOSE, row.id, deed.received_at)
    mails.withdraw(PURPOSE, row.id, deed.received_at)
    subjects.of(row.subject).decided(deed, row, command.decision)
    telling.of_decision(deed, row, basis, command.decision)
    said = {"approved": N_("Thank you. %(total)s %(currency)s is approved."),
            "refused": N_("The quote is refused. We will be in touch.")}  # fmt: skip
    return Outcome(said[command.decision], f"/quotes/{row.id}",
                   values={"total": row.total, "currency": row.currency},
                   subject_id=row.id)  # fmt: skip


def _past(row: Quote, basis: Basis, command: DecideQuote) -> Outcome | None:
    where = f"/quotes/{row.id}"
    if row.state != "offered" or not basis.waits:
        return Outcome(BY_NOW.get(row.state, BY_NOW["withdrawn"]), where, "conflict",
                       subject_id=row.id)  # fmt: skip
    if digest(row) != command.seen:
        return Outcome(N_("This quote has changed since you opened it. Look at it again, then "
                          "decide."), where, "conflict", subject_id=row.id)  # fmt: skip
    return None


def is_expired(row: Quote, deed: Deed) -> bool:
    return row.valid_until is None or row.valid_until < clock.local_day(deed.received_at)


def _until(row: Quote) -> str:
    return row.valid_until.isoformat() if row.valid_until else "—"
