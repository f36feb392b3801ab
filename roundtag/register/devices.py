"""Stores devices of a plan: the place, its unit, tag, first line of history and open rounds."""

from typing import Any

from roundtag import history, software, tagging
from roundtag.commands import Deed
from roundtag.models import Device, Person, Room, Round, RoundDevice, Unit
from roundtag.register import units
from roundtag.register.plan import Step
from roundtag.register.units import UNIT_FIELDS

LATER = ("backup_device", "firmware")
"""What needs the device itself, and the backup device perhaps of a later row."""


def store(deed: Deed, client_id: int, step: Step) -> None:
    if step.fate == "create":
        create(deed, client_id, step.values)
    elif step.fate == "update":
        _update(deed, client_id, step)


def create(deed: Deed, client_id: int, values: dict[str, Any], *, tagged: bool = True) -> Device:
    """A new device with all that belongs to it, from whatever door; `values` as in `columns`.

    Its backup device is set by `link`.
    """
    device = deed.create(Device, client=client_id, **columns_of(client_id, values))
    units.receive(deed, values, "device", device.id, "registered", device=device.id)
    if tagged:
        tagging.bind(deed, client_id, device=device)
    history.record(deed, "registered", device, subject_id=device.id, serial=values["serial"])
    join_rounds(deed, device)
    software.set_firmware(deed, device, values.get("firmware", ""))
    return device


def join_rounds(deed: Deed, device: Device) -> None:
    """The device is to be checked in every open round of its client from now on."""
    joined = RoundDevice.select(RoundDevice.round).where(RoundDevice.device == device.id)
    client_id = device.client_id
    open_ones = Round.select().where((Round.client == client_id) & Round.closed_at.is_null())
    for tour in list(open_ones.where(Round.id.not_in(joined))):
        deed.create(RoundDevice, client=client_id, round=tour.id, device=device.id)


def link(deed: Deed, client_id: int, step: Step) -> None:
    """Sets the backup device of a row, once all rows are stored."""
    if step.kind != "devices" or not _touches_backup(step):
        return
    code = step.values["backup_device"]
    backup = _by_code(client_id, code) if code else None
    deed.change(_by_code(client_id, step.values["code"]), backup_device=backup)


def _touches_backup(step: Step) -> bool:
    if step.fate == "create":
        return bool(step.values["backup_device"])
    return "backup_device" in step.changes


def _by_code(client_id: int, code: str) -> Device:
    return Device.get((Device.client == client_id) & (Device.code == code))


def _update(deed: Deed, client_id: int, step: Step) -> None:
    columns = columns_of(client_id, step.changes)
    if columns:
        deed.change(Device.get_by_id(step.id), **columns)
    units.correct(deed, Unit.get(Unit.device == step.id), step.values, step.changes)
    software.set_firmware(deed, Device.get_by_id(step.id), step.changes.get("firmware", ""))


def columns_of(client_id: int, values: dict[str, Any]) -> dict[str, Any]:
    """The device's own columns; its category stands in the model of its unit as well."""
    own = {
        name: value
        for name, value in values.items()
        if name not in LATER and (name == "category" or name not in UNIT_FIELDS)
    }
    if "room" in own:
        place = (Room.client == client_id) & (Room.code == own["room"])
        own["room"] = Room.get(place).id
    if "owner" in own:
        name = own["owner"]
        own["owner"] = Person.get(Person.username == name) if name else None
    return own
