"""What makes a plan sound, and what its author should know beforehand."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from roundtag import calendar, clock, data
from roundtag.access import FIELD
from roundtag.errors import FieldError, Invalid
from roundtag.models import Building, Contract, Grant, Person, Room, Site, dicts
from roundtag.people import working_for
from roundtag.rounds import cycles
from roundtag.rounds.scope import Candidate, Scope, candidates
from roundtag.words import N_

if TYPE_CHECKING:
    from roundtag.plans.verbs import SavePlan

CYCLES = (*cycles.CYCLES, "days")
PLANNED = ("monthly", "weekly", "daily", "quarterly", "half_yearly", "recheck")
"""Occasions of plans; the others belong to one meeting, one fault or one new device."""
SAMPLE_UNITS = ("count", "percent")
LONGEST = 366
LONGEST_LEAD = 31
WARNINGS = {
    "no-stop": N_("The plan is kept, but it finds no stop yet: no round opens until there is one."),
    "whole": N_("The plan is kept. The sample is as large as the whole: every stop is checked."),
}
"""What is kept all the same, with the sentence that says so."""


ENDED = N_("This contract has ended: nothing can be planned for it.")


@dataclass(frozen=True)
class Facts:
    """What a plan comes to: its whole, how many of it a round takes, and keys of WARNINGS."""

    whole: list[Candidate] = field(default_factory=list)
    stops: int = 0
    warnings: list[str] = field(default_factory=list)


def scope_of(command: "SavePlan") -> Scope:
    return Scope(
        command.sites, command.buildings, command.rooms, command.categories, command.key_only,
        command.rooms_too, command.sample, command.sample_unit,
    )  # fmt: skip


def check(command: "SavePlan", contract: Contract, now: datetime) -> Facts:
    """Raises Invalid with every field that cannot be kept."""
    errors = [FieldError(*found) for found in _problems(command, contract, now)]
    if errors:
        raise Invalid(*errors)
    return facts_of(command, contract)


def facts_of(command: "SavePlan", contract: Contract) -> Facts:
    scope = scope_of(command)
    whole = candidates(contract.client_id, scope)
    warnings = []
    if not whole:
        warnings.append("no-stop")
    elif scope.sample is not None and scope.sampled(len(whole)) == len(whole):
        warnings.append("whole")
    return Facts(whole, scope.sampled(len(whole)) if whole else 0, warnings)


Problem = tuple[Any, ...]
"""Field, code, message id and perhaps values."""


def _problems(command: "SavePlan", contract: Contract, now: datetime) -> list[Problem]:
    return [
        *_wrong_choices(command), *_wrong_days(command, contract, now), *_wrong_numbers(command),
        *_wrong_places(command, contract.client_id), *_wrong_people(command, contract, now),
    ]  # fmt: skip


def _wrong_choices(command: "SavePlan") -> list[Problem]:
    listed = {
        "occasion": (command.occasion, PLANNED),
        "cycle": (command.cycle, CYCLES),
        "due_rule": (command.due_rule, cycles.DUE_RULES),
        "shift": (command.shift, calendar.SHIFTS),
        "sample_unit": (command.sample_unit, SAMPLE_UNITS),
    }
    unknown = N_("Choose one of the list.")
    found: list[Problem] = [
        (name, "unknown", unknown) for name, (value, known) in listed.items() if value not in known
    ]
    codes = {category.code for category in data.categories()} - {"room"}
    if not set(command.categories) <= codes:
        found.append(("categories", "unknown", unknown))
    if not command.name:
        found.append(("name", "required", N_("Give the plan a name.")))
    return found


def _wrong_days(command: "SavePlan", contract: Contract, now: datetime) -> list[Problem]:
    if contract.ends_on < clock.local_day(now, contract.zone):
        return [
            ("contract", "ended", N_("This contract has ended: nothing can be planned for it."))
        ]
    span = {"first": contract.starts_on.isoformat(), "last": contract.ends_on.isoformat()}
    term = N_("Choose a day within the contract: %(first)s to %(last)s.")
    found: list[Problem] = []
    if not contract.starts_on <= command.starts_on <= contract.ends_on:
        found.append(("starts_on", "term", term, span))
    if command.ends_on and not contract.starts_on <= command.ends_on <= contract.ends_on:
        found.append(("ends_on", "term", term, span))
    elif command.ends_on and command.ends_on < command.starts_on:
        found.append(("ends_on", "order", N_("The end must come after the start.")))
    return found


def _wrong_numbers(command: "SavePlan") -> list[Problem]:
    day = command.due_rule == "day"
    most = 100 if command.sample_unit == "percent" else 100_000
    ranges = [
        ("every", command.every, 1, LONGEST),
        ("due", command.due, 1 if day else 0, 31 if day else LONGEST),
        ("lead_days", command.lead_days, 0, LONGEST_LEAD),
        ("sample", 1 if command.sample is None else command.sample, 1, most),
    ]
    words = N_("Give a number from %(low)s to %(high)s.")
    return [
        (name, "range", words, {"low": low, "high": high})
        for name, value, low, high in ranges
        if not low <= value <= high
    ]


def _wrong_places(command: "SavePlan", client_id: int) -> list[Problem]:
    chosen: list[tuple[str, Any, tuple[int, ...]]] = [
        ("sites", Site, command.sites),
        ("buildings", Building, command.buildings),
        ("rooms", Room, command.rooms),
    ]
    words = N_("This place is not one of this client's.")
    return [
        (name, "unknown", words)
        for name, model, keys in chosen
        if keys and model.select().where((model.client == client_id) & (model.id << keys)).count()
        != len(set(keys))
    ]  # fmt: skip


def _wrong_people(command: "SavePlan", contract: Contract, now: datetime) -> list[Problem]:
    able = {key for key, _ in walkers(contract.client_id, now)}
    words = N_("This person may not check devices of this client. Give them the role first.")
    found: list[Problem] = [
        (name, "rights", words)
        for name, key in (("engineer", command.engineer_id), ("backup", command.backup_id))
        if key is not None and key not in able
    ]
    if command.backup_id is not None and command.backup_id == command.engineer_id:
        found.append(("backup", "same", N_("Choose somebody else as backup.")))
    return found


def walkers(client_id: int, now: datetime) -> list[tuple[int, str]]:
    """Key and name of all who may file checks at a client; one query."""
    able = working_for([client_id], now).where(Grant.role << sorted(FIELD))
    rows = dicts(
        Person.select(Person.id, Person.name, Person.username)
        .where(Person.active & Person.id.in_(able))
        .order_by(Person.name, Person.id)
    )
    return [(row["id"], row["name"] or row["username"]) for row in rows]
