"""Spare units: where each one is, and the swap of a device's unit in one step."""

from dataclasses import dataclass
from datetime import date

from peewee import fn

from roundtag import attachments, clients, clock, conflicts, faults, history, movements, tagging
from roundtag.commands import Deed, Outcome, Photo
from roundtag.errors import invalid
from roundtag.fields import Fields
from roundtag.models import (
    Base,
    Device,
    DeviceModel,
    Fault,
    Store,
    Swap,
    Unit,
)
from roundtag.words import N_

REASONS = ("faulty", "wear", "upgrade", "loan", "other")
OLD_UNIT_TO = ("repair", "store", "scrap")


@dataclass(frozen=True)
class SwapSpare:
    """A swap at a device; `expected_old_serial` is what the form had shown (empty: no unit)."""

    tag: str
    expected_old_serial: str
    new_serial: str
    old_unit_to: str
    reason: str
    note: str | None = None
    fault_id: int | None = None
    settles_fault: bool = False
    photos: tuple[Photo, ...] = ()


def read(form: Fields, photos: tuple[Photo, ...]) -> SwapSpare:
    typed = form.text("new_serial_typed", limit=80)
    command = SwapSpare(
        tag=form.raw("tag"),
        expected_old_serial=form.text("expected_old_serial", limit=80) or "",
        new_serial=typed or form.text("new_serial", limit=80) or "",
        old_unit_to=form.choice("old_unit_to", OLD_UNIT_TO) or "repair",
        reason=form.choice("reason", REASONS, required=N_("Choose a reason.")) or "",
        note=form.text("note"),
        fault_id=form.whole("fault"),
        settles_fault=form.raw("settles_fault") == "1",
        photos=photos,
    )
    if not command.new_serial:
        form.refuse("new_serial", "required", N_("Choose or type the new unit's serial number."))
    form.done()
    return command


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
    """The swap itself, judged by what is in the device and in stock at this moment."""
    _queue_up(Device, device.id)
    old = Unit.get_or_none(Unit.device == device.id)
    if (old.serial if old else "") != command.expected_old_serial:
        return _conflict(command, deed, device, "device-already-swapped",
                         command.expected_old_serial, old.serial if old else "")  # fmt: skip
    new = _unit_for(command.new_serial, device)
    if new.place != "store":
        return _conflict(command, deed, device, "unit-already-used", new.serial, new.place)
    _exchange(command, deed, device, old, new)
    return _file(command, deed, device, old, new)


def _queue_up(model: type[Base], key: int) -> None:
    """Takes the row's lock, so that two deeds on it wait for each other and the second one reads
    what the first one left."""
    model.update(id=model.id).where(model.id == key).execute()


def _unit_for(serial: str, device: Device) -> Unit:
    """The unit meant by a serial number, locked; one in a store wins over one in use.

    Another client's units are as unknown as none, so that nobody can take or find them.
    """
    owner = fn.COALESCE(Store.client, Device.client, device.client_id)
    units = list(
        Unit.select(Unit.id, Unit.place)
        .join(DeviceModel)
        .switch(Unit)
        .left_outer_join(Store)
        .switch(Unit)
        .left_outer_join(Device)
        .where((Unit.serial == serial) & (DeviceModel.category == device.category))
        .where(owner == device.client_id)
    )
    if not units:
        message = N_("No spare of this kind has the serial number %(serial)s.")
        raise invalid("new_serial", "unknown", message, serial=serial)
    in_store = [unit for unit in units if unit.place == "store"]
    if len(in_store) > 1:
        message = N_("Several makers use the serial number %(serial)s. Choose from the list.")
        raise invalid("new_serial", "ambiguous", message, serial=serial)
    chosen = (in_store or units)[0]
    _queue_up(Unit, chosen.id)
    return Unit.get_by_id(chosen.id)


def _exchange(command: SwapSpare, deed: Deed, device: Device, old: Unit | None, new: Unit) -> None:
    store = new.store_id
    if old:
        back = store if command.old_unit_to == "store" else None
        deed.change(old, place=command.old_unit_to, device=None, store=back)
        movements.record(
            deed, old, ("device", device.id), (command.old_unit_to, back), command.reason
        )
    deed.change(new, place="device", device=device.id, store=None, shelf="")
    movements.record(deed, new, ("store", store), ("device", device.id), command.reason)


def _file(command: SwapSpare, deed: Deed, device: Device, old: Unit | None, new: Unit) -> Outcome:
    fault = _linked_fault(command, device)
    row = deed.create(
        Swap,
        client=device.client_id,
        contract=clients.contract_at(device.client_id, clock.local_day(deed.received_at)),
        device=device,
        fault=fault,
        old_unit=old,
        new_unit=new,
        old_serial=old.serial if old else None,
        new_serial=new.serial,
        old_unit_to=command.old_unit_to if old else "",
        reason=command.reason,
        note=command.note,
        person=deed.person_id,
        submission=deed.id,
        claimed_at=deed.claimed_at,
        received_at=deed.received_at,
    )
    attachments.attach(deed, row, command.photos)
    history.record(deed, "swap", device, subject_id=row.id, reason=command.reason,
                   old_serial=row.old_serial, new_serial=row.new_serial)  # fmt: skip
    _move_fault_on(command, deed, fault, row)
    return Outcome(N_("Swapped: %(old)s out, %(new)s in."), url=f"/t/{command.tag}",
                   values={"old": row.old_serial or "—", "new": row.new_serial},
                   subject_id=row.id)  # fmt: skip


def _linked_fault(command: SwapSpare, device: Device) -> Fault | None:
    """The fault that the form names, when it is this device's and still open."""
    if command.fault_id is None:
        return None
    return Fault.get_or_none(
        (Fault.id == command.fault_id)
        & (Fault.device == device.id)
        & Fault.state.in_(faults.OPEN_STATES)
    )


def _move_fault_on(command: SwapSpare, deed: Deed, fault: Fault | None, row: Swap) -> None:
    """Only while the fault is still open: somebody may have resolved it since it was read."""
    still_open = fault and (Fault.id == fault.id) & Fault.state.in_(faults.OPEN_STATES)
    if fault is None or not deed.claim(Fault, still_open, state="in_progress"):
        return
    faults.note_event(deed, fault, "swapped", f"{row.old_serial or '—'} → {row.new_serial}")
    if command.settles_fault:
        faults.settle(deed, fault, f"{row.old_serial or '—'} → {row.new_serial}")


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


@dataclass(frozen=True)
class SpareLine:
    """A unit in a store that would fit a device."""

    serial: str
    maker: str
    model: str
    same_model: bool
    store: str
    shelf: str
    warranty_until: date | None


def fitting(device: Device, model_id: int | None) -> list[SpareLine]:
    """Units in stock of the device's category, the same model first."""
    query = (
        Unit.select(Unit, DeviceModel, Store)
        .join(DeviceModel)
        .switch(Unit)
        .join(Store)
        .where((Unit.place == "store") & (DeviceModel.category == device.category))
        .where(Store.client.is_null() | (Store.client == device.client_id))
    )
    lines = [
        SpareLine(u.serial, u.model.maker, u.model.name, u.model_id == model_id,
                  u.store.name if u.store else "", u.shelf, u.warranty_until)
        for u in query.order_by(DeviceModel.grade.desc(), Unit.serial).limit(200)
    ]  # fmt: skip
    return sorted(lines, key=lambda line: not line.same_model)
