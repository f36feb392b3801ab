"""The register of codes: lists with filters, one code's page, batches of blanks."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from roundtag import people, printing_log
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.models import BatchTag, Client, Device, Room, Tag, TagBatch, TagEvent, dicts
from roundtag.printing_log import Run
from roundtag.tagging.resolving import _may_see
from tags import codes

STATES = ("bound", "blank", "lost", "replaced", "revoked")
PAGE = 50
LAST_PAGE = 10_000


@dataclass(frozen=True)
class Filter:
    """`kind`: device or room; `text`: a part of a code; `page` counts from 1."""

    state: str = ""
    kind: str = ""
    batch: int | None = None
    room: int | None = None
    text: str = ""
    page: int = 1

    def turned(self, page: int) -> "Filter":
        return replace(self, page=page)

    @property
    def query(self) -> dict[str, Any]:
        """As the address of the list bears it."""
        page = self.page if self.page > 1 else None
        named = {"state": self.state, "kind": self.kind, "batch": self.batch, "room": self.room,
                 "q": self.text, "page": page}  # fmt: skip
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Line:
    code: str
    state: str
    kind: str
    name: str
    room: str
    room_id: int | None
    batch: int | None
    made_at: datetime
    retired: bool


@dataclass(frozen=True)
class Lines:
    lines: list[Line]
    more: bool
    room: str
    """The name of the room that the list is narrowed to."""


def lines(actor: Actor, wanted: Filter) -> Lines:
    """A page of the tags in view, the newest first; two queries."""
    query = _narrowed(visible(actor, _all(), Tag.client), wanted)
    page = min(max(wanted.page, 1), LAST_PAGE)
    rows = dicts(query.limit(PAGE + 1).offset((page - 1) * PAGE))
    room = Room.select(Room.name).where(Room.id == (wanted.room or 0))
    named = visible(actor, room, Room.client).first()
    return Lines([_line(row) for row in rows[:PAGE]], len(rows) > PAGE, named.name if named else "")


def _all() -> Any:
    return (
        Tag.select(Tag.code, Tag.state, Tag.made_at, Tag.device, Device.name.alias("device_name"),
                   Device.retired_at, Room.name.alias("room_name"), Room.id.alias("room_id"),
                   BatchTag.batch)
        .left_outer_join(Device)
        .join(Room, JOIN.LEFT_OUTER, on=((Room.id == Tag.room) | (Room.id == Device.room)))
        .join(BatchTag, JOIN.LEFT_OUTER, on=(BatchTag.tag == Tag.code))
        .order_by(Tag.made_at.desc(), Tag.code.desc())
    )  # fmt: skip


def _narrowed(query: Any, wanted: Filter) -> Any:
    if wanted.state:
        query = query.where(Tag.state == wanted.state)
    if wanted.kind:
        on = Tag.device if wanted.kind == "device" else Tag.room
        query = query.where(on.is_null(False))
    if wanted.batch:
        query = query.where(BatchTag.batch == wanted.batch)
    if wanted.room:
        in_room = Device.select(Device.id).where(Device.room == wanted.room)
        query = query.where((Tag.room == wanted.room) | Tag.device.in_(in_room))
    if wanted.text:
        query = query.where(Tag.code.contains(codes.spelled(wanted.text)))
    return query


def _line(row: dict[str, Any]) -> Line:
    kind = "device" if row["device"] else "room" if row["room_id"] else ""
    return Line(row["code"], row["state"], kind, row["device_name"] or row["room_name"] or "",
                row["room_name"] or "", row["room_id"], row["batch"], row["made_at"],
                bool(row["retired_at"]))  # fmt: skip


@dataclass(frozen=True)
class Event:
    """`kind`: claimed, issued, replaced, lost, seen, found or revoked; `data` holds its facts."""

    kind: str
    who: str | None
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True)
class TagPage:
    line: Line
    word: str
    client_id: int | None
    target_id: int | None
    """The key of the device or room that it is on."""
    replaced_by: str | None
    older: list[str]
    """Codes that lead on to this one."""
    events: list[Event]
    prints: list[Run]


def page(code: str, actor: Actor) -> TagPage:
    """All about one code, in a fixed number of queries. Raises NotFound out of the actor's view."""
    parsed = codes.parse(code)
    query = _all().select_extend(Tag.client, Tag.replaced_by).where(Tag.code == parsed)
    row = query.dicts().first()
    if row is None or not _may_see(actor, row["client"]):
        raise NotFound
    older = Tag.select(Tag.code).where(Tag.replaced_by == parsed).order_by(Tag.code).limit(20)
    return TagPage(_line(row), codes.word(row["code"]), row["client"],
                   row["device"] or row["room_id"], row["replaced_by"],
                   [tag.code for tag in older], _events(row["code"]),
                   printing_log.of_code(row["code"]))  # fmt: skip


def _events(code: str) -> list[Event]:
    query = TagEvent.select().where(TagEvent.tag == code)
    rows = list(query.order_by(TagEvent.at.desc(), TagEvent.id.desc()).limit(100))
    names = people.names({row.person_id for row in rows if row.person_id})
    return [Event(row.kind, names.get(row.person_id), row.at, row.data) for row in rows]


@dataclass(frozen=True)
class Batch:
    """`left` of `count` labels are still blank. `client` None: the provider's."""

    id: int
    client: str | None
    note: str
    who: str | None
    at: datetime
    count: int
    left: int


def batches(actor: Actor, limit: int = 100) -> list[Batch]:
    """Batches in view, the newest first; two queries."""
    rows = dicts(visible(actor, _batches(), TagBatch.client).limit(limit))
    names = people.names({row["person"] for row in rows if row["person"]})
    return [_batch(row, names) for row in rows]


def _batches() -> Any:
    blank = (
        BatchTag.select(fn.COUNT(BatchTag.tag))
        .join(Tag, on=(Tag.code == BatchTag.tag))
        .where((BatchTag.batch == TagBatch.id) & (Tag.state == "blank"))
    )
    return (
        TagBatch.select(TagBatch, Client.name.alias("client_name"), blank.alias("left"))
        .join(Client, JOIN.LEFT_OUTER)
        .order_by(TagBatch.id.desc())
    )


def _batch(row: dict[str, Any], names: dict[int, str]) -> Batch:
    return Batch(row["id"], row["client_name"], row["note"] or "", names.get(row["person"]),
                 row["at"], row["count"], row["left"])  # fmt: skip


def batch(batch_id: int, actor: Actor) -> tuple[Batch, list[str]]:
    """A batch and its codes that are still blank. Raises NotFound out of the actor's view."""
    found = visible(actor, _batches().where(TagBatch.id == batch_id), TagBatch.client)
    row = found.dicts().first()
    if row is None:
        raise NotFound
    blank = (
        Tag.select(Tag.code)
        .join(BatchTag, on=(BatchTag.tag == Tag.code))
        .where((BatchTag.batch == batch_id) & (Tag.state == "blank"))
        .order_by(Tag.code)
    )
    names = people.names({row["person"]} - {None})
    return _batch(row, names), [tag.code for tag in blank]
