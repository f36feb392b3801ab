"""Opening an order by hand: for a unit that lies in a store or is out already, or to buy one."""

from dataclasses import dataclass

from roundtag import stock
from roundtag.access import visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.models import (
    Client,
    Device,
    DeviceModel,
    Fault,
    RepairOrder,
    StockMovement,
    Store,
    Unit,
)
from roundtag.repairs import opening, states
from roundtag.words import N_

OPENED = N_("%(number)s is opened. Decide which way it goes.")


@dataclass(frozen=True)
class OpenRepair:
    """`client_id`: for whom, where the unit's own place does not say it."""

    unit_id: int
    problem: str
    client_id: int | None = None
    fault_id: int | None = None


def open_repair(command: OpenRepair, deed: Deed) -> Outcome:
    """Opens an order for a unit that is out for repair without one, or in a store, and takes it
    out of the store."""
    if not Unit.select().where(Unit.id == command.unit_id).exists():
        raise NotFound
    fault = _fault(deed, command.fault_id)
    unit = stock.hold(command.unit_id)
    about = (RepairOrder.unit == unit.id) | (RepairOrder.new_unit == unit.id)
    running = list(RepairOrder.select().where(about & RepairOrder.ended_at.is_null()))
    if not all(_client_in_view(deed, one.client_id) for one in running):
        raise NotFound  # another client's order would end with this one
    known = next((one for one in running if one.unit_id == unit.id), None)
    if known:
        return Outcome(N_("This unit has an open order already: %(number)s."),
                       f"/repairs/{known.id}", "conflict", {"number": known.number},
                       known.id)  # fmt: skip
    origin = whose(unit)
    if origin is not None and not _client_in_view(deed, origin):
        raise NotFound
    client = origin or command.client_id
    if client is None or not _client_in_view(deed, client):
        raise invalid("client", "required", N_("Say for which client it is repaired."))
    deed.require(client)
    if fault and fault.client_id != client:
        raise invalid("fault", "unknown", N_("There is no such fault."))
    if unit.store_id:
        deed.require(Store.get_by_id(unit.store_id).client_id)
    if unit.place not in (stock.STORE, stock.REPAIR):
        return Outcome(N_("%(serial)s is neither in a store nor out for repair. Take it out of its "
                          "device by a swap."), "/repairs", "conflict",
                       {"serial": unit.serial}, unit.id)  # fmt: skip
    order = opening.open_for(deed, unit, client, device=_device_of(unit, fault, client),
                             fault=fault, problem=command.problem)  # fmt: skip
    opening.tell_device(deed, order, "opened")
    if unit.place == stock.STORE:
        stock.move(deed, unit, stock.Spot(stock.REPAIR, order.id), "repair")
    return Outcome(OPENED, f"/repairs/{order.id}", values={"number": order.number},
                   subject_id=order.id)  # fmt: skip


def _fault(deed: Deed, fault_id: int | None) -> Fault | None:
    if fault_id is None:
        return None
    query = visible(deed.actor, Fault.select().where(Fault.id == fault_id), Fault.client)
    found = query.first()
    if found is None:
        raise invalid("fault", "unknown", N_("There is no such fault."))
    return found


def _client_in_view(deed: Deed, client_id: int) -> bool:
    query = Client.select().where(Client.id == client_id)
    return bool(visible(deed.actor, query, Client.id).exists())


def whose(unit: Unit) -> int | None:
    """The client whose unit it is by where it is or was last; None: the provider's."""
    if unit.store_id:
        return Store.get_by_id(unit.store_id).client_id
    last = _last_out(unit, stock.STORE, stock.DEVICE)
    if last is None:
        return None
    place = Store if last.from_place == stock.STORE else Device
    return place.get_by_id(last.from_key).client_id


def _last_out(unit: Unit, *places: str) -> StockMovement | None:
    """The movement that took a unit out of a place of that kind last."""
    out = (StockMovement.unit == unit.id) & StockMovement.from_place.in_(places)
    return StockMovement.select().where(out).order_by(StockMovement.id.desc()).first()


def _device_of(unit: Unit, fault: Fault | None, client_id: int) -> Device | None:
    key = fault.device_id if fault else None
    last = None if key else _last_out(unit, stock.DEVICE)
    device = Device.get_or_none(Device.id == (last.from_key if last else key))
    return device if device and device.client_id == client_id else None


@dataclass(frozen=True)
class OpenPurchase:
    client_id: int
    model_id: int
    specification: str
    problem: str | None = None
    device_id: int | None = None


def open_purchase(command: OpenPurchase, deed: Deed) -> Outcome:
    """Opens the purchase of a new unit; its specification and price go to the client first."""
    if not _client_in_view(deed, command.client_id):
        raise invalid("client", "unknown", N_("Choose one of the list."))
    deed.require(command.client_id)
    model = DeviceModel.get_or_none(DeviceModel.id == command.model_id)
    if model is None or model.tracking != "serial":
        raise invalid("model", "unknown", N_("Choose one of the list."))
    device = _bought_for(deed, command)
    order = opening.create(
        deed, command.client_id, model, device=device, route=states.PURCHASE, state="quoting",
        specification=command.specification, problem=command.problem,
    )  # fmt: skip
    opening.note(deed, order, "decided", route=states.PURCHASE)
    opening.tell_device(deed, order, "opened")
    return Outcome(N_("%(number)s is opened. Write the quote for the client."),
                   f"/repairs/{order.id}", values={"number": order.number},
                   subject_id=order.id)  # fmt: skip


def _bought_for(deed: Deed, command: OpenPurchase) -> Device | None:
    if command.device_id is None:
        return None
    query = Device.select().where(
        (Device.id == command.device_id) & (Device.client == command.client_id)
    )
    device = visible(deed.actor, query, Device.client).first()
    if device is None:
        raise NotFound
    return device
