"""The three clocks of a fault as its stored events tell them, and when somebody must look again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from roundtag import calendar, clock, contracts
from roundtag.contracts.matrices import AGES
from roundtag.fault_events import told
from roundtag.models import Fault
from roundtag.models.faults import OPEN_STATES
from roundtag.sla import ladder, progress
from roundtag.sla.clocks import Clocks, clocks
from roundtag.sla.events import LEVEL, Event, corrected
from roundtag.sla.matrix import DEFAULT, Matrix
from roundtag.sla.worktime import Calendars

__all__ = ["Terms", "TermsBook", "clocks_at", "clocks_of", "deadlines", "keep_deadlines", "told"]
WATCHED = (*OPEN_STATES, "restored")
"""States in which time can still ask for something."""


@dataclass(frozen=True)
class Terms:
    """What a fault is held to for good: the matrix of its report time and its calendars."""

    matrix: Matrix
    calendars: Calendars


class TermsBook:
    """The terms of many faults; the matrices and calendars of all their contracts are read once, in
    three statements."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        asked = list(faults)
        self._versions = contracts.matrices_of(one.contract_id for one in asked if one.contract_id)
        self._own = calendar.exceptions_of(sorted({one.client_id for one in asked}))
        self._terms: dict[tuple[int | None, int, int], Terms] = {}

    def of(self, fault: Fault) -> Terms:
        held = self._versions[fault.contract_id] if fault.contract_id else [(AGES, DEFAULT)]
        matrix = next(matrix for since, matrix in reversed(held) if since <= fault.reported_at)
        key = fault.contract_id, matrix.number, fault.client_id
        if key not in self._terms:
            own = contracts.calendars_of(matrix, self._own[fault.client_id])
            self._terms[key] = Terms(matrix, own)
        return self._terms[key]


def clocks_of(fault: Fault, now: datetime | None = None) -> Clocks:
    """What is promised for this fault and how far time has run."""
    terms = TermsBook([fault]).of(fault)
    return clocks_at(told([fault.id])[fault.id], terms, now or clock.now())


def clocks_at(events: list[Event], terms: Terms, now: datetime) -> Clocks:
    """As `sla.clocks`, where the present is never before what has happened: the machine that wrote
    it may be ahead of this one, or the clock was set back."""
    present = max(now, events[0].at, events[-1].at) if events else now
    return clocks(events, terms.matrix, terms.calendars, present)


def deadlines(fault: Fault, events: list[Event], terms: Terms,
              now: datetime) -> tuple[datetime | None, datetime | None]:  # fmt: skip
    """The next promise that is due, and the next moment at which the ladder, an upgrade or an
    hourly entry asks for something; None when nothing will."""
    found = clocks_at(events, terms, now)
    rungs = ladder.ladder_of(terms.matrix.warn)
    moments = [
        _looked_at(at, percent)
        for one in found
        if one.ended_at is None
        for percent in {rung.percent for rung in rungs if rung.percent}
        if (at := one.reached(percent))
    ]
    rise = ladder.next_upgrade(found, risen=risen_at(events))
    owed = progress.progress_owed(events, now)
    hours = [owed.due_at - progress.EVERY, owed.due_at] if owed else []
    ends = [_looked_at(at) for at in (rise and rise[1], *hours) if at]
    return found.next_due, min((at for at in (*moments, *ends) if at > now), default=None)


def _looked_at(at: datetime, percent: int = 100) -> datetime:
    """A deed at the very instant of a promise's end is in time: one looks just after it."""
    return at + timedelta(microseconds=1) if percent >= 100 else at


def risen_at(events: Iterable[Event]) -> datetime | None:
    """When the fault rose by itself last."""
    rises = (one.at for one in corrected(events) if one.kind == LEVEL and one.who is None)
    return max(rises, default=None)


def keep_deadlines(fault: Fault, now: datetime, *, served: bool = False,
                   again: bool = False) -> None:  # fmt: skip
    """Writes down what the board sorts by and the scheduler wakes for; call it inside the deed
    after its events. Both are derived, so no log holds them. What was to be looked at before `now`
    and was not `served` yet stays to be looked at; `again` asks for a look at once: a new level may
    be broken, or rise, from the start."""
    due, wakes, missed = None, None, None if served else fault.wakes_at
    if fault.state in WATCHED:
        terms = TermsBook([fault]).of(fault)
        due, wakes = deadlines(fault, told([fault.id])[fault.id], terms, now)
        wakes = now if again else missed if missed and missed <= now else wakes
    Fault.update(next_due_at=due, wakes_at=wakes).where(Fault.id == fault.id).execute()
    fault.next_due_at, fault.wakes_at = due, wakes
