"""Stores devices of a plan: the place, its unit, tag, first line of history and open rounds."""

from typing import Any

from roundtag import history, tagging
from roundtag.commands import Deed
from roundtag.models import Device, Room, Round, RoundDevice, Unit
from roundtag.register import units
from roundtag.register.plan import Step
from roundtag.register.units import UNIT_FIELDS


def store(deed: Deed, client_id: int, step: Step) -> None:
    if step.fate == "create":
        _create(deed, client_id, step)
    elif step.fate == "update":
        _update(deed, client_id, step)


def _create(deed: Deed, client_id: int, step: Step) -> None:
    device = deed.create(Device, client=client_id, **_columns(client_id, step.values))
    units.receive(deed, step.values, "device", device.id, "registered", device=device.id)
    tagging.bind(deed, client_id, device=device)
    history.record(deed, "registered", device, subject_id=device.id, serial=step.values["serial"])
    for tour in Round.select().where((Round.client == client_id) & Round.closed_at.is_null()):
        deed.create(RoundDevice, client=client_id, round=tour.id, device=device.id)


def _update(deed: Deed, client_id: int, step: Step) -> None:
    columns = _columns(client_id, step.changes)
    if columns:
        deed.change(Device.get_by_id(step.id), **columns)
    units.correct(deed, Unit.get(Unit.device == step.id), step.values, step.changes)


def _columns(client_id: int, values: dict[str, Any]) -> dict[str, Any]:
    """The device's own columns; its category stands in the model of its unit as well."""
    own = {n: v for n, v in values.items() if n == "category" or n not in UNIT_FIELDS}
    if "room" in own:
        place = (Room.client == client_id) & (Room.code == own["room"])
        own["room"] = Room.get(place).id
    return own
