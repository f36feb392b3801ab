"""The states of a fault, and the line that each step leaves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roundtag import dues, fault_events, people
from roundtag.commands import Deed
from roundtag.models import Fault, FaultEvent
from roundtag.models.faults import ASIDE, DISMISSED, OPEN_STATES, QUARANTINED
from roundtag.sla import transitions
from roundtag.sla.events import TAKING_BACK

__all__ = ["ASIDE", "DISMISSED", "DONE_STATES", "OPEN_STATES", "QUARANTINED", "UNFINISHED",
           "WORKING_AGAIN", "WORK_STATES", "Event", "events", "note_event", "stage"]  # fmt: skip
DONE_STATES = ("resolved", "observing", "closed")
WORKING_AGAIN = ("restored", *DONE_STATES)
WORK_STATES = (*OPEN_STATES, "restored")
"""Somebody still has something to do at it."""
UNFINISHED = (*OPEN_STATES, *transitions.AFTER)
"""The file is not closed."""


def stage(fault: Fault) -> str:
    """The state in the words of the table of transitions."""
    return {"in_progress": transitions.RESPONDED}.get(fault.state, fault.state)


def note_event(deed: Deed, fault: Fault, kind: str, note: str | None = None, *, what: str = "",
               before: str = "", of: int | None = None,
               prior: dict[str, Any] | None = None) -> FaultEvent:  # fmt: skip
    """Every step leaves its line and what it obliges to (ADR 30); `before` is the state that it
    ended, where it ended one."""
    event = fault_events.add(deed, fault, kind, note, what=what, before=before, of=of,
                             prior=prior or {})  # fmt: skip
    dues.follow(deed, fault, event)
    return event


@dataclass(frozen=True)
class Event:
    id: int
    kind: str
    what: str
    who: str | None
    at: datetime
    claimed_at: datetime | None
    note: str | None
    undone: bool


def events(fault_id: int) -> list[Event]:
    """The file of a fault in the order of receipt; slips that were taken back stay in it."""
    rows = list(FaultEvent.select().where(FaultEvent.fault == fault_id).order_by(FaultEvent.id))
    names = people.names({row.person_id for row in rows if row.person_id})
    gone = {row.of for row in rows if row.kind in TAKING_BACK}
    return [Event(row.id, row.kind, row.what, names.get(row.person_id), row.at, row.claimed_at,
                  row.note, row.id in gone) for row in rows]  # fmt: skip
