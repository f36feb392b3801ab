"""What a stocktake has found, room by room; after the closing, what it had found then."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from peewee import fn

from roundtag import documents, people, tagging
from roundtag.access import Actor
from roundtag.models import (
    Building,
    Device,
    Room,
    Stocktake,
    StocktakeEntry,
    StocktakeReason,
    StocktakeVisit,
    Unit,
    dicts,
)
from roundtag.stocktakes import scope
from roundtag.stocktakes.judging import OUTCOMES, Finding, Registered, Seen, Tally, judge, tally


@dataclass(frozen=True)
class RoomLine:
    """A room's numbers. `visits`: lists that came from it."""

    id: int
    code: str
    name: str
    floor: str
    building: str
    visits: int
    tally: Tally


@dataclass(frozen=True)
class Line:
    """A device, or an unknown code. `seen_in` holds (key, name) of the rooms; `people` saw it.

    `reason` and `note` say why a missing one is not missed.
    """

    outcome: str
    device_id: int | None
    tag: str
    code: str
    name: str
    category: str
    serial: str
    asset_number: str
    position: str
    room_id: int | None
    room: str
    seen_in: tuple[tuple[int, str], ...]
    people: int
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Result:
    """The rooms in walking order and every line, what needs a person first."""

    rooms: list[RoomLine]
    lines: list[Line]

    def count(self, outcome: str) -> int:
        return sum(1 for line in self.lines if line.outcome == outcome)

    @property
    def expected(self) -> int:
        return sum(room.tally.expected for room in self.rooms)

    @property
    def explained(self) -> int:
        return sum(1 for line in self.lines if line.outcome == "missing" and line.reason)

    @property
    def visited(self) -> int:
        return sum(1 for room in self.rooms if room.visits)


@dataclass(frozen=True)
class Note:
    """What somebody wrote to a list, or a list that came after the closing (then `codes`)."""

    room: str
    who: str | None
    at: datetime
    text: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """`whole`: the kept result is the one whose digest the log holds; True while it is open."""

    id: int
    client_id: int
    name: str
    blind: bool
    opened_at: datetime
    opened_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    result: Result
    whole: bool
    notes: list[Note] = field(default_factory=list)
    late: list[Note] = field(default_factory=list)


def report(stocktake_id: int, actor: Actor) -> Report:
    """The report as it stands, or as it stood at the closing. Raises NotFound."""
    found = scope.in_view(stocktake_id, actor)
    names = people.names({key for key in (found.opened_by_id, found.closed_by_id) if key})
    notes, late = _notes(found)
    result = _thawed(found.result) if found.closed_at else _result(found)
    return Report(
        found.id, found.client_id, found.name, found.blind,
        found.opened_at, names.get(found.opened_by_id or 0),
        found.closed_at, names.get(found.closed_by_id or 0),
        _with_notes(result, found),
        found.closed_at is None or documents.data_digest(found.result) == found.digest,
        notes, late,
    )  # fmt: skip


def frozen(stocktake: Stocktake) -> dict[str, Any]:
    """The result as plain data, to be kept at the closing."""
    result = _result(stocktake)
    lines = [{**asdict(line), "seen_in": [list(one) for one in line.seen_in]}
             for line in result.lines]  # fmt: skip
    return {"rooms": [asdict(room) for room in result.rooms], "lines": lines}


def _thawed(kept: dict[str, Any]) -> Result:
    rooms = [RoomLine(**{**room, "tally": Tally(**room["tally"])}) for room in kept["rooms"]]
    return Result(rooms, [
        Line(**{**line, "seen_in": tuple((key, name) for key, name in line["seen_in"])})
        for line in kept["lines"]
    ])  # fmt: skip


def _result(stocktake: Stocktake) -> Result:
    """Everything from the tables of this moment, in a fixed number of queries."""
    rooms = _rooms(stocktake)
    keys = [room["id"] for room in rooms]
    seen = _seen(stocktake)
    devices = {row["id"]: row for row in _devices(keys, {one.device_id for one in seen})}
    register = _register(devices.values(), set(keys))
    visits = _visits(stocktake)
    findings = judge(register, seen, visits)
    numbers = tally(findings, (one.id for one in register if one.expected))
    reasons = _reasons(stocktake)
    lines = [_line(one, devices, reasons) for one in findings]
    return Result(
        [_room(row, visits, numbers) for row in rooms],
        _named(sorted(lines, key=_order), rooms, devices.values()),
    )


def _rooms(stocktake: Stocktake) -> list[dict[str, Any]]:
    columns = Room.id, Room.code, Room.name, Room.floor, Building.name.alias("building_name")
    return dicts(scope.rooms_of(Stocktake.id == stocktake.id, *columns))


def _room(row: dict[str, Any], visits: dict[int, int], numbers: dict[int, Tally]) -> RoomLine:
    return RoomLine(row["id"], row["code"], row["name"], row["floor"], row["building_name"],
                    visits.get(row["id"], 0), numbers.get(row["id"], Tally()))  # fmt: skip


