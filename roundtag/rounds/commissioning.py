"""A new device is checked within days: one round for all that a contract got on one day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from roundtag import clients, clock
from roundtag.commands import Deed, Outcome
from roundtag.duty import on_duty
from roundtag.errors import NotFound, invalid
from roundtag.models import Contract, Round, RoundDevice
from roundtag.rounds.ensuring import may_walk
from roundtag.rounds.opening import create
from roundtag.rounds.scope import Candidate
from roundtag.words import N_

TERM = "commissioning_days"
DAYS = 7
LONGEST = 90


def days_of(contract: Contract) -> int:
    """Within how many days a new device is checked; 0: it is not asked for."""
    return int(contract.terms.get(TERM, DAYS))


def commission(deed: Deed, client_id: int, keys: Iterable[int]) -> int | None:
    """Lays the check of new devices down, inside the deed that registers them; returns its round.

    Only the form calls this: a list that is imported holds what stood there before (ADR 22).
    """
    today = clock.local_day(deed.received_at)
    contract = clients.contract_at(client_id, today)
    if contract is None or not days_of(contract):
        return None
    # Two who register at one moment come in turn.
    Contract.update(id=Contract.id).where(Contract.id == contract.id).execute()
    slot = f"commissioning-{contract.id}/{today}"
    stops = [Candidate("", key, None) for key in keys]
    found = Round.get_or_none((Round.slot == slot) & Round.closed_at.is_null())
    if found:
        same = {"client": client_id, "round": found.id}
        deed.create_many(RoundDevice, [{**same, "device": stop.device} for stop in stops])
        return int(found.id)
    if Round.select().where(Round.slot == slot).exists():  # closed by hand on the very same day
        slot += f"-{deed.id}"
    due = min(today + timedelta(days=days_of(contract)), contract.ends_on)
    made = create(deed, contract, "commissioning", today.isoformat(), due, stops, slot=slot,
                  opens_on=today, engineer=_walker(deed, contract))  # fmt: skip
    return int(made.id)


def _walker(deed: Deed, contract: Contract) -> int | None:
    """Who registered it, if they check devices there; else who is on duty."""
    if may_walk(deed.person_id, contract.client_id, deed.received_at):
        return deed.person_id
    return next((person.id for person in on_duty(contract, deed.received_at)), None)


@dataclass(frozen=True)
class SetCommissioning:
    contract_id: int
    days: int


def set_commissioning(command: SetCommissioning, deed: Deed) -> Outcome:
    contract = Contract.get_or_none(Contract.id == command.contract_id)
    if contract is None:
        raise NotFound
    deed.require(contract.client_id)
    if not 0 <= command.days <= LONGEST:
        raise invalid("days", "range", N_("Give a number from %(low)s to %(high)s."),
                      low=0, high=LONGEST)  # fmt: skip
    deed.change(contract, terms={**contract.terms, TERM: command.days})
    url = f"/rounds/plans?client={contract.client_id}"
    return Outcome(N_("The term for new devices is kept."), url, subject_id=contract.id)
