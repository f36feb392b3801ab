"""rounds.floors: the order in which people walk."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtag.rounds.floors import floor_key, natural_key

ASCENDING = [
    ["B2", "B1", "1F", "2F", "10F", "12F"],
    ["负二层", "负一层", "一层", "二层", "十层", "十二层", "二十层"],
    ["-2", "-1", "1", "2", "10"],
    ["地下二层", "地下一层", "首层", "夹层2", "3楼", "21楼", "顶层"],
    ["B1F", "G", "2", "11", "RF"],
    ["１Ｆ", "2层", "十一楼"],
    ["F1", "F2", "F10"],
    ["3", "3M", "4"],
    ["负两层", "负1层", "1层"],
    ["2F", "西区", "西区甲"],
]


@pytest.mark.parametrize("floors", ASCENDING)
def test_floors_stand_from_the_cellar_up(floors: list[str]) -> None:
    assert sorted(set(floors), key=floor_key) == floors


@pytest.mark.parametrize(
    "alike", [("B1", "负一层", "-1", "地下1层", "b1f"), ("1F", "一层", "首层", "１楼", "F1")]
)
def test_ways_of_writing_one_floor(alike: tuple[str, ...]) -> None:
    assert len({floor_key(floor)[0] for floor in alike}) == 1


@given(st.integers(1, 99), st.integers(1, 99))
def test_numbers_are_ordered_by_size_however_written(low: int, high: int) -> None:
    for one, two in itertools.product((f"{low}F", f"{low}层"), (f"F{high}", f"{high}楼")):
        assert (floor_key(one)[0] < floor_key(two)[0]) == (low < high)
    assert floor_key(f"B{low}") < floor_key(f"{high}F")


@given(st.lists(st.text(max_size=8)))
def test_any_text_has_a_place(floors: list[str]) -> None:
    ordered = sorted(floors, key=floor_key)
    assert sorted(ordered) == sorted(floors)


@given(st.lists(st.text(max_size=8)))
def test_natural_order_is_an_order(texts: list[str]) -> None:
    assert sorted(sorted(texts, key=natural_key)) == sorted(texts)
    assert sorted(["A10", "A2", "A1-3"], key=natural_key) == ["A1-3", "A2", "A10"]
