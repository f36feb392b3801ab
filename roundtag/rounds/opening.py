"""A round is opened, by hand or by a plan, and closed."""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.models import Contract, Round, RoundDevice
from roundtag.rounds.scope import Candidate, Scope, candidates
from roundtag.words import N_

DUE_DAY = 10
BY_HAND = ("monthly",)


@dataclass(frozen=True)
class OpenRound:
    contract_id: int
    occasion: str
    period: str
    engineer_id: int | None = None


def open_round(command: OpenRound, deed: Deed) -> Outcome:
    """Opens a round over all devices in use of the contract's client; once per period."""
    contract = Contract.get_or_none(Contract.id == command.contract_id)
    if contract is None:
        raise NotFound
    deed.require(contract.client_id)
    _check(command)
    if existing(command):
        raise invalid("period", "taken", N_("This round is open already."))
    made = create(
        deed, contract, command.occasion, command.period, due_day(contract, command.period),
        candidates(contract.client_id, Scope()), engineer=command.engineer_id,
    )  # fmt: skip
    return Outcome(N_("The round is open."), url=f"/rounds/{made.id}", subject_id=made.id)


def create(deed: Deed, contract: Contract, occasion: str, period: str, due_on: date,
           stops: Iterable[Candidate], **more: Any) -> Round:  # fmt: skip
    """The round and all its stops, in as few statements as can be."""
    made = deed.create(
        Round, client=contract.client_id, contract=contract, occasion=occasion, period=period,
        due_on=due_on, opened_at=deed.received_at, **more,
    )  # fmt: skip
    same = {"client": contract.client_id, "round": made.id}
    deed.create_many(
        RoundDevice, ({**same, "device": stop.device, "room": stop.room} for stop in stops)
    )
    return made


@dataclass(frozen=True)
class CloseRound:
    round_id: int


def close_round(command: CloseRound, deed: Deed) -> Outcome:
    """Closes a round, whatever is still open in it; entries that come later are kept and marked."""
    found = Round.get_or_none(Round.id == command.round_id)
    if found is None:
        raise NotFound
    deed.require(found.client_id)
    still_open = (Round.id == found.id) & Round.closed_at.is_null()
    if not deed.claim(Round, still_open, closed_at=deed.received_at):
        return Outcome(N_("This round was closed before."), state="conflict", subject_id=found.id)
    return Outcome(N_("The round is closed."), url="/today", subject_id=found.id)


def _check(command: OpenRound) -> None:
    if command.occasion not in BY_HAND:
        raise invalid("occasion", "unknown", N_("Choose one of the list."))
    if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", command.period):
        raise invalid("period", "month", N_("Give the month as YYYY-MM."))


def existing(command: OpenRound) -> Round | None:
    return Round.get_or_none(
        (Round.contract == command.contract_id)
        & (Round.occasion == command.occasion)
        & (Round.period == command.period)
    )


def due_day(contract: Contract, period: str) -> date:
    """The 10th of the period's month; its last day when the contract began later than that."""
    year, month = map(int, period.split("-"))
    tenth = date(year, month, DUE_DAY)
    return tenth if contract.starts_on <= tenth else date(year, month, monthrange(year, month)[1])
