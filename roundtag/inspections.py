"""Checklist entries: filled at a device, judged by the version they were filed under."""

from dataclasses import dataclass, field
from typing import Any

from roundtag import (
    attachments,
    checklists,
    clients,
    clock,
    conflicts,
    faults,
    history,
    rounds,
    tagging,
)
from roundtag.checklists import Item, Version
from roundtag.commands import Deed, Outcome, Photo
from roundtag.errors import FieldError, Invalid, invalid
from roundtag.fields import Fields
from roundtag.models import Answer, Device, Inspection
from roundtag.words import N_


@dataclass(frozen=True)
class Inspect:
    """A filled checklist: values, notes and photos by item key."""

    tag: str
    version_id: int | None
    round_id: int | None
    scanned: bool
    values: dict[str, str]
    notes: dict[str, str]
    note: str | None
    photos: tuple[Photo, ...] = ()


def read(form: Fields, photos: tuple[Photo, ...]) -> Inspect:
    command = Inspect(
        tag=form.raw("tag"),
        version_id=form.whole("template_version"),
        round_id=form.whole("round"),
        scanned=bool(form.raw("scanned")),
        values=form.under("item."),
        notes=form.under("note."),
        note=form.text("note"),
        photos=photos,
    )
    form.done()
    return command


@dataclass(frozen=True)
class Judged:
    item: Item
    value: str
    verdict: str
    note: str | None = None

    @property
    def said(self) -> str:
        """The answer as a line of a fault's description: item, what was found, note."""
        found = self.item.found(self.value)
        return "：".join(filter(None, (self.item.zh, " ".join(filter(None, (found, self.note))))))


@dataclass(frozen=True)
class Verdict:
    """Pure result of judging a form: answers, or the fields that cannot be taken."""

    answers: list[Judged] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)

    @property
    def failed(self) -> list[Judged]:
        return [answer for answer in self.answers if answer.verdict == "fail"]


def judge(version: Version, command: Inspect) -> Verdict:
    """Judges every item by the version; decides nothing about storage."""
    result = Verdict()
    for item in version.items:
        value, note = command.values.get(item.key, ""), command.notes.get(item.key) or None
        problem = item.problem(value)
        if problem:
            result.errors.append(FieldError(f"item.{item.key}", *problem))
            continue
        verdict = item.judge(value) if value else "none"
        if verdict == "fail" and not note:
            message = N_("Say what is wrong: a failed item needs a note.")
            result.errors.append(FieldError(f"note.{item.key}", "required", message))
        result.answers.append(Judged(item, value, verdict, note))
    return result


def inspect(command: Inspect, deed: Deed) -> Outcome:
    """Files an entry; failed items open one fault linked to it."""
    place, device = tagging.device_by_tag(command.tag, deed.actor)
    deed.require(device.client_id)
    version = checklists.version(command.version_id or 0)
    if version is None:
        raise invalid(
            "template_version", "unknown", N_("This checklist is not known. Reload the page.")
        )
    verdict = judge(version, command)
    if verdict.errors:
        raise Invalid(*verdict.errors)
    conflicts.mark(deed, command.tag, place)
    _mark_stale(deed, device, version)
    entry = _file(command, deed, device, version, verdict)
    if verdict.failed:
        _open_fault(deed, device, entry, verdict, command.photos)
        message = N_("The check is filed; a fault was opened for %(count)s failed items.")
        return Outcome(message, f"/t/{command.tag}", values={"count": len(verdict.failed)},
                       subject_id=entry.id)  # fmt: skip
    return Outcome(
        N_("The check is filed. All in order."), f"/t/{command.tag}", subject_id=entry.id
    )


def _mark_stale(deed: Deed, device: Device, version: Version) -> None:
    """An entry counts by the version it was filed under; what it could not ask is told."""
    newest, added = checklists.asked_since(version)
    if added:
        conflicts.file(deed, "stale-checklist", device, str(version.number),
                       f"{newest}: " + "；".join(item.zh for item in added))  # fmt: skip


def _file(command: Inspect, deed: Deed, device: Device, version: Version,
          verdict: Verdict) -> Inspection:  # fmt: skip
    result = "fail" if verdict.failed else "pass"
    round_id, repeat = rounds.mark_done(deed, device, command.round_id, result)
    entry = deed.create(
        Inspection,
        client=device.client_id,
        contract=clients.contract_at(device.client_id, clock.local_day(deed.received_at)),
        round=round_id,
        device=device,
        version=version.id,
        person=deed.person_id,
        result=result,
        scanned=command.scanned,
        repeat=repeat,
        note=command.note,
        submission=deed.id,
        claimed_at=deed.claimed_at,
        received_at=deed.received_at,
    )
    deed.create_many(Answer, (_answer(entry, device, judged) for judged in verdict.answers))
    attachments.attach(deed, entry, command.photos)
    history.record(deed, "inspection", device, subject_id=entry.id, result=result,
                   failed=len(verdict.failed), scanned=command.scanned, repeat=repeat)  # fmt: skip
    return entry


def _answer(entry: Inspection, device: Device, judged: Judged) -> dict[str, Any]:
    value, note = judged.value or None, judged.note
    if judged.item.kind == "text":  # free text belongs into the sealed column
        value, note = None, value
    return {
        "client": device.client_id,
        "inspection": entry,
        "room": device.room_id,
        "device": device,
        "item": judged.item.key,
        "value": value,
        "verdict": judged.verdict,
        "note": note,
        "at": entry.received_at,
    }


def _open_fault(deed: Deed, device: Device, entry: Inspection, verdict: Verdict,
                photos: tuple[Photo, ...]) -> None:  # fmt: skip
    described = "\n".join(answer.said for answer in verdict.failed)
    failed = {f"photo.{answer.item.key}" for answer in verdict.failed}
    faults.open_fault(deed, device.room, device, faults.FROM_CHECKLIST, "inspection",
                      inspection=entry, description=described,
                      photos=[photo for photo in photos if photo.field in failed])  # fmt: skip
