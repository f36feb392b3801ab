"""forecasts: a line that one mistake does not bend, and that says when it knows nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roundtag.forecasts import AHEAD, FAR, FEW, FLAT, REACHED, forecast, segments, slope
from roundtag.trends import Point

FIRST = date(2026, 1, 1)


def course(*values: float, step: int = 30, first: date = FIRST) -> list[Point]:
    return [Point(first + timedelta(days=step * n), v, "pass") for n, v in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "limit", "kind"),
    [
        ((100, 200, 300), 1000, AHEAD),
        ((100, 200, 300), 300, REACHED),
        ((100, 200, 301), 300, REACHED),
        ((100, 200), 1000, FEW),
        ((100,), 1000, FEW),
        ((100, 100, 100), 1000, FLAT),
        ((0, 0, 0, 0), 1000, FLAT),
        ((100, 100.1, 100.2), 1000, FAR),
        ((900, 950, 1000, 5), 1000, AHEAD),
        ((900, 5), 1000, FEW),
        ((5, 4, 3, 2), 1000, FEW),
    ],
)
def test_what_can_be_said(values: tuple[float, ...], limit: float, kind: str) -> None:
    told = forecast(course(*values), limit)
    assert told
    assert told.kind == kind


def test_nothing_read_says_nothing() -> None:
    assert forecast([], 1000) is None


def test_values_of_one_fortnight_are_too_few() -> None:
    told = forecast(course(1, 2, 3, 4, step=4), 1000)
    assert told
    assert told.kind == FEW


def test_a_new_lamp_starts_anew_and_takes_the_pace_of_the_one_before() -> None:
    told = forecast(course(400, 700, 1000, 10), 2000)
    assert told
    assert (told.kind, told.earlier, told.per_day) == (AHEAD, True, 10)
    assert told.on == FIRST + timedelta(days=90 + 199)
    own = forecast(course(400, 700, 1000, 10, 40, 70), 2000)
    assert own
    assert (own.earlier, own.per_day) == (False, 1)


numbers = st.floats(0.1, 50, allow_nan=False)


@given(st.integers(0, 1000), numbers, st.integers(3, 12), st.integers(8, 60), st.floats(1, 5000))
def test_a_straight_line_is_followed_to_the_day(
    start: int, per_day: float, count: int, step: int, ahead: float
) -> None:
    points = course(*(start + per_day * step * n for n in range(count)), step=step)
    told = forecast(points, points[-1].value + ahead)
    days = ahead / per_day
    assume(abs(days - 3650) > 1)
    assert told
    if days > 3650:
        assert told.kind == FAR
    else:
        assert told.on
        assert abs((told.on - points[-1].day).days - days) <= 1


rising = st.lists(st.integers(0, 100), min_size=3, max_size=14).map(
    lambda steps: course(*(sum(steps[: n + 1]) for n in range(len(steps))))
)


@given(rising, st.integers(1, 5000), st.integers(1, 5000))
def test_a_higher_limit_is_never_reached_sooner(points: list[Point], low: int, more: int) -> None:
    first = forecast(points, points[-1].value + low)
    second = forecast(points, points[-1].value + low + more)
    assert first
    assert second
    if second.on:
        assert first.on
        assert points[-1].day <= first.on <= second.on


@given(rising, st.integers(-1000, 1000))
def test_the_pace_does_not_depend_on_the_counters_start(points: list[Point], shift: int) -> None:
    moved = [Point(p.day, p.value + shift, p.verdict) for p in points]
    assert slope(moved) == pytest.approx(slope(points))


@given(st.lists(st.integers(0, 100), min_size=1, max_size=30))
def test_segments_hold_every_point_once_and_never_fall(values: list[int]) -> None:
    points = course(*values)
    parts = segments(points)
    assert [point for part in parts for point in part] == points
    for part in parts:
        assert [p.value for p in part] == sorted(p.value for p in part)


@given(rising, st.integers(0, 7), st.integers(-10_000, 10_000))
def test_one_outlier_among_eight_moves_the_pace_only_within_what_the_others_say(
    points: list[Point], place: int, wrong: int
) -> None:
    line = course(*(10 * n for n in range(8)))
    line[place] = Point(line[place].day, wrong, "pass")
    assert slope(line) == pytest.approx(10 / 30)
