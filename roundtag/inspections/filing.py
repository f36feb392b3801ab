"""An entry comes in: judged by the version it was filed under, counted, its findings kept."""

from typing import Any

from roundtag import (
    attachments,
    checklists,
    clients,
    clock,
    conflicts,
    history,
    rounds,
    tagging,
)
from roundtag.checklists import Version
from roundtag.commands import Deed, Outcome
from roundtag.errors import Invalid, NotFound, invalid
from roundtag.inspections import finding, judging
from roundtag.inspections.forms import Inspect
from roundtag.inspections.judging import Judged, Verdict
from roundtag.inspections.last import counters_at
from roundtag.models import Answer, Inspection
from roundtag.tagging import Target
from roundtag.words import N_


def inspect(command: Inspect, deed: Deed) -> Outcome:
    """Files an entry at a device or at a room itself; what fails opens one fault linked to it."""
    place = tagging.resolve(command.tag, deed.actor)
    if place.device is None and not command.today:
        raise NotFound  # the forms of that time stood at devices alone
    deed.require(place.client_id)
    version = checklists.version(command.version_id or 0)
    if version is None:
        raise invalid(
            "template_version", "unknown", N_("This checklist is not known. Reload the page.")
        )
    verdict = judging.judge(version, command, counters_at(place, version))
    if verdict.errors:
        raise Invalid(*verdict.errors)
    conflicts.mark(deed, command.tag, place)
    _mark_stale(deed, place, version)
    _mark_crossed(deed, place, verdict)
    entry = _file(command, deed, place, version, verdict)
    kept = finding.keep(deed, place, entry, version, verdict, command)
    return Outcome(*_told(kept, verdict, f"/t/{command.tag}"), values={"count": kept.count},
                   subject_id=entry.id)  # fmt: skip


def _told(kept: finding.Kept, verdict: Verdict, url: str) -> tuple[str, str]:
    if kept.opened:
        return N_("The check is filed; a fault was opened for %(count)s failed items."), url
    if kept.again:
        return N_("The check is filed; %(count)s known problems are still there."), url
    if kept.noted:
        return N_("The check is filed; %(count)s problems were noted."), url
    if verdict.fixed:
        return N_("The check is filed, with what was put right on the spot."), url
    return N_("The check is filed. All in order."), url


def _mark_stale(deed: Deed, place: Target, version: Version) -> None:
    """An entry counts by the version it was filed under; what it could not ask is told."""
    newest, added = checklists.asked_since(version)
    if added:
        conflicts.file(deed, "stale-checklist", place.device, str(version.number),
                       f"{newest}: " + "；".join(item.zh for item in added),
                       client_id=place.client_id)  # fmt: skip


def _mark_crossed(deed: Deed, place: Target, verdict: Verdict) -> None:
    """A counter that somebody else had read higher meanwhile: the phone could not know."""
    for answer in verdict.crossed:
        read = f"{answer.value} {answer.item.unit}".strip()
        conflicts.file(deed, "counter-back", place.device, answer.item.zh, read,
                       client_id=place.client_id)  # fmt: skip


def _file(command: Inspect, deed: Deed, place: Target, version: Version,
          verdict: Verdict) -> Inspection:  # fmt: skip
    marked = rounds.mark_done(deed, place, command.round_id, verdict.result, version.occasion)
    entry = deed.create(
        Inspection,
        client=place.client_id,
        contract=clients.contract_at(place.client_id, clock.local_day(deed.received_at)),
        round=marked.round_id,
        room=place.room_id,
        device=place.device,
        version=version.id,
        occasion=version.occasion,
        person=deed.person_id,
        result=verdict.result,
        scanned=command.scanned,
        scanned_at=command.scanned_at if command.scanned else None,
        repeat=marked.repeat,
        note=command.note,
        submission=deed.id,
        claimed_at=deed.claimed_at,
        received_at=deed.received_at,
    )
    rounds.credit(deed, marked, entry)
    deed.create_many(Answer, (_answer(entry, judged) for judged in verdict.answers))
    attachments.attach(deed, entry, command.photos)
    _record(deed, place, entry, verdict)
    return entry


def _record(deed: Deed, place: Target, entry: Inspection, verdict: Verdict) -> None:
    history.record(deed, "inspection", place.device, room_id=place.room_id,
                   client_id=place.client_id, subject_id=entry.id, result=entry.result,
                   failed=len(verdict.failed), fixed=len(verdict.fixed), scanned=entry.scanned,
                   repeat=entry.repeat, occasion=entry.occasion)  # fmt: skip


def _answer(entry: Inspection, judged: Judged) -> dict[str, Any]:
    value, note = judged.value or None, judged.note
    if judged.item.kind == "text":  # free text belongs into the sealed column
        value, note = None, value
    return {
        "client": entry.client_id,
        "inspection": entry,
        "room": entry.room_id,
        "device": entry.device_id,
        "item": judged.item.key,
        "value": value,
        "verdict": judged.verdict,
        "note": note,
        "found": judged.found,
        "at": entry.received_at,
    }
