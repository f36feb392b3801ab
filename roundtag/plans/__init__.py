"""Plans of rounds: what a contract asks for again and again, its calendar, upkeep by records."""

from roundtag.plans.checking import CYCLES, LONGEST_LEAD, PLANNED, WARNINGS, walkers
from roundtag.plans.defaults import AddDefaultPlans, add_default_plans
from roundtag.plans.feed import (
    RenewFeed,
    RevokeFeed,
    feed,
    granted,
    renew_feed,
    revoke_feed,
    standing,
)
from roundtag.plans.forms import read_exception, read_meeting, read_plan
from roundtag.plans.listing import (
    choices,
    contract_of,
    contracts,
    plan_of,
    preview,
    preview_of,
    saved,
)
from roundtag.plans.month import month, read_wish
from roundtag.plans.redraw import Redrawn, redraw
from roundtag.plans.rooms import MeetingChoices, meeting_choices
from roundtag.plans.upkeep import CONDITIONS, Upkeep, upkeep
from roundtag.plans.verbs import (
    PausePlan,
    RetirePlan,
    SavePlan,
    pause_plan,
    retire_plan,
    save_plan,
)

__all__ = [
    "CONDITIONS",
    "CYCLES",
    "LONGEST_LEAD",
    "PLANNED",
    "WARNINGS",
    "AddDefaultPlans",
    "MeetingChoices",
    "PausePlan",
    "Redrawn",
    "RenewFeed",
    "RetirePlan",
    "RevokeFeed",
    "SavePlan",
    "Upkeep",
    "add_default_plans",
    "choices",
    "contract_of",
    "contracts",
    "feed",
    "granted",
    "meeting_choices",
    "month",
    "pause_plan",
    "plan_of",
    "preview",
    "preview_of",
    "read_exception",
    "read_meeting",
    "read_plan",
    "read_wish",
    "redraw",
    "renew_feed",
    "retire_plan",
    "revoke_feed",
    "save_plan",
    "saved",
    "standing",
    "upkeep",
    "walkers",
]  # fmt: skip
