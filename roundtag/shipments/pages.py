"""What the pages of shipments show."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from peewee import fn

from roundtag import clock, people
from roundtag.access import Actor, visible
from roundtag.models import RepairOrder, Shipment, tuples
from roundtag.repairs import lines as orders_read
from roundtag.repairs import states
from roundtag.repairs.lines import OrderLine
from roundtag.shipments.verbs import in_view

PAGE = 50


@dataclass(frozen=True)
class ShipmentLine:
    id: int
    number: str
    maker: str
    carrier: str
    tracking: str
    made_at: datetime
    sent_at: datetime | None
    orders: int


@dataclass(frozen=True)
class ShipmentPage:
    line: ShipmentLine
    address: str
    note: str
    made_by: str
    orders: list[OrderLine]
    others: list[OrderLine] = field(default_factory=list)
    may: bool = False


def lines(actor: Actor, page: int = 1) -> tuple[list[ShipmentLine], bool]:
    """Shipments in view, what is not sent first; whether there are more. One query."""
    count = fn.COUNT(RepairOrder.id)
    mine = visible(actor, RepairOrder.select(RepairOrder.shipment), RepairOrder.client)
    query = (
        Shipment.select(Shipment, count.alias("orders"))
        .left_outer_join(RepairOrder, on=(RepairOrder.shipment == Shipment.id))
        .group_by(Shipment)
        .order_by(Shipment.sent_at.is_null(False), Shipment.id.desc())
    )
    if actor.client_ids is not None:
        query = query.where(Shipment.id.in_(mine.where(RepairOrder.shipment.is_null(False)))
                            | (Shipment.made_by == actor.person_id))  # fmt: skip
    rows = list(query.limit(PAGE + 1).offset((page - 1) * PAGE))
    return [_line(row, row.orders) for row in rows[:PAGE]], len(rows) > PAGE


def _line(row: Shipment, orders: int) -> ShipmentLine:
    return ShipmentLine(row.id, row.number, row.maker, row.carrier, row.tracking, row.made_at,
                        row.sent_at, orders)  # fmt: skip


def page(shipment_id: int, actor: Actor) -> ShipmentPage:
    """The orders in the reader's view, and its note to who sees them all. Raises NotFound. A fixed
    number of queries."""
    row = in_view(shipment_id, actor)
    today = clock.local_day(clock.now())
    query = orders_read.with_names().where(RepairOrder.shipment == row.id).order_by(RepairOrder.id)
    orders = orders_read.lines_of(visible(actor, query, RepairOrder.client), today)
    all_seen = len(orders) == RepairOrder.select().where(RepairOrder.shipment == row.id).count()
    may = actor.able("send_shipment")
    names = people.names({row.made_by_id} - {None})
    return ShipmentPage(
        _line(row, len(orders)), row.address, (row.note or "") if all_seen else "",
        names.get(row.made_by_id, ""), orders,
        fitting(actor, row.maker) if may and not row.sent_at else [], may and not row.sent_at,
    )  # fmt: skip


def fitting(actor: Actor, maker: str) -> list[OrderLine]:
    """Orders of a maker that are ready to send and on no shipment that waits."""
    query = orders_read.with_names().where(_ready() & (RepairOrder.maker == maker))
    found = visible(actor, query.order_by(RepairOrder.id), RepairOrder.client).limit(200)
    return orders_read.lines_of(found, clock.local_day(clock.now()))


def _ready() -> Any:
    waiting = Shipment.select(Shipment.id).where(Shipment.sent_at.is_null())
    free = RepairOrder.shipment.is_null() | RepairOrder.shipment.not_in(waiting)
    return RepairOrder.state.in_(sorted(states.READY)) & RepairOrder.unit.is_null(False) & free


def makers(actor: Actor) -> list[tuple[str, int]]:
    """Makers for whom something is ready, with how many orders; one query."""
    count = fn.COUNT(RepairOrder.id)
    query = RepairOrder.select(RepairOrder.maker, count).where(_ready())
    query = visible(actor, query, RepairOrder.client)
    rows = tuples(query.group_by(RepairOrder.maker).order_by(RepairOrder.maker))
    return [(maker, number) for maker, number in rows]
