"""A month of rounds: what opens and what is due on which day, planned ones beside open ones."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from peewee import fn

from roundtag import calendar, clients, clock
from roundtag.access import Actor
from roundtag.fields import key_of
from roundtag.models import (
    Building,
    Client,
    Contract,
    Device,
    Room,
    Round,
    RoundDevice,
    RoundPlan,
    Site,
    dicts,
)
from roundtag.plans.checking import walkers
from roundtag.rounds import cycles
from roundtag.rounds.cycles import add_months
from roundtag.rounds.ensuring import slot, timing


@dataclass(frozen=True)
class Entry:
    """One mark in the calendar. `kind`: due, opens or planned (not opened yet)."""

    kind: str
    name: str
    name_en: str
    occasion: str
    period: str
    url: str
    late: bool = False
    done: bool = False
    due_at: datetime | None = None


@dataclass(frozen=True)
class Day:
    """`holiday`: its Chinese and English name; `own`: the client's exception, else None."""

    day: date
    inside: bool
    working: bool
    make_up: bool
    holiday: tuple[str, str] | None
    own: bool | None
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Wish:
    """What the page asks for. `said` is False where the address named no month that exists."""

    first: date
    engineer: int | None
    site: int | None
    client: int | None = None
    said: bool = True


@dataclass(frozen=True)
class Month:
    wish: Wish
    before: str
    after: str
    weeks: list[list[Day]]
    people: list[tuple[int, str]]
    sites: list[tuple[int, str]]
    clients: list[Client]
    client: Client | None
    covered: bool


def read_wish(month: str, engineer: str, site: str, client: str, today: date) -> Wish:
    """An address's filters; a month that does not exist becomes the present one."""
    good = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", month)
    first = date(int(good[1]), int(good[2]), 1) if good else today.replace(day=1)
    return Wish(first, key_of(engineer), key_of(site), key_of(client), bool(good) or not month)


def month(wish: Wish, actor: Actor, now: datetime) -> Month:
    """The grid of one client's month; a fixed number of queries."""
    known, client = clients.choose(actor, wish.client)
    first = wish.first - timedelta(days=wish.first.weekday())
    after = add_months(wish.first, 1)
    last = after + timedelta(days=(7 - after.weekday()) % 7 - 1)
    own = calendar.exceptions(client.id) if client else {}
    entries: dict[date, list[Entry]] = {}
    if client:
        opened = _opened(client.id, wish, first, last)
        today = clock.local_day(now)
        for day, entry in [*_of_rounds(opened, today), *_of_plans(client.id, wish, now, last, own)]:
            if first <= day <= last:
                entries.setdefault(day, []).append(entry)
    span = (last - first).days + 1
    days = [_day(first + timedelta(days=n), wish, own, entries) for n in range(span)]
    weeks = [days[n : n + 7] for n in range(0, len(days), 7)]
    return Month(
        wish, f"{add_months(wish.first, -1):%Y-%m}", f"{after:%Y-%m}", weeks,
        _people(client, now), _sites(client), known, client,
        all(calendar.covers(day.day) for day in days),
    )  # fmt: skip


def _day(day: date, wish: Wish, own: cycles.Own, entries: dict[date, list[Entry]]) -> Day:
    return Day(
        day, day.month == wish.first.month, calendar.is_working_day(day, own),
        calendar.is_make_up_day(day), calendar.holiday_names(day), own.get(day),
        entries.get(day, []),
    )  # fmt: skip


def _opened(client_id: int, wish: Wish, first: date, last: date) -> list[Round]:
    """Rounds that open or are due within the days shown."""
    due = (Round.due_on >= first.isoformat()) & (Round.due_on <= last.isoformat())
    opens = (Round.opens_on >= first.isoformat()) & (Round.opens_on <= last.isoformat())
    waiting = RoundDevice.select(RoundDevice.id).where(
        (RoundDevice.round == Round.id) & RoundDevice.done_at.is_null()
    )
    query = Round.select(Round, fn.EXISTS(waiting).alias("waiting")).where(
        (Round.client == client_id) & (due | opens)
    )
    if wish.engineer:
        walks = (Round.engineer == wish.engineer) | (Round.backup == wish.engineer)
        query = query.where(walks)
    if wish.site:
        query = query.where(Round.id << _rounds_at(wish.site))
    return list(query.order_by(Round.due_on, Round.id))


