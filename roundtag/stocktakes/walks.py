"""What whoever counts needs: the stocktakes that are open, their rooms, and one room's list.

The facts of many rooms come in a fixed number of queries, for a page as for a phone's pack.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.models import (
    Building,
    Client,
    Device,
    Room,
    Site,
    Stocktake,
    StocktakeEntry,
    StocktakeVisit,
    Tag,
    dicts,
)
from roundtag.stocktakes import scope

LIMIT = 200
"""Rooms that a phone keeps of all open stocktakes."""
CHOICES = 1000
"""Rooms that the form offers beside clients, sites and buildings."""


@dataclass(frozen=True)
class Card:
    """A stocktake of a list. `counted`: its rooms with a list, and all of them; 0 once closed."""

    id: int
    name: str
    opened_at: datetime
    closed_at: datetime | None
    counted: tuple[int, int]


def cards(actor: Actor, closed: bool = False) -> list[Card]:
    """Stocktakes in view, the newest first: the open ones, and at most 50 closed ones if wanted."""
    columns = Stocktake.id, Stocktake.name, Stocktake.opened_at, Stocktake.closed_at
    query = Stocktake.select(*columns).order_by(Stocktake.opened_at.desc(), Stocktake.id.desc())
    ended = Stocktake.closed_at.is_null(False)
    rows = dicts(visible(actor, query.where(~ended), Stocktake.client))
    counted = _counted([row["id"] for row in rows])
    if closed:
        rows += dicts(visible(actor, query.where(ended), Stocktake.client).limit(50))
    return [Card(**row, counted=counted.get(row["id"], (0, 0))) for row in rows]


def _counted(ids: list[int]) -> dict[int, tuple[int, int]]:
    """Rooms with a list, and all rooms, of each stocktake."""
    visited = fn.EXISTS(
        StocktakeVisit.select(StocktakeVisit.id).where(
            (StocktakeVisit.stocktake == Stocktake.id) & (StocktakeVisit.room == Room.id)
        )
    )
    if not ids:
        return {}
    columns = Stocktake.id.alias("key"), visited.alias("visited")
    found: dict[int, tuple[int, int]] = {}
    for row in dicts(scope.rooms_of(Stocktake.id << ids, *columns)):
        done, rooms = found.get(row["key"], (0, 0))
        found[row["key"]] = done + bool(row["visited"]), rooms + 1
    return found


@dataclass(frozen=True)
class Expected:
    """A device that the register has in a room. `seen`: a list before has it there already."""

    id: int
    tag: str
    code: str
    name: str
    category: str
    position: str
    away: bool
    seen: bool


@dataclass(frozen=True)
class RoomToCount:
    """One room of a stocktake; `visits`: lists that came from it already."""

    stocktake_id: int
    client_id: int
    stocktake: str
    blind: bool
    closed: bool
    id: int
    code: str
    name: str
    floor: str
    building: str
    tag: str
    visits: int
    devices: list[Expected]

    @property
    def seen(self) -> int:
        return sum(1 for device in self.devices if device.seen)


def to_walk(actor: Actor) -> list[RoomToCount]:
    """The rooms of the open stocktakes that this person may count, at most LIMIT."""
    mine = actor.clients_for("count_device")
    which = Stocktake.closed_at.is_null()
    if mine is not None:
        which &= Stocktake.client << sorted(mine)
    return _rooms(which, LIMIT)


def rooms(stocktake_id: int, actor: Actor) -> tuple[Stocktake, list[RoomToCount]]:
    """A stocktake's rooms in walking order. Raises NotFound."""
    found = scope.in_view(stocktake_id, actor)
    return found, _rooms(Stocktake.id == found.id)


def room(stocktake_id: int, room_id: int, actor: Actor) -> RoomToCount:
    """One room with what is expected there. Raises NotFound."""
    found = scope.in_view(stocktake_id, actor)
    made = _rooms((Stocktake.id == found.id) & (Room.id == room_id))
    if not made:
        raise NotFound
    return made[0]


