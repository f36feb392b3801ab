"""The list of a client's devices: searched, filtered, sorted and paged by its index alone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from roundtag import clients, clock, data, search
from roundtag.access import Actor, visible
from roundtag.fields import Fields
from roundtag.models import Building, Client, Device, DeviceIndex, Room, Site, dicts, tuples

PAGE = 50
MOST = 2000
"""Up to so many devices are counted, and changed at once."""
SOON = timedelta(days=90)
STATES = ("ok", "fault", "loaner", "repair", "empty", "lent", "retired", "all")

SORTS: dict[str, Any] = {
    "room": DeviceIndex.walk,
    "name": DeviceIndex.name,
    "code": DeviceIndex.code,
    "category": DeviceIndex.category,
    "model": DeviceIndex.model,
    "serial": DeviceIndex.serial,
    "state": DeviceIndex.state,
    "installed": DeviceIndex.sort_installed,
    "warranty": DeviceIndex.sort_warranty,
}
"""What a list may be sorted by; each has an index of its own."""


def _key(column: Any) -> Callable[[str], Any]:
    return lambda value: column == (int(value) if value.isdigit() and len(value) < 10 else 0)


def _state(value: str) -> Any:
    return None if value == "all" else DeviceIndex.state == value


def _warranty(value: str) -> Any:
    today = clock.local_day(clock.now())
    if value == "ended":
        return DeviceIndex.sort_warranty < today.isoformat()
    return DeviceIndex.sort_warranty.between(today.isoformat(), (today + SOON).isoformat())


def _life(_: str) -> Any:
    return DeviceIndex.life_ends <= clock.local_day(clock.now())


def _lacks(value: str) -> Any:
    nobodys = Device.select(Device.id).where(Device.owner.is_null())
    return {"tag": DeviceIndex.tag == "", "unit": DeviceIndex.serial == "",
            "owner": DeviceIndex.device.in_(nobodys)}[value]  # fmt: skip


FILTERS: dict[str, Callable[[str], Any]] = {
    "site": _key(DeviceIndex.site),
    "building": _key(DeviceIndex.building),
    "room": _key(DeviceIndex.room),
    "category": lambda value: DeviceIndex.category == value,
    "state": _state,
    "key": lambda _: DeviceIndex.key_device == True,  # noqa: E712 - an expression of SQL
    "warranty": _warranty,
    "life": _life,
    "lacks": _lacks,
}
"""What a list may be narrowed by: name → the condition for a value. A further filter is a row."""

CHOICES: dict[str, tuple[str, ...]] = {
    "category": tuple(c.code for c in data.categories() if c.code != "room"),
    "state": STATES,
    "key": ("1",),
    "warranty": ("ended", "ending"),
    "life": ("over",),
    "lacks": ("tag", "unit", "owner"),
}
"""The values of a filter, where they are few."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see; all of it stands in the page's address. `after` and `before`
    are the device that the page follows or precedes."""

    client: int | None = None
    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = "room"
    down: bool = False
    after: int | None = None
    before: int | None = None

    def query(self, **changes: Any) -> str:
        """The address's query for this wish with changes; a change of order begins anew."""
        wish = replace(self, after=None, before=None, **changes)
        pairs = {
            "client": wish.client, "q": wish.text, **wish.filters,
            "sort": "" if wish.sort == "room" else wish.sort, "down": "1" if wish.down else "",
        }  # fmt: skip
        return urlencode({name: value for name, value in pairs.items() if value})

    def without(self, name: str) -> str:
        return self.query(filters={n: v for n, v in self.filters.items() if n != name})

    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of what narrows the list, for forms that carry it on."""
        return [(n, str(v)) for n, v in (("client", self.client), ("q", self.text),
                                         *self.filters.items()) if v]  # fmt: skip


def read(form: Fields) -> Wish:
    """A wish as an address tells it; what cannot be understood is left out."""
    given = {name: form.raw(name)[:60] for name in FILTERS}
    filters = {name: value for name, value in given.items() if value and _known(name, value)}
    sort = form.raw("sort")
    return Wish(
        client=_number(form.raw("client")),
        text=form.raw("q")[:80],
        filters=filters,
        sort=sort if sort in SORTS else "room",
        down=form.raw("down") == "1",
        after=_number(form.raw("after")),
        before=_number(form.raw("before")),
    )


def _known(name: str, value: str) -> bool:
    return value in CHOICES[name] if name in CHOICES else _number(value) is not None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@dataclass(frozen=True)
class Line:
    """A device as the list shows it."""

    id: int
    tag: str
    code: str
    name: str
    category: str
    position: str
    room_id: int
    room: str
    room_code: str
    model: str
    serial: str
    state: str
    key_device: bool
    installed_on: date | None
    warranty_until: date | None


@dataclass(frozen=True)
class Places:
    """What the list may be narrowed to: (id, name) of sites and of (id, site, name) buildings."""

    sites: list[tuple[Any, ...]]
    buildings: list[tuple[Any, ...]]
    room: str = ""


@dataclass(frozen=True)
class DeviceList:
    """A page of the list. `total` counts to one more than MOST; `after` and `before` name the
    next and the last page, None where there is none."""

    wish: Wish
    client: Client | None
    clients: list[Client]
    lines: list[Line]
    total: int
    after: int | None
    before: int | None
    places: Places


def page(wish: Wish, actor: Actor) -> DeviceList:
    """A page of one client's devices in view: the wished client's, else the first one's."""
    known, client = clients.choose(actor, wish.client)
    if client is None:
        return DeviceList(wish, None, [], [], 0, None, None, Places([], []))
    wish = replace(wish, client=client.id if len(known) > 1 else None)
    conditions, counted = _conditions(wish, client.id)
    rows = dicts(_in_order(wish, conditions).limit(PAGE + 1))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if wish.before is not None:
        rows.reverse()
    back, on = (more, True) if wish.before is not None else (wish.after is not None, more)
    return DeviceList(
        wish, client, known, [_line(row) for row in rows], _count(counted),
        rows[-1]["device"] if on and rows else None, rows[0]["device"] if back and rows else None,
        _places(client.id, wish),
    )  # fmt: skip


