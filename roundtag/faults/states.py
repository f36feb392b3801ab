"""The states of a fault, and the line that each step leaves."""

from dataclasses import dataclass
from datetime import datetime

from roundtag import people
from roundtag.commands import Deed
from roundtag.models import Fault, FaultEvent
from roundtag.models.faults import ASIDE, DISMISSED, OPEN_STATES, QUARANTINED

__all__ = ["ASIDE", "DISMISSED", "DONE_STATES", "OPEN_STATES", "QUARANTINED", "Event", "events",
           "note_event"]  # fmt: skip
DONE_STATES = ("resolved", "observing", "closed")


def note_event(deed: Deed, fault: Fault, kind: str, note: str | None = None) -> None:
    deed.create(
        FaultEvent,
        client=fault.client_id,
        fault=fault,
        kind=kind,
        person=deed.person_id,
        note=note,
        at=deed.received_at,
    )


@dataclass(frozen=True)
class Event:
    kind: str
    who: str | None
    at: datetime
    note: str | None


def events(fault_id: int) -> list[Event]:
    rows = list(FaultEvent.select().where(FaultEvent.fault == fault_id).order_by(FaultEvent.id))
    names = people.names({row.person_id for row in rows if row.person_id})
    return [Event(row.kind, names.get(row.person_id), row.at, row.note) for row in rows]
