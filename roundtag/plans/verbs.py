"""A plan is saved, paused, resumed and retired."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.models import Contract, Round, RoundPlan
from roundtag.plans.checking import WARNINGS, Facts, check
from roundtag.words import N_

URL = "/rounds/plans"
OF_CLIENT = URL + "?client={}"


@dataclass(frozen=True)
class SavePlan:
    """A plan as its form says; `plan_id` None for a new one. Columns as in models.RoundPlan."""

    contract_id: int
    name: str
    occasion: str
    cycle: str
    starts_on: date
    plan_id: int | None = None
    name_en: str = ""
    every: int = 1
    ends_on: date | None = None
    sites: tuple[int, ...] = ()
    buildings: tuple[int, ...] = ()
    rooms: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()
    key_only: bool = False
    rooms_too: bool = False
    sample: int | None = None
    sample_unit: str = "count"
    due_rule: str = "day"
    due: int = 10
    shift: str = "before"
    lead_days: int = 0
    engineer_id: int | None = None
    backup_id: int | None = None

    @property
    def scope(self) -> dict[str, list[int]]:
        return {
            "sites": list(self.sites),
            "buildings": list(self.buildings),
            "rooms": list(self.rooms),
        }

    def columns(self) -> dict[str, Any]:
        """The plan's row, without what names it."""
        same = (
            "name", "name_en", "occasion", "cycle", "every", "starts_on", "ends_on", "scope",
            "key_only", "rooms_too", "sample", "sample_unit", "due_rule", "due", "shift",
            "lead_days",
        )  # fmt: skip
        return {
            **{name: getattr(self, name) for name in same},
            "categories": list(self.categories),
            "engineer": self.engineer_id,
            "backup": self.backup_id,
        }


def save_plan(command: SavePlan, deed: Deed) -> Outcome:
    """Keeps a new plan or the change of one. Rounds that are open stay as they were opened."""
    contract = Contract.get_or_none(Contract.id == command.contract_id)
    if contract is None:
        raise NotFound
    deed.require(contract.client_id)
    plan = _own(command, contract)
    if plan and plan.retired_at:
        return Outcome(N_("This plan was retired before."), OF_CLIENT.format(plan.client_id),
                       "conflict", subject_id=plan.id)  # fmt: skip
    facts = check(command, contract, deed.received_at)
    if plan:
        deed.change(plan, **command.columns())
    else:
        own = {"client": contract.client_id, "contract": contract}
        plan = deed.create(RoundPlan, **own, **command.columns())
    return Outcome(_said(plan, facts), f"{URL}/{plan.id}", subject_id=plan.id)


def _own(command: SavePlan, contract: Contract) -> RoundPlan | None:
    if command.plan_id is None:
        return None
    plan = RoundPlan.get_or_none(
        (RoundPlan.id == command.plan_id) & (RoundPlan.contract == contract.id)
    )
    if plan is None:
        raise NotFound
    return plan


def _said(plan: RoundPlan, facts: Facts) -> str:
    """What the person should know: the open round is the likeliest surprise."""
    if Round.select().where((Round.plan == plan.id) & Round.closed_at.is_null()).exists():
        return N_(
            "The plan is kept. Its open round stays as it was opened; the change counts from the "
            "next one."
        )
    return WARNINGS[facts.warnings[0]] if facts.warnings else N_("The plan is kept.")


@dataclass(frozen=True)
class PausePlan:
    plan_id: int
    paused: bool = True


def pause_plan(command: PausePlan, deed: Deed) -> Outcome:
    """Opens no round until it goes on; open rounds stay."""
    plan = _standing(command.plan_id, deed)
    want = RoundPlan.paused_at.is_null(command.paused) & RoundPlan.retired_at.is_null()
    at = deed.received_at if command.paused else None
    if not deed.claim(RoundPlan, (RoundPlan.id == plan.id) & want, paused_at=at):
        return Outcome(N_("Somebody was quicker: nothing was changed."), f"{URL}/{plan.id}",
                       "conflict", subject_id=plan.id)  # fmt: skip
    words = N_("The plan pauses.") if command.paused else N_("The plan goes on.")
    return Outcome(words, f"{URL}/{plan.id}", subject_id=plan.id)


@dataclass(frozen=True)
class RetirePlan:
    plan_id: int


def retire_plan(command: RetirePlan, deed: Deed) -> Outcome:
    """Ends a plan for good. Its rounds stay, the open ones are walked to their end."""
    plan = _standing(command.plan_id, deed)
    in_use = (RoundPlan.id == plan.id) & RoundPlan.retired_at.is_null()
    if not deed.claim(RoundPlan, in_use, retired_at=deed.received_at):
        return Outcome(N_("This plan was retired before."), OF_CLIENT.format(plan.client_id),
                       "conflict", subject_id=plan.id)  # fmt: skip
    return Outcome(N_("The plan is retired. Its rounds stay."), OF_CLIENT.format(plan.client_id),
                   subject_id=plan.id)  # fmt: skip


def _standing(plan_id: int, deed: Deed) -> RoundPlan:
    plan = RoundPlan.get_or_none(RoundPlan.id == plan_id)
    if plan is None:
        raise NotFound
    deed.require(plan.client_id)
    return plan
