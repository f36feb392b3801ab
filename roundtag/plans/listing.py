"""What the pages of plans read: contracts with their plans, one plan, a preview before saving."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from roundtag import calendar, clock, people
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.models import (
    Building,
    Client,
    Contract,
    Room,
    Round,
    RoundPlan,
    Site,
    dicts,
)
from roundtag.plans.checking import Facts, check, facts_of, walkers
from roundtag.plans.defaults import lacking
from roundtag.plans.verbs import SavePlan
from roundtag.rounds import cycles
from roundtag.rounds.commissioning import days_of
from roundtag.rounds.ensuring import timing

NEXT = 6


@dataclass(frozen=True)
class PlanLine:
    id: int
    name: str
    name_en: str
    occasion: str
    cycle: str
    every: int
    engineer: str | None
    backup: str | None
    paused: bool
    next: cycles.Turn | None
    open_round: int | None


@dataclass(frozen=True)
class ContractPlans:
    """A contract with its plans; `missing` are the usual ones that it lacks."""

    id: int
    client_id: int
    client: str
    name: str
    starts_on: date
    ends_on: date
    ended: bool
    days: int
    plans: list[PlanLine]
    missing: list[SavePlan]


def contracts(actor: Actor, now: datetime, client: int | None = None) -> list[ContractPlans]:
    """The contracts in view, of one client where one is told; running ones first. Six queries."""
    query = Contract.select(Contract, Client).join(Client).order_by(Contract.starts_on.desc())
    if client is not None:
        query = query.where(Contract.client == client)
    found = list(visible(actor, query, Contract.client))
    keys = [contract.id for contract in found]
    rows = list(RoundPlan.select().where(RoundPlan.contract << keys).order_by(RoundPlan.id))
    own = calendar.exceptions_of({contract.client_id for contract in found})
    names = people.names({key for r in rows for key in (r.engineer_id, r.backup_id) if key})
    opened = _open_rounds([row.id for row in rows])
    pages = []
    for contract in found:
        today = clock.local_day(now, contract.zone)
        mine = [row for row in rows if row.contract_id == contract.id]
        lines = [
            _line(row, contract, today, own[contract.client_id], names, opened)
            for row in mine if not row.retired_at
        ]  # fmt: skip
        had = {(row.name, row.occasion) for row in mine}
        ended = contract.ends_on < today
        pages.append(ContractPlans(
            contract.id, contract.client_id, contract.client.name, contract.name,
            contract.starts_on, contract.ends_on, ended, days_of(contract), lines,
            [] if ended else lacking(contract, today, had),
        ))  # fmt: skip
    return sorted(pages, key=lambda one: one.ended)


def _open_rounds(plan_ids: list[int]) -> dict[int, int]:
    """The newest open round of each plan."""
    query = (
        Round.select(Round.plan, Round.id)
        .where((Round.plan << plan_ids) & Round.closed_at.is_null())
        .order_by(Round.id)
    )
    return {row["plan"]: row["id"] for row in dicts(query)} if plan_ids else {}


def _line(row: RoundPlan, contract: Contract, today: date, own: cycles.Own,
          names: dict[int, str], opened: dict[int, int]) -> PlanLine:  # fmt: skip
    coming = [] if row.paused_at else cycles.coming(timing(row, contract), today, 2, own)
    ahead = [turn for turn in coming if turn.opens_on > today]
    return PlanLine(
        row.id, row.name, row.name_en, row.occasion, row.cycle, row.every,
        names.get(row.engineer_id), names.get(row.backup_id), bool(row.paused_at),
        next(iter(ahead), None), opened.get(row.id),
    )  # fmt: skip


@dataclass(frozen=True)
class Choices:
    """What a plan's form offers."""

    client: str
    sites: list[tuple[int, str]]
    buildings: list[tuple[int, str]]
    rooms: list[tuple[int, str]]
    people: list[tuple[int, str]]


def contract_of(contract_id: int, actor: Actor) -> Contract:
    """With its client. Raises NotFound for one out of view."""
    query = Contract.select(Contract, Client).join(Client).where(Contract.id == contract_id)
    found = visible(actor, query, Contract.client).first()
    if found is None:
        raise NotFound
    return found


def plan_of(plan_id: int, actor: Actor) -> RoundPlan:
    """With its contract and client. Raises NotFound for one out of view."""
    query = (
        RoundPlan.select(RoundPlan, Contract, Client)
        .join(Contract)
        .switch(RoundPlan)
        .join(Client)
        .where(RoundPlan.id == plan_id)
    )
    found = visible(actor, query, RoundPlan.client).first()
    if found is None:
        raise NotFound
    return found


def choices(contract: Contract, now: datetime) -> Choices:
    """Places and people of the contract's client; four queries."""
    client = contract.client_id
    sites = Site.select(Site.id, Site.name).where(Site.client == client).order_by(Site.name)
    buildings = Building.select().where(Building.client == client).order_by(Building.name)
    rooms = (
        Room.select(Room.id, Room.name, Room.code)
        .where((Room.client == client) & Room.retired_at.is_null())
        .order_by(Room.code)
    )
    return Choices(
        contract.client.name,
        [(row.id, row.name) for row in sites],
        [(row.id, row.name) for row in buildings],
        [(row.id, f"{row.code} {row.name}") for row in rooms],
        walkers(client, now),
    )


@dataclass(frozen=True)
class Preview:
    """What a plan would do. `outside`: some of the days lie beyond the public calendar's years."""

    turns: list[cycles.Turn]
    facts: Facts
    engineer: str | None
    backup: str | None
    outside: bool


def preview(command: SavePlan, actor: Actor, now: datetime) -> Preview:
    """The next rounds of a plan that is not saved yet. Raises Invalid, NotFound."""
    contract = contract_of(command.contract_id, actor)
    return _preview(command, contract, now, check(command, contract, now))


def preview_of(plan: RoundPlan, now: datetime) -> Preview:
    """The next rounds of a plan as it is kept."""
    command = saved(plan)
    return _preview(command, plan.contract, now, facts_of(command, plan.contract))


def _preview(command: SavePlan, contract: Contract, now: datetime, facts: Facts) -> Preview:
    today = clock.local_day(now, contract.zone)
    counted = timing(_as_row(command), contract)
    own = calendar.exceptions(contract.client_id)
    turns = cycles.coming(counted, today, NEXT, own)
    names = people.names({key for key in (command.engineer_id, command.backup_id) if key})
    outside = any(not calendar.covers(turn.due_on) for turn in turns)
    return Preview(turns, facts, names.get(command.engineer_id or 0),
                   names.get(command.backup_id or 0), outside)  # fmt: skip


def _as_row(command: SavePlan) -> RoundPlan:
    return RoundPlan(contract=command.contract_id, **command.columns())


def saved(plan: RoundPlan) -> SavePlan:
    """A plan's row as its form would say it."""
    places: dict[str, Any] = {
        name: tuple(plan.scope.get(name, ())) for name in ("sites", "buildings", "rooms")
    }
    return SavePlan(
        plan.contract_id, plan.name, plan.occasion, plan.cycle, plan.starts_on, plan.id,
        plan.name_en, plan.every, plan.ends_on, categories=tuple(plan.categories),
        key_only=plan.key_only, rooms_too=plan.rooms_too, sample=plan.sample,
        sample_unit=plan.sample_unit, due_rule=plan.due_rule, due=plan.due, shift=plan.shift,
        lead_days=plan.lead_days, engineer_id=plan.engineer_id, backup_id=plan.backup_id, **places,
    )  # fmt: skip
