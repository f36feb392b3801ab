"""Working days of China: the public calendar with make-up days, over it a client's exceptions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import chinese_calendar

from roundtag.commands import Deed, Outcome
from roundtag.models import CalendarException
from roundtag.words import N_


@dataclass(frozen=True)
class ExceptDay:
    client_id: int
    day: date
    working: bool


def except_day(command: ExceptDay, deed: Deed) -> Outcome:
    """Makes a day a working day or a day off for one client, whatever the public calendar says."""
    deed.require(command.client_id)
    where = (CalendarException.client == command.client_id) & (CalendarException.day == command.day)
    row = CalendarException.get_or_none(where)
    if row is None:
        values = {"client": command.client_id, "day": command.day, "working": command.working}
        row = deed.create(CalendarException, **values)
    elif row.working != command.working:
        deed.change(row, working=command.working)
    return Outcome(N_("The day is in the calendar."), subject_id=row.id)


def exceptions(client_id: int) -> dict[date, bool]:
    rows = CalendarException.select().where(CalendarException.client == client_id)
    return {row.day: row.working for row in rows}


def is_working_day(day: date, own: Mapping[date, bool] | None = None) -> bool:
    """Outside the years that the public calendar covers, Monday to Friday are working days."""
    if own and day in own:
        return own[day]
    if covers(day):
        return chinese_calendar.is_workday(day)
    return day.weekday() < 5


def covers(day: date) -> bool:
    """Whether the State Council's arrangement for that year is known to the library."""
    return day.year in known_years()


def known_years() -> frozenset[int]:
    return frozenset(day.year for day in chinese_calendar.holidays)
