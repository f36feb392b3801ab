"""The engineer's steps: one command, one form, from the phone or the desk, in whatever order they
come in.

A step that was overtaken on its way is no refusal: its words and photos stay in the file, and who
filed it is told what happened meanwhile. Who forgot a step is not held up: the one that follows
from what was filed is taken along.
"""

from dataclasses import dataclass
from typing import Any

from roundtag import attachments, conflicts, fault_events, people
from roundtag.access import FIELD
from roundtag.commands import Deed, Outcome, Photo
from roundtag.errors import NotFound
from roundtag.faults import presence
from roundtag.faults.life import KINDS, advance, found, overtaken, place_of, roles_at
from roundtag.faults.resolving import wrap_up
from roundtag.faults.states import ASIDE, note_event
from roundtag.models import Fault, FaultCrew, FaultEvent
from roundtag.sla import transitions
from roundtag.sla.transitions import ON_SITE, RESTORED
from roundtag.words import N_

STEPS = ("respond", "arrive", "restore", "resolve", "restore_remotely", "progress", "pause",
         "resume")  # fmt: skip
MODES = ("on_site", "remote", "phone")
TEMPORARY = ("temporary", "loaner")
WORKING = frozenset({"respond", "arrive", "restore", "restore_remotely", "resolve"})
"""Whoever does one of these works at the fault."""


@dataclass(frozen=True)
class TakeStep:
    """`tag`: the label scanned on arrival; `why`: why there is none. `reason`: of a pause.
    `temporary`: "" when it is restored for good. `cost`: of the repair, as it was said."""

    fault_id: int
    step: str
    mode: str = ""
    tag: str = ""
    why: str | None = None
    reason: str = ""
    diagnosis: str | None = None
    temporary: str = ""
    cause: str | None = None
    remedy: str | None = None
    kind: str = ""
    cost: str | None = None
    note: str | None = None
    photos: tuple[Photo, ...] = ()


def take_step(command: TakeStep, deed: Deed) -> Outcome:
    """Takes one step of a fault's life, with those that it implies. Raises Invalid for what the
    step needs and lacks; NotFound, Forbidden."""
    fault = found(command.fault_id, deed)
    if fault.state in ASIDE:
        raise NotFound
    fault_events.hold(fault.id)  # two steps come in turn
    fault = Fault.get_by_id(fault.id)
    verbs = verbs_of(command, place_of(fault))
    if transitions.find(place_of(fault), verbs[0]) is None:
        return _late(command, deed, fault)
    presence.require_loaner(command.step, command.reason, fault)
    for verb in verbs:
        event = _take(verb, command, deed, fault)
    if event is None:  # the table knows the first of them here, and so all
        return _late(command, deed, fault)
    _take_part(verbs, deed, fault)
    attachments.attach(deed, event, command.photos)
    if command.cost:
        note_event(deed, fault, "cost", command.cost)
    if verbs[-1] == "resolve":
        wrap_up(deed, fault)
    return Outcome(SAID[command.step], f"/faults/{fault.id}", values={"number": fault.number},
                   subject_id=fault.id)  # fmt: skip


SAID = {
    "respond": N_("Fault %(number)s is accepted."),
    "arrive": N_("You are on site at fault %(number)s."),
    "restore": N_("Fault %(number)s is restored."),
    "restore_remotely": N_("Fault %(number)s is restored."),
    "resolve": N_("Fault %(number)s is resolved."),
    "progress": N_("The progress of fault %(number)s is on record."),
    "pause": N_("Fault %(number)s is paused."),
    "resume": N_("Work at fault %(number)s goes on."),
}


def verbs_of(command: TakeStep, place: str) -> tuple[str, ...]:
    """The verbs of the table that a step means where the fault stands."""
    if command.step == "resolve" and place in transitions.OPEN:
        return (*_restoring(command, place), "resolve")
    if command.step in ("restore", "restore_remotely"):
        return _restoring(command, place)
    return ("record_progress" if command.step == "progress" else command.step,)


