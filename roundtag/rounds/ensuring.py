"""The scheduler's part: every round that a plan asks for by now exists, exactly once.

One command opens one round with all its stops, under an id made of plan and period: killed at any
step, it leaves nothing or the whole round, and the next turn goes on. A period that passed wholly
while the installation was off is not opened afterwards: nobody can walk it any more (ADR 22).
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from roundtag import access, calendar, clock, commands, jobs, people
from roundtag.commands import Deed, Outcome
from roundtag.db import database
from roundtag.duty import on_duty
from roundtag.errors import Invalid, NotFound, invalid
from roundtag.models import Client, Contract, Person, Round, RoundPlan
from roundtag.rounds import cycles, drawing
from roundtag.rounds.opening import create
from roundtag.rounds.scope import candidates, of_plan
from roundtag.words import N_

log = logging.getLogger(__name__)
EMPTY = "empty"


@jobs.every(600, "rounds.ensure")
def keep_rounds_open() -> int:
    """The scheduler's call of `ensure`."""
    with database.connection_context():
        return ensure(clock.now())


def ensure(now: datetime) -> int:
    """Opens what the plans of running contracts ask for by now; returns how many rounds.

    A contract that never had a plan gets the monthly one first.
    """
    running = [c for c in list(Contract.select()) if _runs(c, now)]
    _keep_default_plans(running)
    return sum(_opened(want) for want in list(wanted(running, now)))


def _runs(contract: Contract, now: datetime) -> bool:
    return bool(contract.starts_on <= clock.local_day(now, contract.zone) <= contract.ends_on)


def _keep_default_plans(running: list[Contract]) -> None:
    planned = RoundPlan.select(RoundPlan.contract).distinct()
    has = {row.contract_id for row in planned}
    for contract in running:
        if contract.id not in has:
            order = MonthlyPlan(contract.id)
            commands.run(f"monthly-plan-{contract.id}", plan_monthly, order, access.SYSTEM)


@dataclass(frozen=True)
class MonthlyPlan:
    contract_id: int


def plan_monthly(command: MonthlyPlan, deed: Deed) -> Outcome:
    """The plan of a contract that nobody planned for: all devices, once a month, by the 10th."""
    contract = Contract.get_by_id(command.contract_id)
    deed.require(contract.client_id)
    plan = deed.create(
        RoundPlan, client=contract.client_id, contract=contract, name="月度巡检",
        name_en="Monthly round", occasion="monthly", cycle="monthly", starts_on=contract.starts_on,
    )  # fmt: skip
    return Outcome(N_("The plan is kept."), subject_id=plan.id)


@dataclass(frozen=True)
class OpenPlanned:
    plan_id: int
    period: str


def wanted(running: list[Contract], now: datetime) -> Iterator[OpenPlanned]:
    """What the plans ask for by now and is not there, in the order of plans; four queries."""
    contracts = {contract.id: contract for contract in running}
    plans = active_plans(list(contracts))
    own = calendar.exceptions_of({c.client_id for c in running})
    taken = _taken(list(contracts))
    for plan in plans:
        contract = contracts[plan.contract_id]
        today = clock.local_day(now, contract.zone)
        for turn in cycles.open_by(timing(plan, contract), today, own[contract.client_id]):
            by_hand = (contract.id, plan.occasion, turn.period)
            if not {slot(plan.id, turn.period), by_hand} & taken:
                yield OpenPlanned(plan.id, turn.period)


def active_plans(contract_ids: list[int]) -> list[RoundPlan]:
    rows = RoundPlan.select().where(
        (RoundPlan.contract << contract_ids)
        & RoundPlan.retired_at.is_null()
        & RoundPlan.paused_at.is_null()
    )
    return list(rows.order_by(RoundPlan.id))


def _taken(contract_ids: list[int]) -> set[object]:
    """The slots that have a round, and the periods that have one opened by hand."""
    rows = Round.select(Round.slot, Round.contract, Round.occasion, Round.period)
    return {
        row.slot or (row.contract_id, row.occasion, row.period)
        for row in rows.where(Round.contract << contract_ids)
    }


def slot(plan_id: int, period: str) -> str:
    return f"plan-{plan_id}/{period}"


def timing(plan: RoundPlan, contract: Contract) -> cycles.Timing:
    """A plan's counting, kept within its contract's term."""
    ends = min(plan.ends_on or contract.ends_on, contract.ends_on)
    return cycles.Timing(
        plan.cycle, max(plan.starts_on, contract.starts_on), ends, plan.every, plan.due_rule,
        plan.due, plan.shift, plan.lead_days,
    )  # fmt: skip


def _opened(order: OpenPlanned) -> bool:
    """Whether a round was opened just now: another scheduler may have been quicker."""
    command_id = f"plan-{order.plan_id}-{order.period}"
    try:
        return not commands.run(command_id, open_planned, order, access.SYSTEM).repeated
    except Invalid as refused:
        codes = {error.code for error in refused.errors}
        log.info("%s opens no round: %s", command_id, codes)
        return False


def open_planned(command: OpenPlanned, deed: Deed) -> Outcome:
    """Opens the round of one period of a plan; while it finds no stop, none is opened."""
    plan = RoundPlan.get_or_none(RoundPlan.id == command.plan_id)
    if plan is None:
        raise NotFound
    deed.require(plan.client_id)
    contract, scope = Contract.get_by_id(plan.contract_id), of_plan(plan)
    turn = _turn(plan, contract, command.period, deed.received_at)
    whole = candidates(plan.client_id, scope)
    if not whole:
        raise invalid("scope", EMPTY, N_("This plan finds no stop yet."))
    seed, stops = None, whole
    if scope.sample is not None:
        seed = drawing.seed_of(Client.get_by_id(plan.client_id).code, plan.id, command.period)
        stops = drawing.draw(seed, whole, scope.sampled(len(whole)))
    engineer, backup = _walkers(plan, contract, deed.received_at)
    made = create(
        deed, contract, plan.occasion, command.period, turn.due_on, stops,
        slot=slot(plan.id, command.period), plan=plan, name=plan.name, name_en=plan.name_en,
        opens_on=turn.opens_on, engineer=engineer, backup=backup, scope=scope.as_json(),
        seed=seed, drawn_from=len(whole) if seed else None,
    )  # fmt: skip
    return Outcome(N_("The round is open."), url=f"/rounds/{made.id}", subject_id=made.id)


def _turn(plan: RoundPlan, contract: Contract, period: str, now: datetime) -> cycles.Turn:
    today = clock.local_day(now, contract.zone)
    own = calendar.exceptions(plan.client_id)
    counted = timing(plan, contract)
    since = cycles.first_day(counted, period) or today
    found = next(cycles.turns(counted, since, own), None)
    if found is None or found.period != period:
        raise invalid("period", "unknown", N_("This plan has no such period."))
    return found


def _walkers(plan: RoundPlan, contract: Contract, now: datetime) -> tuple[int | None, int | None]:
    """Engineer and backup who may still inspect there; without one, who is on duty."""
    able = [may_walk(key, contract.client_id, now) for key in (plan.engineer_id, plan.backup_id)]
    duty = next((person.id for person in on_duty(contract, now)), None)
    engineer = plan.engineer_id if able[0] else duty
    return engineer, plan.backup_id if able[1] and plan.backup_id != engineer else None


def may_walk(person_id: int | None, client_id: int, now: datetime) -> bool:
    """Whether a person may file checks at a client."""
    person = Person.get_or_none((Person.id == person_id) & Person.active) if person_id else None
    return person is not None and people.actor_of(person, now).may("inspect", client_id)
