"""The clocks of 10,000 faults with 20 events each, beside a bare loop over the same events.

The bare loop does what anybody would write first: elapsed time without pauses until each promise
was kept. It knows no calendar, no level, no breach and no reopening.
"""

import random
from datetime import UTC, datetime, timedelta

from roundtag.sla.clocks import Clocks, clocks
from roundtag.sla.events import Event
from roundtag.sla.matrix import DEFAULT
from roundtag.sla.worktime import Calendars
from tests.bench.measure import Figure, in_turn, millis, ratio

FAULTS, EVENTS, ROUNDS = 10_000, 20, 5
NOW = datetime(2026, 11, 25, tzinfo=UTC)
KINDS = ("responded", "paused", "resumed", "on_site", "progress", "dispatched", "progress", "note",
         "paused", "resumed", "progress", "level", "diagnosed", "progress", "note", "paused",
         "resumed", "restored", "resolved")  # fmt: skip


def all_of() -> list[Figure]:
    dice = random.Random(6)
    faults = [_fault(dice) for _ in range(FAULTS)]
    calendars = Calendars()
    times = in_turn({
        "ours": lambda: sum(_late(clocks(events, DEFAULT, calendars, NOW)) for events in faults),
        "bare": lambda: sum(len(_bare(events)) for events in faults),
    }, ROUNDS)  # fmt: skip
    return [
        Figure(f"clocks() of {FAULTS:,} faults with {EVENTS} events each", millis(times["ours"]),
               f"{1e6 * times['ours'] / FAULTS:.0f} µs a fault"),
        Figure("… against a bare loop over the same events", ratio(times, "ours", "bare"),
               millis(times["bare"]), "≤ 5×"),
    ]  # fmt: skip


def _late(told: Clocks) -> int:
    """Looked at and let go, as a page does: ten thousand results kept would time the collector."""
    return sum(clock.breached_at is not None for clock in told)


def _fault(dice: random.Random) -> list[Event]:
    at = NOW - timedelta(minutes=dice.randrange(30 * 1440, 300 * 1440))
    events = [Event("reported", at, dice.choice(("I", "II", "III", "IV")))]
    for kind in KINDS:
        at += timedelta(minutes=dice.randrange(1, 90))
        what = {"paused": "room_in_use", "level": "II"}.get(kind, "")
        events.append(Event(kind, at, what))
    return events


def _bare(events: list[Event]) -> dict[str, timedelta]:
    kept: dict[str, timedelta] = {}
    paused = timedelta()
    since = began = events[0].at
    for event in events:
        if event.kind == "paused":
            since = event.at
        elif event.kind == "resumed":
            paused += event.at - since
        elif event.kind in ("responded", "on_site", "restored") and event.kind not in kept:
            kept[event.kind] = event.at - began - paused
    return kept


if __name__ == "__main__":
    for figure in all_of():
        print(figure.what, figure.value, figure.against, figure.aim)