def _rooms(which: Any, limit: int | None = None) -> list[RoomToCount]:
    columns = (
        Stocktake.id.alias("stocktake_id"), Stocktake.client.alias("client_id"),
        Stocktake.name.alias("stocktake"), Stocktake.blind, Stocktake.closed_at,
        Room.id, Room.code, Room.name, Room.floor, Building.name.alias("building"),
        Tag.code.alias("tag"),
    )  # fmt: skip
    query = scope.rooms_of(which, *columns).limit(limit)
    bound = (Tag.room == Room.id) & (Tag.state == "bound")
    rows = dicts(query.left_outer_join(Tag, on=bound))
    if not rows:  # as on most days
        return []
    ids = sorted({row["id"] for row in rows})
    stocktakes = sorted({row["stocktake_id"] for row in rows})
    devices, visits = _devices(ids), _visits(stocktakes)
    seen = _seen(stocktakes)
    return [_room(row, devices, visits, seen) for row in rows]


def _room(
    row: dict[str, Any],
    devices: dict[int, list[dict[str, Any]]],
    visits: dict[tuple[int, int], int],
    seen: set[tuple[int, int, int]],
) -> RoomToCount:
    of = row["stocktake_id"], row["id"]
    closed = row.pop("closed_at") is not None
    listed = [Expected(**one, seen=(*of, one["id"]) in seen) for one in devices.get(row["id"], [])]
    return RoomToCount(**{**row, "tag": row["tag"] or ""}, closed=closed, visits=visits.get(of, 0),
                       devices=listed)  # fmt: skip


def _devices(ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    query = (
        Device.select(Device.id, Device.code, Device.name, Device.category, Device.position,
                      Device.room, Tag.code.alias("tag"))
        .left_outer_join(Tag, on=((Tag.device == Device.id) & (Tag.state == "bound")))
        .where((Device.room << ids) & Device.retired_at.is_null())
        .order_by(Device.room, Device.position, Device.code)
    )  # fmt: skip
    gone = scope.away(ids)
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in dicts(query):
        room_id = row.pop("room")
        found[room_id].append({**row, "tag": row["tag"] or "", "away": row["id"] in gone})
    return found


def _visits(stocktakes: list[int]) -> dict[tuple[int, int], int]:
    query = (
        StocktakeVisit.select(StocktakeVisit.stocktake, StocktakeVisit.room,
                              fn.COUNT(StocktakeVisit.id).alias("visits"))
        .where(StocktakeVisit.stocktake << stocktakes)
        .group_by(StocktakeVisit.stocktake, StocktakeVisit.room)
    )  # fmt: skip
    return {(row["stocktake"], row["room"]): row["visits"] for row in dicts(query)}


def _seen(stocktakes: list[int]) -> set[tuple[int, int, int]]:
    query = StocktakeEntry.select(
        StocktakeEntry.stocktake, StocktakeEntry.room, StocktakeEntry.device
    ).where((StocktakeEntry.stocktake << stocktakes) & StocktakeEntry.device.is_null(False))
    return {(row["stocktake"], row["room"], row["device"]) for row in dicts(query)}


@dataclass(frozen=True)
class Choice:
    """Something that may be counted: `key` as the form sends it."""

    key: str
    kind: str
    name: str


def choices(actor: Actor, client: int | None = None) -> list[Choice]:
    """Clients, sites, buildings and rooms at which the actor may open a stocktake; those of one
    client where one of theirs is told."""
    mine = actor.clients_for("open_stocktake") if client is None else {client}

    def of(query: Any, column: Any) -> Any:
        return query if mine is None else query.where(column << sorted(mine))

    clients = of(Client.select(Client.id, Client.name), Client.id).order_by(Client.name)
    sites = of(Site.select(Site.id, Site.name), Site.client).order_by(Site.name)
    place = Building.id, Building.name, Site.name.alias("above")
    buildings = of(Building.select(*place).join(Site), Building.client).order_by(
        Site.name, Building.name
    )
    door = Room.id, Room.name, Building.name.alias("above")
    in_use = Room.select(*door).join(Building).where(Room.retired_at.is_null())
    single = of(in_use, Room.client).order_by(Building.name, Room.code)
    levels = (
        ("client", clients),
        ("site", sites),
        ("building", buildings),
        ("room", single.limit(CHOICES)),
    )
    return [_choice(kind, row) for kind, query in levels for row in dicts(query)]


def _choice(kind: str, row: dict[str, Any]) -> Choice:
    name = " · ".join(filter(None, (row.get("above"), row["name"])))
    return Choice(f"{kind}:{row['id']}", kind, name)
