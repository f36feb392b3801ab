"""What a count of a store finds, by its rule alone: any lists in any order."""

import itertools
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from roundtag.storecounts.facts import Booked, Facts, Filed, Held, Pieces, Seen
from roundtag.storecounts.judging import judge

NINE = datetime(2026, 11, 26, 9, tzinfo=UTC)


def at(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


def filed(key: int, hours: float = 0, shelf: str = "", person: int = 1) -> Filed:
    return Filed(key, shelf, at(hours), f"{key:04}", person)


def of_unit(unit: Booked, *seen: Filed, lists: tuple[Filed, ...] = ()) -> str:
    facts = Facts([unit], lists=[*seen, *lists],
                  seen=[Seen(one, unit.serial, unit.id) for one in seen])  # fmt: skip
    return next((one.outcome for one in judge(facts)), "")


HERE = Booked(1, "S1", "store", True, "A-1")


@pytest.mark.parametrize(
    ("unit", "outcome"),
    [
        (HERE, "found"),
        (replace(HERE, shelf=""), "found"),
        (Booked(1, "S1", "store", False), "elsewhere"),
        (Booked(1, "S1", "adjustment", False), "elsewhere"),
        (Booked(1, "S1", "device", False), "held"),
        (Booked(1, "S1", "repair", False), "held"),
        (Booked(1, "S1", "scrap", False), "held"),
        # left after it was counted: no difference; left before: one
        (Booked(1, "S1", "device", False, left_at=at(1)), "left"),
        (Booked(1, "S1", "device", False, left_at=at(-1)), "held"),
        (Booked(1, "S1", "store", False, left_at=at(1)), "left"),
    ],
)
def test_a_unit_that_was_seen(unit: Booked, outcome: str) -> None:
    assert of_unit(unit, filed(1)) == outcome


def test_a_unit_seen_again_after_it_left_is_a_difference() -> None:
    out = Booked(1, "S1", "device", False, left_at=at(1))
    assert of_unit(out, filed(1, 0), filed(2, 2)) == "held"


@pytest.mark.parametrize(
    ("unit", "lists", "outcome"),
    [
        (HERE, (), "uncounted"),
        (HERE, (filed(1, shelf="B-1"),), "uncounted"),
        (HERE, (filed(1, shelf="a 1".replace(" ", "-")),), "missing"),
        (HERE, (filed(1),), "missing"),
        (replace(HERE, shelf=""), (filed(1, shelf="B-1"),), "missing"),
        # came in after its shelf was counted: not missed; before the last list of it: missed
        (replace(HERE, came_at=at(1)), (filed(1, shelf="A-1"),), "arrived"),
        (replace(HERE, came_at=at(1)), (filed(1, shelf="A-1"), filed(2, 2, "A-1")), "missing"),
        # no list names its shelf: the first one may have been about it
        (replace(HERE, came_at=at(1)), (filed(1), filed(2, 2)), "arrived"),
        (Booked(1, "S1", "device", False), (filed(1),), ""),
    ],
)
def test_a_unit_that_was_not_seen(unit: Booked, lists: tuple[Filed, ...], outcome: str) -> None:
    assert of_unit(unit, lists=lists) == outcome


def test_a_unit_on_another_shelf_than_in_the_books() -> None:
    assert of_unit(HERE, filed(1, shelf="B-2")) == "shelf"
    assert of_unit(HERE, filed(1, shelf="Ａ-１")) == "found"
    assert of_unit(replace(HERE, came_at=at(1)), filed(1, shelf="B-2")) == "found"


def test_a_number_that_two_units_bear_is_no_loss_of_either() -> None:
    twins = [replace(HERE, serial="T"), replace(HERE, id=2, serial="T"), replace(HERE, id=3)]
    found = judge(Facts(twins, lists=[filed(1)], seen=[Seen(filed(1), "T", None)]))
    assert [(one.unit_id, one.outcome) for one in found] == [
        (1, "ambiguous"), (2, "ambiguous"), (3, "missing"), (None, "ambiguous")]  # fmt: skip


def of_pieces(held: Held, *counted: tuple[Filed, int]) -> tuple[str, int, int]:
    made = [Pieces(one, held.model_id, n) for one, n in counted]
    [found] = judge(Facts(held=[held], lists=[one for one, _ in counted], pieces=made))
    return found.outcome, found.expected, found.counted


def test_pieces_on_shelves_add_up_and_a_second_list_of_a_shelf_replaces() -> None:
    held = Held(7, 20)
    assert of_pieces(held) == ("uncounted", 20, 0)
    a, b, again = filed(1, shelf="A"), filed(2, 1, shelf="B"), filed(3, 2, shelf="a ")
    assert of_pieces(held, (a, 12), (b, 8)) == ("found", 20, 20)
    assert of_pieces(held, (a, 12), (b, 8), (again, 11)) == ("fewer", 20, 19)
    assert of_pieces(held, (a, 12), (b, 9)) == ("more", 20, 21)
    assert of_pieces(held, (a, 0)) == ("fewer", 20, 0)
    [found] = judge(Facts(held=[held], pieces=[Pieces(a, 7, 12), Pieces(again, 7, 11)]))
    assert found.twice == (("a ", (12, 11)),)


def test_pieces_that_moved_while_or_after_they_were_counted() -> None:
    one, two = filed(1, 0, "A"), filed(2, 2, "B")
    after = Held(7, 15, ((at(3), -5),))
    assert of_pieces(after, (one, 12), (two, 8)) == ("found", 20, 20)
    before = Held(7, 15, ((at(-1), -5),))
    assert of_pieces(before, (one, 12), (two, 8)) == ("more", 15, 20)
    # between the two shelves: either figure is right, and nothing else
    between = Held(7, 15, ((at(1), -5),))
    assert of_pieces(between, (one, 12), (two, 8)) == ("found", 20, 20)
    assert of_pieces(between, (one, 12), (two, 3)) == ("found", 15, 15)
    assert of_pieces(between, (one, 12), (two, 1)) == ("fewer", 15, 13)


def test_lists_in_every_order_say_the_same() -> None:
    """Turns red when the latest list is told by its arrival instead of by when it was counted."""
    units = [replace(HERE, id=key, serial=f"S{key}") for key in range(1, 5)]
    lists = [filed(1, 0, "A-1"), filed(2, 1, "A-1", 2), filed(3, 2, "B"), filed(4, 2, "B", 3)]
    seen = [Seen(lists[0], "S1", 1), Seen(lists[1], "S1", 1), Seen(lists[2], "S2", 2),
            Seen(lists[3], "X", None)]  # fmt: skip
    pieces = [Pieces(lists[0], 7, 4), Pieces(lists[1], 7, 3), Pieces(lists[2], 7, 2),
              Pieces(lists[3], 7, 5)]  # fmt: skip
    said = []
    shuffle = random.Random(1).shuffle
    for order in itertools.permutations(lists):
        mixed_seen, mixed_pieces = [*seen], [*pieces]
        shuffle(mixed_seen)
        shuffle(mixed_pieces)
        said.append(judge(Facts(units, [Held(7, 9)], list(order), mixed_seen, mixed_pieces)))
    assert all(one == said[0] for one in said)
