"""The progress that is owed while a fault is at level I: an entry every hour until it is restored.

From the moment at which the fault has that level, each hour without an entry is one that was
missed; an entry begins a new hour. Pauses change nothing: who waits can say so.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from roundtag.sla.events import (
    CANCELLED,
    LEVEL,
    PROGRESS,
    REOPENED,
    REPORTED,
    RESOLVED,
    RESTORED,
    Event,
    corrected,
)

EVERY = timedelta(hours=1)
OWED_AT = frozenset({"I"})
SETTING = frozenset({REPORTED, REOPENED, LEVEL})
ENDING = frozenset({RESTORED, RESOLVED, CANCELLED})


class Owed(NamedTuple):
    """`last`: the entry, or the beginning, that the hours run from; `due_at`: of the next entry;
    `missed`: the instants at which one was due and was not there."""

    last: datetime
    due_at: datetime
    missed: tuple[datetime, ...]

    @property
    def late(self) -> bool:
        """Whether an hour has gone by without an entry since the last one."""
        return bool(self.missed) and self.missed[-1] > self.last


def progress_owed(events: Iterable[Event], now: datetime, levels: frozenset[str] = OWED_AT,
                  every: timedelta = EVERY) -> Owed | None:  # fmt: skip
    """What is owed at `now`; None when no entry is. Entries missed before stay missed."""
    level, last = "", None
    missed: list[datetime] = []
    for event in corrected(event for event in events if event.at <= now):
        if event.kind in SETTING:
            level = event.what or level
        owed = level in levels and event.kind not in ENDING
        if last is None:
            last = event.at if owed and event.kind in SETTING else None
        elif not owed or event.kind == PROGRESS:
            missed.extend(_missed(last, event.at, every))
            last = event.at if owed else None
    if last is None:
        return None
    missed.extend(_missed(last, now, every))
    return Owed(last, last + every * ((now - last) // every + 1), tuple(missed))


def _missed(last: datetime, until: datetime, every: timedelta) -> list[datetime]:
    """An entry at the very instant is in time."""
    whole = (until - last) // every
    at_the_instant = last + every * whole == until
    return [last + every * count for count in range(1, whole + (0 if at_the_instant else 1))]
