"""Three clocks of one fault, from its events: no database, no hidden clock, no state.

`clocks(events, matrix, calendars, now)` says what was known at `now`. Each promise runs from the
receipt of the report (or of the reopening, which begins a new cycle) and counts in the calendar of
its level. A change of level recomputes from the events: the new promise runs from the same start,
and pauses are counted in its calendar. A breach that was had stays: what was due under the level of
that moment and was not done is in `breaches` for good. A deed at the very instant it is due is in
time. A clock that was met keeps the level it was met under.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from roundtag.sla.events import CORRECTING, REASONS, Event, corrected
from roundtag.sla.matrix import ON_SITE, RESPONSE, RESTORE, TARGETS, UNTRIAGED, Matrix
from roundtag.sla.worktime import DAYS, HOURS, ZERO, Calendars, Counting, Pause

RUNNING, PAUSED, MET, BREACHED, MET_LATE, STOPPED, NONE = (
    "running", "paused", "met", "breached", "met_late", "stopped", "none",
)  # fmt: skip
"""NONE: nothing is promised at this level. STOPPED: not needed any more before it was due."""

ENDING = {
    "responded": ((RESPONSE, True),),
    "on_site": ((RESPONSE, True), (ON_SITE, True)),
    "restored": ((RESPONSE, True), (ON_SITE, False), (RESTORE, True)),
    "resolved": ((RESPONSE, True), (ON_SITE, False), (RESTORE, True)),
    "cancelled": ((RESPONSE, False), (ON_SITE, False), (RESTORE, False)),
}
"""Which clocks an event ends, and whether by what was promised: help from afar needs no visit."""

MATTERS = frozenset({*ENDING, *CORRECTING, "paused", "resumed", "level", "reported", "reopened"})
STOPPING = frozenset((code, target) for code, reason in REASONS.items() for target in reason.stops)
PAUSED_AT_ALL = frozenset(target for _, target in STOPPING)
Mark = tuple[str, datetime, str]
"""A pause or its end: kind, time, reason."""


class Breach(NamedTuple):
    """`at`: the first instant at which the promise of `level` was broken; `due_at`: its end."""

    target: str
    cycle: int
    level: str
    due_at: datetime
    at: datetime


class Clock(NamedTuple):
    """`due_at` of a paused clock is as if it ran on from now. `breaches` are of all cycles."""

    target: str
    state: str
    level: str
    cycle: int
    started_at: datetime
    due_at: datetime | None
    met_at: datetime | None
    ended_at: datetime | None
    """When it was met or stopped."""
    breached_at: datetime | None
    """In this cycle."""
    breaches: tuple[Breach, ...]
    pauses: Sequence[Pause]
    counting: Counting | None
    budget: timedelta
    as_of: datetime

    @property
    def elapsed(self) -> timedelta:
        """Counted time without pauses, until the clock ended or now."""
        if self.counting is None:
            return ZERO
        end = self.ended_at or self.as_of
        run = self.counting.working_between(self.started_at, end)
        for begin, until in self.pauses:
            run -= self.counting.working_between(begin, min(until or end, end))
        return run

    @property
    def remaining(self) -> timedelta:
        """Counted time left; less than none when it is over."""
        return self.budget - self.elapsed

    @property
    def fraction(self) -> float:
        return self.elapsed / self.budget if self.budget else 0.0

    def reached(self, percent: int) -> datetime | None:
        """When this part of the promise is used up, in the past or to come; None for never."""
        if self.counting is None:
            return None
        part = self.budget * percent / 100
        at = self.counting.add_unpaused(self.started_at, part, self.pauses, self.as_of)
        return None if self.ended_at and at >= self.ended_at else at


class Clocks(NamedTuple):
    response: Clock
    on_site: Clock
    restore: Clock

    @property
    def next_due(self) -> datetime | None:
        """The next deadline of this fault; one that is over counts until it is met."""
        open_ends = [c.due_at for c in self if c.due_at and c.ended_at is None]
        return min(open_ends, default=None)


def clocks(events: Iterable[Event], matrix: Matrix, calendars: Calendars, now: datetime) -> Clocks:
    """Raises ValueError when the events hold no report before `now`."""
    told = events if isinstance(events, list) else list(events)
    if told and told[-1].at > now:
        told = [event for event in told if event.at <= now]
    return _tell(told, matrix, calendars, now)


def _tell(events: list[Event], matrix: Matrix, calendars: Calendars, now: datetime) -> Clocks:
    levels: list[tuple[datetime, str]] = []
    marks: list[Mark] = []
    ends: dict[str, tuple[datetime, bool]] = {}
    breaches: list[Breach] = []
    cycle = 0
    for event in events:
        kind = event.kind
        if kind not in MATTERS:
            continue
        at, what = event.at, event.what
        if kind == "paused" or kind == "resumed":
            marks.append((kind, at, what))
        elif kind in ENDING:
            for target, met in ENDING[kind]:
                if target not in ends:
                    ends[target] = (at, met)
        elif kind == "level":
            levels.append((at, what))
        elif kind in CORRECTING:
            return _tell(corrected(events), matrix, calendars, now)
        else:
            if cycle:
                for clock in _judge(cycle, levels, marks, ends, matrix, calendars, at):
                    breaches.extend(clock.breaches)
            cycle += 1
            levels = [(at, what or (levels[-1][1] if levels else UNTRIAGED))]
            marks, ends = [], {}
    if not cycle:
        raise ValueError("the events hold no report")
    found = _judge(cycle, levels, marks, ends, matrix, calendars, now)
    return Clocks(*(_with(clock, breaches) for clock in found) if breaches else found)


def _with(clock: Clock, breaches: Sequence[Breach]) -> Clock:
    had = tuple(breach for breach in breaches if breach.target == clock.target)
    return clock._replace(breaches=had + clock.breaches) if had else clock


def _judge(cycle: int, levels: Sequence[tuple[datetime, str]], marks: Sequence[Mark],
           ends: dict[str, tuple[datetime, bool]], matrix: Matrix, calendars: Calendars,
           now: datetime) -> list[Clock]:  # fmt: skip
    workday = not matrix.minds_the_day or calendars.on_working_day(levels[0][0])
    return [
        _clock(target, cycle, levels, marks, ends.get(target), matrix, calendars, workday, now)
        for target in TARGETS
    ]


def _clock(target: str, cycle: int, levels: Sequence[tuple[datetime, str]],
           marks: Sequence[Mark], ended: tuple[datetime, bool] | None, matrix: Matrix,
           calendars: Calendars, workday: bool, now: datetime) -> Clock:  # fmt: skip
    started = levels[0][0]
    end, met = ended or (now, False)
    if ended and levels[-1][0] >= end:
        levels = [levels[0], *(change for change in levels[1:] if change[0] < end)]
    pauses: Sequence[Pause] = (
        _pauses(marks, target, end if ended else None) if marks and target in PAUSED_AT_ALL else ()
    )
    breach: Breach | None = None
    for place, (begin, level) in enumerate(levels, 1):
        term = matrix.terms.get((level, target, workday))
        if term is None:
            counting, budget, due = None, ZERO, None
            continue
        kind, span = term
        counting = calendars.countings[kind]
        budget = span or _until_next_day(kind, started, calendars, counting)
        until = levels[place][0] if place < len(levels) else end
        if place < len(levels) and (breach or until - started <= budget):
            continue  # nothing can be broken before so much time has gone by, however counted
        due = counting.add_unpaused(started, budget, pauses, now)
        if breach is None:
            at = due if due > begin else begin
            if at < until:
                breach = Breach(target, cycle, level, due, at)
    paused = bool(pauses) and pauses[-1][1] is None
    # Clock(…) in the quickest way: three of them are made for every fault of every page.
    return tuple.__new__(Clock, (
        target, _state(breach is not None, due is not None, ended, paused), level, cycle, started,
        due, end if met else None, end if ended else None, breach and breach.at,
        (breach,) if breach else (), pauses, counting, budget, now,
    ))  # fmt: skip


def _state(breached: bool, promised: bool, ended: tuple[datetime, bool] | None,
           paused: bool) -> str:  # fmt: skip
    if ended and ended[1]:
        return MET_LATE if breached else MET
    if breached:
        return BREACHED
    if not promised:
        return NONE
    if ended:
        return STOPPED
    return PAUSED if paused else RUNNING


def _until_next_day(kind: str, started: datetime, calendars: Calendars,
                    counting: Counting) -> timedelta:  # fmt: skip
    """The next working day is first found, and then an amount of counted time like any other."""
    hours = calendars.hours(DAYS if kind == DAYS else HOURS)
    return counting.working_between(started, hours.end_of_next_working_day(started))


def _pauses(marks: Iterable[Mark], target: str, end: datetime | None) -> list[Pause]:
    """When this clock stood still: as long as any reason holds that stops it, until its end."""
    found: list[Pause] = []
    holding: set[str] = set()
    began: datetime | None = None
    for kind, at, reason in marks:
        if end and at >= end:
            break
        if kind == "paused":
            if (reason, target) in STOPPING:
                began = at if began is None else began
                holding.add(reason)
            continue
        holding = holding - {reason} if reason else set()
        if began is not None and not holding:
            found.append((began, at))
            began = None
    return [*found, (began, end)] if began is not None else found
