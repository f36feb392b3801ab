"""The list of a client's rooms: searched, filtered, sorted and paged."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from peewee import fn

from roundtag import clients, place_pages, rooms, search, tagging
from roundtag.access import Actor
from roundtag.fields import Fields
from roundtag.models import Building, Client, Room, RoomIndex, Site, dicts, tuples
from roundtag.rooms import RoomLine

PAGE = 100
SORTS: dict[str, tuple[Any, ...]] = {
    "place": rooms.WALK,
    "name": (Room.name, Room.code),
    "code": (Room.code,),
    "capacity": (fn.COALESCE(Room.capacity, 0).desc(), Room.code),
}
FILTERS: dict[str, Any] = {
    "site": Building.site,
    "building": Room.building,
    "kind": Room.kind,
    "unit": Room.client_unit,
}


@dataclass(frozen=True)
class RoomWish:
    """What somebody wants to see of the rooms; all of it stands in the page's address."""

    client: int | None = None
    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = "place"
    retired: bool = False
    number: int = 1

    def query(self, **changes: Any) -> str:
        wish = replace(self, **{"number": 1, **changes})
        pairs = {
            "client": wish.client, "q": wish.text, **wish.filters,
            "sort": "" if wish.sort == "place" else wish.sort,
            "retired": "1" if wish.retired else "", "page": wish.number if wish.number > 1 else "",
        }  # fmt: skip
        return urlencode({name: value for name, value in pairs.items() if value})

    def without(self, name: str) -> str:
        return self.query(filters={n: v for n, v in self.filters.items() if n != name})


def read_wish(form: Fields) -> RoomWish:
    """A wish as an address tells it; what cannot be understood is left out."""
    filters = {name: form.raw(name)[:100] for name in FILTERS if form.raw(name)}
    for name in ("site", "building"):
        if not _is_key(filters.get(name, "1")):
            del filters[name]
    client, number, sort = form.raw("client"), form.raw("page"), form.raw("sort")
    return RoomWish(
        int(client) if _is_key(client) else None, form.raw("q")[:80], filters,
        sort if sort in SORTS else "place", form.raw("retired") == "1",
        max(int(number), 1) if _is_key(number) else 1,
    )  # fmt: skip


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8


@dataclass(frozen=True)
class RoomList:
    """A page of one client's rooms. `units`: the client's units; `more`: whether a page follows."""

    wish: RoomWish
    client: Client | None
    clients: list[Client]
    lines: list[RoomLine]
    total: int
    more: bool
    places: list[tuple[Any, ...]]
    """(site, building, site's name, building's name) that the list may be narrowed to."""
    units: list[str]


def listing(wish: RoomWish, actor: Actor) -> RoomList:
    """A page of the rooms of the wished client in view, else of the first one."""
    known, client = clients.choose(actor, wish.client)
    if client is None:
        return RoomList(wish, None, [], [], 0, False, [], [])
    wish = replace(wish, client=client.id if len(known) > 1 else None)
    query = Room.select(Room.id).join(Building).join(Site).switch(Room)
    query = query.join(RoomIndex, on=(RoomIndex.room == Room.id))
    query = query.where(*_conditions(wish, client.id)).order_by(*SORTS[wish.sort])
    total = int(query.clone().order_by().count())
    keys = [key for (key,) in tuples(query.paginate(wish.number, PAGE))]
    shown = rooms.with_counts().where(Room.id.in_(keys))
    rows = dicts(shown.order_by(*SORTS[wish.sort]))
    tags = tagging.codes_of_rooms(row["id"] for row in rows)
    places = (
        Building.select(Site.id, Building.id, Site.name, Building.name).join(Site)
        .where(Building.client == client.id).order_by(Site.name, Building.name)
    )  # fmt: skip
    return RoomList(wish, client, known, [rooms.line_of(row, tags) for row in rows], total,
                    total > wish.number * PAGE, tuples(places),
                    place_pages.units_of(client.id))  # fmt: skip


def _conditions(wish: RoomWish, client_id: int) -> list[Any]:
    chosen = [FILTERS[name] == value for name, value in wish.filters.items()]
    state = Room.retired_at.is_null(not wish.retired)
    return [Room.client == client_id, state, *chosen, *search.rooms(wish.text)]
