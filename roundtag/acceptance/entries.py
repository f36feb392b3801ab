"""The entries of a round to look through, what needs a look first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from roundtag import attachments, people
from roundtag.attachments import Picture
from roundtag.items import item_of
from roundtag.models import (
    Answer,
    ChecklistVersion,
    Device,
    Fault,
    Inspection,
    Room,
    Round,
    RoundDevice,
    StopNote,
    dicts,
    tuples,
)
from roundtag.rounds import waited_for

SHOWS = ("all", "failed", "fixed", "open", "returned")
ORDER = {"fail": 0, "fixed": 1, None: 2, "pass": 3}
BAD = ("fail", "fixed")


@dataclass(frozen=True)
class Point:
    """A failed or repaired item: its words and what was found."""

    zh: str
    en: str
    found: str
    verdict: str
    note: str


@dataclass(frozen=True)
class EntryLine:
    """A stop with the entry that counts. `returned`: why it was sent back before."""

    stop_id: int
    device: str
    device_code: str
    category: str
    room: str
    room_code: str
    result: str | None
    done_at: datetime | None
    who: str
    scanned: bool
    note: str
    reason: str
    returned: str
    points: list[Point] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    photos: list[Picture] = field(default_factory=list)


def entries(round_id: int, show: str = "all") -> list[EntryLine]:
    """Failed and repaired ones first, then what is open, then the rest; a fixed number of
    queries. The caller has asked whether the round may be read."""
    rows = _rows(round_id)
    found = by_place(inspections(round_id))
    rows = [{**row, "counts": counted(row, found.get(place_of(row), ()))} for row in rows]
    points, faults, notes = _points(round_id), _faults(round_id), _notes(round_id)
    entered = [row["counts"] for row in rows if row["counts"]]
    names = people.names({one["person"] for one in entered})
    photos = attachments.of("inspection", [one["id"] for one in entered])
    lines = [_line(row, points, faults, notes, names, photos) for row in rows if _counts(row)]
    chosen = [line for line in lines if _shown(line, show)]
    return sorted(chosen, key=lambda line: (ORDER.get(line.result, 2), line.room_code))


def _counts(row: dict[str, Any]) -> bool:
    return waited_for(row["done_at"], row["retired_at"] or row["own_gone"], row["closed_at"])


def _shown(line: EntryLine, show: str) -> bool:
    return {
        "failed": line.result == "fail",
        "fixed": line.result == "fixed",
        "open": line.done_at is None,
        "returned": bool(line.returned),
    }.get(show, True)


def _rows(round_id: int) -> list[dict[str, Any]]:
    own = Room.alias()
    query = (
        RoundDevice.select(
            RoundDevice.id, RoundDevice.result, RoundDevice.done_at, RoundDevice.entry,
            RoundDevice.device, RoundDevice.room.alias("own_room_id"),
            Device.name, Device.code, Device.category, Device.retired_at,
            own.retired_at.alias("own_gone"), Round.closed_at,
            Room.name.alias("room"), Room.code.alias("room_code"),
            own.name.alias("own_room"), own.code.alias("own_code"),
        )
        .left_outer_join(Device).left_outer_join(Room)
        .switch(RoundDevice).left_outer_join(own, on=(RoundDevice.room == own.id))
        .switch(RoundDevice).join(Round)
        .where(RoundDevice.round == round_id)
        .order_by(RoundDevice.id)
    )  # fmt: skip
    return dicts(query)


def inspections(round_id: int) -> list[dict[str, Any]]:
    """Every entry of a round in the order of receipt, with its own words."""
    query = Inspection.select().where(Inspection.round == round_id).order_by(Inspection.id)
    return dicts(query)


def counted(stop: dict[str, Any], entries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The entry that counts at a stop; of rounds that do not name it, the one received then."""
    if stop["done_at"] is None:
        return {}
    for one in entries:
        if one["id"] == stop["entry"] or (stop["entry"] is None and _is_of(one, stop)):
            return one
    return {}


def _is_of(entry: dict[str, Any], stop: dict[str, Any]) -> bool:
    same = (
        entry["device"] == stop["device"]
        if stop["device"]
        else entry["room"] == stop["own_room_id"]
    )
    return bool(same) and entry["received_at"] == stop["done_at"]


def by_place(entries: Iterable[dict[str, Any]]) -> dict[tuple[str, int], list[dict[str, Any]]]:
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for one in entries:
        place = ("device", one["device"]) if one["device"] else ("room", one["room"])
        found.setdefault(place, []).append(one)
    return found


def place_of(stop: dict[str, Any]) -> tuple[str, int]:
    return ("device", stop["device"]) if stop["device"] else ("room", stop["own_room_id"])


def _line(row: dict[str, Any], points: dict[int, list[Point]],
          faults: dict[int, list[tuple[int, str]]], notes: dict[tuple[str, int], str],
          names: dict[int, str], photos: dict[int, list[Picture]]) -> EntryLine:  # fmt: skip
    counts = row["counts"]
    entry = counts.get("id", 0)
    return EntryLine(
        row["id"], row["name"] or "", row["code"] or "", row["category"] or "room",
        row["room"] or row["own_room"] or "", row["room_code"] or row["own_code"] or "",
        row["result"], row["done_at"], names.get(counts.get("person", 0), ""),
        bool(counts.get("scanned")), counts.get("note") or "",
        notes.get(("not-done", row["id"]), "") if row["done_at"] is None else "",
        notes.get(("sent-back", row["id"]), ""),
        points.get(entry, []), faults.get(entry, []), photos.get(entry, []),
    )  # fmt: skip


def _points(round_id: int) -> dict[int, list[Point]]:
    query = (
        Answer.select(Answer.inspection, Answer.item, Answer.value, Answer.verdict, Answer.note,
                      Inspection.version)
        .join(Inspection)
        .where((Inspection.round == round_id) & Answer.verdict.in_(BAD))
        .order_by(Answer.id)
    )  # fmt: skip
    rows = dicts(query)
    items = items_of({row["version"] for row in rows})
    found: dict[int, list[Point]] = {}
    for row in rows:
        item = items.get((row["version"], row["item"]))
        value = row["value"] or ""
        found.setdefault(row["inspection"], []).append(Point(
            item.zh if item else row["item"], item.en if item else row["item"],
            item.found(value) if item else value, row["verdict"], row["note"] or ""))  # fmt: skip
    return found


def items_of(versions: set[int]) -> dict[tuple[int, str], Any]:
    """Items by (version, key), in one query."""
    query = ChecklistVersion.select().where(ChecklistVersion.id.in_(sorted(versions)))
    return {
        (row.id, spec["key"]): item_of(spec) for row in query for spec in row.items
    }  # fmt: skip


def _faults(round_id: int) -> dict[int, list[tuple[int, str]]]:
    query = (
        Fault.select(Fault.inspection, Fault.id, Fault.number)
        .join(Inspection)
        .where(Inspection.round == round_id)
        .order_by(Fault.id)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for entry, key, number in tuples(query):
        found.setdefault(entry, []).append((key, number))
    return found


def _notes(round_id: int) -> dict[tuple[str, int], str]:
    """The newest note of each kind at each stop."""
    query = StopNote.select(StopNote.kind, StopNote.stop, StopNote.note)
    rows = tuples(query.where(StopNote.round == round_id).order_by(StopNote.id))
    return {(kind, stop): note or "" for kind, stop, note in rows}