def _restoring(command: TakeStep, place: str) -> tuple[str, ...]:
    """Who had not said "I am here" and shows a label, or why not, is there all the same."""
    if place == ON_SITE:
        return ("restore",)
    if place in transitions.OPEN and (command.tag or command.why):
        return ("arrive", "restore")
    return ("restore_remotely",)


def _take(verb: str, command: TakeStep, deed: Deed, fault: Fault) -> FaultEvent | None:
    what, note = "", command.note
    columns: dict[str, Any] = {}
    if verb == "respond":
        what, columns = command.mode, {"support_mode": command.mode}
    elif verb == "arrive":
        what, note = presence.shown(command.tag, command.why, deed.actor, fault)
        note = joined(note, command.note if command.step == "arrive" else None)
    elif verb in ("restore", "restore_remotely"):
        found_out = command.diagnosis or command.cause
        what, columns = command.temporary, {"diagnosis": found_out, "restored_at": deed.received_at}
        note = joined(found_out, command.note if command.step != "resolve" else None)
    elif verb == "resolve":
        note, columns = joined(command.remedy, command.note), _end(command, deed, fault)
    elif verb in ("pause", "resume"):
        what = command.reason
    return advance(deed, fault, verb, what=what, note=note, **columns)


def _end(command: TakeStep, deed: Deed, fault: Fault) -> dict[str, Any]:
    return {"cause": command.cause, "remedy": command.remedy, "kind": command.kind or fault.kind,
            "resolved_at": deed.received_at, "resolved_by": deed.person_id}  # fmt: skip


def joined(*words: str | None) -> str | None:
    return "\n".join(filter(None, words)) or None


def _take_part(verbs: tuple[str, ...], deed: Deed, fault: Fault) -> None:
    """Whoever works at it leads the crew when nobody does, and belongs to it otherwise."""
    if deed.person_id is None or WORKING.isdisjoint(verbs):
        return
    if fault.assignee_id == deed.person_id or FIELD.isdisjoint(roles_at(deed, fault)):
        return
    if fault.assignee_id is None:
        deed.change(fault, assignee=deed.person_id)
        return
    mine = (FaultCrew.fault == fault.id) & (FaultCrew.person == deed.person_id)
    if not FaultCrew.select().where(mine & FaultCrew.left_at.is_null()).exists():
        deed.create(FaultCrew, client=fault.client_id, fault=fault, person=deed.person_id,
                    joined_at=deed.received_at)  # fmt: skip


def _late(command: TakeStep, deed: Deed, fault: Fault) -> Outcome:
    """Others were first. The words and photos stay in the file; the office is asked unless it is
    the same step once more, which leaves nothing to settle."""
    repeated = _done_before(command, fault)
    outcome = repeated or overtaken(fault)
    words = (command.note, command.why, command.diagnosis, command.cause, command.remedy,
             command.cost)  # fmt: skip
    event = note_event(deed, fault, "note", joined(*words), what=command.step)
    attachments.attach(deed, event, command.photos)
    if not repeated:
        conflicts.file(deed, "step-late", fault.device, fault.number, command.step,
                       client_id=fault.client_id)  # fmt: skip
    return outcome


def _done_before(command: TakeStep, fault: Fault) -> Outcome | None:
    """The same step was on record: nothing is wrong, and nothing was done twice."""
    kind = KINDS[verbs_of(command, place_of(fault))[-1]]
    same = (FaultEvent.fault == fault.id) & (FaultEvent.kind == kind)
    event = FaultEvent.select().where(same).order_by(FaultEvent.id.desc()).first()
    if event is None or _stands(kind) != place_of(fault):
        return None
    who = people.names({event.person_id} - {None}).get(event.person_id, "–")
    message = N_("This was on record already, by %(who)s. What you wrote is kept.")
    url = f"/faults/{fault.id}"
    return Outcome(message, url, "conflict", {"who": who}, subject_id=fault.id)


def _stands(kind: str) -> str:
    return kind if kind in (transitions.RESPONDED, ON_SITE, RESTORED, transitions.RESOLVED) else ""
