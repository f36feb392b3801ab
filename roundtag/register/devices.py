"""Stores devices of a plan: the place, its unit, tag, first line of history and open rounds."""

from typing import Any

from roundtag import history, software, tagging
from roundtag.commands import Deed
from roundtag.models import Device, Person, Room, Unit, tuples
from roundtag.register import units
from roundtag.register.plan import Step, by_fate
from roundtag.register.rows import by_key
from roundtag.register.units import UNIT_FIELDS
from roundtag.rounds import join_rounds

Named = dict[str, dict[str, int | None]]
"""Column → what its cells say → the key of the row that they mean."""
LATER = ("backup_device", "firmware")
"""What needs the device itself, and the backup device perhaps of a later row."""


def store(deed: Deed, client_id: int, steps: list[Step], *, tagged: bool = True) -> list[int]:
    """Creates and updates all devices: as many statements however many devices there are, from
    whatever door they come. Returns the keys of new ones, which get a fresh tag if `tagged`."""
    created, updated = by_fate(steps)
    named = _named(client_id, [*created, *updated])
    keys = _create(deed, client_id, created, named, tagged)
    _update(deed, updated, named)
    stored = [*zip(keys, created, strict=True), *((step.id or 0, step) for step in updated)]
    _link(deed, client_id, stored)
    firmware = {key: (s.changes or s.values).get("firmware", "") for key, s in stored}
    software.set_firmware(deed, client_id, firmware)
    return keys


def _named(client_id: int, steps: list[Step]) -> Named:
    """The rooms and owners that the steps name. An empty owner is nobody."""
    rooms = Room.select(Room.code, Room.id).where(Room.client == client_id)
    names = sorted({step.values.get("owner", "") for step in steps} - {""})
    people = Person.select(Person.username, Person.id).where(Person.username.in_(names))
    owners = dict(tuples(people)) if names else {}
    return {"room": dict(tuples(rooms)), "owner": {"": None, **owners}}


def _create(deed: Deed, client_id: int, steps: list[Step], named: Named,
            tagged: bool) -> list[int]:  # fmt: skip
    keys = deed.create_many(
        Device, ({"client": client_id, **_columns(step.values, named)} for step in steps)
    )
    units.receive(
        deed, "device", "registered",
        [(step.values, key, {"device": key}) for step, key in zip(steps, keys, strict=True)],
    )  # fmt: skip
    tagging.bind_all(deed, client_id, "device", keys if tagged else [])
    history.record_all(deed, "registered", client_id, [
        {"room": named["room"][step.values["room"]], "device": key,
         "data": {"serial": step.values["serial"]}}
        for step, key in zip(steps, keys, strict=True)
    ])  # fmt: skip
    join_rounds(deed, client_id, keys)
    return keys


def _update(deed: Deed, steps: list[Step], named: Named) -> None:
    devices = by_key(Device, Device.id, (step.id for step in steps))
    changes = ((devices[step.id], _columns(step.changes, named)) for step in steps)
    deed.change_many((device, columns) for device, columns in changes if columns)
    touched = [step for step in steps if step.changes.keys() & set(UNIT_FIELDS)]
    held = by_key(Unit, Unit.device, (step.id for step in touched))
    units.correct(deed, [(held[step.id], step) for step in touched if step.id in held])


def _link(deed: Deed, client_id: int, stored: list[tuple[int, Step]]) -> None:
    """Sets backup devices once all rows are stored: each may stand in any of them."""
    touched = {key: step.values["backup_device"] for key, step in stored if _touches_backup(step)}
    if not touched:
        return
    codes = Device.select(Device.code, Device.id).where(Device.client == client_id)
    known = {"": None, **dict(tuples(codes))}
    devices = by_key(Device, Device.id, touched)
    deed.change_many(
        (devices[key], {"backup_device": known[code]}) for key, code in touched.items()
    )


def _touches_backup(step: Step) -> bool:
    if step.fate == "create":
        return bool(step.values["backup_device"])
    return "backup_device" in step.changes


def _columns(values: dict[str, Any], named: Named) -> dict[str, Any]:
    """The device's own columns; its category stands in the model of its unit as well."""
    own = {
        name: value
        for name, value in values.items()
        if name not in LATER and (name == "category" or name not in UNIT_FIELDS)
    }
    return {name: named[name][value] if name in named else value for name, value in own.items()}
