"""One step in the life of a fault, as the table of transitions allows it.

Every verb about a fault takes its step here, whatever door it came through. A step that means
nothing in the present state is not refused: `advance` returns None, nothing is written, and the
verb answers with what happened meanwhile (`overtaken`).
"""

from collections.abc import Iterable
from typing import Any

from roundtag import fault_events, people
from roundtag.access import ROLES, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import Forbidden, NotFound
from roundtag.faults.clocking import keep_deadlines
from roundtag.faults.states import note_event, stage
from roundtag.models import Fault, FaultEvent
from roundtag.sla import transitions
from roundtag.words import N_

KINDS = {
    "triage": "level", "set_level": "level", "dispatch": "dispatched", "reassign": "reassigned",
    "respond": "responded", "arrive": "on_site", "restore": "restored",
    "restore_remotely": "restored", "resolve": "resolved", "observe": "observing",
    "close": "closed", "reopen": "reopened", "cancel_duplicate": "cancelled",
    "separate": "separated", "pause": "paused", "resume": "resumed",
    "record_progress": "progress", "accept_claim": "claim_accepted", "change_crew": "crew",
    "upgrade": "level",
}  # fmt: skip
"""The event that each verb of the table leaves in the file."""
QUIET = {"progress"}
"""Events beside which another step still means what its form said."""
LOOKED_AT = {"level", "separated", "claim_accepted"}
"""Events that may bring what is over already: a promise broken while nobody watched it."""
STATES = {transitions.CANCELLED: "duplicate"}
"""A fault that is cancelled as a duplicate is kept under that word, linked to its twin."""


def found(fault_id: int, deed: Deed) -> Fault:
    """The fault, for whoever may do this deed at its client. Raises NotFound, Forbidden."""
    query = Fault.select().where(Fault.id == fault_id)
    fault = visible(deed.actor, query, Fault.client).first()
    if fault is None:
        raise NotFound
    deed.require(fault.client_id)
    return fault


def roles_at(deed: Deed, fault: Fault) -> Iterable[str]:
    if deed.actor.system:
        return (*ROLES, *transitions.SYSTEM)
    return deed.actor.roles_at(fault.client_id)


def place_of(fault: Fault) -> str:
    """Where the fault stands in the table of transitions."""
    return transitions.CANCELLED if fault.state == "duplicate" else stage(fault)


def advance(deed: Deed, fault: Fault, verb: str, *, what: str = "", note: str | None = None,
            of: int | None = None, seen: int | None = None,
            **columns: Any) -> FaultEvent | None:  # fmt: skip
    """Takes the step that `verb` means now: state, columns, event, deadlines. None when it means
    nothing here any more, or when somebody took another step behind the event `seen`, the last one
    that the form had shown. `fault` is brought up to date. Raises Forbidden for roles that may
    not."""
    step = transitions.find(place_of(fault), verb)
    if step is None:
        return None
    if not transitions.may(step, roles_at(deed, fault)):
        raise Forbidden
    before, after = fault.state, STATES.get(step.after, step.after)
    if seen is not None and _moved_on(fault, seen):
        return None
    unchanged = (Fault.id == fault.id) & (Fault.state == before)
    claimed = deed.claim(Fault, unchanged, state=after if step.after != step.before else before)
    if not claimed:
        return None
    renew(fault, claimed[0])
    prior = prior_of(fault, columns)
    if columns:
        deed.change(fault, **columns)
    ended = before if fault.state != before else ""
    event = note_event(deed, fault, KINDS[verb], note, what=what, before=ended, of=of, prior=prior)
    keep_deadlines(fault, deed.received_at, again=KINDS[verb] in LOOKED_AT)
    return event


def locked(fault_id: int, deed: Deed) -> Fault:
    """As `found`, and others who change this fault wait until the deed is done."""
    found(fault_id, deed)
    fault_events.hold(fault_id)
    return Fault.get_by_id(fault_id)


def renew(fault: Fault, row: Fault) -> None:
    """`fault` may have been read before somebody else changed it; `row` is as it stands now."""
    fault.__data__ = row.__data__
    fault.__rel__.clear()


def prior_of(fault: Fault, columns: Iterable[str]) -> dict[str, Any]:
    """What a step is about to change, as it was; of sealed columns only that they were empty."""
    fields = Fault._meta.fields
    was = {name: fields[name].db_value(fault.__data__.get(name)) for name in columns}
    return {name: value for name, value in was.items()
            if value is None or name not in Fault.SEALED}  # fmt: skip


def _moved_on(fault: Fault, seen: int) -> bool:
    """Whether a step was taken behind that event; the fault's row is held from here on."""
    fault_events.hold(fault.id)
    steps = FaultEvent.kind.in_({*KINDS.values(), "undone"} - QUIET)
    return bool(FaultEvent.select().where(
        (FaultEvent.fault == fault.id) & (FaultEvent.id > seen) & steps).exists())  # fmt: skip


def outcome(event: FaultEvent | None, fault: Fault, message: str, **values: Any) -> Outcome:
    """What is answered after a step: done, or what happened instead."""
    if event is None:
        return overtaken(fault)
    return Outcome(message, f"/faults/{fault.id}", values={"number": fault.number, **values},
                   subject_id=fault.id)  # fmt: skip


def overtaken(fault: Fault) -> Outcome:
    """Who comes second is told who was first; the page shows what happened."""
    last = FaultEvent.select().where(FaultEvent.fault == fault.id).order_by(FaultEvent.id.desc())
    event = last.first()
    who = people.names({event.person_id} - {None}).get(event.person_id, "–")
    message = N_("Not done: %(who)s has moved this fault on. Look at what happened.")
    url = f"/faults/{fault.id}"
    return Outcome(message, url, "conflict", {"who": who}, subject_id=fault.id)
