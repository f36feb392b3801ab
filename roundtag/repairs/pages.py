"""What the page of an order shows: how it stands, what is next, and its file."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from roundtag import approvals, clock, links, people, quotes, stock
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.models import Fault, RepairEvent, RepairOrder, Shipment, Store
from roundtag.quotes import Version
from roundtag.repairs import extending, lines, states
from roundtag.repairs.choosing import stores_for
from roundtag.repairs.lines import OrderLine

DEEDS = {"decide": "decide_route", "quote": "save_quote", "send": "send_repair",
         "receive": "receive_repair", "test": "test_repair", "end": "end_repair",
         "cancel": "cancel_repair"}  # fmt: skip
NEXT = {"opened": "decide", "decided": "send", "quoting": "quote", "approved": "send",
        "refused": "decide", "sent": "receive", "received": "test", "tested": "end",
        "failed": "send"}  # fmt: skip
"""The one step that comes next by itself."""


@dataclass(frozen=True)
class FileLine:
    kind: str
    who: str
    at: datetime
    data: dict[str, Any]
    note: str


@dataclass(frozen=True)
class Asked:
    """A request for more time that waits for the client."""

    id: int
    until: date
    reason: str


@dataclass(frozen=True)
class OrderPage:
    """`steps`: what the reader may do now, `next` the first of it; `stores`: where a unit may be
    put; `ends`: how it may end."""

    line: OrderLine
    specification: str
    abroad: bool
    warranty_until: date | None
    in_warranty: bool
    confirmed_at: datetime | None
    due_on: date | None
    agreed_on: date | None
    unit_id: int | None
    new_unit_id: int | None
    out: bool
    fault: tuple[int, str] | None
    shipment: tuple[int, str, bool] | None
    store: str
    test_note: str
    events: list[FileLine]
    versions: list[Version]
    steps: frozenset[str]
    next: str
    ends: tuple[str, ...]
    asked: Asked | None
    may_ask: bool
    may_decide: bool
    may_ship: bool
    sees_money: bool
    signer: str
    stores: list[tuple[int, str]] = field(default_factory=list)


def page(order_id: int, actor: Actor) -> OrderPage:
    """Raises NotFound. A fixed number of queries."""
    query = lines.with_names().where(RepairOrder.id == order_id)
    row = visible(actor, query, RepairOrder.client).first()
    if row is None:
        raise NotFound
    return _page(row, actor)


def _page(row: RepairOrder, actor: Actor) -> OrderPage:
    today, client = clock.local_day(clock.now()), row.client_id
    steps = frozenset(step for step, deed in DEEDS.items() if actor.may(deed, client)
                      and states.may(step, row.state, row.route))  # fmt: skip
    fault = Fault.get_or_none(Fault.id == row.fault_id) if row.fault_id else None
    sent = Shipment.get_or_none(Shipment.id == row.shipment_id) if row.shipment_id else None
    unit = row.new_unit if row.new_unit_id else (row.unit if row.unit_id else None)
    until = unit.warranty_until if unit else None
    asked = extending.pending(row.id)
    events = _events(row.id)
    name = people.names({actor.person_id}).get(actor.person_id, "") if actor.person_id else ""
    waits = row.ended_at is None and (row.agreed_on or row.due_on) is not None
    return OrderPage(
        lines.line_of(row, today), row.specification or "", row.abroad, until,
        until is not None and until >= today, row.confirmed_at, row.due_on, row.agreed_on,
        row.unit_id, row.new_unit_id, bool(unit and unit.place == stock.REPAIR),
        (fault.id, fault.number) if fault else None,
        (sent.id, sent.number, sent.sent_at is not None) if sent else None,
        Store.get_by_id(row.received_in_id).name if row.received_in_id else "",
        row.test_note or "", events,
        quotes.versions("repair", row.id, actor, client), steps,
        NEXT.get(row.state, "") if NEXT.get(row.state) in steps else "",
        states.ENDS.get(row.state, ()) if "end" in steps else (),
        _asked(asked), waits and actor.may("ask_extension", client),
        asked is not None and actor.may("decide_extension", client)
        and approvals.on_client_side(actor, client),
        "send" in steps and unit is not None and actor.may("add_to_shipment", client),
        quotes.sees_money(actor, client), name,
        stores_for(actor, client) if steps & {"receive", "cancel"} else [],
    )  # fmt: skip


def _asked(event: RepairEvent | None) -> Asked | None:
    if event is None:
        return None
    return Asked(event.id, date.fromisoformat(event.data["until"]), event.note or "")


def _events(order_id: int) -> list[FileLine]:
    query = RepairEvent.select().where(RepairEvent.repair == order_id)
    rows = list(query.order_by(RepairEvent.id.desc()))
    names = people.names({row.person_id for row in rows} - {None})
    return [FileLine(row.kind, names.get(row.person_id, ""), row.at, row.data, row.note or "")
            for row in rows]  # fmt: skip


@dataclass(frozen=True)
class ByLink:
    """What the holder of an extension's link decides."""

    line: OrderLine
    asked: Asked


def extension_by_link(secret: str) -> ByLink:
    """Raises NotFound alike for unknown, expired and revoked links, and when nothing waits."""
    key = links.subject(extending.PURPOSE, secret)
    if key is None:
        raise NotFound
    asked = _asked(extending.pending(key))
    if asked is None:
        raise NotFound
    row = lines.with_names().where(RepairOrder.id == key).first()
    return ByLink(lines.line_of(row, clock.local_day(clock.now())), asked)
