"""The courses of what is measured at a device or in a room: charts, tables, forecasts.

Also the counters of a client that will reach their limit of life soon: lamps due.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peewee import fn

from roundtag import charts, clients, clock, fields, forecasts, trends
from roundtag.access import Actor, visible
from roundtag.charts import Chart
from roundtag.checklists import Version
from roundtag.checklists.versions import version_of
from roundtag.errors import NotFound
from roundtag.forecasts import Forecast
from roundtag.items import MEASURED, Item
from roundtag.models import (
    Answer,
    Building,
    Checklist,
    ChecklistVersion,
    Client,
    Device,
    Inspection,
    Person,
    Room,
    Site,
    dicts,
)
from roundtag.trends import LAST, Point

SOON = 90
"""Days ahead within which a counter that reaches its limit is worth a hint."""
HORIZONS = (30, 90, 180, 365)
RECENT = 8
"""Points per counter that the list of a whole client looks at."""
NEWEST_LAST = ((Checklist.occasion != "commissioning").cast("integer"), ChecklistVersion.id)
"""Of two limits for one item the later one counts; a new device's are no limits of its life."""


@dataclass(frozen=True)
class Read:
    """One value with who took it; `at` is the moment of receipt."""

    point: Point
    who: str | None
    at: datetime
    entry: int
    round_id: int | None


@dataclass(frozen=True)
class Course:
    """An item with its values, newest first, as they are drawn and what they lead to."""

    item: Item
    chart: Chart | None
    reads: list[Read]
    forecast: Forecast | None


@dataclass(frozen=True)
class Place:
    """The device or room that was measured; `url` leads back to it."""

    name: str
    code: str
    room: str
    url: str
    icon: str


@dataclass(frozen=True)
class Readings:
    place: Place
    courses: list[Course]


def of_device(device_id: int, actor: Actor) -> Readings:
    """What was measured at a device, in the order of its checklists. Raises NotFound."""
    query = Device.select(Device, Room).join(Room).where(Device.id == device_id)
    device = visible(actor, query, Device.client).first()
    if device is None:
        raise NotFound
    place = Place(device.name, device.code, device.room.name, f"/devices/{device_id}",
                  device.category)  # fmt: skip
    return Readings(place, _courses(Answer.device == device_id, Inspection.device == device_id))


def of_room(room_id: int, actor: Actor) -> Readings:
    """The same of a room's own checks: temperature, humidity. Raises NotFound."""
    room = visible(actor, Room.select().where(Room.id == room_id), Room.client).first()
    if room is None:
        raise NotFound
    place = Place(room.name, room.code, "", f"/rooms/{room_id}", "room")
    answered = (Answer.room == room_id) & Answer.device.is_null()
    filled = (Inspection.room == room_id) & Inspection.device.is_null()
    return Readings(place, _courses(answered, filled))


def _courses(answered: Any, filled: Any) -> list[Course]:
    items = _items(filled)
    rows = _rows(answered, list(items)) if items else []
    reads: dict[str, list[Read]] = {}
    for row in rows:
        number = fields.number(row["value"])
        if number is not None:
            reads.setdefault(row["item"], []).append(_read(row, number))
    return [course(item, reads[key]) for key, item in items.items() if key in reads]


def course(item: Item, reads: list[Read]) -> Course:
    """`reads` newest first."""
    points = [read.point for read in reversed(reads)]
    counter = item.kind == "counter"
    chart = charts.draw(points, item.min if not counter else None, item.max, counter=counter)
    return Course(item, chart, reads, expected(item, points))


def expected(item: Item, points: list[Point]) -> Forecast | None:
    """When a counter reaches its limit of life; None for what has none."""
    if item.kind != "counter" or item.max is None:
        return None
    return forecasts.forecast(points, item.max)


def _read(row: dict[str, Any], number: float) -> Read:
    point = Point(clock.local_day(row["at"]), number, row["verdict"])
    who = row["name"] or row["username"]
    return Read(point, who, row["at"], row["inspection"], row["round"])


def _items(filled: Any) -> dict[str, Item]:
    """Measured items by key, as their newest version has them: of every version used here."""
    used = Inspection.select(Inspection.version).where(filled)
    rows = (
        ChecklistVersion.select(ChecklistVersion, Checklist).join(Checklist)
        .where(ChecklistVersion.id.in_(used)).order_by(*NEWEST_LAST)
    )  # fmt: skip
    return _measured(rows, MEASURED)


def _measured(rows: Iterable[ChecklistVersion], kinds: Iterable[str]) -> dict[str, Item]:
    items = (item for row in rows for item in version_of(row).items)
    return {item.key: item for item in items if item.kind in kinds}