def _conditions(wish: Wish, client_id: int) -> tuple[list[Any], list[Any]]:
    """What rows must fulfil, and the same for counting them.

    Rows that are named are fetched by their names: the index of an order is hidden then.
    """
    found = search.devices(wish.text)
    mine, hidden = DeviceIndex.client == client_id, DeviceIndex.client + 0 == client_id
    chosen = [FILTERS[name](value) for name, value in wish.filters.items()]
    if "state" not in wish.filters:
        chosen.append(DeviceIndex.state != "retired")
    narrowed = [one for one in chosen if one is not None]
    rows = [hidden if found.few else mine, *narrowed, *found.where]
    return rows, [hidden if wish.text else mine, *narrowed, *found.counted]


def _in_order(wish: Wish, conditions: list[Any]) -> Any:
    column, turned = SORTS[wish.sort], wish.down != (wish.before is not None)
    mark = wish.after if wish.before is None else wish.before
    query = DeviceIndex.select().where(*conditions)
    for key in _keys(wish.sort):
        query = query.order_by_extend(key.desc() if turned else key.asc())
    if mark is None:
        return query
    last = DeviceIndex.select(column, *_keys(wish.sort)).where(DeviceIndex.device == mark).first()
    if last is None:
        return query
    return query.where(_beyond(wish.sort, last, turned))


def _keys(sort: str) -> list[Any]:
    """The columns of an order; the device itself makes it one that no two share."""
    second = [DeviceIndex.walk] if sort in {"category", "state"} else []
    return [SORTS[sort], *second, DeviceIndex.device]


def _beyond(sort: str, last: DeviceIndex, turned: bool) -> Any:
    """Rows that come after `last` in an order, whatever was added meanwhile."""
    where: Any = None
    keys = _keys(sort)
    for at in range(len(keys) - 1, -1, -1):
        value = getattr(last, keys[at].name)
        behind = keys[at] < value if turned else keys[at] > value
        where = behind if where is None else behind | ((keys[at] == value) & where)
    first = getattr(last, keys[0].name)
    bound = keys[0] <= first if turned else keys[0] >= first
    return bound & where


def _count(conditions: list[Any]) -> int:
    return int(DeviceIndex.select(DeviceIndex.device).where(*conditions).limit(MOST + 1).count())


def _line(row: dict[str, Any]) -> Line:
    return Line(
        row["device"], row["tag"], row["code"], row["name"], row["category"], row["position"],
        row["room"], row["room_name"], row["room_code"], row["model"], row["serial"],
        row["state"], row["key_device"], row["installed_on"], row["warranty_until"],
    )  # fmt: skip


def _places(client_id: int, wish: Wish) -> Places:
    sites = Site.select(Site.id, Site.name).where(Site.client == client_id).order_by(Site.name)
    buildings = (
        Building.select(Building.id, Building.site, Building.name)
        .where(Building.client == client_id)
        .order_by(Building.name)
    )
    room = Room.get_or_none((Room.id == int(wish.filters.get("room", 0)))
                            & (Room.client == client_id))  # fmt: skip
    return Places(tuples(sites), tuples(buildings), room.name if room else "")


def chosen(actor: Actor, ids: Iterable[int]) -> list[DeviceIndex]:
    """Devices in view by their keys, in walking order; at most one more than MOST."""
    query = DeviceIndex.select().where(DeviceIndex.device.in_(list(ids)[: MOST + 1]))
    return list(visible(actor, query, DeviceIndex.client).order_by(DeviceIndex.walk))


def matching(wish: Wish, actor: Actor) -> list[DeviceIndex]:
    """All devices that a wish leaves, in walking order; at most one more than MOST."""
    _, client = clients.choose(actor, wish.client)
    if client is None:
        return []
    conditions, _ = _conditions(wish, client.id)
    query = DeviceIndex.select().where(*conditions).order_by(DeviceIndex.walk)
    return list(query.limit(MOST + 1))
