"""The rows that a report stands on, each kind in one query, however large the round."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from roundtag import approvals
from roundtag.acceptance import rules
from roundtag.acceptance.entries import by_place, counted, inspections, items_of, place_of
from roundtag.items import Item
from roundtag.models import (
    Answer,
    Approval,
    Attachment,
    Blob,
    Building,
    ContractTarget,
    Device,
    Fault,
    Finding,
    Inspection,
    ReportRemark,
    Room,
    Round,
    RoundDevice,
    StopNote,
    Swap,
    dicts,
    tuples,
)
from roundtag.rounds import waited_for

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Facts:
    """`until`: when the client signed; what was filed later is no part of the report."""

    tour: Round
    until: datetime | None
    since: datetime
    stops: Rows
    rooms: dict[int, dict[str, Any]]
    entries: Rows
    answers: dict[int, Rows]
    items: dict[tuple[int, str], Item]
    faults: dict[int, tuple[str, ...]]
    findings: Rows
    swaps: Rows
    photos: Rows
    notes: list[tuple[str, int, int | None, str]]
    course: list[Approval]
    remarks: tuple[str, str]
    target: float | None


def of(tour: Round) -> Facts:
    """Everything of a round. The caller has asked whether it may be read."""
    course = approvals.course(rules.SUBJECT, tour.id)
    until = next((one.at for one in course if one.step == "client" and one.decision == "approved"
                  and tour.stage == "accepted"), None)  # fmt: skip
    entries = inspections(tour.id)
    since = _since(tour)
    stops = _stops(tour, entries)
    return Facts(
        tour, until, since, stops, _rooms(tour), entries, _answers(tour.id),
        items_of({row["version"] for row in entries}), _faults(tour.id),
        _findings(tour, since, until), _swaps(tour.id, since, until), _photos(tour.id),
        _notes(tour.id), course, _remarks(tour.id), _target(tour.contract_id),
    )  # fmt: skip


def _since(tour: Round) -> datetime:
    """When the round began: its first day, else the first of the month in which it is due."""
    day: date = tour.opens_on or tour.due_on.replace(day=1)
    return datetime.combine(day, time(), ZoneInfo(tour.contract.zone))


def _stops(tour: Round, entries: Rows) -> Rows:
    own = Room.alias()
    query = (
        RoundDevice.select(
            RoundDevice.id, RoundDevice.result, RoundDevice.done_at, RoundDevice.entry,
            RoundDevice.device, RoundDevice.room.alias("own_room_id"), Device.name, Device.code,
            Device.category, Device.retired_at, Device.room.alias("device_room"),
            own.retired_at.alias("own_gone"),
        )
        .left_outer_join(Device)
        .switch(RoundDevice).left_outer_join(own, on=(RoundDevice.room == own.id))
        .where(RoundDevice.round == tour.id)
        .order_by(RoundDevice.id)
    )  # fmt: skip
    placed = by_place(entries)
    rows = [
        row for row in dicts(query)
        if waited_for(row["done_at"], row["retired_at"] or row["own_gone"], tour.closed_at)
    ]  # fmt: skip
    return [{**row, "counts": counted(row, placed.get(place_of(row), ()))} for row in rows]


def _rooms(tour: Round) -> dict[int, dict[str, Any]]:
    query = (
        Room.select(Room.id, Room.code, Room.name, Room.floor, Building.name.alias("building"))
        .join(Building)
        .where(Room.client == tour.client_id)
    )
    return {row["id"]: row for row in dicts(query)}


def _answers(round_id: int) -> dict[int, Rows]:
    columns = Answer.inspection, Answer.item, Answer.value, Answer.verdict, Answer.note, Answer.room
    query = (
        Answer.select(*columns)
        .join(Inspection)
        .where(Inspection.round == round_id)
        .order_by(Answer.id)
    )
    found: dict[int, Rows] = {}
    for row in dicts(query):
        found.setdefault(row["inspection"], []).append(row)
    return found


def _faults(round_id: int) -> dict[int, tuple[str, ...]]:
    query = (
        Fault.select(Fault.inspection, Fault.number)
        .join(Inspection)
        .where(Inspection.round == round_id)
        .order_by(Fault.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for entry, number in tuples(query):
        found[entry] = (*found.get(entry, ()), number)
    return found


def _findings(tour: Round, since: datetime, until: datetime | None) -> Rows:
    """Problems found in the round, and those found before it that were open when it began."""
    own = Inspection.round == tour.id
    stood = Finding.settled_at.is_null() | (Finding.settled_at >= since)
    before = (Finding.found_at < since) & stood
    query = (
        Finding.select(Finding, Fault.number, Device.name.alias("device_name"),
                       Inspection.round.alias("entry_round"), Inspection.version)
        .join(Inspection)
        .switch(Finding).left_outer_join(Fault, on=(Finding.fault == Fault.id))
        .switch(Finding).left_outer_join(Device, on=(Finding.device == Device.id))
        .where((Finding.client == tour.client_id) & (own | before))
        .order_by(Finding.id)
    )  # fmt: skip
    rows = dicts(query)
    return [row for row in rows if until is None or row["found_at"] <= until]


def _swaps(round_id: int, since: datetime, until: datetime | None) -> Rows:
    places = RoundDevice.select(RoundDevice.device).where(RoundDevice.round == round_id)
    query = (
        Swap.select(Swap.new_serial, Swap.reason, Swap.person, Swap.received_at,
                    Device.name.alias("device_name"), Device.room)
        .join(Device)
        .where(Swap.device.in_(places) & (Swap.received_at >= since))
        .where(Swap.undone_at.is_null())
        .order_by(Swap.id)
    )  # fmt: skip
    if until is not None:
        query = query.where(Swap.received_at <= until)
    return dicts(query)


def _photos(round_id: int) -> Rows:
    """Photos whose bytes are here, by entry."""
    query = (
        Attachment.select(Attachment.subject_id, Attachment.field, Attachment.sha256, Blob.mime)
        .join(Blob, on=(Blob.sha256 == Attachment.sha256))
        .switch(Attachment)
        .join(Inspection, on=(Inspection.id == Attachment.subject_id))
        .where((Attachment.subject == "inspection") & (Inspection.round == round_id))
        .order_by(Attachment.id)
    )
    return dicts(query)


def _notes(round_id: int) -> list[tuple[str, int, int | None, str]]:
    columns = StopNote.kind, StopNote.stop, StopNote.entry, StopNote.note
    query = StopNote.select(*columns).where(StopNote.round == round_id).order_by(StopNote.id)
    return [(kind, stop, entry, note or "") for kind, stop, entry, note in tuples(query)]


def _remarks(round_id: int) -> tuple[str, str]:
    row = ReportRemark.get_or_none(ReportRemark.round == round_id)
    return (row.zh or "", row.en or "") if row else ("", "")


def _target(contract_id: int) -> float | None:
    """The agreed share of devices in order, in percent."""
    found = ContractTarget.get_or_none(
        (ContractTarget.contract == contract_id) & (ContractTarget.code == "pass_rate")
    )
    return float(found.percent) if found else None
