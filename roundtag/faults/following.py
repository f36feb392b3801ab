"""What the holder of a status link may know and do, without an account."""

from dataclasses import dataclass, field
from datetime import datetime

from roundtag import clock, links, people, tagging
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.faults.admission import admission, count
from roundtag.faults.filing import open_fault
from roundtag.faults.ratings import Rated, changeable, ratings
from roundtag.faults.states import (
    DISMISSED,
    DONE_STATES,
    OPEN_STATES,
    QUARANTINED,
    WORKING_AGAIN,
    events,
    note_event,
)
from roundtag.models import Device, Fault, Room
from roundtag.words import N_

PURPOSE = "fault-status"
TOLD = frozenset({"reported", "responded", "on_site", "swapped", "restored", "resolved", "reopened",
                  DISMISSED})  # fmt: skip
"""What reporters are told of; levels, deadlines, pauses and names are the service team's own."""
HANDLED, NEAR, WORKS, ENDED = 1, 2, 3, 4
STEPS = {"in_progress": HANDLED, "triaged": HANDLED, "dispatched": HANDLED, "responded": HANDLED,
         "on_site": NEAR, "restored": WORKS,
         **dict.fromkeys((*DONE_STATES, DISMISSED), ENDED)}  # fmt: skip
"""How far a fault is, in the five steps that reporters are shown; 0 for all other states."""


@dataclass(frozen=True)
class StatusPage:
    """What the holder of a status link may know: progress in plain words, nobody's details."""

    number: str
    room: str
    symptom: str
    state: str
    step: int
    reported_at: datetime
    resolved_at: datetime | None
    restored_at: datetime | None
    handler: str | None
    others: int
    """How many more people reported the same."""
    steps: list[tuple[str, datetime]]
    rating: Rated | None
    may_rate: bool


def fault_of(secret: str) -> Fault:
    """The report behind a status link. Raises NotFound alike for unknown and expired ones."""
    fault = Fault.get_or_none(Fault.id == links.subject(PURPOSE, secret))
    if fault is None:
        raise NotFound
    return fault


def status(secret: str) -> StatusPage:
    """The fault behind a status link (the one it duplicates, if any). Raises NotFound."""
    fault = fault_of(secret)
    shown = fault.duplicate_of or fault
    rated = next(iter(ratings([fault.id])), None)
    works = shown.state in WORKING_AGAIN
    return StatusPage(
        number=fault.number,
        room=fault.room.name,
        symptom=fault.symptom,
        state=shown.state,
        step=_step(shown),
        reported_at=fault.reported_at,
        resolved_at=shown.resolved_at,
        restored_at=shown.restored_at or shown.resolved_at,
        handler=people.names({shown.assignee_id} - {None}).get(shown.assignee_id),
        others=Fault.select().where(Fault.duplicate_of == shown.id).count(),
        steps=[
            (one.kind, one.at) for one in events(shown.id) if one.kind in TOLD and not one.undone
        ],
        rating=rated,
        may_rate=works and (rated is None or changeable(rated, clock.now())),
    )


def _step(fault: Fault) -> int:
    """Who helps on site and has answered is on the way."""
    coming = fault.state == "responded" and fault.support_mode == "on_site"
    return NEAR if coming else STEPS.get(fault.state, 0)


@dataclass(frozen=True)
class ReportAgain:
    """By the holder of a link, whose secret is kept nowhere."""

    secret_link: str = field(repr=False)


def report_again(command: ReportAgain, deed: Deed) -> Outcome:
    """It is broken still: a new report of the same at the same place, naming the one before."""
    old = fault_of(command.secret_link)
    shown = old.duplicate_of or old
    if shown.state in (*OPEN_STATES, QUARANTINED):
        return Outcome(N_("It is still open: the service team has it."), state="conflict",
                       subject_id=old.id)  # fmt: skip
    room, device = Room.get_by_id(old.room_id), _in_use(old)
    tag = _tag_of(room, device)
    fault = open_fault(deed, room, device, old.symptom, "attendee",
                       admit=admission(deed, tag, room.id))  # fmt: skip
    count(deed, tag, fault)
    note_event(deed, fault, "again", shown.number)
    return told(fault, deed)


def _in_use(fault: Fault) -> Device | None:
    device = fault.device
    return device if device and not device.retired_at and device.room_id == fault.room_id else None


def _tag_of(room: Room, device: Device | None) -> str:
    found = tagging.codes_of_devices([device.id]) if device else tagging.codes_of_rooms([room.id])
    return found.get(device.id if device else room.id, f"room-{room.id}")


def told(fault: Fault, deed: Deed) -> Outcome:
    """The reporter's answer: where the report can be followed, the same however it was taken."""
    return receipt(fault, f"/status/{links.grant(PURPOSE, fault.id, deed.received_at)}")


def receipt(fault: Fault, url: str) -> Outcome:
    message = (
        N_("This was reported already; your report %(number)s was added to it.")
        if fault.duplicate_of_id
        else N_("Fault %(number)s is reported.")
    )
    return Outcome(message, url=url, values={"number": fault.number}, subject_id=fault.id)
