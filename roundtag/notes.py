"""What an engineer records against a code whose page is not on the phone.

On arrival it becomes the proper thing at that tag: a fault, or a line of the logbook. A code that
leads nowhere (a slip, another client's, a tag taken down) is no refusal: the note is kept, and the
office files it at the right tag, as the work of whoever wrote it.
"""

import json
import uuid
from dataclasses import dataclass

from roundtag import (
    attachments,
    clients,
    clock,
    commands,
    conflicts,
    data,
    faults,
    history,
    people,
    tagging,
)
from roundtag.access import Actor
from roundtag.commands import Deed, Outcome, Photo, Receipt
from roundtag.errors import Gone, NotFound
from roundtag.fields import Fields
from roundtag.models import Note, NoteMatch, Room, Submission
from roundtag.tagging import Target
from roundtag.words import N_

KINDS = ("fault", "check", "note")
RESULTS = ("pass", "fail")
FORM = "note"
SETTLED = N_("This entry was settled before.")


@dataclass(frozen=True)
class TakeNote:
    """`result` is given for a check, `symptom` for a fault."""

    tag: str
    what: str
    result: str | None = None
    symptom: str | None = None
    text: str | None = None
    scanned: bool = False
    photos: tuple[Photo, ...] = ()


def read(form: Fields, photos: tuple[Photo, ...]) -> TakeNote:
    """Reads a note; raises Invalid naming every bad field. The code is judged on arrival."""
    what = form.choice("what", KINDS, required=N_("Choose what you record.")) or ""
    command = TakeNote(
        tag=form.raw("tag"),
        what=what,
        result=_wanted(form, "result", RESULTS, what == "check", N_("Say what you found.")),
        symptom=_wanted(form, "symptom", _symptoms(), what == "fault", N_("Choose what is wrong.")),
        text=form.text("text"),
        scanned=form.raw("scanned") == "1",
        photos=photos,
    )
    if not (command.text or photos) and _owes_words(command):
        form.refuse("text", "required", N_("Say in a few words what it is, or take a photo."))
    form.done()
    return command


def _wanted(form: Fields, name: str, allowed: tuple[str, ...], wanted: bool,
            message: str) -> str | None:  # fmt: skip
    return form.choice(name, allowed, required=message) if wanted else None


def _symptoms() -> tuple[str, ...]:
    return tuple(symptom.code for symptom in data.symptoms())


def _owes_words(command: TakeNote) -> bool:
    return command.what == "note" or command.result == "fail" or command.symptom == "other"


VERSIONS = {"1": read}


def take_note(command: TakeNote, deed: Deed) -> Outcome:
    """Files a note at its tag, or keeps it for the office when its code leads nowhere."""
    try:
        place = tagging.resolve(command.tag, deed.actor)
    except (NotFound, Gone):
        message = N_(
            "Kept safe. No label with the code %(code)s is known; the office looks for it."
        )
        return Outcome(message, state="review", values={"code": command.tag[:40]})
    deed.require(place.client_id)
    conflicts.mark(deed, command.tag, place)
    return _file(command, deed, place)


def _file(command: TakeNote, deed: Deed, place: Target) -> Outcome:
    if command.what == "fault":
        fault = _open_fault(command, deed, place, command.symptom or "", "engineer")
        return Outcome(N_("Fault %(number)s is reported."), f"/faults/{fault}",
                       values={"number": _number(fault)}, subject_id=fault)  # fmt: skip
    note = _write(command, deed, place)
    if command.result != "fail":
        return Outcome(N_("It is in the logbook."), f"/t/{place.code}", subject_id=note.id)
    fault = _open_fault(command, deed, place, faults.FROM_CHECKLIST, "inspection")
    return Outcome(N_("It is in the logbook; fault %(number)s was opened."), f"/t/{place.code}",
                   values={"number": _number(fault)}, subject_id=note.id)  # fmt: skip


def _open_fault(command: TakeNote, deed: Deed, place: Target, symptom: str, source: str) -> int:
    room = Room.get_by_id(place.room_id)
    fault = faults.open_fault(deed, room, place.device, symptom, source,
                              description=command.text, photos=command.photos)  # fmt: skip
    return int(fault.id)


def _number(fault_id: int) -> str:
    return str(faults.Fault.get_by_id(fault_id).number)


def _write(command: TakeNote, deed: Deed, place: Target) -> Note:
    note = deed.create(
        Note,
        client=place.client_id,
        contract=clients.contract_at(place.client_id, clock.local_day(deed.received_at)),
        room=place.room_id,
        device=place.device,
        kind=command.what,
        result=command.result,
        note=command.text,
        person=deed.person_id,
        submission=deed.id,
        claimed_at=deed.claimed_at,
        received_at=deed.received_at,
    )
    attachments.attach(deed, note, command.photos)
    history.record(deed, "note", place.device, room_id=place.room_id, client_id=place.client_id,
                   subject_id=note.id, what=command.what, result=command.result,
                   scanned=command.scanned)  # fmt: skip
    return note


@dataclass(frozen=True)
class MatchNote:
    submission_id: str
    code: str


def match(submission_id: str, code: str, actor: Actor) -> Receipt:
    """The office files a kept note at the tag `code`. Raises NotFound for an unknown code or a
    note that is none of theirs; who comes second gets the outcome `conflict`."""
    return commands.run(str(uuid.uuid4()), match_note, MatchNote(submission_id, code), actor)


def match_note(command: MatchNote, deed: Deed) -> Outcome:
    """Files a kept note as its writer's work of the moment it came in; the actor decided where."""
    kept = _kept(command.submission_id, deed.actor)
    place = tagging.resolve(command.code, deed.actor)
    deed.require(place.client_id)
    unsettled = (Submission.id == kept.id) & (Submission.outcome == "review")
    if not deed.claim(Submission, unsettled, outcome="done"):
        return Outcome(SETTLED, state="conflict")
    outcome = _file(_read_again(kept), commands.as_filed(kept, deed), place)
    deed.create(NoteMatch, client=place.client_id, submission=kept.id, code=place.code,
                person=deed.actor.person_id, at=deed.received_at)  # fmt: skip
    commands.store(Submission.get_by_id(kept.id), outcome)
    return outcome


def _kept(submission_id: str, actor: Actor) -> Submission:
    """A note that waits or waited for its tag, by a colleague whose clients the actor shares."""
    kept = Submission.get_or_none((Submission.id == submission_id) & (Submission.form == FORM))
    if kept is None or kept.body is None or kept.form_version not in VERSIONS:
        raise NotFound
    writer = people.actor_of(kept.owner, clock.now()) if kept.owner else actor
    shared = writer.client_ids is None or (writer.client_ids & (actor.client_ids or frozenset()))
    if actor.client_ids is not None and not shared:
        raise NotFound
    return kept


def _read_again(kept: Submission) -> TakeNote:
    fields = Fields(map(tuple, json.loads(kept.body or "[]")))
    return VERSIONS[kept.form_version](fields, commands.photos_of(kept))
