"""Who is told when a promise runs out, and when a fault rises by itself: rules as data.

Pure: `already` is what the books know to be told. A scheduler that was down asks once and gets
every notice that is owed, the highest per person's role and clock; asking again gives nothing new.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from roundtag.sla.clocks import Clock, Clocks
from roundtag.sla.matrix import RESTORE, TARGETS, WARN

ENGINEER, SUPERVISOR, MANAGER, CLIENT = "engineer", "supervisor", "manager", "client"


class Rung(NamedTuple):
    """At `percent` of a promise (0: at once; 100: it is due) tell `role`, at these levels."""

    role: str
    percent: int
    levels: frozenset[str]
    targets: tuple[str, ...] = TARGETS


ANY = frozenset({"I", "II", "III", "IV"})
GRAVE = frozenset({"I", "II"})
AT_ONCE = (
    Rung(SUPERVISOR, 0, frozenset({"I"}), (RESTORE,)),
    Rung(MANAGER, 0, frozenset({"I"}), (RESTORE,)),
)
BROKEN = (
    Rung(ENGINEER, 100, ANY),
    Rung(SUPERVISOR, 100, ANY),
    Rung(MANAGER, 100, ANY),
    Rung(CLIENT, 100, GRAVE, (RESTORE,)),
    Rung(CLIENT, 150, ANY, (RESTORE,)),
)


def ladder_of(warn: Iterable[int]) -> tuple[Rung, ...]:
    """The ladder with a matrix's own thresholds: the engineer is warned at each, the supervisor at
    the last, of grave faults at each."""
    early = sorted(percent for percent in warn if percent < 100)
    return (
        *AT_ONCE,
        *(Rung(ENGINEER, percent, ANY) for percent in early),
        *(Rung(SUPERVISOR, percent, ANY if percent == early[-1] else GRAVE) for percent in early),
        *BROKEN,
    )


LADDER = ladder_of(WARN)

Key = tuple[str, int, str, int, str]
"""Target, cycle, level, percent, role: what makes two notices the same."""


class Notice(NamedTuple):
    """Due since `at`. `covers`: lower rungs of the same role that it makes superfluous."""

    key: Key
    at: datetime
    covers: tuple[Key, ...] = ()

    @property
    def role(self) -> str:
        return self.key[4]


def due_notices(told: Clocks, ladder: Iterable[Rung] = LADDER,
                already: Collection[Key] = frozenset()) -> list[Notice]:  # fmt: skip
    """What is owed at the moment for which the clocks were computed, in the order of its times."""
    rungs = tuple(ladder)
    found = [notice for clock in told for notice in _of_clock(clock, rungs, already)]
    return sorted(found, key=lambda notice: (notice.at, notice.key))


def _of_clock(clock: Clock, ladder: Iterable[Rung], already: Collection[Key]) -> list[Notice]:
    best: dict[str, Notice] = {}
    for rung in sorted(ladder, key=lambda rung: rung.percent):
        if clock.level not in rung.levels or clock.target not in rung.targets:
            continue
        at = _since(clock, rung.percent)
        key = (clock.target, clock.cycle, clock.level, rung.percent, rung.role)
        if at is None or at > clock.as_of:
            continue
        lower = best.pop(rung.role, None)
        covers = (*lower.covers, lower.key) if lower else ()
        best[rung.role] = Notice(key, at, covers)
    return [notice for notice in best.values() if notice.key not in already]


def _since(clock: Clock, percent: int) -> datetime | None:
    """Nobody need be warned about what is done; a breach is told even when it was done since."""
    if clock.ended_at and percent < 100:
        return None
    if percent == 0:
        return clock.started_at if clock.counting else None
    if percent == 100 and clock.breached_at:
        return clock.breached_at
    return clock.reached(percent)


class Upgrade(NamedTuple):
    """A fault of `level` that is not restored at `percent` of that promise rises to `to`."""

    level: str
    percent: int
    to: str


UPGRADES: tuple[Upgrade, ...] = (
    Upgrade("IV", 100, "III"), Upgrade("III", 100, "II"), Upgrade("II", 100, "I"),
)  # fmt: skip


def upgrade_owed(told: Clocks, rules: Iterable[Upgrade] = UPGRADES,
                 risen: datetime | None = None) -> tuple[str, datetime] | None:  # fmt: skip
    """The level that an unrestored fault must rise to, and since when; None when none is owed.

    Paused clocks raise nothing, since their time does not run.
    """
    coming = next_upgrade(told, rules, risen)
    return coming if coming and coming[1] < told.restore.as_of else None


def next_upgrade(told: Clocks, rules: Iterable[Upgrade] = UPGRADES,
                 risen: datetime | None = None) -> tuple[str, datetime] | None:  # fmt: skip
    """The level that a fault will rise to and when, if it is not restored and nothing pauses it.

    One rung at a time: after a rise at `risen` the promise of the new level must run out from
    there. Counted from the report it is mostly over already, and every fault would be at level I
    a minute after its first broken promise.
    """
    clock = told.restore
    if clock.ended_at or clock.counting is None:
        return None
    for rule in rules:
        if rule.level == clock.level:
            began = max(clock.started_at, risen or clock.started_at)
            part = clock.budget * rule.percent / 100
            pauses = [(max(begin, began), end) for begin, end in clock.pauses
                      if end is None or end > began]  # fmt: skip
            return rule.to, clock.counting.add_unpaused(began, part, pauses, clock.as_of)
    return None
