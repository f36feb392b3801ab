"""Finding and locking an order. The unit is locked before its order, always in this way round."""

from dataclasses import dataclass

from roundtag import fault_events, people, stock
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.models import Person, RepairEvent, RepairOrder, Store, Unit
from roundtag.repairs import states
from roundtag.storekeeping import stores
from roundtag.words import N_

BY_NOW = {
    "opened": N_("%(number)s: which way it goes is not decided yet. Decide that first."),
    "decided": N_("%(number)s: meanwhile %(name)s has decided its way. Nothing was changed."),
    "quoting": N_("%(number)s needs a quote that the client approves. Nothing is done before."),
    "offered": N_("%(number)s waits for the client's decision. Nothing is done before."),
    "approved": N_("%(number)s: the client has approved the quote meanwhile. Nothing was changed."),
    "refused": N_("%(number)s: the client has refused the quote. Nothing is sent or repaired."),
    "sent": N_("%(number)s: meanwhile %(name)s has sent it to the maker. Nothing was changed."),
    "received": N_("%(number)s: meanwhile %(name)s has received it. Nothing was changed."),
    "tested": N_("%(number)s: meanwhile %(name)s has tested it. Nothing was changed."),
    "failed": N_("%(number)s: meanwhile %(name)s has tested it: still faulty. "
                 "Nothing was changed."),
    "ended": N_("%(number)s: meanwhile %(name)s has ended this order. Nothing was changed."),
}  # fmt: skip
"""What a step that does not fit is answered, by the state that it meets."""
ELSEWHERE = N_("Meanwhile the unit %(serial)s is somewhere else. Nothing was changed.")


@dataclass
class Held:
    """An order and the unit that it is about now (another one may have come), both locked."""

    order: RepairOrder
    unit: Unit | None

    @property
    def url(self) -> str:
        return f"/repairs/{self.order.id}"


def in_view(order_id: int, actor: Actor) -> RepairOrder:
    """Raises NotFound for an order that does not exist or is another client's."""
    query = RepairOrder.select().where(RepairOrder.id == order_id)
    found = visible(actor, query, RepairOrder.client).first()
    if found is None:
        raise NotFound
    return found


def lock(order_id: int) -> RepairOrder:
    """The order as it is now, locked to the end of the deed."""
    RepairOrder.update(id=RepairOrder.id).where(RepairOrder.id == order_id).execute()
    return RepairOrder.get_by_id(order_id)


def hold(order_id: int, deed: Deed, fault: bool = False) -> Held:
    """The order and its unit, locked. Raises NotFound and Forbidden."""
    seen = in_view(order_id, deed.actor)
    deed.require(seen.client_id)
    return held(order_id, fault)


def held(order_id: int, fault: bool = False) -> Held:
    """As `hold`, for a deed that has asked its right at the order's client. `fault`: its fault is
    locked first, since something may be owed there."""
    fault_id = RepairOrder.get_by_id(order_id).fault_id if fault else None
    if fault_id:
        fault_events.hold(fault_id)
    while True:
        seen = RepairOrder.get_by_id(order_id)
        key = about(seen)
        unit = stock.hold(key) if key else None
        order = lock(order_id)
        if about(order) == key:
            return Held(order, unit)


def held_all(order_ids: list[int]) -> list[Held]:
    """As `held` for several: all their units first, then the orders, each in ascending keys."""
    seen = [RepairOrder.get_by_id(key) for key in sorted(order_ids)]
    for unit_id in sorted(key for order in seen if (key := about(order))):
        stock.hold(unit_id)
    return [held(order.id) for order in seen]


def about(order: RepairOrder) -> int | None:
    """The unit that is on its way: what came instead, else what went out."""
    return order.new_unit_id or order.unit_id


def late(one: Held, step: str) -> Outcome | None:
    """A conflict that says what happened when the step does not fit the state any more."""
    order = one.order
    if states.may(step, order.state, order.route):
        return None
    last = (
        RepairEvent.select(RepairEvent, Person)
        .left_outer_join(Person)
        .where(RepairEvent.repair == order.id)
        .order_by(RepairEvent.id.desc())
        .first()
    )
    name = (people.name(last.person) if last else None) or "—"
    return conflict(one, BY_NOW[order.state], name=name, number=order.number)


def conflict(one: Held, message: str, **values: object) -> Outcome:
    return Outcome(message, one.url, "conflict", dict(values), one.order.id)


def store_for(deed: Deed, store_id: int | None, order: RepairOrder) -> Store:
    """A store into which a unit of that order may go. Raises Invalid and Forbidden."""
    missing = invalid("store", "required", N_("Choose the store that it lies in."))
    if store_id is None:
        raise missing
    in_use = Store.select().where((Store.id == store_id) & Store.retired_at.is_null())
    store = stock.in_view(deed.actor, in_use).first()
    if store is None or store.client_id not in (None, order.client_id):
        raise missing
    stores.handles(store, deed)
    return store


def with_us(unit: Unit | None) -> bool:
    """Whether the order still commands the unit: it is out for repair or lies in a store."""
    return unit is not None and unit.place in (stock.REPAIR, stock.STORE)


def spot(one: Held) -> stock.Spot:
    """Where the unit is, with the order's key while it is out for repair."""
    if one.unit is None or one.unit.place == stock.REPAIR:
        return stock.Spot(stock.REPAIR, one.order.id)
    return stock.spot_of(one.unit)
