"""What a stocktake finds: one rule, in no order."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtag.stocktakes.judging import Finding, Registered, Seen, Tally, judge, tally

A, B, C = 1, 2, 3
VISITED = (A, B, C)
HERE = Registered(10, A)


def outcome(registered: Registered, *rooms: int) -> str | None:
    seen = [Seen(room, "x", registered.id, 7) for room in rooms]
    found = judge([registered], seen, VISITED)
    return found[0].outcome if found else None


@pytest.mark.parametrize(
    ("registered", "rooms", "expected"),
    [
        (HERE, (), "missing"),
        (HERE, (A,), "found"),
        (HERE, (B,), "misplaced"),
        (HERE, (B, A), "found"),  # carried on while the count went on: it was at its place
        (HERE, (B, C), "misplaced"),
        (Registered(10, A, away=True), (), "away"),
        (Registered(10, A, away=True), (A,), "found"),
        (Registered(10, A, away=True), (B,), "misplaced"),
        (Registered(10, A, expected=False, retired=True), (), None),
        (Registered(10, A, expected=False, retired=True), (A,), "retired"),
        (Registered(10, A, expected=False), (B,), "misplaced"),
        (Registered(10, A, expected=False), (), None),
    ],
)
def test_one_device(registered: Registered, rooms: tuple[int, ...], expected: str | None) -> None:
    assert outcome(registered, *rooms) == expected


def test_an_unknown_code_is_one_finding_wherever_it_was_seen() -> None:
    seen = [Seen(A, "CODE", None, 7), Seen(B, "CODE", None, 8), Seen(A, "CODE", None, 7)]
    found = judge([], seen, VISITED)
    assert found == [Finding("unknown", None, "CODE", None, (A, B), 2)]


def test_two_people_are_counted_once_and_both_are_told() -> None:
    [found] = judge(
        [HERE], [Seen(A, "x", 10, 7), Seen(A, "x", 10, 8), Seen(A, "x", 10, 7)], VISITED
    )
    assert (found.outcome, found.people) == ("found", 2)


REGISTER = st.lists(
    st.builds(Registered, st.integers(1, 12), st.integers(1, 3), st.booleans(), st.booleans(),
              st.booleans()),
    unique_by=lambda one: one.id, min_size=1,
)  # fmt: skip
LISTS = st.lists(
    st.tuples(st.integers(1, 3), st.one_of(st.none(), st.integers(1, 12)), st.integers(1, 2)),
    max_size=12,
)


@given(REGISTER, LISTS, st.sets(st.integers(1, 3)), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_and_the_numbers_add_up(
    register: list[Registered],
    lists: list[tuple[int, int | None, int]],
    visited: set[int],
    chance: random.Random,
) -> None:
    known = {one.id for one in register}
    seen = [Seen(room, "u" if device is None else "", device, person)
            for room, device, person in lists if device is None or device in known]  # fmt: skip
    found = judge(register, seen, visited)
    again = [*seen, *seen]
    chance.shuffle(again)
    assert judge(register, again, visited) == found
    expected = {one.id for one in register if one.expected and not one.retired}
    for numbers in tally(found, expected).values():
        assert numbers.expected == (
            numbers.found + numbers.missing + numbers.misplaced + numbers.uncounted + numbers.away
        )
    total = sum(numbers.expected for numbers in tally(found, expected).values())
    assert total == len(expected)


def test_a_room_counts_what_is_its_own_and_what_is_strange_there() -> None:
    register = [HERE, Registered(11, A), Registered(12, B), Registered(13, A, away=True)]
    seen = [Seen(A, "x", 10, 7), Seen(A, "x", 12, 7), Seen(A, "ZZ", None, 7)]
    found = judge(register, seen, VISITED)
    assert tally(found, [10, 11, 12, 13]) == {
        A: Tally(expected=3, found=1, missing=1, away=1, strange=2),
        B: Tally(expected=1, misplaced=1),
    }


def test_arrival_order_is_seen_by_the_oracle() -> None:
    """The oracle is not blind: a rule that took the last entry alone would differ by order."""
    seen = [Seen(A, "x", 10, 7), Seen(B, "x", 10, 8)]
    last = {outcome(HERE, order[-1].room_id) for order in itertools.permutations(seen)}
    assert len(last) == 2
    assert {judge([HERE], order, VISITED)[0].outcome for order in itertools.permutations(seen)} == {
        "found"
    }


def test_what_is_expected_where_nobody_counted_is_not_missing() -> None:
    assert judge([HERE], [], [B])[0].outcome == "uncounted"
    assert judge([HERE], [], [A])[0].outcome == "missing"
