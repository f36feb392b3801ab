"""What the page of a fault offers to whoever works at it: the next steps, and the three clocks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from roundtag import clock
from roundtag.faults.clocking import TermsBook, clocks_at, told
from roundtag.faults.states import ASIDE, UNFINISHED, stage
from roundtag.faults.stepping import STEPS, TakeStep, verbs_of
from roundtag.models import Fault
from roundtag.sla import transitions
from roundtag.sla.clocks import BREACHED, NONE, PAUSED, RUNNING, Clock
from roundtag.sla.events import PAUSED as A_PAUSE
from roundtag.sla.events import REPORTED, RESUMED, Event, corrected

MAIN = STEPS[:4]
"""The way of a fault, in order; the others are folded away."""
Moves = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Deadline:
    """One promise as people read it. `at`: when it is due, or was met, by its state. `left`:
    until then by the clock on the wall, as on the board, only while it runs."""

    target: str
    state: str
    at: datetime | None
    left: timedelta | None
    breached_at: datetime | None
    is_next: bool = False


@dataclass(frozen=True)
class Work:
    """`moves`: step → where it leads, by where the fault stands, for who reads; a phone goes on by
    them without network. `first`: the step to offer by where the fault stands."""

    stage: str
    moves: Moves
    first: dict[str, str]
    deadlines: list[Deadline]
    pauses: list[str]
    live: bool
    as_of: datetime

    @property
    def offered(self) -> list[str]:
        return [step for step in STEPS if self.stage in self.moves.get(step, {})]

    @property
    def next(self) -> str:
        return self.first.get(self.stage, "")


def work(fault: Fault, roles: Iterable[str], now: datetime | None = None) -> Work:
    """A fixed number of statements: its events, and the terms it is held to."""
    now = now or clock.now()
    events = told([fault.id]).get(fault.id, [])
    found = deadlines(fault, events, now)
    moves = moves_of(frozenset(roles))
    return Work(
        stage=stage(fault),
        moves=moves,
        first=_first(moves, fault.support_mode),
        deadlines=found,
        pauses=_pauses(events) if fault.state in UNFINISHED else [],
        live=any(one.state in (RUNNING, PAUSED, BREACHED) for one in found),
        as_of=now,
    )


def moves_of(roles: frozenset[str]) -> Moves:
    """The table of transitions in the words of the form, with the steps that are taken along."""
    found: Moves = {}
    for step in STEPS:
        for place in transitions.STATES:
            after = _after(step, place, roles)
            if after:
                found.setdefault(step, {})[place] = after
    return found


def _after(step: str, place: str, roles: frozenset[str]) -> str:
    if step == "restore_remotely" and place == transitions.ON_SITE:
        return ""  # restored is restored: one word for it is enough
    told_why = "." if step in ("arrive", "restore") else None
    for verb in verbs_of(TakeStep(0, step, why=told_why), place):
        move = transitions.find(place, verb)
        if move is None or not transitions.may(move, roles):
            return ""
        place = move.after
    return place


def _first(moves: Moves, mode: str) -> dict[str, str]:
    found = {}
    for place in transitions.STATES:
        afar = place == transitions.RESPONDED and mode in ("remote", "phone")
        order = ("restore_remotely", *MAIN) if afar else (*MAIN, *STEPS)
        way = [step for step in order if place in moves.get(step, {})]
        if way:
            found[place] = way[0]
    return found


def deadlines(fault: Fault, events: list[Event], now: datetime) -> list[Deadline]:
    """None for a report that is no fault (yet): no promise was made about it."""
    if fault.state in (*ASIDE, "duplicate") or all(one.kind != REPORTED for one in events):
        return []
    terms = TermsBook([fault]).of(fault)
    found = clocks_at(events, terms, now)
    return [_deadline(one, one.ended_at is None and one.due_at == found.next_due, now)
            for one in found]  # fmt: skip


def _deadline(one: Clock, is_next: bool, now: datetime) -> Deadline:
    at = None if one.state in (NONE, PAUSED) else one.met_at or one.ended_at or one.due_at
    left = max(at - now, timedelta()) if at and one.state == RUNNING else None
    return Deadline(one.target, one.state, at, left, one.breached_at, is_next and at is not None)


def _pauses(events: list[Event]) -> list[str]:
    """The reasons that hold now."""
    holding: dict[str, None] = {}
    for event in corrected(events):
        if event.kind == A_PAUSE:
            holding[event.what] = None
        elif event.kind == RESUMED:
            holding = {} if not event.what else _without(holding, event.what)
        elif event.kind in ("reopened", "restored", "resolved"):
            holding = {}
    return list(holding)


def _without(holding: Mapping[str, None], reason: str) -> dict[str, None]:
    return {key: None for key in holding if key != reason}
