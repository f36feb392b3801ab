"""Units of several orders go to one maker in one go. The orders are locked before the shipment."""

from collections.abc import Iterable
from dataclasses import dataclass

from roundtag import numbers
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.models import RepairOrder, Shipment
from roundtag.repairs import holding, sending, states
from roundtag.repairs.holding import Held
from roundtag.words import N_

PREFIX = "SH"
MOST = 100
"""Orders of a shipment."""
GONE = N_("%(number)s has left already. Nothing was changed.")


@dataclass(frozen=True)
class OpenShipment:
    maker: str
    order_ids: tuple[int, ...]
    address: str = ""
    note: str | None = None


def open_shipment(command: OpenShipment, deed: Deed) -> Outcome:
    """Gathers orders that are ready to send; of those that changed meanwhile none is taken."""
    held = _hold(deed, command.order_ids)
    refused = _unfit(held, command.maker)
    if refused:
        return refused
    row = deed.create(Shipment, number=numbers.following("shipment", PREFIX, deed.received_at),
                      maker=command.maker, address=command.address, note=command.note,
                      made_by=deed.person_id, made_at=deed.received_at)  # fmt: skip
    for one in held:
        deed.change(one.order, shipment=row)
    return Outcome(N_("%(number)s is packed: %(count)s units."), f"/shipments/{row.id}",
                   values={"number": row.number, "count": len(held)},
                   subject_id=row.id)  # fmt: skip


@dataclass(frozen=True)
class AddToShipment:
    shipment_id: int
    order_ids: tuple[int, ...]


def add_to_shipment(command: AddToShipment, deed: Deed) -> Outcome:
    before = in_view(command.shipment_id, deed.actor)
    held = _hold(deed, command.order_ids)
    row = _lock(before.id)
    if row.sent_at:
        return _gone(row)
    refused = _unfit(held, row.maker)
    if refused:
        return refused
    if len(orders_of(row.id)) + len(held) > MOST:
        raise invalid("order", "many", N_("At most %(limit)s orders in one shipment."), limit=MOST)
    for one in held:
        deed.change(one.order, shipment=row)
    return Outcome(N_("%(count)s orders are added."), f"/shipments/{row.id}",
                   values={"count": len(held)}, subject_id=row.id)  # fmt: skip


@dataclass(frozen=True)
class TakeOffShipment:
    shipment_id: int
    order_id: int


def take_off_shipment(command: TakeOffShipment, deed: Deed) -> Outcome:
    in_view(command.shipment_id, deed.actor)
    one = holding.hold(command.order_id, deed)
    row = _lock(command.shipment_id)
    if row.sent_at:
        return _gone(row)
    if one.order.shipment_id != row.id:
        return Outcome(N_("It was taken off before."), f"/shipments/{row.id}", "conflict",
                       subject_id=row.id)  # fmt: skip
    deed.change(one.order, shipment=None)
    return Outcome(N_("%(number)s is taken off."), f"/shipments/{row.id}",
                   values={"number": one.order.number}, subject_id=row.id)  # fmt: skip


@dataclass(frozen=True)
class SendShipment:
    """`seen`: the orders that the page had shown; another list is looked at first."""

    shipment_id: int
    carrier: str
    tracking: str = ""
    seen: tuple[int, ...] = ()


def send_shipment(command: SendShipment, deed: Deed) -> Outcome:
    """All of its orders leave in one deed, or none of them."""
    row = in_view(command.shipment_id, deed.actor)
    where = f"/shipments/{row.id}"
    listed = tuple(sorted(order.id for order in orders_of(row.id)))
    held = _hold(deed, listed)
    row = _lock(row.id)
    if row.sent_at:
        return _gone(row)
    now = tuple(sorted(order.id for order in orders_of(row.id)))
    if now != listed or now != tuple(sorted(command.seen)):
        return Outcome(N_("What is in this shipment has changed meanwhile. Look at it again, then "
                          "send it."), where, "conflict", subject_id=row.id)  # fmt: skip
    if not held:
        raise invalid("order", "required", N_("Choose at least one repair order."))
    for one in held:
        refused = sending.blocked(one)
        if refused:
            return refused
    deed.change(row, carrier=command.carrier, tracking=command.tracking, sent_at=deed.received_at)
    for one in held:
        sending.depart(deed, one, shipment=row, carrier=command.carrier,
                       tracking=command.tracking, shipment_number=row.number)  # fmt: skip
    return Outcome(N_("%(number)s is sent: %(count)s units."), where,
                   values={"number": row.number, "count": len(held)},
                   subject_id=row.id)  # fmt: skip


def _hold(deed: Deed, keys: Iterable[int]) -> list[Held]:
    """The orders with their units, locked: all units first, in one order for everybody."""
    seen = [holding.in_view(key, deed.actor) for key in sorted(keys)]
    for order in seen:
        deed.require(order.client_id)
    return holding.held_all(sorted(order.id for order in seen))


def _unfit(held: Iterable[Held], maker: str) -> Outcome | None:
    for one in held:
        order = one.order
        refused = sending.blocked(one)
        if refused:
            return refused
        if order.shipment_id and order.state in states.READY and not _sent(order):
            return holding.conflict(one, N_("%(number)s is on another shipment meanwhile."),
                                    number=order.number)  # fmt: skip
        if one.unit is None or order.maker.casefold() != maker.casefold():
            raise invalid("order", "maker", N_("%(number)s does not go to this maker."),
                          number=order.number)  # fmt: skip
    return None


def _sent(order: RepairOrder) -> bool:
    return Shipment.get_by_id(order.shipment_id).sent_at is not None


def _lock(shipment_id: int) -> Shipment:
    Shipment.update(id=Shipment.id).where(Shipment.id == shipment_id).execute()
    return Shipment.get_by_id(shipment_id)


def _gone(row: Shipment) -> Outcome:
    return Outcome(GONE, f"/shipments/{row.id}", "conflict", {"number": row.number}, row.id)


def orders_of(shipment_id: int) -> list[RepairOrder]:
    query = RepairOrder.select().where(RepairOrder.shipment == shipment_id)
    return list(query.order_by(RepairOrder.id))


def in_view(shipment_id: int, actor: Actor) -> Shipment:
    """A shipment is seen by who may see one of its orders, an empty one by whoever may see all of
    the provider's. Raises NotFound."""
    row = Shipment.get_or_none(Shipment.id == shipment_id)
    mine = visible(
        actor, RepairOrder.select().where(RepairOrder.shipment == shipment_id), RepairOrder.client
    )
    made = row is not None and actor.person_id is not None and row.made_by_id == actor.person_id
    if row is None or not (actor.client_ids is None or made or mine.exists()):
        raise NotFound
    return row
