"""Stores devices of a plan: the place, its unit, tag, first line of history and open rounds."""

from typing import Any

from roundtag import history, tagging
from roundtag.commands import Deed
from roundtag.models import Device, Room, Round, RoundDevice, Unit, dicts
from roundtag.register import units
from roundtag.register.plan import Step, by_fate
from roundtag.register.rows import by_key
from roundtag.register.units import UNIT_FIELDS

Rooms = dict[str, int]


def store(deed: Deed, client_id: int, steps: list[Step]) -> None:
    """Creates and updates all devices: as many statements however many devices there are."""
    created, updated = by_fate(steps)
    rows = dicts(Room.select(Room.id, Room.code).where(Room.client == client_id))
    rooms = {row["code"]: row["id"] for row in rows}
    _create(deed, client_id, created, rooms)
    _update(deed, updated, rooms)


def _create(deed: Deed, client_id: int, steps: list[Step], rooms: Rooms) -> None:
    keys = deed.create_many(
        Device, ({"client": client_id, **_columns(step.values, rooms)} for step in steps)
    )
    units.receive(
        deed, "device", "registered",
        [(step.values, key, {"device": key}) for step, key in zip(steps, keys, strict=True)],
    )  # fmt: skip
    tagging.bind_all(deed, client_id, "device", keys)
    history.record_all(deed, "registered", client_id, [
        {"room": rooms[step.values["room"]], "device": key,
         "data": {"serial": step.values["serial"]}}
        for step, key in zip(steps, keys, strict=True)
    ])  # fmt: skip
    _join_rounds(deed, client_id, keys)


def _join_rounds(deed: Deed, client_id: int, keys: list[int]) -> None:
    """New devices are to be checked in every open round of their client from now on."""
    tours = Round.select(Round.id).where((Round.client == client_id) & Round.closed_at.is_null())
    deed.create_many(RoundDevice, [
        {"client": client_id, "round": tour.id, "device": key} for tour in tours for key in keys
    ])  # fmt: skip


def _update(deed: Deed, steps: list[Step], rooms: Rooms) -> None:
    devices = by_key(Device, Device.id, (step.id for step in steps))
    changes = ((devices[step.id], _columns(step.changes, rooms)) for step in steps)
    deed.change_many((device, columns) for device, columns in changes if columns)
    touched = [step for step in steps if step.changes.keys() & set(UNIT_FIELDS)]
    held = by_key(Unit, Unit.device, (step.id for step in touched))
    units.correct(deed, [(held[step.id], step) for step in touched if step.id in held])


def _columns(values: dict[str, Any], rooms: Rooms) -> dict[str, Any]:
    """The device's own columns; its category stands in the model of its unit as well."""
    own = {n: v for n, v in values.items() if n == "category" or n not in UNIT_FIELDS}
    if "room" in own:
        own["room"] = rooms[own["room"]]
    return own
