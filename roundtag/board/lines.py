"""The lines of the board, in the order of what is due next, with clocks told from the events.

The order and the counts come from `next_due_at`, which every step and every tick of the scheduler
keeps; the times of a line are told anew from its events for the moment of the page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from peewee import Case, fn

from roundtag import clock, people
from roundtag.access import DESKS, Actor, visible
from roundtag.board.crews import Crews, Helper
from roundtag.board.wish import BoardWish, conditions
from roundtag.faults import TermsBook, clocks_at, stage, told
from roundtag.models import (
    Client,
    Device,
    Fault,
    FaultCrew,
    FaultEvent,
    Room,
    Site,
    dicts,
    tuples,
)
from roundtag.models.faults import OPEN_STATES
from roundtag.sla import transitions
from roundtag.sla.clocks import PAUSED, Clocks
from roundtag.sla.events import Event, corrected
from roundtag.sla.progress import progress_owed

PAGE = 100
BANDS = NEW, LATE, NEXT, CALM = ("new", "late", "next", "calm")
"""Not looked at yet; overdue; due later; nothing is promised any more."""
SHOWN = (*OPEN_STATES, "restored")


@dataclass(frozen=True)
class Due:
    """`left`: until the deadline by the clock on the wall, less than none when it is over."""

    target: str
    at: datetime
    left: timedelta

    @property
    def late(self) -> bool:
        return self.left < timedelta()


@dataclass(frozen=True)
class BoardLine:
    """`crew`: who works at it, the leading one first; `paused`: reasons for which a clock stands
    still; `hourly`: how long there has been no hourly entry, none when none is overdue; `can`: the
    verbs of the table that this reader may use now; `suggested`: whom to send; `seen`: the last
    event that the line tells of."""

    id: int
    number: str
    band: str
    level: str
    symptom: str
    state: str
    room: str
    device: str | None
    client: str
    crew: tuple[str, ...]
    reported_at: datetime
    due: Due | None
    paused: tuple[str, ...]
    hourly: timedelta | None
    reopened: bool
    twins: int
    can: frozenset[str]
    suggested: Helper | None
    seen: int | None


@dataclass(frozen=True)
class Board:
    """`counts`: lines per band as the filters have it, `late` ones of whatever band under LATE."""

    wish: BoardWish
    at: datetime
    lines: list[BoardLine]
    counts: dict[str, int]
    total: int
    more: int
    clients: list[tuple[int, str]]
    sites: list[tuple[int, str]]

    def of(self, band: str) -> list[BoardLine]:
        return [line for line in self.lines if line.band == band]


def stamp(now: datetime) -> str:
    """Changes whenever a page of the board may: a step leaves an event, a report a fault more, and
    the times are told in minutes. (Of two commits at one moment the events may become visible in
    the other order; then the next minute shows it.)"""
    last = FaultEvent.select(fn.MAX(FaultEvent.id)).scalar()
    open_ones = Fault.select(fn.COUNT(Fault.id)).where(Fault.state.in_(SHOWN)).scalar()
    return f"{last}-{open_ones}-{now:%Y%m%d%H%M}"


def board(wish: BoardWish, actor: Actor, now: datetime) -> Board:
    """The first hundreds of what the wish names. A fixed number of statements for any number of
    faults and contracts."""
    actor = actor.within(DESKS)
    late = Fault.next_due_at < clock.to_text(now)
    new = Fault.state == "reported"
    band = Case(None, [(new, 0), (late, 1), (Fault.next_due_at.is_null(), 3)], 2)
    query = visible(actor, Fault.select(), Fault.client).where(
        Fault.state.in_(SHOWN), *conditions(wish, actor)
    )
    counts = _counts(query, new, late)
    total = counts.pop("all")
    if wish.late:
        query, total = query.where(late), counts[LATE]
    limit = wish.hundreds * PAGE
    rows = _rows(query.order_by(band, Fault.next_due_at, Fault.reported_at, Fault.id), limit)
    clients = visible(actor, Client.select(Client.id, Client.name).order_by(Client.code), Client.id)
    sites = visible(actor, Site.select(Site.id, Site.name).order_by(Site.name), Site.client)
    if wish.client:
        sites = sites.where(Site.client == wish.client)
    return Board(wish, now, _lines(rows, actor, now), counts, total, max(total - limit, 0),
                 tuples(clients), tuples(sites))  # fmt: skip


def _counts(query: Any, new: Any, late: Any) -> dict[str, int]:
    def those(condition: Any) -> Any:
        return fn.COALESCE(fn.SUM(Case(None, [(condition, 1)], 0)), 0)

    promised = Fault.next_due_at.is_null(False)
    picked = query.select(
        fn.COUNT(Fault.id).alias("all"), those(new).alias(NEW), those(late).alias(LATE),
        those(~new & ~late & promised).alias(NEXT), those(~new & ~promised).alias(CALM),
    )  # fmt: skip
    return {name: int(value) for name, value in dicts(picked)[0].items()}


def _rows(query: Any, limit: int) -> list[Fault]:
    columns = (Fault.id, Fault.number, Fault.level, Fault.symptom, Fault.state, Fault.client,
               Fault.contract, Fault.assignee, Fault.reported_at, Fault.next_due_at)  # fmt: skip
    picked = query.select(*columns, Room.name.alias("room_name"), Device.name.alias("device_name"),
                          Client.name.alias("client_name"))  # fmt: skip
    picked = picked.join(Room).switch(Fault).join(Client).switch(Fault)
    return list(picked.left_outer_join(Device).limit(limit).objects())


def _lines(rows: list[Fault], actor: Actor, now: datetime) -> list[BoardLine]:
    ids = [row.id for row in rows]
    helping = _helping(ids)
    names = people.names({row.assignee_id for row in rows if row.assignee_id}
                         | {person for crew in helping.values() for person in crew})  # fmt: skip
    twins = dict(tuples(
        Fault.select(Fault.duplicate_of, fn.COUNT(Fault.id))
        .where(Fault.duplicate_of.in_(ids)).group_by(Fault.duplicate_of)
    ))  # fmt: skip
    events, book = told(ids), TermsBook(rows)
    crews = Crews({row.contract_id for row in rows if row.contract_id}, now)
    able = {key: crews.suggested(key) for key in {row.contract_id for row in rows}}
    roles = {row.client_id: actor.roles_at(row.client_id) for row in rows}
    return [
        _line(row, _story(row, events.get(row.id, []), book, now), now,
              crew=_crew(row, helping, names), twins=twins.get(row.id, 0),
              can=_can(stage(row), roles[row.client_id]),
              suggested=able[row.contract_id])
        for row in rows
    ]  # fmt: skip


@lru_cache(maxsize=1024)
def _can(state: str, roles: frozenset[str]) -> frozenset[str]:
    return frozenset(step.verb for step in transitions.possible(state, roles))


def _helping(ids: list[int]) -> dict[int, list[int]]:
    query = FaultCrew.select(FaultCrew.fault, FaultCrew.person).order_by(FaultCrew.id)
    found: dict[int, list[int]] = {}
    for fault, person in tuples(
        query.where(FaultCrew.fault.in_(ids) & FaultCrew.left_at.is_null())
    ):
        found.setdefault(fault, []).append(person)
    return found


def _crew(row: Fault, helping: dict[int, list[int]], names: dict[int, str]) -> tuple[str, ...]:
    ids = dict.fromkeys([row.assignee_id, *helping.get(row.id, [])])
    return tuple(names[key] for key in ids if key in names)


@dataclass(frozen=True)
class _Story:
    """What the events of a fault tell for the board."""

    due: Due | None
    paused: tuple[str, ...]
    hourly: timedelta | None
    reopened: bool
    seen: int | None


def _story(row: Fault, events: list[Event], book: TermsBook, now: datetime) -> _Story:
    if not events:  # a row of before there were events
        return _Story(None, (), None, False, None)
    terms = book.of(row)
    found = clocks_at(events, terms, now)
    owed = progress_owed(events, now) if row.level == "I" else None
    paused = _holding(events) if any(one.state == PAUSED for one in found) else ()
    return _Story(_next(found, now), paused,
                  now - owed.last if owed and owed.late else None,
                  any(event.kind == "reopened" for event in events), events[-1].id)  # fmt: skip


def _next(found: Clocks, now: datetime) -> Due | None:
    running = [one for one in found if one.due_at and one.ended_at is None]
    first = min(running, key=lambda one: one.due_at or now, default=None)
    return Due(first.target, first.due_at, first.due_at - now) if first and first.due_at else None


def _holding(events: Iterable[Event]) -> tuple[str, ...]:
    """The reasons that hold at the end of the story."""
    holding: dict[str, None] = {}
    for event in corrected(events):
        if event.kind == "paused":
            holding[event.what] = None
        elif event.kind == "resumed":
            holding = {r: None for r in holding if event.what and r != event.what}
    return tuple(holding)


def _line(row: Fault, story: _Story, now: datetime, *, crew: tuple[str, ...], twins: int,
          can: frozenset[str], suggested: Helper | None) -> BoardLine:  # fmt: skip
    late = story.due is not None and story.due.late
    band = NEW if row.state == "reported" else LATE if late else NEXT if story.due else CALM
    return BoardLine(
        row.id, row.number, band, row.level, row.symptom, row.state, row.room_name, row.device_name,
        row.client_name, crew, row.reported_at, story.due, story.paused, story.hourly,
        story.reopened, twins, can, suggested, story.seen,
    )  # fmt: skip
