"""Working time by hand: lunch, holidays, make-up days, clocks that are changed, leap days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from roundtag.sla.worktime import DAYS, HOURS, OFFICE_HOURS, Calendars, NoWorkingTime, WorkTime

HOUR = timedelta(hours=1)
SHANGHAI = "Asia/Shanghai"


def at(text: str, zone: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def add(start: str, hours: float, kind: str = HOURS, zone: str = SHANGHAI,
        own: frozenset[tuple[date, bool]] = frozenset()) -> str:  # fmt: skip
    counting = Calendars(zone=zone, own=own).countings[kind]
    found = counting.add_working(at(start, zone), hours * HOUR).astimezone(ZoneInfo(zone))
    return found.strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(("start", "hours", "end"), [
    ("2026-11-25 09:00", 3, "2026-11-25 12:00"),  # the first instant by which it is counted
    ("2026-11-25 11:30", 1, "2026-11-25 14:00"),  # over lunch
    ("2026-11-25 12:30", 0.5, "2026-11-25 14:00"),
    ("2026-11-25 20:00", 2, "2026-11-26 11:00"),  # after hours
    ("2026-11-27 17:00", 1, "2026-11-30 09:30"),  # over a weekend
    ("2025-09-30 17:00", 1, "2025-10-09 09:30"),  # over eight days of National Day
    ("2025-09-27 10:00", 1, "2025-09-28 10:00"),  # Sunday the 28th was made a working day
    ("2025-10-10 17:00", 1, "2025-10-11 09:30"),  # so was Saturday the 11th
    ("2024-02-28 17:00", 1, "2024-02-29 09:30"),  # a leap day
    ("2024-12-31 17:00", 8, "2025-01-03 09:30"),  # New Year
])  # fmt: skip
def test_a_duration_in_working_hours(start: str, hours: float, end: str) -> None:
    assert add(start, hours) == end


def test_a_client_has_days_of_its_own() -> None:
    own = frozenset({(date(2026, 11, 26), False), (date(2026, 11, 28), True)})
    assert add("2026-11-25 17:00", 1, own=own) == "2026-11-27 09:30"
    assert add("2026-11-27 17:00", 1, own=own) == "2026-11-28 09:30"


@pytest.mark.parametrize(("zone", "start", "hours", "end"), [
    ("Europe/Berlin", "2025-03-27 00:00", 48, "2025-03-29 00:00"),
    ("Europe/Berlin", "2025-10-27 00:00", 12, "2025-10-27 12:00"),
    ("Africa/Cairo", "2025-04-25 01:00", 22, "2025-04-25 23:00"),  # a day that begins at 1:00
    ("America/New_York", "2025-10-31 12:00", 24, "2025-11-03 12:00"),
])  # fmt: skip
def test_whole_working_days_where_clocks_are_changed(
    zone: str, start: str, hours: float, end: str
) -> None:
    assert add(start, hours, DAYS, zone) == end


def test_a_day_of_23_and_one_of_25_hours() -> None:
    sundays = frozenset({(date(2025, 3, 30), True), (date(2025, 10, 26), True)})
    days = Calendars(zone="Europe/Berlin", own=sundays).countings[DAYS]
    for day, hours in (("2025-03-30", 23), ("2025-10-26", 25)):
        start = at(f"{day} 00:00", "Europe/Berlin")
        end = at(f"{day} 23:59", "Europe/Berlin") + timedelta(minutes=1)
        assert days.working_between(start, end) == hours * HOUR


def test_what_lies_between() -> None:
    hours = Calendars().countings[HOURS]
    friday, monday = at("2026-11-27 17:00"), at("2026-11-30 09:15")
    assert hours.working_between(friday, monday) == timedelta(minutes=45)
    assert hours.working_between(monday, friday) == timedelta()
    assert hours.add_working(friday, timedelta()) == friday


def test_adding_and_counting_agree_to_the_microsecond() -> None:
    hours = Calendars().countings[HOURS]
    start = at("2026-11-25 11:59") + timedelta(microseconds=7)
    for many in (1, 59_999_993, 60_000_000, 3_600_000_001, 10**11):
        duration = timedelta(microseconds=many)
        assert hours.working_between(start, hours.add_working(start, duration)) == duration


def test_the_next_working_day() -> None:
    hours = Calendars().hours(HOURS)
    assert hours.next_working_day(date(2025, 9, 30)) == date(2025, 10, 9)
    assert hours.next_working_day(date(2025, 9, 27)) == date(2025, 9, 28)
    assert hours.end_of_next_working_day(at("2026-11-27 08:00")) == at("2026-11-30 17:30")
    no_fridays = WorkTime((*OFFICE_HOURS[:4], (), *OFFICE_HOURS[5:]), SHANGHAI)
    assert no_fridays.next_working_day(date(2026, 11, 26)) == date(2026, 11, 30)


def test_the_public_calendar_ends_and_time_goes_on() -> None:
    """Of years that nobody has announced yet, Monday to Friday are working days."""
    assert add("2045-10-02 17:00", 1) == "2045-10-03 09:30"


def test_a_week_without_working_time_is_refused() -> None:
    with pytest.raises(NoWorkingTime):
        WorkTime(((),) * 7, SHANGHAI)
    hours = Calendars().hours(HOURS)
    with pytest.raises(NoWorkingTime):
        hours.add_working(at("2190-01-01 00:00"), timedelta(days=36_500))
