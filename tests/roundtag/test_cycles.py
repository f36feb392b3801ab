"""Periods, due days and what opens when: pure functions of days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtag import calendar
from roundtag.rounds import cycles
from roundtag.rounds.cycles import Timing

START, END = date(2026, 1, 1), date(2028, 12, 31)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
TIMINGS = st.builds(
    Timing,
    cycle=st.sampled_from([*cycles.CYCLES, "days"]),
    starts_on=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    ends_on=st.dates(date(2027, 1, 1), date(2028, 12, 31)),
    every=st.integers(1, 60),
    due_rule=st.sampled_from(cycles.DUE_RULES),
    due=st.integers(0, 31),
    shift=st.sampled_from(calendar.SHIFTS),
    lead_days=st.integers(0, 31),
)


def timing(cycle: str, **more: object) -> Timing:
    return Timing(cycle, START, END, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cycle", "day", "key", "first", "last"),
    [
        ("daily", date(2026, 11, 25), "2026-11-25", date(2026, 11, 25), date(2026, 11, 25)),
        ("weekly", date(2027, 1, 2), "2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("monthly", date(2028, 2, 29), "2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("quarterly", date(2026, 12, 31), "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("half_yearly", date(2026, 7, 1), "2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("days", date(2026, 1, 16), "2026-01-15", date(2026, 1, 15), date(2026, 1, 28)),
    ],
)
def test_periods(cycle: str, day: date, key: str, first: date, last: date) -> None:
    found = cycles.period_at(timing(cycle, every=14), day)
    assert (found.key, found.first, found.last) == (key, first, last)


@pytest.mark.parametrize(
    ("rule", "due", "shift", "day", "expected"),
    [
        ("day", 10, "none", date(2026, 10, 5), date(2026, 10, 10)),
        ("day", 10, "before", date(2026, 10, 5), date(2026, 10, 10)),  # a Saturday that is worked
        ("day", 10, "before", date(2026, 1, 5), date(2026, 1, 9)),
        ("day", 10, "after", date(2026, 1, 5), date(2026, 1, 12)),
        ("day", 31, "none", date(2026, 2, 5), date(2026, 2, 28)),
        ("day", 31, "none", date(2028, 2, 5), date(2028, 2, 29)),
        ("day", 3, "before", date(2026, 10, 5), date(2026, 10, 8)),  # before it all is holiday
        ("after", 4, "none", date(2026, 3, 9), date(2026, 3, 5)),
        ("end", 0, "before", date(2026, 5, 5), date(2026, 5, 29)),
    ],
)
def test_due_days(rule: str, due: int, shift: str, day: date, expected: date) -> None:
    counted = timing("monthly", due_rule=rule, due=due, shift=shift)
    turn = cycles.turn(counted, cycles.period_at(counted, day))
    assert turn is not None
    assert turn.due_on == expected


def test_a_clients_own_day_off_moves_the_due_day() -> None:
    counted = timing("monthly")
    period = cycles.period_at(counted, date(2026, 11, 2))
    own = {date(2026, 11, 10): False, date(2026, 11, 9): False, date(2026, 11, 8): True}
    turn = cycles.turn(counted, period, own)
    assert turn is not None
    assert turn.due_on == date(2026, 11, 8)


def test_a_plan_that_begins_after_its_due_day_is_due_at_the_end() -> None:
    counted = Timing("monthly", date(2026, 11, 11), END)
    [first, second] = cycles.coming(counted, START, 2)
    assert (first.opens_on, first.due_on) == (date(2026, 11, 11), date(2026, 11, 30))
    assert second.due_on == date(2026, 12, 10)


def test_a_daily_round_keeps_to_working_days_unless_it_shifts_nothing() -> None:
    week = date(2026, 11, 23)
    working = cycles.coming(timing("daily", due_rule="after", due=0), week, 6)
    assert [turn.due_on.weekday() for turn in working] == [0, 1, 2, 3, 4, 0]
    always = cycles.coming(timing("daily", due_rule="after", due=0, shift="none"), week, 6)
    assert [turn.due_on.weekday() for turn in always] == [0, 1, 2, 3, 4, 5]


def test_rounds_open_ahead_by_their_lead() -> None:
    counted = timing("monthly", lead_days=5)
    assert [t.period for t in cycles.open_by(counted, date(2026, 11, 25))] == ["2026-11"]
    periods = [t.period for t in cycles.open_by(counted, date(2026, 11, 26))]
    assert periods == ["2026-11", "2026-12"]


@given(TIMINGS, DAYS)
def test_periods_cover_all_days_and_turns_lie_within_the_term(counted: Timing, day: date) -> None:
    if day >= counted.starts_on:
        period = cycles.period_at(counted, day)
        assert period.first <= day <= period.last
        assert cycles.first_day(counted, period.key) == period.first
    last = None
    for turn in cycles.coming(counted, day, 5):
        assert counted.starts_on <= turn.opens_on <= turn.due_on <= counted.ends_on
        assert last is None or last.period != turn.period
        assert last is None or last.last < turn.last
        last = turn


@given(DAYS, st.sampled_from(["before", "after"]), st.dictionaries(DAYS, st.booleans()))
def test_a_shifted_day_is_the_nearest_working_day(
    day: date, way: str, own: dict[date, bool]
) -> None:
    found = calendar.shift_to_working_day(day, way, own)
    assert calendar.is_working_day(found, own)
    step = timedelta(days=-1 if way == "before" else 1)
    while day != found:
        assert not calendar.is_working_day(day, own)
        day += step


@pytest.mark.parametrize("key", ["2026-13", "2026-W60", "x", "", "2026-02-30", "2026-Q5"])
def test_a_period_that_does_not_exist_has_no_first_day(key: str) -> None:
    for cycle in (*cycles.CYCLES, "days"):
        assert cycles.first_day(timing(cycle), key) is None
