"""Random faults in random places: whatever a desk, a phone with a wrong clock or a level can do."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from roundtag.sla import clocks as fast
from roundtag.sla.events import REASONS, Event
from roundtag.sla.matrix import (
    BY_THE_DAY,
    LEVELS,
    SHIPPED,
    TARGETS,
    Cell,
    Matrix,
    Promise,
    rows_as_json,
)
from roundtag.sla.worktime import Calendars
from tests.roundtag.sla import slow

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = (
    "Asia/Shanghai", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Shanghai",
    "Africa/Cairo", "Australia/Lord_Howe", "Asia/Kolkata",
)  # fmt: skip
WINDOWS = ("2024-02-01", "2024-04-05", "2024-09-10", "2025-01-10", "2025-03-01", "2025-03-20",
           "2025-09-20", "2025-10-10", "2025-12-20", "2026-02-01")  # fmt: skip
OFFICE = [(540, 720), (810, 1050)]
WEEKS = (
    [OFFICE] * 7,
    [OFFICE] * 7,
    [[(510, 720), (840, 1080)]] * 4 + [[(510, 720)], [], [(600, 660)]],
    [[(0, 1440)]] * 7,
    [[(90, 150), (165, 210)], [(0, 61), (1379, 1440)], [], [(1, 2)], OFFICE, OFFICE, OFFICE],
)
PLACES = 24
OFTEN = (
    "level level responded on_site restored resolved paused paused paused resumed resumed "
    "progress cancelled reopened reopened undone claim_accepted claim_accepted dispatched"
)
KINDS = OFTEN.split()
RARE = {"cancelled": 0.2, "resolved": 0.5, "restored": 0.7}


def moment(minute: int) -> datetime:
    return EPOCH + timedelta(minutes=minute)


def minute_of(at: datetime | None) -> float | None:
    return None if at is None else (at - EPOCH) / timedelta(minutes=1)


@lru_cache
def place(number: int) -> tuple[slow.Place, Calendars]:
    dice = random.Random(number)
    zone, week = ZONES[number % len(ZONES)], WEEKS[dice.randrange(len(WEEKS))]
    first = datetime.fromisoformat(WINDOWS[number % len(WINDOWS)]).replace(tzinfo=UTC)
    own: dict[date, bool] = {}
    for _ in range(dice.choice((0, 2, 6))):
        own[first.date() + timedelta(days=dice.randrange(60))] = dice.random() < 0.5
    begin = int((first - EPOCH) / timedelta(minutes=1))
    calendars = Calendars(tuple(tuple(day) for day in week), zone, frozenset(own.items()))
    return slow.Place(zone, week, own, begin), calendars


def rows(dice: random.Random) -> Any:
    kind = dice.random()
    if kind < 0.2:
        return SHIPPED
    if kind < 0.3:
        return BY_THE_DAY
    made = {}
    for level in LEVELS:
        made[level] = {target: _cell(dice) for target in TARGETS}
    return made


def _cell(dice: random.Random) -> Cell:
    first = _promise(dice)
    return Cell(first, first if dice.random() < 0.7 else _promise(dice))


def _promise(dice: random.Random) -> Promise | None:
    if dice.random() < 0.06:
        return None
    minutes = dice.choice((10, 20, 30, 60, 120, 300, 480, 1440, 10 * dice.randrange(1, 200), None))
    return Promise(dice.choice(("always", "hours", "hours", "days")), minutes)


@dataclass(frozen=True, eq=False)
class Case:
    events: list[Event]
    matrix: Matrix
    rows: Any
    place: slow.Place
    calendars: Calendars
    now: datetime

    def fast(self, clocks: Any = None, calendars: Any = None) -> fast.Clocks:
        """`clocks`, `calendars`: a mutant of the function or of the class of calendars."""
        known = self.calendars
        when = calendars(known.week, known.zone, known.own) if calendars else known
        return (clocks or fast.clocks)(self.events, self.matrix, when, self.now)

    def slow(self) -> dict[str, Any]:
        told = [{"kind": e.kind, "at": int(minute_of(e.at) or 0), "what": e.what, "id": e.id,
                 "of": e.of, "claimed": e.claimed_at and int(minute_of(e.claimed_at) or 0)}
                for e in self.events]  # fmt: skip
        return slow.tell(told, self.rows, self.place, int(minute_of(self.now) or 0))


def case(seed: int) -> Case:
    dice = random.Random(f"clocks {seed}")
    where, calendars = place(dice.randrange(PLACES))
    matrix = Matrix(rows(dice), {}, calendars.week, calendars.zone)
    begin = where.first + 1440 + dice.randrange(20 * 1440)
    at, stride = begin, dice.choice((15, 90, 600))
    events = [Event("reported", moment(at), dice.choice(("", *LEVELS)), id=0)]
    for number in range(1, dice.randrange(1, 13)):
        at = _next(dice, at, stride, events, matrix, calendars, begin)
        events.append(_event(dice, number, at, events))
    now = dice.choice((at, at + dice.randrange(1, 3 * stride), _near_due(
        dice, events, matrix, calendars, at)))  # fmt: skip
    if dice.random() < 0.1:
        now = dice.randint(begin, at)
    now = min(now, begin + 16 * 1440)
    return Case(events, matrix, rows_as_json(matrix.rows), where, calendars, moment(now))


def _next(dice: random.Random, at: int, stride: int, events: list[Event], matrix: Matrix,
          calendars: Calendars, begin: int) -> int:  # fmt: skip
    if dice.random() < 0.25:
        return min(_near_due(dice, events, matrix, calendars, at), begin + 12 * 1440)
    return min(at + dice.choice((0, 1, dice.randrange(2 * stride))), max(at, begin + 12 * 1440))


def _near_due(dice: random.Random, events: list[Event], matrix: Matrix, calendars: Calendars,
              at: int) -> int:  # fmt: skip
    """A minute at, just before or just after a deadline: where mistakes are."""
    told = fast.clocks(events, matrix, calendars, moment(at))
    ends = [int(minute_of(clock.due_at) or 0) for clock in told if clock.due_at]
    near = [end + dice.choice((-1, 0, 0, 1)) for end in ends if at < end <= at + 8 * 1440]
    return max(at, dice.choice(near)) if near else at + dice.randrange(60)


def _event(dice: random.Random, number: int, at: int, before: list[Event]) -> Event:
    kind = dice.choice(KINDS)
    if dice.random() > RARE.get(kind, 1.0):
        kind = "progress"
    what, of = "", None
    if kind == "level":
        what = dice.choice(LEVELS)
    elif kind == "paused":
        what = dice.choice(sorted(REASONS))
    elif kind == "resumed":
        what = dice.choice(("", "", *sorted(REASONS)))
    elif kind in ("undone", "claim_accepted"):
        of = dice.choice(before[1:]).id if len(before) > 1 else None
    elif kind == "reopened":
        what = dice.choice(("", *LEVELS))
    claimed = dice.choice((None, at, at - dice.randrange(600), at + dice.randrange(-5000, 5000)))
    return Event(kind, moment(at), what, claimed and moment(claimed), id=number, of=of)
