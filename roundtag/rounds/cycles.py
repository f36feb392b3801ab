"""When rounds of a plan open and are due: pure functions of days, no database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from roundtag import calendar

DAY = timedelta(days=1)
CYCLES = {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "half_yearly": 184}
"""Cycles with the longest time that two rounds of them lie apart, in days."""
MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6}
DUE_RULES = ("day", "after", "end")
Own = Mapping[date, bool]


@dataclass(frozen=True)
class Timing:
    """How a plan counts; `starts_on` and `ends_on` lie within its contract's term."""

    cycle: str
    starts_on: date
    ends_on: date
    every: int = 1
    due_rule: str = "day"
    due: int = 10
    shift: str = "before"
    lead_days: int = 0


@dataclass(frozen=True)
class Period:
    """One turn of a cycle: its name, its first and last day."""

    key: str
    first: date
    last: date


@dataclass(frozen=True)
class Turn:
    """A round that a plan asks for: it opens, is due, and its period ends."""

    period: str
    opens_on: date
    due_on: date
    last: date


def period_at(timing: Timing, day: date) -> Period:
    """The period that a day lies in."""
    if timing.cycle == "weekly":
        first = day - timedelta(days=day.weekday())
        year, week, _ = day.isocalendar()
        return Period(f"{year}-W{week:02}", first, first + 6 * DAY)
    if timing.cycle in MONTHS:
        return _months(timing.cycle, day)
    length = max(1, timing.every) if timing.cycle == "days" else 1
    first = day - timedelta(days=(day - timing.starts_on).days % length)
    return Period(first.isoformat(), first, first + (length - 1) * DAY)


def _months(cycle: str, day: date) -> Period:
    length = MONTHS[cycle]
    number = (day.month - 1) // length
    first = date(day.year, number * length + 1, 1)
    name = {1: f"{day:%Y-%m}", 3: f"{day.year}-Q{number + 1}", 6: f"{day.year}-H{number + 1}"}
    return Period(name[length], first, _month_end(add_months(first, length - 1)))


def add_months(first: date, count: int) -> date:
    """The first day of the month that lies `count` months after that of `first`."""
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def _month_end(day: date) -> date:
    return add_months(day, 1) - DAY


def turn(timing: Timing, period: Period, own: Own | None = None) -> Turn | None:
    """The round of a period; None where the plan does not run in it, or where a daily one would
    fall on a day off."""
    first, last = max(period.first, timing.starts_on), min(period.last, timing.ends_on)
    if first > last:
        return None
    if timing.cycle == "daily" and timing.shift != "none" and not calendar.is_working_day(
        period.first, own
    ):  # fmt: skip
        return None
    opens = max(first - timedelta(days=timing.lead_days), min(first, timing.starts_on))
    return Turn(period.key, opens, _due(timing, period, first, last, own), last)


def _due(timing: Timing, period: Period, first: date, last: date, own: Own | None) -> date:
    """Within the days on which the round can be walked: what cannot be met otherwise is due at its
    last day."""
    due = due_day(timing, period)
    if due < first:  # the plan began after it
        due = last
    moved = calendar.shift_to_working_day(due, timing.shift, own)
    if moved < first:
        moved = calendar.shift_to_working_day(due, "after", own)
    return min(max(moved, first), timing.ends_on)


def due_day(timing: Timing, period: Period) -> date:
    """The due day as the rule names it, before days off: day 31 is a shorter month's last day."""
    if timing.due_rule == "after":
        return period.first + timing.due * DAY
    if timing.due_rule == "end":
        return period.last
    month = period.last.replace(day=1)
    return month.replace(day=min(max(1, timing.due), _month_end(month).day))


def turns(timing: Timing, since: date, own: Own | None = None) -> Iterator[Turn]:
    """All rounds of a plan whose period has not ended before `since`, in order."""
    day = max(since, timing.starts_on)
    while day <= timing.ends_on:
        period = period_at(timing, day)
        found = turn(timing, period, own)
        if found:
            yield found
        day = period.last + DAY


def coming(timing: Timing, since: date, count: int, own: Own | None = None) -> list[Turn]:
    return list(islice(turns(timing, since, own), count))


def open_by(timing: Timing, today: date, own: Own | None = None) -> Iterator[Turn]:
    """The rounds that should be open today: of the running period, and of those that open ahead."""
    for found in turns(timing, today, own):
        if found.opens_on > today:
            return
        yield found


def first_day(timing: Timing, key: str) -> date | None:
    """The first day of the period with that name; None when this cycle has none of it."""
    try:
        day = _named(timing.cycle, key)
    except ValueError:
        return None
    return day if day and period_at(timing, day).key == key else None


def _named(cycle: str, key: str) -> date | None:
    if cycle == "weekly":
        return date.fromisoformat(f"{key}-1")
    if cycle not in MONTHS:
        return date.fromisoformat(key)
    year, part = int(key[:4]), key[5:]
    number = int(part.lstrip("QH"))
    return date(year, (number - 1) * MONTHS[cycle] + 1, 1)
