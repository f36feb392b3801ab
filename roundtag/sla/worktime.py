"""Working time: which stretches of time count, and how far a counted duration reaches.

Pure: which days are working days comes from roundtag.calendar and the client's own days, passed in
as data; nothing here reads a clock or a table. A span of working hours is half-open: its first
instant counts, its last does not. Spans are turned into stretches of UTC once per year and added
up, so that each question is one binary search however long a fault lasts.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from roundtag import calendar

ALWAYS, HOURS, DAYS = "always", "hours", "days"
KINDS = (ALWAYS, HOURS, DAYS)
"""What a promise counts in: every hour, working hours, or the whole of each working day."""

Span = tuple[int, int]
"""Minutes since midnight, from and until (exclusive)."""
Week = tuple[tuple[Span, ...], ...]
"""The spans of Monday to Sunday. Those of a day off count only when it is made a working day."""

WHOLE_DAYS: Week = (((0, 1440),),) * 7
OFFICE_HOURS: Week = (((540, 720), (810, 1050)),) * 7
"""9:00 to 12:00 and 13:30 to 17:30."""

ZERO = timedelta()
DAY = timedelta(days=1)
MARGIN = timedelta(hours=16)
"""No zone is further from UTC than this."""
LAST_YEAR = 2200


Pause = tuple[datetime, datetime | None]
"""From and until (exclusive); None: still going on."""


class NoWorkingTime(ValueError):
    """A week without working time: a duration would never end."""


class Counting(Protocol):
    """How time is counted. Moments are aware and in UTC."""

    def working_between(self, start: datetime, end: datetime) -> timedelta: ...

    def add_working(self, start: datetime, duration: timedelta) -> datetime: ...

    def add_unpaused(self, start: datetime, duration: timedelta, pauses: Sequence[Pause],
                     now: datetime) -> datetime:  # fmt: skip
        """As add_working, where time stands still in the pauses (in order, apart, after `start`);
        one that is going on is taken to end now."""


class Elapsed:
    """Every hour counts, also the one that a clock shows twice."""

    @staticmethod
    def working_between(start: datetime, end: datetime) -> timedelta:
        return end - start if end > start else ZERO

    @staticmethod
    def add_working(start: datetime, duration: timedelta) -> datetime:
        return start + duration

    @staticmethod
    def add_unpaused(start: datetime, duration: timedelta, pauses: Sequence[Pause],
                     now: datetime) -> datetime:  # fmt: skip
        due = start + duration
        for begin, until in pauses:
            if due <= begin:
                break
            due += (until or now) - begin
        return due


class Table(NamedTuple):
    """The stretches of some years, and how much has been counted before each of them."""

    first: int = 1
    until: int = 0
    starts: Sequence[datetime] = ()
    ends: Sequence[datetime] = ()
    before: Sequence[timedelta] = ()
    total: timedelta = ZERO

    def counted(self, moment: datetime) -> timedelta:
        place = bisect_right(self.starts, moment) - 1
        if place < 0:
            return ZERO
        end = self.ends[place]
        return self.before[place] + ((moment if moment < end else end) - self.starts[place])

    def wanted(self, start: datetime, duration: timedelta, pauses: Sequence[Pause],
               now: datetime) -> timedelta:  # fmt: skip
        """How much will have been counted when `duration` is used up, the pauses included."""
        found = self.counted(start) + duration
        for begin, until in pauses:
            counted = self.counted(begin)
            if found <= counted:
                break
            found += self.counted(until or now) - counted
        return found

    def reaches(self, counted: timedelta) -> datetime:
        place = bisect_left(self.before, counted) - 1
        return self.starts[place] + (counted - self.before[place])


class WorkTime:
    """The working hours of one contract: its week, its zone, its client's own days."""

    def __init__(self, week: Week, zone: str, own: Iterable[tuple[date, bool]] = ()) -> None:
        if not any(week[:5]):
            raise NoWorkingTime("no working hours from Monday to Friday")
        self.week, self.zone, self.own = week, ZoneInfo(zone), dict(own)
        self.table = Table()
        self.next_ends: dict[date, datetime] = {}

    def is_working_day(self, day: date) -> bool:
        own = self.own.get(day)
        return _is_public_working_day(day) if own is None else own

    def next_working_day(self, day: date) -> date:
        """The first working day after `day` that has working hours."""
        day += DAY
        while not (self.week[day.weekday()] and self.is_working_day(day)):
            day += DAY
        return day

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` until `end` (exclusive); none when they are reversed."""
        if end <= start:
            return ZERO
        table = self._covering(start.year - 1, end.year + 1)
        return table.counted(end) - table.counted(start)

    def add_working(self, start: datetime, duration: timedelta) -> datetime:
        """The first instant by which `duration` has been counted since `start`."""
        return self.add_unpaused(start, duration, (), start)

    def add_unpaused(self, start: datetime, duration: timedelta, pauses: Sequence[Pause],
                     now: datetime) -> datetime:  # fmt: skip
        if duration <= ZERO:
            return start
        table = self.table
        if not (table.first < start.year and now.year < table.until > start.year):
            table = self._covering(start.year - 1, max(start.year, now.year) + 1)
        while (wanted := table.wanted(start, duration, pauses, now)) > table.total:
            if table.until > LAST_YEAR:
                raise NoWorkingTime("this duration does not end")
            table = self._covering(table.first, table.until + 1)
        return table.reaches(wanted)

    def end_of_next_working_day(self, start: datetime) -> datetime:
        """When the working hours end on the working day after the local day of `start`."""
        today = start.astimezone(self.zone).date()
        if today not in self.next_ends:
            day = self.next_working_day(today)
            self.next_ends[today] = max(end for _, end in self.stretches(day))
        return self.next_ends[today]

    def stretches(self, day: date) -> list[tuple[datetime, datetime]]:
        """The working time of a local day in UTC, whatever the clocks do on it."""
        if not self.is_working_day(day):
            return []
        return sorted(self._in_utc(day, self.week[day.weekday()]))

    def _in_utc(self, day: date, spans: Iterable[Span]) -> Iterator[tuple[datetime, datetime]]:
        midnight = datetime.combine(day, time(), UTC)
        early, late = midnight - MARGIN, midnight + DAY + MARGIN
        old, new = self._offset(early), self._offset(late)
        change = late if old == new else self._change(early, late)
        for first, last in spans:
            begin, end = (midnight + timedelta(minutes=minute) for minute in (first, last))
            if begin - old < min(end - old, change):
                yield begin - old, min(end - old, change)
            if old != new and max(begin - new, change) < end - new:
                yield max(begin - new, change), end - new

    def _offset(self, moment: datetime) -> timedelta:
        return moment.astimezone(self.zone).utcoffset() or ZERO

    def _change(self, low: datetime, high: datetime) -> datetime:
        """The first instant of the new offset."""
        old = self._offset(low)
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) // timedelta(seconds=2) * timedelta(seconds=1)
            low, high = (middle, high) if self._offset(middle) == old else (low, middle)
        return high

    def _covering(self, first: int, last: int) -> Table:
        """A table of at least these years (inclusive). It is put in place whole, so that threads
        that share it never see half of one."""
        known = self.table
        if not (known.first <= first and last < known.until):
            if known.until:
                first, last = min(first, known.first), max(last, known.until - 1)
            known = self.table = self._built(first, last)
        return known

    def _built(self, first: int, last: int) -> Table:
        starts, ends, before, total = [], [], [], ZERO
        for number in range(date(first, 1, 1).toordinal(), date(last + 1, 1, 1).toordinal()):
            for begin, end in self.stretches(date.fromordinal(number)):
                starts.append(begin)
                ends.append(end)
                before.append(total)
                total += end - begin
        return Table(first, last + 1, starts, ends, before, total)


@dataclass(frozen=True)
class Calendars:
    """What time counts for one contract: its working hours, its zone, its client's own days."""

    week: Week = OFFICE_HOURS
    zone: str = "Asia/Shanghai"
    own: frozenset[tuple[date, bool]] = frozenset()

    @cached_property
    def countings(self) -> dict[str, Counting]:
        """By kind; the tables behind them are shared by all calendars that are equal."""
        return {ALWAYS: Elapsed(), HOURS: self.hours(HOURS), DAYS: self.hours(DAYS)}

    def hours(self, kind: str) -> WorkTime:
        return _worktime(WHOLE_DAYS if kind == DAYS else self.week, self.zone, self.own)

    def on_working_day(self, moment: datetime) -> bool:
        """Whether the local day of a moment is a working day, at whatever hour."""
        hours = self.hours(HOURS)
        return hours.is_working_day(moment.astimezone(hours.zone).date())


@lru_cache(maxsize=256)
def _worktime(week: Week, zone: str, own: frozenset[tuple[date, bool]]) -> WorkTime:
    return WorkTime(week, zone, own)


@lru_cache(maxsize=8192)
def _is_public_working_day(day: date) -> bool:
    return calendar.is_working_day(day)
