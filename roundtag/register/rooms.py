"""Stores rooms of a plan, with the sites and buildings that they lie in."""

from typing import Any

from roundtag import history, tagging
from roundtag.commands import Deed
from roundtag.models import Building, Room, Site
from roundtag.register.plan import Step

PLACE = ("site", "building")


def store(deed: Deed, client_id: int, step: Step) -> None:
    if step.fate == "create":
        _create(deed, client_id, step)
    elif step.fate == "update":
        columns = _columns(step.changes)
        if step.changes.keys() & set(PLACE):
            columns["building"] = _building(deed, client_id, step.values).id
        deed.change(Room.get_by_id(step.id), **columns)


def _create(deed: Deed, client_id: int, step: Step) -> None:
    building = _building(deed, client_id, step.values)
    room = deed.create(Room, client=client_id, building=building.id, **_columns(step.values))
    tagging.bind(deed, client_id, room=room)
    history.record(deed, "registered", room_id=room.id, client_id=client_id, subject_id=room.id)


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in PLACE}


def _building(deed: Deed, client_id: int, values: dict[str, Any]) -> Building:
    site_name, name = values["site"], values["building"]
    site = Site.get_or_none((Site.client == client_id) & (Site.name == site_name)) or deed.create(
        Site, client=client_id, name=site_name
    )
    known = Building.get_or_none((Building.site == site.id) & (Building.name == name))
    return known or deed.create(Building, client=client_id, site=site.id, name=name)
