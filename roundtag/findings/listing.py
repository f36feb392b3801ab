"""Left-over problems as people read them: a list to narrow, and one with everything about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from roundtag import attachments, checklists, clients, data, people, tagging
from roundtag.access import Actor, visible
from roundtag.attachments import Picture
from roundtag.errors import NotFound
from roundtag.fields import Fields, key_of
from roundtag.findings.carrying import OPEN, OUTSIDE, SETTLED, at
from roundtag.items import Item
from roundtag.models import (
    ChecklistVersion,
    Client,
    Device,
    Fault,
    Finding,
    Inspection,
    Room,
    Round,
    tuples,
)

AGES = (7, 30, 90)
"""Days that the list can be narrowed to: found longer ago than that."""
MOST = 200


@dataclass(frozen=True)
class FindingLine:
    """`item`: the checklist's item, None for what was found outside of them. `device`: None where
    it is the room's own."""

    id: int
    kind: str
    item: Item | None
    words: str | None
    state: str
    measured: bool
    room: str
    room_id: int
    device: str | None
    device_id: int | None
    category: str
    fault_id: int | None
    fault: str | None
    entry_id: int
    found_at: datetime
    seen_at: datetime
    times: int
    settled_at: datetime | None
    settled_how: str | None


@dataclass(frozen=True)
class Wish:
    """What the list is narrowed to; `age` in days, `state` open, settled or all."""

    client: int | None = None
    room: int | None = None
    category: str = ""
    age: int | None = None
    state: str = OPEN

    def query(self) -> str:
        said = {"client": self.client, "room": self.room, "category": self.category,
                "age": self.age, "state": "" if self.state == OPEN else self.state}  # fmt: skip
        return urlencode({name: value for name, value in said.items() if value})


def read_wish(form: Fields) -> Wish:
    """What an address asks for; anything that makes no sense is left out."""
    state, category = form.raw("state"), form.raw("category")
    known = {one.code for one in data.categories()}
    age = form.raw("age")
    return Wish(
        key_of(form.raw("client")), key_of(form.raw("room")), category if category in known else "",
        int(age) if age in map(str, AGES) else None, state if state in (SETTLED, "all") else OPEN,
    )  # fmt: skip


@dataclass(frozen=True)
class FindingList:
    wish: Wish
    client: Client | None
    clients: list[Client]
    rooms: list[tuple[int, str]]
    lines: list[FindingLine] = field(default_factory=list)
    more: bool = False


def listing(wish: Wish, actor: Actor, now: datetime) -> FindingList:
    """Findings of one client, the oldest open one first; a fixed number of queries."""
    known, client = clients.choose(actor, wish.client)
    if client is None:
        return FindingList(wish, None, known, [])
    where = _narrowed(wish, now) & (Finding.client == client.id)
    order = (Finding.settled_at.desc(), Finding.id.desc()) if wish.state == SETTLED else (
        Finding.found_at, Finding.id)  # fmt: skip
    rows = list(_query().where(where).order_by(*order).limit(MOST + 1))
    rooms = Finding.select(Room.id, Room.code, Room.name).join(Room).where(
        Finding.client == client.id).distinct().order_by(Room.code)  # fmt: skip
    named = [(key, f"{code} {name}") for key, code, name in tuples(rooms)]
    lines = [_line(row) for row in rows[:MOST]]
    return FindingList(wish, client, known, named, lines, len(rows) > MOST)


def _narrowed(wish: Wish, now: datetime) -> Any:
    where = Finding.id > 0
    if wish.state != "all":
        where &= Finding.state == wish.state
    if wish.room:
        where &= Finding.room == wish.room
    if wish.category == "room":
        where &= Finding.device.is_null()
    elif wish.category:
        where &= Device.category == wish.category
    if wish.age:
        where &= Finding.found_at < now - timedelta(days=wish.age)
    return where


def _query() -> Any:
    return (
        Finding.select(Finding, Room, Device, Fault.id, Fault.number, Inspection.id,
                       ChecklistVersion.id, ChecklistVersion.items)
        .join(Room).switch(Finding)
        .left_outer_join(Device).switch(Finding)
        .left_outer_join(Fault).switch(Finding)
        .join(Inspection, on=(Finding.inspection == Inspection.id)).join(ChecklistVersion)
    )  # fmt: skip


def _line(row: Finding) -> FindingLine:
    device = row.device
    return FindingLine(
        row.id, row.kind, _item(row), row.words, row.state, row.measured, row.room.name,
        row.room_id, device.name if device else None, row.device_id,
        device.category if device else "room", row.fault_id,
        row.fault.number if row.fault else None,
        row.inspection_id, row.found_at, row.seen_at, row.times, row.settled_at, row.settled_how,
    )  # fmt: skip


def _item(row: Finding) -> Item | None:
    """The item as its checklist had it when it was found to be bad."""
    specs = row.inspection.version.items if row.kind != OUTSIDE else []
    return next((checklists.item_of(one) for one in specs if one["key"] == row.item), None)


def lines_at(device_id: int | None, room_id: int) -> list[FindingLine]:
    """What is still open at a device or at a room itself, the oldest first; one query."""
    where = at(device_id, room_id) & (Finding.state == OPEN)
    return [_line(row) for row in _query().where(where).order_by(Finding.found_at).limit(20)]


def of_fault(fault_id: int) -> list[FindingLine]:
    return [_line(row) for row in _query().where(Finding.fault == fault_id).order_by(Finding.id)]


def of_entry(entry_id: int) -> list[FindingLine]:
    """What an entry opened or settled."""
    mine = (Finding.inspection == entry_id) | (Finding.settled_entry == entry_id)
    return [_line(row) for row in _query().where(mine).order_by(Finding.id)]


def lines_of(found: Iterable[int]) -> dict[int, FindingLine]:
    """Lines by key, for whoever keeps keys alone."""
    rows = _query().where(Finding.id.in_(list(found)))
    return {row.id: _line(row) for row in rows}


@dataclass(frozen=True)
class FindingPage:
    line: FindingLine
    client_id: int
    tag: str
    round: Round | None
    found_by: str | None
    settled_by: str | None
    settled_note: str | None
    settled_entry: int | None
    photos: list[Picture]


def page(finding_id: int, actor: Actor) -> FindingPage:
    """Everything about one finding. Raises NotFound for others' too."""
    query = _query().where(Finding.id == finding_id)
    row = visible(actor, query, Finding.client).first()
    if row is None:
        raise NotFound
    tags = (
        tagging.codes_of_devices([row.device_id])
        if row.device_id
        else tagging.codes_of_rooms([row.room_id])
    )
    pictures = attachments.of("inspection", [row.inspection_id]).get(row.inspection_id, [])
    outside = attachments.of("finding", [row.id]).get(row.id, [])
    return FindingPage(
        _line(row), row.client_id, next(iter(tags.values()), ""), row.round,
        people.name(row.found_by), people.name(row.settled_by), row.settled_note,
        row.settled_entry_id, outside or [p for p in pictures if p.field == f"photo.{row.item}"],
    )  # fmt: skip
