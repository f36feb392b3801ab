"""Who answers now: the duty roster of a contract, else its engineers."""

from dataclasses import dataclass
from datetime import datetime

from roundtag import clock
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.models import Contract, DutyTurn, Grant, Person
from roundtag.words import N_


@dataclass(frozen=True)
class PutOnDuty:
    contract_id: int
    person_id: int
    starts_at: datetime
    ends_at: datetime


def put_on_duty(command: PutOnDuty, deed: Deed) -> Outcome:
    contract = Contract.get_or_none(Contract.id == command.contract_id)
    if contract is None or Person.get_or_none(Person.id == command.person_id) is None:
        raise NotFound
    deed.require(contract.client_id)
    if command.ends_at <= command.starts_at:
        raise invalid("ends_at", "order", N_("The end must come after the start."))
    turn = deed.create(
        DutyTurn,
        client=contract.client_id,
        contract=contract.id,
        person=command.person_id,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
    )
    return Outcome(N_("The duty turn is in the roster."), subject_id=turn.id)


def on_duty(contract: Contract, at: datetime) -> list[Person]:
    """People on duty at that moment; without a roster the engineers granted to the contract."""
    moment = clock.to_text(at)
    rostered = (
        Person.select()
        .join(DutyTurn)
        .where(
            (DutyTurn.contract == contract.id)
            & (DutyTurn.starts_at <= moment)
            & (DutyTurn.ends_at > moment)
            & Person.active
        )
    )
    return list(rostered.order_by(Person.id)) or _engineers(contract, moment)


def _engineers(contract: Contract, moment: str) -> list[Person]:
    in_scope = (
        ((Grant.scope == "contract") & (Grant.scope_id == contract.id))
        | ((Grant.scope == "client") & (Grant.scope_id == contract.client_id))
        | (Grant.scope == "provider")
    )
    current = (Grant.since <= moment) & (Grant.until.is_null() | (Grant.until > moment))
    query = Person.select().join(Grant).where((Grant.role == "engineer") & in_scope & current)
    return list(query.where(Person.active).distinct().order_by(Person.id))
