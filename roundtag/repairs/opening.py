"""A unit leaves its place for repair: an order is opened for it in the same deed."""

from typing import Any

from roundtag import clients, clock, history, numbers
from roundtag.commands import Deed
from roundtag.models import Device, DeviceModel, Fault, RepairEvent, RepairOrder, Unit

PREFIX = "RO"


def open_for(deed: Deed, unit: Unit, client_id: int, *, device: Device | None = None,
             fault: Fault | None = None, problem: str | None = None) -> RepairOrder:  # fmt: skip
    """Opens an order for a locked unit; which way it goes is decided later. One that is still open,
    though the unit was put into a device meanwhile, ends."""
    _end_former(deed, unit)
    return create(deed, client_id, DeviceModel.get_by_id(unit.model_id), unit=unit, device=device,
                  fault=fault, problem=problem)  # fmt: skip


def _end_former(deed: Deed, unit: Unit) -> None:
    about = (RepairOrder.unit == unit.id) | (RepairOrder.new_unit == unit.id)
    ended = {"state": "ended", "ended_at": deed.received_at, "ended_how": "device"}
    for order in deed.claim(RepairOrder, about & RepairOrder.ended_at.is_null(), **ended):
        note(deed, order, "ended", how="device")


def create(deed: Deed, client_id: int, model: DeviceModel, *, device: Device | None = None,
           **values: Any) -> RepairOrder:  # fmt: skip
    """The row with its number, and the first line of its file."""
    order = deed.create(
        RepairOrder,
        client=client_id,
        contract=clients.contract_at(client_id, clock.local_day(deed.received_at)),
        number=numbers.following("repair", PREFIX, deed.received_at),
        device=device,
        model=model,
        maker=model.maker,
        abroad=model.origin == "abroad",
        opened_at=deed.received_at,
        opened_by=deed.person_id,
        **values,
    )
    note(deed, order, "opened")
    return order


def cancel_opened(deed: Deed, order: RepairOrder) -> bool:
    """The unit does not go to repair after all: ends an order at which nobody has done anything
    yet; False when it had gone on."""
    untouched = (RepairOrder.id == order.id) & (RepairOrder.state == "opened")
    if not deed.claim(RepairOrder, untouched & (RepairOrder.route == ""), state="closed",
                      ended_at=deed.received_at, ended_how="cancelled"):  # fmt: skip
        return False
    note(deed, RepairOrder.get_by_id(order.id), "cancelled")
    return True


def note(deed: Deed, order: RepairOrder, kind: str, note: str | None = None,
         **data: Any) -> RepairEvent:  # fmt: skip
    """A line in the file of an order."""
    return deed.create(
        RepairEvent,
        client=order.client_id,
        repair=order,
        kind=kind,
        person=deed.person_id,
        at=deed.received_at,
        data=data,
        note=note,
    )


def tell_device(deed: Deed, order: RepairOrder, step: str) -> None:
    """A line in the logbook of the device that the unit came out of, where there is one."""
    if order.device_id:
        history.record(deed, "repair", Device.get_by_id(order.device_id), subject_id=order.id,
                       number=order.number, step=step)  # fmt: skip
