"""The plans that a new contract usually needs, laid down with one tap."""

from dataclasses import dataclass
from datetime import date

from roundtag import clock
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.models import Contract, RoundPlan
from roundtag.plans.checking import ENDED
from roundtag.plans.verbs import OF_CLIENT, SavePlan
from roundtag.rounds import cycles
from roundtag.words import N_

SCREENS = ("led_wall",)


@dataclass(frozen=True)
class AddDefaultPlans:
    contract_id: int


def add_default_plans(command: AddDefaultPlans, deed: Deed) -> Outcome:
    """Adds each usual plan whose name the contract has not yet, nor another of its occasion."""
    contract = Contract.get_or_none(Contract.id == command.contract_id)
    if contract is None:
        raise NotFound
    deed.require(contract.client_id)
    today = clock.local_day(deed.received_at, contract.zone)
    if contract.ends_on < today:
        raise invalid("contract", "ended", ENDED)  # fmt: skip
    wanted = missing(contract, today)
    for plan in wanted:
        deed.create(RoundPlan, client=contract.client_id, contract=contract, **plan.columns())
    words = N_("%(count)s plans are laid down. Their rounds open by themselves.")
    return Outcome(words, OF_CLIENT.format(contract.client_id), values={"count": len(wanted)},
                   subject_id=contract.id)  # fmt: skip


def missing(contract: Contract, today: date) -> list[SavePlan]:
    """The usual plans that a contract lacks; those retired count as had, they were not wanted."""
    rows = RoundPlan.select(RoundPlan.name, RoundPlan.occasion).where(
        RoundPlan.contract == contract.id
    )
    had = {(row.name, row.occasion) for row in rows}
    return lacking(contract, today, had)


def lacking(contract: Contract, today: date, had: set[tuple[str, str]]) -> list[SavePlan]:
    occasions = {occasion for _, occasion in had}
    names = {name for name, _ in had}
    return [
        plan
        for plan in usual(contract, today)
        if plan.name not in names
        and (plan.occasion not in occasions or plan.occasion == "daily")
    ]  # fmt: skip


def usual(contract: Contract, today: date) -> list[SavePlan]:
    """The monthly round begins with the contract; what is beside it with its next period, so that
    nobody meets five rounds on the first day."""
    first = max(today, contract.starts_on)
    plans = [
        SavePlan(contract.id, "月度巡检", "monthly", "monthly", contract.starts_on,
                 name_en="Monthly round", rooms_too=True),
        SavePlan(contract.id, "季度养护", "quarterly", "quarterly", _next("quarterly", first),
                 name_en="Quarterly upkeep", due_rule="end"),
        SavePlan(contract.id, "防雷接地检测", "half_yearly", "half_yearly",
                 _next("half_yearly", first), name_en="Lightning protection test",
                 categories=("lightning",), due_rule="end"),
        SavePlan(contract.id, "周抽检", "weekly", "weekly", _next("weekly", first),
                 name_en="Weekly sample", sample=10, sample_unit="percent", due_rule="end"),
        SavePlan(contract.id, "大屏例行检查", "daily", "days", _next("weekly", first), every=14,
                 name_en="Large-screen check", categories=SCREENS, due_rule="after", due=2,
                 shift="after"),
    ]  # fmt: skip
    return [plan for plan in plans if plan.starts_on <= contract.ends_on]


def _next(cycle: str, day: date) -> date:
    """The first day of the first whole period from a day on."""
    period = cycles.period_at(cycles.Timing(cycle, day, date.max), day)
    return day if period.first == day else period.last + cycles.DAY
