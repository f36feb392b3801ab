"""What the pages of a quote show."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from roundtag import approvals, clock, links, people
from roundtag.access import QUOTE_READERS, Actor
from roundtag.errors import NotFound
from roundtag.models import Client, Quote, dicts
from roundtag.quotes import money, subjects
from roundtag.quotes.deciding import SUBJECT
from roundtag.quotes.subjects import Basis
from roundtag.quotes.writing import PURPOSE, digest, found, latest


@dataclass(frozen=True)
class Line:
    kind: str
    words: str
    quantity: str
    price: str
    amount: str


@dataclass(frozen=True)
class Decided:
    id: int
    decision: str
    name: str
    at: datetime
    by_link: bool
    drawn: bool
    note: str
    amount: str


@dataclass(frozen=True)
class QuotePage:
    """`mine`: the reader may decide it now; `seen`: its digest."""

    id: int
    client_id: int
    client: str
    subject: str
    subject_id: int
    basis: Basis
    number: int
    lines: list[Line]
    currency: str
    total: str
    valid_until: date | None
    expired: bool
    note: str
    state: str
    made_by: str
    offered_at: datetime | None
    seen: str
    decided: Decided | None
    mine: bool = False
    may_write: bool = False
    links: int = 0
    signer: str = ""


def sees_money(actor: Actor, client_id: int) -> bool:
    return actor.system or bool(QUOTE_READERS & actor.roles_at(client_id))


def page(quote_id: int, actor: Actor) -> QuotePage:
    """Raises NotFound, also for those who may not see money and for a client's draft."""
    row = found(quote_id, actor)
    may_write = actor.may("save_quote", row.client_id)
    if not sees_money(actor, row.client_id) or (row.offered_at is None and not may_write):
        raise NotFound
    return _page(row, actor, may_write)


def page_by_link(secret: str) -> QuotePage:
    """Raises NotFound alike for unknown, expired and revoked links."""
    key = links.subject(PURPOSE, secret)
    if key is None:
        raise NotFound
    return _page(Quote.get_by_id(key), None, False)


def _page(row: Quote, actor: Actor | None, may_write: bool) -> QuotePage:
    basis = subjects.basis(row.subject, row.subject_id)
    waits = row.state == "offered" and basis.waits
    may = actor is None or (actor.may("decide_quote", row.client_id)
                            and approvals.on_client_side(actor, row.client_id))  # fmt: skip
    names = people.names({row.made_by_id, actor.person_id if actor else None} - {None})
    return QuotePage(
        row.id, row.client_id, Client.get_by_id(row.client_id).name, row.subject, row.subject_id,
        basis, row.number, lines_of(row), row.currency, row.total, row.valid_until,
        is_over(row), row.note or "", row.state, names.get(row.made_by_id, ""), row.offered_at,
        digest(row), _decided(row), waits and may, may_write,
        len(links.live(PURPOSE, row.id)) if may_write else 0,
        names.get(actor.person_id, "") if actor and actor.person_id else "",
    )  # fmt: skip


def is_over(row: Quote) -> bool:
    return row.valid_until is not None and row.valid_until < clock.local_day(clock.now())


def lines_of(row: Quote) -> list[Line]:
    return [Line(one["kind"], one["words"], one["quantity"], one["price"],
                 money.amount(money.line_total(one))) for one in row.lines]  # fmt: skip


def _decided(row: Quote) -> Decided | None:
    one = next(reversed(approvals.course(SUBJECT, row.id)), None)
    if one is None:
        return None
    return Decided(one.id, one.decision, one.signer or people.name(one.person) or "", one.at,
                   one.link_hash is not None, one.signature is not None, one.note or "",
                   one.amount or "")  # fmt: skip


@dataclass(frozen=True)
class Editor:
    """The draft that is written, or the last version to begin from."""

    basis: Basis
    draft_id: int | None
    number: int
    seen: str
    values: dict[str, str]
    total: str
    currency: str
    rows: int
    lines: list[Line] = field(default_factory=list)


def editor(subject: str, key: int, actor: Actor, rows: int = 3) -> Editor:
    """Raises NotFound for what is out of view or takes no quote from the reader."""
    basis = subjects.basis(subject, key)
    seen = actor.client_ids is None or basis.client_id in actor.client_ids
    if not seen or not actor.may("save_quote", basis.client_id):
        raise NotFound
    last = latest(subject, key)
    draft = last if last and last.state == "draft" else None
    lines = lines_of(last) if last else []
    values = {f"{name}.{number}": getattr(line, name) for number, line in enumerate(lines, 1)
              for name in ("kind", "words", "quantity", "price")}  # fmt: skip
    if draft and draft.valid_until:
        values["valid_until"] = draft.valid_until.isoformat()
    if last:
        values["note"] = last.note or ""
    number = last.number if draft and last else (last.number + 1 if last else 1)
    return Editor(basis, draft.id if draft else None, number, digest(draft) if draft else "",
                  values, draft.total if draft else "", last.currency if last else "",
                  min(max(rows, len(lines) + 1, 3), money.ROWS), lines)  # fmt: skip


@dataclass(frozen=True)
class Version:
    id: int
    number: int
    state: str
    total: str
    currency: str
    at: datetime
    valid_until: date | None


def versions(subject: str, key: int, actor: Actor, client_id: int) -> list[Version]:
    """All versions, the newest first; for a client's people those that were offered. Empty for who
    may not see money. One query."""
    if not sees_money(actor, client_id):
        return []
    about = (Quote.subject == subject) & (Quote.subject_id == key)
    if not actor.may("save_quote", client_id):
        about &= Quote.offered_at.is_null(False)
    rows: list[dict[str, Any]] = dicts(Quote.select().where(about).order_by(Quote.number.desc()))
    return [Version(r["id"], r["number"], r["state"], r["total"], r["currency"],
                    r["offered_at"] or r["made_at"], r["valid_until"]) for r in rows]  # fmt: skip
