"""The logbook of a device or room: one line per event, newest first, all kinds merged."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from roundtag import attachments, people
from roundtag.attachments import Picture
from roundtag.claims import Claim, claim
from roundtag.commands import Deed
from roundtag.models import (
    Device,
    Fault,
    History,
    Inspection,
    Lending,
    Note,
    Reason,
    SoftwareUpdate,
    StockSlip,
    Submission,
    Swap,
    dicts,
)

PAGE = 10


@dataclass(frozen=True)
class Entry:
    """`kind`: registered, inspection, fault, swap, lent …; `data` holds its facts."""

    id: int
    at: datetime
    kind: str
    who: str | None
    data: dict[str, Any]
    note: str | None = None
    url: str | None = None
    photos: list[Picture] = field(default_factory=list)
    claim: Claim | None = None
    """When it happened by the phone's clock, where it came from a phone."""
    device: str | None = None
    """Which device it happened to."""


def record(
    deed: Deed,
    kind: str,
    device: Device | None = None,
    *,
    room_id: int | None = None,
    client_id: int | None = None,
    subject_id: int | None = None,
    **data: Any,
) -> None:
    """Adds a line to the logbook, by the receipt's clock."""
    deed.create(
        History,
        client=device.client_id if device else client_id,
        room=device.room_id if device else room_id,
        device=device,
        kind=kind,
        subject_id=subject_id,
        person=deed.person_id,
        at=deed.received_at,
        data=data,
    )


def record_all(deed: Deed, kind: str, client_id: int, lines: Iterable[dict[str, Any]]) -> None:
    """As `record`, for many: each line names its room, and its device and data if it has any."""
    same = {"client": client_id, "kind": kind, "person": deed.person_id, "at": deed.received_at}
    deed.create_many(
        History,
        ({**same, "subject_id": line.get("device", line["room"]), **line} for line in lines),
    )


def of_device(device_id: int, before: int | None = None, limit: int = PAGE) -> list[Entry]:
    """A page of the logbook; `before` is the id of the last entry that the reader has."""
    return _page(History.device == device_id, before, limit)


def of_room(room_id: int, before: int | None = None, limit: int = PAGE) -> list[Entry]:
    return _page(History.room == room_id, before, limit)


def _page(where: Any, before: int | None, limit: int) -> list[Entry]:
    if before is not None:
        where &= _older_than(before)
    rows = list(
        History.select(History, Device.id, Device.name)
        .left_outer_join(Device)
        .where(where)
        .order_by(History.at.desc(), History.id.desc())
        .limit(limit)
    )
    notes, pictures, claimed = _details(rows)
    names = people.names({row.person_id for row in rows if row.person_id})
    return [
        Entry(
            id=row.id,
            at=row.at,
            kind=row.kind,
            who=names.get(row.person_id),
            data=row.data,
            note=notes.get((row.kind, row.subject_id)),
            url=_url(row),
            photos=[] if _veiled(row) else pictures.get((row.kind, row.subject_id), []),
            claim=claimed.get((row.kind, row.subject_id)),
            device=row.device.name if row.device else None,
        )
        for row in rows
    ]


LEADS_TO = {
    "fault": "faults",
    "resolved": "faults",
    "inspection": "inspections",
    "finding_settled": "findings",
    "repair": "repairs",
}


def _url(row: History) -> str | None:
    place = LEADS_TO.get(row.kind)
    return f"/{place}/{row.subject_id}" if place and row.subject_id else None


def _veiled(row: History) -> bool:
    """A stranger's photo is shown to nobody who has not opened the fault and asked for it."""
    return row.kind == "fault" and bool(row.data.get("source") == "attendee")


def _older_than(before: int) -> Any:
    """Behind that entry in the order of the page, also when the clock has stepped back since."""
    last = History.get_or_none(History.id == before)
    if last is None:
        return History.id < before
    return (History.at < last.at) | ((History.at == last.at) & (History.id < before))


Notes = dict[tuple[str, int | None], str | None]
Pictures = dict[tuple[str, int | None], list[Picture]]
Claims = dict[tuple[str, int | None], Claim | None]
GIVEN_A_REASON = frozenset({"moved", "retired", "reinstated", "edited", "serial_corrected",
                              "loaner_kept", "loaner_extended"})  # fmt: skip
"""Kinds whose words lie in a Reason."""
SUBJECTS = (
    ({"inspection"}, Inspection, Inspection.note),
    ({"fault"}, Fault, Fault.description),
    ({"resolved"}, Fault, Fault.remedy),
    ({"swap"}, Swap, Swap.note),
    ({"note"}, Note, Note.note),
    (GIVEN_A_REASON, Reason, Reason.note),
    ({"lent"}, Lending, Lending.purpose),
    ({"returned"}, Lending, Lending.condition),
    ({"software"}, SoftwareUpdate, SoftwareUpdate.note),
    ({"used"}, StockSlip, StockSlip.note),
)
PICTURED = frozenset({"inspection", "fault", "swap", "note"})


def _with_claims(model: Any, column: Any) -> Any:
    times = Submission.claimed_at, Submission.sent_at, Submission.received_at
    return model.select(model.id, column.alias("note"), *times).left_outer_join(
        Submission, on=(Submission.id == model.submission)
    )


def _details(rows: list[History]) -> tuple[Notes, Pictures, Claims]:
    """Notes, photos and claims of a page's subjects: as many queries however long the page."""
    notes: Notes = {}
    pictures: Pictures = {}
    claimed: Claims = {}
    for kinds, model, column in SUBJECTS:
        ids = {row.subject_id: row.kind for row in rows if row.kind in kinds and row.subject_id}
        if not ids:
            continue
        for row in dicts(_with_claims(model, column).where(model.id.in_(list(ids)))):
            line = ids[row["id"]], row["id"]
            notes[line] = row["note"]
            if line[0] != "resolved":
                times = row["claimed_at"], row["sent_at"], row["received_at"]
                claimed[line] = claim(*times)
        if kinds & PICTURED:
            for key, found in attachments.of(model._meta.table_name, ids).items():
                pictures[ids[key], key] = found
    return notes, pictures, claimed