def _rounds_at(site_id: int) -> Any:
    """Rounds with a stop at a site."""
    rooms = Room.select(Room.id).join(Building).where(Building.site == site_id)
    devices = Device.select(Device.id).where(Device.room << rooms)
    return RoundDevice.select(RoundDevice.round).where(
        (RoundDevice.device << devices) | (RoundDevice.room << rooms)
    )


def _of_rounds(rows: Iterable[Round], today: date) -> Iterable[tuple[date, Entry]]:
    for row in rows:
        open_still = row.closed_at is None and bool(row.waiting)
        named = (row.name, row.name_en, row.occasion, row.period, f"/rounds/{row.id}")
        late = open_still and row.due_on < today
        yield row.due_on, Entry("due", *named, late, not open_still, row.due_at)
        if row.opens_on and row.opens_on != row.due_on:
            yield row.opens_on, Entry("opens", *named, False, not open_still)


def _of_plans(client_id: int, wish: Wish, now: datetime, last: date,
              own: cycles.Own) -> Iterable[tuple[date, Entry]]:  # fmt: skip
    """What the plans will open: nothing yet, so nothing to tap but the plan."""
    plans = _plans(client_id, wish)
    taken = {row.slot for row in Round.select(Round.slot).where(
        (Round.client == client_id) & Round.plan.is_null(False))}  # fmt: skip
    for plan in plans:
        today = clock.local_day(now, plan.contract.zone)
        for turn in cycles.turns(timing(plan, plan.contract), today, own):
            if turn.opens_on > last:
                break
            if slot(plan.id, turn.period) not in taken and turn.due_on >= today:
                url = f"/rounds/plans/{plan.id}"
                yield turn.due_on, Entry("planned", plan.name, plan.name_en, plan.occasion,
                                         turn.period, url)  # fmt: skip


def _plans(client_id: int, wish: Wish) -> list[RoundPlan]:
    active = RoundPlan.retired_at.is_null() & RoundPlan.paused_at.is_null()
    query = (
        RoundPlan.select(RoundPlan, Contract)
        .join(Contract)
        .where((RoundPlan.client == client_id) & active)
    )
    if wish.engineer:
        query = query.where(
            (RoundPlan.engineer == wish.engineer) | (RoundPlan.backup == wish.engineer)
        )
    found = list(query.order_by(RoundPlan.id))
    if wish.site is None:
        return found
    places = _places_of(wish.site)
    return [plan for plan in found if _may_touch(plan, places)]


def _places_of(site_id: int) -> tuple[set[int], set[int], set[int]]:
    buildings = {row.id for row in Building.select(Building.id).where(Building.site == site_id)}
    rooms = {row.id for row in Room.select(Room.id).where(Room.building << buildings)}
    return {site_id}, buildings, rooms


def _may_touch(plan: RoundPlan, places: tuple[set[int], set[int], set[int]]) -> bool:
    names = ("sites", "buildings", "rooms")
    chosen = [set(plan.scope.get(name, ())) for name in names]
    return not any(chosen) or any(one & other for one, other in zip(chosen, places, strict=True))


def _people(client: Client | None, now: datetime) -> list[tuple[int, str]]:
    return walkers(client.id, now) if client else []


def _sites(client: Client | None) -> list[tuple[int, str]]:
    if client is None:
        return []
    rows = Site.select(Site.id, Site.name).where(Site.client == client.id).order_by(Site.name)
    return [(row["id"], row["name"]) for row in dicts(rows)]
