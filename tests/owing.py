"""Faults that are moved on at chosen times, for tests of what they owe."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from roundtag import clock, faults
from roundtag.commands import Deed, Outcome, Receipt
from roundtag.models import Contract, Fault, FaultDue, Grant, Notification, Person
from tests.world import World, deliver, fault_form, run, swap_form

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
"""A Monday, 9:00 in Shanghai."""


@dataclass(frozen=True)
class Step:
    fault_id: int
    verb: str
    what: str = ""
    of: int | None = None
    columns: dict[str, Any] = field(default_factory=dict)


def take_step(command: Step, deed: Deed) -> Outcome:
    """Stands in for the verbs of the desk and of engineers: one step of the table."""
    fault = faults.found(command.fault_id, deed)
    if command.verb in ("undone", "claim_accepted"):
        faults.note_event(deed, fault, command.verb, of=command.of)
    else:
        assert faults.advance(deed, fault, command.verb, what=command.what, **command.columns)
    return Outcome("stepped", subject_id=fault.id)


@dataclass(frozen=True)
class End:
    fault_id: int


def end(command: End, deed: Deed) -> Outcome:
    """Restored and resolved in one step, as a swap does it."""
    fault = faults.found(command.fault_id, deed)
    done = faults.settle(deed, fault, "换线")
    return Outcome("ended", state="done" if done else "conflict", subject_id=fault.id)


take_step.__name__ = end.__name__ = "swap"


class Case:
    """One world whose clock the test sets: hours after START."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.monkeypatch = world, monkeypatch
        Grant.update(since=START).execute()
        Contract.update(starts_on=START.date()).execute()
        self.at(0)

    def at(self, hours: float) -> datetime:
        moment = START + timedelta(hours=hours)
        self.monkeypatch.setattr(clock, "now", lambda: moment)
        return moment

    def fault(self, device: int = 0, **more: str) -> int:
        form = fault_form(self.world, device, **more)
        return int(deliver("fault", form, self.world.engineer).subject_id or 0)

    def step(self, fault: int, verb: str, what: str = "", of: int | None = None,
             **columns: Any) -> None:  # fmt: skip
        run(take_step, Step(fault, verb, what, of, columns))

    def level(self, fault: int, level: str) -> None:
        verb = "triage" if Fault.get_by_id(fault).state == "reported" else "set_level"
        self.step(fault, verb, level, level=level)

    def resolve(self, fault: int) -> Receipt:
        return run(end, End(fault), self.world.engineer)

    def swap(self, device: int = 0, **more: str) -> Receipt:
        return deliver("swap", swap_form(self.world, device, **more), self.world.manager)

    def owed(self, fault: int) -> set[str]:
        rows = FaultDue.select().where((FaultDue.fault == fault) & FaultDue.done_at.is_null())
        return {row.kind for row in rows}

    def due(self, fault: int, kind: str) -> FaultDue:
        return FaultDue.get((FaultDue.fault == fault) & (FaultDue.kind == kind))

    def hours(self, moment: datetime | None) -> float | None:
        return None if moment is None else (moment - START) / timedelta(hours=1)


def told(kind: str) -> list[str]:
    """User names of whom a kind of notice went to."""
    query = Person.select(Person.username).join(Notification)
    return sorted(row.username for row in query.where(Notification.kind == kind))
