"""Which lines of a journal count, over a given state of the logs.

A line whose commit never came is told in one of four ways: another line took it back, a later line
stands at the same index of a log, a restore went back behind it, or the database that goes on has
another leaf there. What counts must go on from leaf to leaf without a hole; at a hole all ends.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roundtag import clock
from roundtag.journal.lines import LeafAt, Line

AGAIN = timedelta(hours=1)
"""How long before a backup lines are done again: what it holds of them and what it has just missed
cannot be told apart where they bear no leaf, and the last line about a row wins."""

Place = tuple[str, int]


@dataclass
class Heads:
    """The logs as far as they are known: size and last hash by origin, and any earlier leaf's."""

    last: dict[str, tuple[int, str]]
    hash_at: Callable[[str, int], str | None]

    def follows(self, leaf: LeafAt) -> bool:
        return self.last.get(leaf.origin, (0, "")) == (leaf.index, leaf.prev)

    def has(self, leaf: LeafAt) -> bool:
        return leaf.index < self.last.get(leaf.origin, (0, ""))[0]

    def bears_out(self, leaf: LeafAt) -> bool:
        return self.hash_at(leaf.origin, leaf.index) == leaf.hash

    def is_foreign(self, leaf: LeafAt) -> bool:
        """Whether the leaf's log is another installation's log of the same name."""
        name = leaf.origin.rsplit("/", 1)[-1]
        return leaf.origin not in self.last and any(
            origin.rsplit("/", 1)[-1] == name for origin in self.last
        )


@dataclass
class Chosen:
    """`stopped`: why the journal ends before its end, in words; "" when it was read through."""

    lines: list[Line] = field(default_factory=list)
    leaves: int = 0
    until: datetime | None = None
    stopped: str = ""


def alive(lines: Iterable[Line]) -> list[Line]:
    """The lines that nothing later in the journal contradicts."""
    held = list(lines)
    undone = {key for line in held for key in line.undo}
    latest: dict[Place, int] = {}
    forks: dict[str, list[tuple[int, int]]] = {}
    for number, line in enumerate(held):
        for origin, size in line.fork.items():
            forks.setdefault(origin, []).append((number, size))
        if line.id not in undone:
            latest.update({(leaf.origin, leaf.index): number for leaf in line.leaves})

    def counts(number: int, line: Line) -> bool:
        return line.id not in undone and all(
            latest[(leaf.origin, leaf.index)] == number
            and not any(n > number and leaf.index >= size for n, size in forks.get(leaf.origin, []))
            for leaf in line.leaves
        )

    return [line for number, line in enumerate(held) if counts(number, line)]


def choose(lines: Iterable[Line], heads: Heads, made_at: datetime) -> Chosen:
    """What is to be done again over a backup made at `made_at`, in order."""
    known = [line for line in alive(lines)
             if all(heads.bears_out(leaf) for leaf in line.leaves if heads.has(leaf))]  # fmt: skip
    chosen = Chosen()
    while (hole := _first_loose(known, heads)) is not None:
        leaf = next(one for one in known[hole].leaves if not heads.has(one))
        chosen.stopped = f"it has a hole at or before leaf {leaf.index} of {leaf.origin}"
        known = known[:hole]
    for line in known:
        at, fresh = clock.from_text(line.at), _fresh(line, heads)
        if fresh or at > made_at - AGAIN:
            chosen.lines.append(line)
            chosen.leaves += len(fresh)
            chosen.until = at if fresh else chosen.until
    return chosen


def _fresh(line: Line, heads: Heads) -> list[LeafAt]:
    return [leaf for leaf in line.leaves if not heads.has(leaf)]


def _first_loose(lines: list[Line], heads: Heads) -> int | None:
    """The first line with a leaf that no chain of leaves leads to. What was written late, to
    complete the journal, may lead to lines before it."""
    reached = Heads(dict(heads.last), heads.hash_at)
    after = {(leaf.origin, leaf.index): leaf for line in lines for leaf in _fresh(line, heads)}
    for origin in {origin for origin, _ in after}:
        while leaf := after.get((origin, reached.last.get(origin, (0, ""))[0])):
            if heads.is_foreign(leaf) or not reached.follows(leaf):
                break
            reached.last[origin] = (leaf.index + 1, leaf.hash)
    for number, line in enumerate(lines):
        if not all(map(reached.has, line.leaves)):
            return number
    return None
