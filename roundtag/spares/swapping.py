"""The swap of a device's unit in one step: device, stock, loaner, fault and history agree after."""

from datetime import date

from roundtag import (
    attachments,
    clients,
    clock,
    conflicts,
    dues,
    faults,
    history,
    loaners,
    repairs,
    stock,
    tagging,
)
from roundtag.commands import Deed, Outcome
from roundtag.models import (
    Contract,
    Device,
    Fault,
    Swap,
    Unit,
)
from roundtag.spares import stores
from roundtag.spares.fitting import unit_meant
from roundtag.spares.forms import SwapSpare
from roundtag.words import N_


def swap(command: SwapSpare, deed: Deed) -> Outcome:
    """Puts a unit from stock into a device's place; device, stock, fault and history agree.

    When the device holds another unit than the form had shown, or the new unit is in use already,
    nothing moves and a conflict is filed for a person.
    """
    place, device = tagging.device_by_tag(command.tag, deed.actor)
    deed.require(device.client_id)
    conflicts.mark(deed, command.tag, place)
    return exchange(command, deed, device)


def exchange(command: SwapSpare, deed: Deed, device: Device) -> Outcome:
    """The swap itself, judged by what is in the device and in stock at this moment. A serial number
    that was read on the old unit counts for more than the one that the form had shown; when it is
    neither that nor the books', the swap is done all the same and the office is told."""
    Device.update(id=Device.id).where(Device.id == device.id).execute()  # two people come in turn
    old = Unit.get_or_none(Unit.device == device.id)
    held = old.serial if old else ""
    if held not in (command.expected_old_serial, command.old_serial_seen or None):
        return _conflict(command, deed, device, "device-already-swapped",
                         command.expected_old_serial, held)  # fmt: skip
    new = unit_meant(command.new_serial, device, deed.person_id)
    if new.place != "store":
        return _conflict(command, deed, device, "unit-already-used", new.serial, new.place)
    shelf = new.shelf
    _exchange(command, deed, device, old, new)
    if command.old_serial_seen not in ("", held):
        conflicts.file(deed, "serial-differs", device, held, command.old_serial_seen)
    return _file(command, deed, device, old, new, shelf)


def _exchange(command: SwapSpare, deed: Deed, device: Device, old: Unit | None, new: Unit) -> None:
    lines = [stock.of_unit(new, stock.Spot(stock.DEVICE, device.id))]
    if old:
        old = stock.hold(old.id)
        lines.insert(0, stock.of_unit(old, _target(command, deed, device, old, new)))
    stock.move_all(deed, lines, command.reason)


def _target(command: SwapSpare, deed: Deed, device: Device, old: Unit, new: Unit) -> stock.Spot:
    """Where the old unit goes: into the chosen store or the one that the new one came from, or to
    repair, for which an order is opened."""
    if command.old_unit_to == stock.STORE:
        word = command.old_unit_store
        return stock.Spot(stock.STORE,
                          stores.chosen(word, device, deed.person_id, new.store_id))  # fmt: skip
    if command.old_unit_to == stock.SCRAP:
        return stock.Spot(stock.SCRAP)
    fault = _linked_fault(command, device)
    order = repairs.open_for(
        deed, old, device.client_id, device=device, fault=fault, problem=command.note
    )
    return stock.Spot(stock.REPAIR, order.id)


def _file(command: SwapSpare, deed: Deed, device: Device, old: Unit | None, new: Unit,
          shelf: str) -> Outcome:  # fmt: skip
    fault = _linked_fault(command, device)
    contract = clients.contract_at(device.client_id, clock.local_day(deed.received_at))
    row = deed.create(
        Swap,
        client=device.client_id,
        contract=contract,
        device=device,
        fault=fault,
        old_unit=old,
        new_unit=new,
        old_serial=old.serial if old else None,
        new_serial=new.serial,
        old_unit_to=command.old_unit_to if old else "",
        reason=command.reason,
        note=command.note,
        shelf=shelf,
        person=deed.person_id,
        submission=deed.id,
        claimed_at=deed.claimed_at,
        received_at=deed.received_at,
    )
    attachments.attach(deed, row, command.photos)
    history.record(deed, "swap", device, subject_id=row.id, reason=command.reason,
                   old_serial=row.old_serial, new_serial=row.new_serial)  # fmt: skip
    _keep_loaners(command, deed, row, contract)
    _move_fault_on(command, deed, fault, row)
    dues.swapped(deed, row)
    return Outcome(N_("Swapped: %(old)s out, %(new)s in."), url=f"/t/{command.tag}",
                   values={"old": row.old_serial or "—", "new": row.new_serial},
                   subject_id=row.id)  # fmt: skip


def _keep_loaners(command: SwapSpare, deed: Deed, row: Swap, contract: Contract | None) -> None:
    """A loaner that came out is back; one that went in is out. One that takes another one's place
    stands for the same unit."""
    before = loaners.back(deed, row.device_id, swap=row)
    if command.reason != "loan":
        return
    stands_for = before.stands_for_id if before else row.old_unit_id
    loaners.lend(deed, row, stands_for, command.due_on or _due_day(deed, contract))


def _due_day(deed: Deed, contract: Contract | None) -> date:
    return loaners.due_day(contract, clock.local_day(deed.received_at))


def _linked_fault(command: SwapSpare, device: Device) -> Fault | None:
    """The fault that the form names, when it is this device's and still open."""
    if command.fault_id is None:
        return None
    return Fault.get_or_none(
        (Fault.id == command.fault_id)
        & (Fault.device == device.id)
        & Fault.state.in_(faults.WORK_STATES)
    )


def _move_fault_on(command: SwapSpare, deed: Deed, fault: Fault | None, row: Swap) -> None:
    """Only while the fault is still open: somebody may have resolved it since it was read."""
    units = f"{row.old_serial or '—'} → {row.new_serial}"
    if fault is None or not faults.note_swap(deed, fault, units):
        return
    if command.settles_fault and command.reason == "loan":
        faults.restore_with_loaner(deed, fault, units)
    elif command.settles_fault:
        faults.settle(deed, fault, units)


def _conflict(command: SwapSpare, deed: Deed, device: Device, kind: str,
              expected: str, found: str) -> Outcome:  # fmt: skip
    row = conflicts.file(deed, kind, device, expected, found)
    return Outcome(CONFLICTS[kind], url=f"/t/{command.tag}", state="conflict",
                   values={"expected": expected or "—", "found": found or "—"},
                   subject_id=row.id)  # fmt: skip


CONFLICTS = {
    "device-already-swapped": N_(
        "Nothing was moved: the device holds %(found)s, your form showed %(expected)s. "
        "The office will settle it."
    ),
    "unit-already-used": N_(
        "Nothing was moved: the unit %(expected)s is not in a store any more. "
        "The office will settle it."
    ),
}
