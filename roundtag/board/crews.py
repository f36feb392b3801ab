"""Whom to send to each of many faults: by duty first, then by how much everybody has to do.

The same rule as for one fault, read at once for all contracts of a page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from roundtag import clock
from roundtag.faults.crew import ROLES, loads
from roundtag.models import Contract, DutyTurn, Grant, Person, tuples


@dataclass(frozen=True)
class Helper:
    """An engineer; `load`: faults that this person leads or helps with at this moment."""

    id: int
    name: str
    on_duty: bool
    load: int


class Crews:
    """The engineers of some contracts, in six statements however many faults ask."""

    def __init__(self, contract_ids: Iterable[int], now: datetime) -> None:
        self._clients = dict(tuples(Contract.select(Contract.id, Contract.client).where(
            Contract.id.in_(sorted(set(contract_ids))))))  # fmt: skip
        self._turns = self._on_turn(clock.to_text(now))
        self._grants = self._granted(clock.to_text(now))
        people = Person.select(Person.id, Person.name, Person.username).where(
            Person.id.in_({person for _, person, _, _ in self._grants})
        )
        self._names = {key: name or username for key, name, username in tuples(people)}
        self._load = loads(list(self._names))

    def _on_turn(self, moment: str) -> set[tuple[int, int]]:
        turns = DutyTurn.select(DutyTurn.contract, DutyTurn.person).join(Person).where(
            DutyTurn.contract.in_(list(self._clients)) & (DutyTurn.starts_at <= moment)
            & (DutyTurn.ends_at > moment) & Person.active
        )  # fmt: skip
        return set(tuples(turns))

    def _granted(self, moment: str) -> list[tuple[str, int, str, int | None]]:
        grants = Grant.select(Grant.role, Grant.person, Grant.scope, Grant.scope_id).join(Person)
        holds = (Grant.since <= moment) & (Grant.until.is_null() | (Grant.until > moment))
        return tuples(grants.where(Grant.role.in_(ROLES) & holds & Person.active))

    def of(self, contract_id: int | None) -> list[Helper]:
        """Those who may be sent, the likeliest first; nobody without a contract. Where nobody has
        a turn now, every engineer of the contract is on duty."""
        if contract_id not in self._clients:
            return []
        scopes = {("contract", contract_id), ("client", self._clients[contract_id])}
        here = [(role, person) for role, person, scope, key in self._grants
                if scope == "provider" or (scope, key) in scopes]  # fmt: skip
        duty = {person for contract, person in self._turns if contract == contract_id}
        duty = duty or {person for role, person in here if role == "engineer"}
        helpers = [Helper(key, self._names[key], key in duty, self._load[key])
                   for key in {person for _, person in here}]  # fmt: skip
        return sorted(helpers, key=lambda one: (not one.on_duty, one.load, one.id))

    def suggested(self, contract_id: int | None) -> Helper | None:
        first = next(iter(self.of(contract_id)), None)
        return first if first and first.on_duty else None
