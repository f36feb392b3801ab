"""A quote is written as a draft, then offered; a newer one takes the place of an older one."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from roundtag import clock, contacts, days, links, mails
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import Contract, Quote
from roundtag.quotes import money, subjects, telling
from roundtag.quotes.subjects import Basis
from roundtag.words import N_

PURPOSE = "quote-decide"
VALID = timedelta(days=30)
STATES = ("draft", "offered", "approved", "refused", "withdrawn")
LOCKED = N_("%(number)s takes no quote now. Nothing was changed.")


@dataclass(frozen=True)
class SaveQuote:
    """`seen`: the digest of the draft that the form had shown; empty when it showed none."""

    subject: str
    subject_id: int
    lines: tuple[dict[str, str], ...]
    valid_until: date | None
    note: str | None = None
    seen: str = ""


def read(form: Fields, subject: str, subject_id: int, today: date) -> SaveQuote:
    lines = money.read_lines(form)
    if not lines and not form.errors:
        form.refuse("words.1", "required", N_("Write at least one line."))
    until = days.read(form, "valid_until", required=N_("Say until when it is valid."),
                      earliest=today)  # fmt: skip
    note = form.text("note")
    form.done()
    return SaveQuote(subject, subject_id, tuple(lines), until, note, form.raw("seen"))


def save_quote(command: SaveQuote, deed: Deed) -> Outcome:
    """Keeps a draft; what somebody else has written meanwhile is not overwritten."""
    basis = hold(command.subject, command.subject_id, deed)
    if not basis.takes:
        return _locked(basis)
    newest = latest(command.subject, command.subject_id)
    draft = newest if newest and newest.state == "draft" else None
    if (digest(draft) if draft else "") != command.seen:
        return Outcome(N_("Somebody else has changed this quote meanwhile. Look at it first."),
                       f"{basis.url}/quote", "conflict", subject_id=command.subject_id)  # fmt: skip
    lines = [dict(line) for line in command.lines]
    values: dict[str, Any] = {"lines": lines, "total": money.total(lines),
                              "valid_until": command.valid_until, "note": command.note,
                              "made_by": deed.person_id, "made_at": deed.received_at}  # fmt: skip
    if draft:
        deed.change(draft, **values)
    else:
        number = newest.number + 1 if newest else 1
        draft = deed.create(Quote, client=basis.client_id, subject=command.subject,
                            subject_id=command.subject_id, number=number,
                            currency=currency_of(basis), state="draft", **values)  # fmt: skip
    return Outcome(N_("The draft is kept: %(total)s %(currency)s. Look at it, then offer it."),
                   f"{basis.url}/quote", values={"total": draft.total, "currency": draft.currency},
                   subject_id=draft.id)  # fmt: skip


def currency_of(basis: Basis) -> str:
    contract = Contract.get_or_none(Contract.id == basis.contract_id)
    agreed = contract.terms.get("currency") if contract else ""
    return agreed if isinstance(agreed, str) and agreed else "CNY"


def hold(subject: str, key: int, deed: Deed) -> Basis:
    """The subject, locked. Raises NotFound and Forbidden."""
    before = subjects.basis(subject, key)
    _require_view(before, deed.actor)
    deed.require(before.client_id)
    subjects.of(subject).hold(key)
    return subjects.basis(subject, key)


def _require_view(basis: Basis, actor: Actor) -> None:
    if actor.client_ids is not None and basis.client_id not in actor.client_ids:
        raise NotFound


def _locked(basis: Basis) -> Outcome:
    return Outcome(LOCKED, basis.url, "conflict", {"number": basis.number})


def latest(subject: str, key: int) -> Quote | None:
    about = (Quote.subject == subject) & (Quote.subject_id == key)
    return Quote.select().where(about).order_by(Quote.number.desc()).first()


def offered(subject: str, key: int) -> Quote | None:
    """The one that stands: offered or decided."""
    about = (Quote.subject == subject) & (Quote.subject_id == key)
    standing = about & Quote.state.in_(("offered", "approved", "refused"))
    return Quote.select().where(standing).order_by(Quote.number.desc()).first()


def digest(quote: Quote) -> str:
    """What somebody saw of a quote; any change of it is another one."""
    until = quote.valid_until.isoformat() if quote.valid_until else ""
    state = [quote.id, quote.number, quote.lines, quote.currency, quote.total, until, quote.note]
    text = json.dumps(state, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class OfferQuote:
    quote_id: int
    seen: str


def offer_quote(command: OfferQuote, deed: Deed) -> Outcome:
    """Puts the draft to the client; what was offered before is withdrawn."""
    row = found(command.quote_id, deed.actor)
    basis = hold(row.subject, row.subject_id, deed)
    row = Quote.get_by_id(row.id)
    if not basis.takes:
        return _locked(basis)
    if row.state != "draft" or digest(row) != command.seen:
        said = N_("Somebody else has changed or offered this quote meanwhile. Look at it first.")
        return Outcome(said, f"{basis.url}/quote", "conflict", subject_id=row.id)
    if row.valid_until is None or row.valid_until < clock.local_day(deed.received_at):
        raise invalid("valid_until", "early", N_("It is valid until a day that has passed. Set a "
                                                 "later one, then offer it."))  # fmt: skip
    withdraw(deed, row.subject, row.subject_id, but=row.id)
    deed.change(row, state="offered", offered_at=deed.received_at)
    subjects.of(row.subject).offered(deed, row)
    telling.of_offer(deed, row, basis)
    reached = contacts.addresses(row.client_id, basis.contract_id, deed.received_at)
    for number, (address, name) in enumerate(reached):
        mails.send(PURPOSE, row.id, address, name, f"quote-{row.id}-{number}",
                   deed.received_at)  # fmt: skip
    return Outcome(N_("The quote of %(total)s %(currency)s is offered to the client."), basis.url,
                   values={"total": row.total, "currency": row.currency},
                   subject_id=row.id)  # fmt: skip


def found(quote_id: int, actor: Actor) -> Quote:
    """Raises NotFound."""
    query = Quote.select().where(Quote.id == quote_id)
    row = visible(actor, query, Quote.client).first()
    if row is None:
        raise NotFound
    return row


def withdraw(deed: Deed, subject: str, key: int, but: int = 0) -> None:
    """What is offered holds no more, nor do drafts where the way itself is given up (`but`: the
    draft that takes its place); their links open nothing. The subject is locked."""
    standing = Quote.state.in_(("offered", "draft") if not but else ("offered",))
    about = (Quote.subject == subject) & (Quote.subject_id == key) & (Quote.id != but)
    for row in list(Quote.select().where(about & standing)):
        deed.change(row, state="withdrawn")
        links.revoke(PURPOSE, row.id, deed.received_at)
        mails.withdraw(PURPOSE, row.id, deed.received_at)
