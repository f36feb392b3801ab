"""What a count of a store finds, from the books and from all lists: pure, and in no order.

The same lists in any order, twice or from two phones give the same findings. A unit or a piece that
moved in or out after it was counted is no difference (ADR 36).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from roundtag.storecounts.facts import MOVABLE, Booked, Facts, Filed, Finding, Held, Pieces, Seen
from roundtag.storecounts.spelling import shelf_key


def judge(facts: Facts) -> list[Finding]:
    """One finding for every unit and model expected or seen and for every unknown serial."""
    by_unit: dict[int, list[Seen]] = defaultdict(list)
    by_serial: dict[str, list[Seen]] = defaultdict(list)
    for one in facts.seen:
        if one.unit_id is None:
            by_serial[one.serial].append(one)
        else:
            by_unit[one.unit_id].append(one)
    twins = {unit.serial for unit in facts.units if unit.here} & by_serial.keys()
    cover = _Cover(facts.lists)
    units = [_unit(unit, by_unit.get(unit.id, []), cover, twins) for unit in facts.units]
    unknown = [_strange(serial, by_serial[serial], twins) for serial in sorted(by_serial)]
    return [one for one in units if one] + unknown + _models(facts)


class _Cover:
    """Which lists speak for a shelf. A list that names none speaks for the whole store."""

    def __init__(self, lists: Iterable[Filed]) -> None:
        self.all = sorted(lists, key=lambda one: one.rank)
        self.by_shelf: dict[str, list[Filed]] = defaultdict(list)
        for one in self.all:
            self.by_shelf[shelf_key(one.shelf)].append(one)

    def counted_at(self, shelf: str) -> datetime | None:
        """When a shelf was counted: by the last list that names it; else by the first one that may
        have been about it. None when no list was."""
        key = shelf_key(shelf)
        if key and self.by_shelf.get(key):
            return self.by_shelf[key][-1].at
        about = self.by_shelf.get("", []) if key else self.all
        return about[0].at if about else None


def _unit(unit: Booked, seen: list[Seen], cover: _Cover, twins: set[str]) -> Finding | None:
    outcome = _of_seen(unit, seen) if seen else _of_unseen(unit, cover, twins)
    if outcome is None:
        return None
    return Finding(outcome, unit.id, None, unit.serial, int(unit.here), int(bool(seen)),
                   *_told([one.list for one in seen]))  # fmt: skip


def _of_seen(unit: Booked, seen: list[Seen]) -> str:
    last = max((one.list for one in seen), key=lambda one: one.rank)
    if unit.here:
        moved = last.shelf and shelf_key(last.shelf) != shelf_key(unit.shelf)
        put_since = unit.came_at is not None and unit.came_at > last.at
        return "shelf" if moved and not put_since else "found"
    if unit.left_at is not None and unit.left_at > last.at:
        return "left"
    return "elsewhere" if unit.place in MOVABLE else "held"


def _of_unseen(unit: Booked, cover: _Cover, twins: set[str]) -> str | None:
    if not unit.here:
        return None
    if unit.serial in twins:
        return "ambiguous"
    counted = cover.counted_at(unit.shelf)
    if counted is None:
        return "uncounted"
    return "arrived" if unit.came_at is not None and unit.came_at > counted else "missing"


def _strange(serial: str, seen: list[Seen], twins: set[str]) -> Finding:
    outcome = "ambiguous" if serial in twins else "unknown"
    return Finding(outcome, None, None, serial, 0, 1, *_told([one.list for one in seen]))


def _told(lists: list[Filed]) -> tuple[tuple[str, ...], int, int]:
    shelves: dict[str, str] = {}
    for one in sorted(lists, key=lambda one: one.rank):
        if one.shelf:
            shelves.pop(shelf_key(one.shelf), None)
            shelves[shelf_key(one.shelf)] = one.shelf
    people = {one.person_id for one in lists}
    return tuple(shelves.values()), len({one.id for one in lists}), len(people)


def _models(facts: Facts) -> list[Finding]:
    by_model: dict[int, list[Pieces]] = defaultdict(list)
    for one in facts.pieces:
        by_model[one.model_id].append(one)
    known = {held.model_id: held for held in facts.held}
    wanted = sorted(known.keys() | by_model.keys())
    found = (_model(known.get(key, Held(key, 0)), by_model.get(key, [])) for key in wanted)
    return [one for one in found if one]


def _model(held: Held, pieces: list[Pieces]) -> Finding | None:
    if not pieces:
        return Finding("uncounted", model_id=held.model_id, expected=held.quantity) \
            if held.quantity else None  # fmt: skip
    by_shelf = _by_shelf(pieces)
    latest = [figures[-1] for figures in by_shelf.values()]
    counted = sum(one.quantity for one in latest)
    expected = _expected(held, [one.list.at for one in latest], counted)
    outcome = "found" if counted == expected else "fewer" if counted < expected else "more"
    twice = tuple(
        (figures[-1].list.shelf, tuple(one.quantity for one in figures))
        for _, figures in sorted(by_shelf.items())
        if len(figures) > 1
    )
    return Finding(outcome, None, held.model_id, "", expected, counted,
                   *_told([one.list for one in latest]), twice)  # fmt: skip


def _by_shelf(pieces: list[Pieces]) -> Mapping[str, list[Pieces]]:
    """The figures of each shelf, the latest last: that one counts; shelves add up."""
    found: dict[str, dict[int, Pieces]] = defaultdict(dict)
    for one in pieces:
        mine = found[shelf_key(one.list.shelf)]
        before = mine.get(one.list.id)
        more = before.quantity if before else 0
        mine[one.list.id] = Pieces(one.list, one.model_id, one.quantity + more)
    return {
        shelf: sorted(lists.values(), key=lambda one: one.list.rank)
        for shelf, lists in found.items()
    }


def _expected(held: Held, counted_at: list[datetime], counted: int) -> int:
    """What the books had while the model was counted. Pieces moved between its first and its last
    shelf may be in the figure or not: what comes nearest to it is taken, for no loss is shown that
    a movement explains."""
    first, last = min(counted_at), max(counted_at)
    figure = held.quantity - sum(more for at, more in held.moves if at > last)
    figures = [figure]
    for at, more in sorted(held.moves, reverse=True):
        if first < at <= last:
            figure -= more
            figures.append(figure)
    return min(figures, key=lambda one: abs(one - counted))
