"""Working days: the public calendar of China with make-up days, over it a client's exceptions.

The library knows the State Council's arrangements year by year (`known_years`); outside of them
Monday to Friday are working days, and pages say so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import chinese_calendar

from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.models import CalendarException, Client
from roundtag.words import N_

Own = Mapping[date, bool]
"""A client's exceptions: day → whether it is a working day."""
DAY = timedelta(days=1)
SHIFTS = ("none", "before", "after")
LIMIT = 400
"""Days off in a row at most: a client that excepts more than a year has no working day."""


@dataclass(frozen=True)
class ExceptDay:
    client_id: int
    day: date
    working: bool
    reason: str | None = None


def except_day(command: ExceptDay, deed: Deed) -> Outcome:
    """Makes a day a working day or a day off for one client, whatever the public calendar says."""
    if not Client.select().where(Client.id == command.client_id).exists():
        raise invalid("client", "unknown", N_("Choose one of the list."))
    deed.require(command.client_id)
    where = (CalendarException.client == command.client_id) & (CalendarException.day == command.day)
    row = CalendarException.get_or_none(where)
    values = {"working": command.working, "reason": command.reason}
    if row is None:
        row = deed.create(CalendarException, client=command.client_id, day=command.day, **values)
    elif row.removed_at or (row.working, row.reason) != (command.working, command.reason):
        deed.change(row, removed_at=None, **values)
    return Outcome(N_("The day is in the calendar."), subject_id=row.id)


@dataclass(frozen=True)
class RemoveException:
    exception_id: int


def remove_exception(command: RemoveException, deed: Deed) -> Outcome:
    """The public calendar decides about that day again."""
    row = CalendarException.get_or_none(CalendarException.id == command.exception_id)
    if row is None:
        raise NotFound
    deed.require(row.client_id)
    standing = (CalendarException.id == row.id) & CalendarException.removed_at.is_null()
    if not deed.claim(CalendarException, standing, removed_at=deed.received_at):
        return Outcome(N_("This day was taken out before."), state="conflict", subject_id=row.id)
    return Outcome(N_("The public calendar decides about this day again."), subject_id=row.id)


def exceptions(client_id: int) -> dict[date, bool]:
    rows = CalendarException.select().where(
        (CalendarException.client == client_id) & CalendarException.removed_at.is_null()
    )
    return {row.day: row.working for row in rows}


def exceptions_of(client_ids: Iterable[int]) -> dict[int, dict[date, bool]]:
    """The exceptions of several clients, in one query."""
    found: dict[int, dict[date, bool]] = {key: {} for key in client_ids}
    rows = CalendarException.select().where(
        (CalendarException.client << list(found)) & CalendarException.removed_at.is_null()
    )
    for row in rows:
        found[row.client_id][row.day] = row.working
    return found


def exception_rows(actor: Actor, client_id: int) -> list[CalendarException]:
    """A client's exceptions as its page lists them, the latest day first; removed ones too."""
    rows = CalendarException.select().where(CalendarException.client == client_id)
    rows = rows.order_by(CalendarException.day.desc())
    return list(visible(actor, rows, CalendarException.client))


def is_working_day(day: date, own: Own | None = None) -> bool:
    """Outside the years that the public calendar covers, Monday to Friday are working days."""
    if own and day in own:
        return own[day]
    if covers(day):
        return chinese_calendar.is_workday(day)
    return day.weekday() < 5


def shift_to_working_day(day: date, direction: str, own: Own | None = None) -> date:
    """The day itself when it is a working day or `direction` is none; else the nearest working day
    before or after it. The day itself again when there is none within LIMIT days."""
    if direction == "none":
        return day
    step = -DAY if direction == "before" else DAY
    tried = day
    for _ in range(LIMIT):
        if is_working_day(tried, own):
            return tried
        tried += step
    return day


def working_days_between(first: date, last: date, own: Own | None = None) -> int:
    """How many working days there are from `first` to `last`, both included; 0 in reverse."""
    span = (last - first).days + 1
    return sum(is_working_day(first + n * DAY, own) for n in range(max(0, span)))


def holiday(day: date) -> str | None:
    """The English name of the public holiday that a day is off for, or is worked for; None of any
    other day."""
    if not covers(day):
        return None
    _, name = chinese_calendar.get_holiday_detail(day)
    return name


def holiday_names(day: date) -> tuple[str, str] | None:
    """The Chinese and English name of a day's public holiday."""
    name = holiday(day)
    known = next((one for one in chinese_calendar.Holiday if one.value == name), None)
    return (known.chinese, known.value) if known else None


def is_make_up_day(day: date) -> bool:
    """A weekend day that is worked for a holiday near it (调休)."""
    return covers(day) and day.weekday() > 4 and chinese_calendar.is_workday(day)


def covers(day: date) -> bool:
    """Whether the State Council's arrangement for that year is known to the library."""
    return day.year in known_years()


@cache
def known_years() -> frozenset[int]:
    return frozenset(day.year for day in chinese_calendar.holidays)


def span() -> tuple[int, int]:
    """The first and the last year that the public calendar covers."""
    return min(known_years()), max(known_years())
