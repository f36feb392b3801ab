"""What comes back from the maker: the unit itself or another one, into a store, and its test."""

from dataclasses import dataclass
from datetime import date

from roundtag import stock
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.models import DeviceModel, RepairOrder, Store, Unit
from roundtag.repairs import ending, holding, opening, states, telling
from roundtag.repairs.holding import Held
from roundtag.storekeeping import rules
from roundtag.words import N_

RESULTS = ("ok", "failed")


@dataclass(frozen=True)
class ReceiveRepair:
    """`new_serial`: another unit came, or a bought one; `warranty_until` of what came."""

    order_id: int
    store_id: int | None
    new_serial: str = ""
    warranty_until: date | None = None
    shelf: str = ""


def receive_repair(command: ReceiveRepair, deed: Deed) -> Outcome:
    """Takes it into a store. It is not ready for use before it was tested."""
    one = holding.hold(command.order_id, deed)
    refused = holding.late(one, "receive")
    if refused:
        return refused
    buys = one.order.route == states.PURCHASE and not one.order.new_unit_id
    if buys and not command.new_serial:
        raise invalid("new_serial", "required", N_("Give the serial number of the new unit."))
    store = holding.store_for(deed, command.store_id, one.order)
    unit = one.unit
    if not buys and unit is not None and unit.place != stock.REPAIR:
        return holding.conflict(one, holding.ELSEWHERE, serial=unit.serial)
    if buys or unit is None or command.new_serial not in ("", unit.serial):
        _take_new(deed, one, command, store, buys)
    else:
        stock.move(deed, unit, stock.Spot(stock.STORE, store.id), "repaired",
                   source=holding.spot(one), shelf=command.shelf)  # fmt: skip
        if command.warranty_until:
            deed.change(unit, warranty_until=command.warranty_until)
    _file(deed, one.order, store)
    return Outcome(N_("%(number)s is received in %(store)s. Test it now."), one.url,
                   values={"number": one.order.number, "store": store.name},
                   subject_id=one.order.id)  # fmt: skip


def _take_new(deed: Deed, one: Held, command: ReceiveRepair, store: Store,
              buys: bool) -> None:  # fmt: skip
    order = one.order
    DeviceModel.update(id=DeviceModel.id).where(DeviceModel.id == order.model_id).execute()
    known = (Unit.model == order.model_id) & (Unit.serial == command.new_serial)
    if Unit.select().where(known).exists():
        raise invalid("new_serial", "taken", N_("A unit of this model with the serial number "
                                                "%(serial)s is on file already."),
                      serial=command.new_serial)  # fmt: skip
    new = deed.create(Unit, model=order.model_id, serial=command.new_serial,
                      warranty_until=command.warranty_until, place=stock.SUPPLIER)  # fmt: skip
    reason = "purchase" if buys else "replaced"
    lines = [stock.of_unit(new, stock.Spot(stock.STORE, store.id), shelf=command.shelf)]
    if one.unit is not None and one.unit.place == stock.REPAIR:
        gone = stock.Spot(stock.SCRAP if buys else stock.SUPPLIER)
        lines.append(stock.of_unit(one.unit, gone, source=holding.spot(one)))
    stock.move_all(deed, lines, reason)
    if buys:
        rules.arrived(deed, [(store.id, order.model_id, 1)])
    deed.change(order, new_unit=new)


def _file(deed: Deed, order: RepairOrder, store: Store) -> None:
    deed.change(order, state="received", received_at=deed.received_at, received_in=store)
    came = order.new_unit.serial if order.new_unit else ""
    event = opening.note(deed, order, "received", store=store.name,
                         **({"serial": came} if came else {}))  # fmt: skip
    opening.tell_device(deed, order, "received")
    telling.tell(order, "repair-received", telling.HEADS, f"repair-received-{event.id}",
                 deed.received_at, but=deed.actor.person_id, store=store.name)  # fmt: skip


@dataclass(frozen=True)
class TestRepair:
    """`then`: how the order ends at once when it works: store or device; empty leaves it open."""

    __test__ = False

    order_id: int
    result: str
    note: str | None = None
    then: str = ""


def test_repair(command: TestRepair, deed: Deed) -> Outcome:
    """Whether it works again. What fails goes back to the maker."""
    one = holding.hold(command.order_id, deed)
    refused = holding.late(one, "test")
    if refused:
        return refused
    if command.result not in RESULTS or command.then not in ("", "store", "device"):
        raise invalid("result", "unknown", N_("Choose one of the list."))
    if command.result == "failed" and not command.note:
        raise invalid("note", "required", N_("Say what is still wrong."))
    order = one.order
    if command.then == "device" and not order.device_id:
        raise invalid("then", "unknown", N_("This order names no device."))
    state = "tested" if command.result == "ok" else "failed"
    deed.change(order, state=state, test=command.result, test_note=command.note,
                tested_at=deed.received_at)  # fmt: skip
    opening.note(deed, order, state, command.note)
    if state == "failed":
        return Outcome(N_("Noted. It can be sent to the maker again."), one.url,
                       subject_id=order.id)  # fmt: skip
    return ending.finish(deed, one, command.then) if command.then else Outcome(
        N_("%(number)s works again."), one.url, values={"number": order.number},
        subject_id=order.id)  # fmt: skip


test_repair.__test__ = False  # type: ignore[attr-defined]