def _seen(stocktake: Stocktake) -> list[Seen]:
    query = (
        StocktakeEntry.select(StocktakeEntry.room, StocktakeEntry.code, StocktakeEntry.device,
                              StocktakeVisit.person)
        .join(StocktakeVisit)
        .where((StocktakeEntry.stocktake == stocktake.id) & ~StocktakeVisit.late)
    )  # fmt: skip
    return [Seen(row["room"], row["code"], row["device"], row["person"]) for row in dicts(query)]


def _devices(rooms: list[int], seen: set[int | None]) -> list[dict[str, Any]]:
    """What the register has in these rooms and what was seen, with the unit in place."""
    query = (
        Device.select(Device, Room.name.alias("room_name"), Unit.serial)
        .join(Room)
        .switch(Device)
        .left_outer_join(Unit, on=(Unit.device == Device.id))
        .where((Device.room << rooms) | (Device.id << [key for key in seen if key]))
        .order_by(Room.code, Device.position, Device.code)
    )
    return dicts(query)


def _register(rows: Iterable[dict[str, Any]], rooms: set[int]) -> list[Registered]:
    gone = scope.away(sorted(rooms))
    return [
        Registered(row["id"], row["room"], row["room"] in rooms and row["retired_at"] is None,
                   row["retired_at"] is not None, row["id"] in gone)
        for row in rows
    ]  # fmt: skip


def _visits(stocktake: Stocktake) -> dict[int, int]:
    query = (
        StocktakeVisit.select(StocktakeVisit.room, fn.COUNT(StocktakeVisit.id).alias("visits"))
        .where((StocktakeVisit.stocktake == stocktake.id) & ~StocktakeVisit.late)
        .group_by(StocktakeVisit.room)
    )
    return {row["room"]: row["visits"] for row in dicts(query)}


def _reasons(stocktake: Stocktake) -> dict[int, StocktakeReason]:
    """The newest reason of each device."""
    rows = StocktakeReason.select().where(StocktakeReason.stocktake == stocktake.id)
    return {row.device_id: row for row in rows.order_by(StocktakeReason.id)}


def _line(one: Finding, devices: dict[int, dict[str, Any]],
          reasons: dict[int, StocktakeReason]) -> Line:  # fmt: skip
    row = devices.get(one.device_id or 0, {})
    reason = reasons.get(one.device_id or 0) if one.outcome == "missing" else None
    return Line(
        one.outcome, one.device_id, one.code, row.get("code", ""), row.get("name", ""),
        row.get("category", ""), row.get("serial") or "", row.get("asset_number", ""),
        row.get("position", ""), one.room_id, row.get("room_name", ""),
        tuple((key, "") for key in one.seen_in), one.people, reason.kind if reason else "",
    )  # fmt: skip


def _order(line: Line) -> tuple[int, str, str, str]:
    return OUTCOMES.index(line.outcome), line.room, line.position, line.code or line.tag


def _named(lines: list[Line], rooms: list[dict[str, Any]],
           devices: Iterable[dict[str, Any]]) -> list[Line]:  # fmt: skip
    """With the labels of devices and the names of rooms, each in one query."""
    tags = tagging.codes_of_devices(row["id"] for row in devices)
    names = {row["id"]: row["name"] for row in rooms}
    others = {key for line in lines for key, _ in line.seen_in} - set(names)
    names |= {row.id: row.name for row in Room.select().where(Room.id << sorted(others))}
    return [
        replace(line, tag=tags.get(line.device_id or 0, line.tag),
                seen_in=tuple((key, names[key]) for key, _ in line.seen_in))
        for line in lines
    ]  # fmt: skip


def _with_notes(result: Result, stocktake: Stocktake) -> Result:
    """The words to the reasons are erasable, so no kept result holds them."""
    reasons = _reasons(stocktake)
    return Result(result.rooms, [
        replace(line, note=reasons[line.device_id].note or "")
        if line.reason and line.device_id in reasons else line
        for line in result.lines
    ])  # fmt: skip


def _notes(stocktake: Stocktake) -> tuple[list[Note], list[Note]]:
    """What was written to the lists that count, and every list that came too late."""
    query = (
        StocktakeVisit.select(StocktakeVisit, Room.name.alias("room_name"))
        .join(Room)
        .where((StocktakeVisit.stocktake == stocktake.id)
               & (StocktakeVisit.late | StocktakeVisit.note.is_null(False)))
        .order_by(StocktakeVisit.id)
    )  # fmt: skip
    rows = dicts(query)
    names = people.names({row["person"] for row in rows if row["person"]})
    codes = _late_codes(stocktake)
    made = [
        (row["late"], Note(row["room_name"], names.get(row["person"]), row["received_at"],
                           row["note"] or "", tuple(codes.get(row["id"], ()))))
        for row in rows
    ]  # fmt: skip
    return [note for late, note in made if not late], [note for late, note in made if late]


def _late_codes(stocktake: Stocktake) -> dict[int, list[str]]:
    query = (
        StocktakeEntry.select(StocktakeEntry.visit, StocktakeEntry.code, Device.name)
        .join(StocktakeVisit)
        .switch(StocktakeEntry)
        .left_outer_join(Device)
        .where((StocktakeEntry.stocktake == stocktake.id) & StocktakeVisit.late)
        .order_by(StocktakeEntry.id)
    )
    found: dict[int, list[str]] = {}
    for row in dicts(query):
        found.setdefault(row["visit"], []).append(row["name"] or row["code"])
    return found