def _rows(answered: Any, keys: list[str]) -> list[dict[str, Any]]:
    """The newest answers to each item, with who gave them; newest first."""
    rank = fn.ROW_NUMBER().over(
        partition_by=[Answer.item], order_by=[Answer.at.desc(), Answer.id.desc()]
    )
    kept = (
        Answer.select(Answer.id, rank.alias("rank"))
        .where(answered & Answer.item.in_(keys) & Answer.value.is_null(False))
    ).alias("kept")  # fmt: skip
    return dicts(
        Answer.select(
            Answer.item, Answer.value, Answer.verdict, Answer.at, Answer.inspection,
            Inspection.round, Person.name, Person.username,
        )
        .join(kept, on=(kept.c.id == Answer.id)).switch(Answer)
        .join(Inspection).join(Person)
        .where(kept.c.rank <= LAST)
        .order_by(Answer.at.desc(), Answer.id.desc())
    )  # fmt: skip


@dataclass(frozen=True)
class Worn:
    """A counter of a device with what is to be expected of it."""

    device_id: int
    device: str
    code: str
    category: str
    room: str
    building: str
    site: str
    item: Item
    last: Point
    forecast: Forecast


@dataclass(frozen=True)
class LampsDue:
    """`unknown`: counters that rise too slowly or were read too seldom for a forecast."""

    client: Client | None
    clients: list[Client]
    within: int
    lines: list[Worn]
    unknown: int


def lamps_due(actor: Actor, client_id: int | None, within: int, today: date) -> LampsDue:
    """Counters of a client that reach their limit within so many days, the soonest first.

    Five queries: clients, checklists, devices, the last values.
    """
    known, client = clients.choose(actor, client_id)
    if client is None:
        return LampsDue(None, [], within, [], 0)
    all_of_them = worn(Device.client == client.id)
    coming = [one for one in all_of_them if is_due(one.forecast, today, within)]
    coming.sort(key=lambda one: (one.forecast.on or today, one.site, one.room, one.code))
    unknown = sum(1 for one in all_of_them if one.forecast.kind == forecasts.FEW)
    return LampsDue(client, known, within, coming, unknown)


def is_due(forecast: Forecast, today: date, within: int = SOON) -> bool:
    return forecast.on is not None and (forecast.on - today).days <= within


def hints(device_id: int, checklist: Version | None, today: date) -> list[tuple[Item, Forecast]]:
    """For a device's page: its counters that reach their limit soon; one query, or none."""
    counters = {i.key: i for i in (checklist.items if checklist else ()) if i.kind == "counter"}
    courses = trends.series_of([(device_id, key) for key in counters], last=RECENT)
    found = [(counters[key], expected(counters[key], c)) for (_, key), c in courses.items()]
    return [(item, told) for item, told in found if told and is_due(told, today)]


def worn(which: Any) -> list[Worn]:
    """The counters with a limit of the chosen devices in use, with their forecasts."""
    counters = _counters()
    rows = dicts(
        Device.select(
            Device.id, Device.name, Device.code, Device.category, Room.name.alias("room"),
            Building.name.alias("building"), Site.name.alias("site"),
        )
        .join(Room).join(Building).join(Site)
        .where(which & Device.retired_at.is_null() & Device.category.in_(sorted(counters)))
    )  # fmt: skip
    pairs = [(row["id"], key) for row in rows for key in counters[row["category"]]]
    courses = trends.series_of(pairs, last=RECENT)
    return [
        found for row in rows for item in counters[row["category"]].values()
        if (found := _worn(row, item, courses.get((row["id"], item.key))))
    ]  # fmt: skip


def _worn(row: dict[str, Any], item: Item, points: list[Point] | None) -> Worn | None:
    forecast = expected(item, points or [])
    if not points or forecast is None:
        return None
    return Worn(row["id"], row["name"], row["code"], row["category"], row["room"],
                row["building"], row["site"], item, points[-1], forecast)  # fmt: skip


def _counters() -> dict[str, dict[str, Item]]:
    """Category → its counters with a limit of life, as the newest checklists have them."""
    newest = ChecklistVersion.select(fn.MAX(ChecklistVersion.id)).group_by(
        ChecklistVersion.checklist
    )
    rows = (
        ChecklistVersion.select(ChecklistVersion, Checklist).join(Checklist)
        .where(ChecklistVersion.id.in_(newest) & _names_counters())
        .order_by(*NEWEST_LAST)
    )  # fmt: skip
    found: dict[str, dict[str, Item]] = {}
    for row in rows:
        items = {k: i for k, i in _measured([row], {"counter"}).items() if i.max is not None}
        if items:
            found.setdefault(row.checklist.category, {}).update(items)
    return found


def _names_counters() -> Any:
    """Spares the reading of the many checklists that count nothing."""
    return ChecklistVersion.items.cast("text").contains("counter")
