"""Stores rooms of a plan, with the sites and buildings that they lie in."""

from typing import Any

from roundtag import history, tagging
from roundtag.commands import Deed
from roundtag.models import Building, Room, Site, dicts
from roundtag.register.plan import Step, by_fate
from roundtag.register.rows import by_key

PLACE = ("site", "building")
Place = tuple[str, str]


def store(deed: Deed, client_id: int, steps: list[Step]) -> None:
    """Creates and updates all rooms: as many statements however many rooms there are."""
    created, updated = by_fate(steps)
    buildings = _buildings(deed, client_id, [*created, *updated])
    keys = deed.create_many(
        Room,
        (
            {"client": client_id, "building": buildings[_place(step)], **_columns(step.values)}
            for step in created
        ),
    )
    tagging.bind_all(deed, client_id, "room", keys)
    history.record_all(deed, "registered", client_id, [{"room": key} for key in keys])
    rooms = by_key(Room, Room.id, (step.id for step in updated))
    deed.change_many((rooms[step.id], _changes(step, buildings)) for step in updated)


def _place(step: Step) -> Place:
    return step.values["site"], step.values["building"]


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in PLACE}


def _changes(step: Step, buildings: dict[Place, int]) -> dict[str, Any]:
    moved = step.changes.keys() & set(PLACE)
    place = {"building": buildings[_place(step)]} if moved else {}
    return {**_columns(step.changes), **place}


def _buildings(deed: Deed, client_id: int, steps: list[Step]) -> dict[Place, int]:
    """The key of every building that is named, new ones made."""
    wanted = dict.fromkeys(map(_place, steps))
    sites = {row["name"]: row["id"] for row in dicts(Site.select().where(Site.client == client_id))}
    names = dict.fromkeys(site for site, _ in wanted if site not in sites)
    made = deed.create_many(Site, ({"client": client_id, "name": name} for name in names))
    sites.update(zip(names, made, strict=True))
    query = Building.select(Building.id, Building.name, Site.name.alias("site")).join(Site)
    rows = dicts(query.where(Building.client == client_id))
    known = {(row["site"], row["name"]): row["id"] for row in rows}
    new = [place for place in wanted if place not in known]
    keys = deed.create_many(
        Building,
        ({"client": client_id, "site": sites[site], "name": name} for site, name in new),
    )
    return {**known, **dict(zip(new, keys, strict=True))}
