"""One entry as it was filed: every answer with its limits, by whom, when, by which version."""

from dataclasses import dataclass
from datetime import datetime

from roundtag import attachments, checklists, claims, findings, people, tagging
from roundtag.access import Actor, visible
from roundtag.attachments import Picture
from roundtag.checklists import Item, Section, Version
from roundtag.claims import Claim
from roundtag.errors import NotFound
from roundtag.findings import FindingLine
from roundtag.models import Answer, Device, Fault, Inspection, Room, Round, Submission


@dataclass(frozen=True)
class Said:
    """An answer, or None for an item that was not asked. `word`: of a choice, its option."""

    item: Item
    value: str | None
    verdict: str
    note: str | None
    found: str | None
    photos: list[Picture]


@dataclass(frozen=True)
class Part:
    zh: str
    en: str
    said: list[Said]


@dataclass(frozen=True)
class EntryPage:
    """`scan`: when the label was scanned by the phone's clock set right, None where it was not or
    is not known; `scanned` says whether. `carrier`: who delivered it for its owner."""

    id: int
    client_id: int
    device: Device | None
    room: Room
    tag: str
    round: Round | None
    version: Version
    occasion: str
    who: str | None
    result: str
    repeat: bool
    scanned: bool
    scan: Claim | None
    claim: Claim | None
    received_at: datetime
    note: str | None
    parts: list[Part]
    photos: list[Picture]
    findings: list[FindingLine]
    faults: list[tuple[int, str]]
    app_version: str
    carrier: str | None


def page(entry_id: int, actor: Actor) -> EntryPage:
    """Everything about one entry. Raises NotFound for others' too."""
    query = (
        Inspection.select(Inspection, Device, Room, Round)
        .left_outer_join(Device).switch(Inspection)
        .left_outer_join(Room, on=(Inspection.room == Room.id)).switch(Inspection)
        .left_outer_join(Round)
        .where(Inspection.id == entry_id)
    )  # fmt: skip
    entry = visible(actor, query, Inspection.client).first()
    version = checklists.version(entry.version_id) if entry else None
    if entry is None or version is None:
        raise NotFound
    room = entry.room or entry.device.room  # entries of before rooms had any name none
    sent = Submission.get_or_none(Submission.id == entry.submission)
    pictures = attachments.of("inspection", [entry.id]).get(entry.id, [])
    answers = {row.item: row for row in Answer.select().where(Answer.inspection == entry.id)}
    opened = Fault.select(Fault.id, Fault.number).where(Fault.inspection == entry.id)
    return EntryPage(
        entry.id, entry.client_id, entry.device, room, _tag(entry.device_id, room.id), entry.round,
        version, entry.occasion or version.occasion, people.name(entry.person), entry.result,
        entry.repeat, entry.scanned, _scan(entry, sent),
        claims.claim(entry.claimed_at, sent.sent_at if sent else None, entry.received_at),
        entry.received_at, entry.note,
        [_part(section, answers, pictures) for section in checklists.sections_of(version)],
        [p for p in pictures if p.field == "photo"], findings.of_entry(entry.id),
        [(row.id, row.number) for row in opened.order_by(Fault.id)],
        sent.app_version if sent else "", people.name(sent.carrier) if sent else None,
    )  # fmt: skip


def _tag(device_id: int | None, room_id: int) -> str:
    if device_id is not None:
        return tagging.codes_of_devices([device_id]).get(device_id, "")
    return tagging.codes_of_rooms([room_id]).get(room_id, "")


def _scan(entry: Inspection, sent: Submission | None) -> Claim | None:
    """The scan's moment by the same clock as the claim, and set right by the same error."""
    if not entry.scanned or entry.scanned_at is None:
        return None
    return claims.claim(entry.scanned_at, sent.sent_at if sent else None, entry.received_at)


def _part(section: Section, answers: dict[str, Answer], pictures: list[Picture]) -> Part:
    return Part(section.zh, section.en, [_said(item, answers, pictures) for item in section.items])


def _said(item: Item, answers: dict[str, Answer], pictures: list[Picture]) -> Said:
    photos = [p for p in pictures if p.field == f"photo.{item.key}"]
    row = answers.get(item.key)
    if row is None:
        return Said(item, None, "unasked", None, None, photos)
    text = item.kind == "text"  # what was said lies in the sealed column
    value, note = (row.note, None) if text else (row.value, row.note)
    return Said(item, value, row.verdict, note, row.found, photos)
