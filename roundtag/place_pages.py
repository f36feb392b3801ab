"""What the pages and forms of places read."""

from dataclasses import dataclass
from typing import Any

from peewee import JOIN, fn

from roundtag import clients
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.models import Building, Client, Room, Site, dicts, tuples


@dataclass(frozen=True)
class BuildingLine:
    id: int
    name: str
    rooms: int


@dataclass(frozen=True)
class SiteLine:
    id: int
    name: str
    buildings: list[BuildingLine]


@dataclass(frozen=True)
class PlacesPage:
    client: Client | None
    clients: list[Client]
    sites: list[SiteLine]


def page(wanted: int | None, actor: Actor) -> PlacesPage:
    """Sites and buildings of one client in view, with their rooms counted; three queries."""
    known, client = clients.choose(actor, wanted)
    if client is None:
        return PlacesPage(None, [], [])
    sites = Site.select().where(Site.client == client.id).order_by(Site.name)
    rows = dicts(
        Building.select(Building.id, Building.site, Building.name, fn.COUNT(Room.id).alias("rooms"))
        .join(Room, JOIN.LEFT_OUTER, on=((Room.building == Building.id)
                                         & Room.retired_at.is_null()))
        .where(Building.client == client.id)
        .group_by(Building.id, Building.site, Building.name)
        .order_by(Building.name)
    )  # fmt: skip
    of: dict[int, list[BuildingLine]] = {}
    for row in rows:
        of.setdefault(row["site"], []).append(BuildingLine(row["id"], row["name"], row["rooms"]))
    return PlacesPage(client, known, [SiteLine(s.id, s.name, of.get(s.id, [])) for s in sites])


def site(site_id: int, actor: Actor) -> Site:
    """Raises NotFound for one out of view."""
    return _one(visible(actor, Site.select().where(Site.id == site_id), Site.client))


def building(building_id: int, actor: Actor) -> Building:
    """With its site. Raises NotFound for one out of view."""
    query = Building.select(Building, Site).join(Site).where(Building.id == building_id)
    return _one(visible(actor, query, Building.client))


def room(room_id: int, actor: Actor) -> Room:
    """Raises NotFound for one out of view."""
    return _one(visible(actor, Room.select().where(Room.id == room_id), Room.client))


def _one(query: Any) -> Any:
    found = query.first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class RoomChoices:
    """What a room's form offers: buildings as (id, words) and the client's units known so far."""

    client: Client
    buildings: list[tuple[int, str]]
    units: list[str]


def choices(client_id: int | None, actor: Actor) -> RoomChoices:
    """Raises NotFound where there is no client in view."""
    client = clients.chosen(actor, client_id)
    if client is None:
        raise NotFound
    rows = (
        Building.select(Building.id, Site.name, Building.name)
        .join(Site)
        .where(Building.client == client.id)
        .order_by(Site.name, Building.name)
    )
    return RoomChoices(
        client,
        [(key, f"{site_name} · {name}") for key, site_name, name in tuples(rows)],
        units_of(client.id),
    )


def units_of(client_id: int) -> list[str]:
    """The client's units that rooms were given, in order of their names."""
    query = Room.select(Room.client_unit).where(
        (Room.client == client_id) & (Room.client_unit != "")
    )
    return [name for (name,) in tuples(query.distinct().order_by(Room.client_unit))]
