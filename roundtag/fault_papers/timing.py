"""The clocks of a fault on paper: every cycle of them, what was broken, what stopped them. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from roundtag import clock
from roundtag.fault_papers.facts import Facts
from roundtag.fault_papers.shape import Broken, LevelSet, Paused, Timing
from roundtag.faults import Terms
from roundtag.sla import clocks as telling
from roundtag.sla.events import (
    LEVEL,
    PAUSED,
    REASONS,
    REOPENED,
    REPORTED,
    RESUMED,
    Event,
    corrected,
)
from roundtag.sla.matrix import LEVELS, TARGETS

ENDING = frozenset({"restored", "resolved", "cancelled", REOPENED})


def standing(found: Facts) -> list[Event]:
    """The events as they count: slips taken back, accepted claims in their places."""
    return corrected(
        Event(e.kind, e.at, e.what, e.claimed_at, e.person_id, e.id, e.of) for e in found.events
    )


def timings(events: list[Event], found: Facts) -> tuple[tuple[Timing, ...], tuple[Broken, ...]]:
    """The clocks of each cycle, the oldest first, and every promise that was broken."""
    cuts = [place for place, event in enumerate(events) if event.kind == REOPENED]
    ends = [(events[:place], events[place].at) for place in cuts]
    told = [
        telling.clocks(part, found.terms.matrix, found.terms.calendars, until)
        for part, until in [*ends, (events, max(found.now, events[-1].at))]
    ]
    lines = tuple(_timing(one, found.terms) for cycle in told for one in cycle)
    broken = tuple(
        Broken(one.target, one.cycle, one.level, clock.to_text(one.due_at), clock.to_text(one.at))
        for target in told[-1] for one in target.breaches
    )  # fmt: skip
    return lines, tuple(sorted(broken, key=lambda one: (one.cycle, TARGETS.index(one.target))))


def _timing(one: telling.Clock, terms: Terms) -> Timing:
    workday = not terms.matrix.minds_the_day or terms.calendars.on_working_day(one.started_at)
    term = terms.matrix.terms.get((one.level, one.target, workday))
    calendar, span = term or ("", None)
    elapsed = one.elapsed if one.ended_at else timedelta()
    return Timing(
        one.target, one.cycle, one.level, calendar, minutes(span) if span else None,
        clock.to_text(one.started_at), text(one.due_at), text(one.met_at), one.state,
        minutes(elapsed),
    )  # fmt: skip


def minutes(span: timedelta) -> int:
    """Whole minutes, a begun one counted: nobody is in time by rounding."""
    return -int(-span.total_seconds() // 60)


def text(moment: datetime | None) -> str:
    return clock.to_text(moment) if moment else ""


def levels(events: Iterable[Event], found: Facts) -> tuple[LevelSet, ...]:
    notes = {event.id: event.note or "" for event in found.events}
    return tuple(
        LevelSet(event.what, clock.to_text(event.at), found.names.get(event.who or 0, ""),
                 notes.get(event.id or 0, ""))
        for event in events
        if event.kind in (LEVEL, REPORTED, REOPENED) and event.what in LEVELS
    )  # fmt: skip


def worst(found: Iterable[LevelSet], present: str) -> str:
    """The highest level that a fault ever had; empty where it never had one."""
    held = {one.level for one in found} | {present}
    return next((level for level in LEVELS if level in held), "")


def pauses(events: Iterable[Event], found: Facts) -> tuple[Paused, ...]:
    """Each reason that stopped a clock, from when until when, with who said so."""
    return tuple(sorted(_pauses(events, found), key=lambda one: (one.since, one.reason)))


def _pauses(events: Iterable[Event], found: Facts) -> Iterator[Paused]:
    notes = {event.id: event.note or "" for event in found.events}
    holding: dict[str, Event] = {}
    for event in events:
        over: list[str] = []
        if event.kind == PAUSED:
            holding.setdefault(event.what, event)
        elif event.kind == RESUMED and event.what:
            over = [event.what] if event.what in holding else []
        elif event.kind == RESUMED or event.kind in ENDING:
            over = list(holding)
        for reason in over:
            yield _paused(holding.pop(reason), clock.to_text(event.at), notes, found)
    for event in holding.values():
        yield _paused(event, "", notes, found)


def _paused(event: Event, until: str, notes: dict[int, str], found: Facts) -> Paused:
    known = REASONS.get(event.what)
    stops = tuple(target for target in TARGETS if known and target in known.stops)
    return Paused(event.what, stops, clock.to_text(event.at), until,
                  found.names.get(event.who or 0, ""), notes.get(event.id or 0, ""))  # fmt: skip
