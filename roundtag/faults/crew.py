"""Who can be sent to a fault, who was, and how much each of them has to do."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from peewee import fn

from roundtag import people
from roundtag.duty import on_duty
from roundtag.faults.states import WORK_STATES
from roundtag.models import Contract, Fault, FaultCrew, Grant, Person, tuples

ROLES = ("engineer", "analyst")


@dataclass(frozen=True)
class Engineer:
    """`load`: faults that this person has to do something at, as their leader or in the crew."""

    id: int
    name: str
    load: int
    on_duty: bool
    suggested: bool = False


def engineers_for(fault: Fault, now: datetime) -> list[Engineer]:
    """Whom the contract's grants allow to be sent: on duty first, then by load. The first one on
    duty is suggested. A fixed number of queries."""
    persons = list(Person.select().where(Person.id.in_(_granted(fault, now)) & Person.active))
    contract = fault.contract_id and Contract.get_by_id(fault.contract_id)
    duty = {person.id for person in on_duty(contract, now)} if contract else set()
    busy = loads([person.id for person in persons])
    listed = sorted(
        (Engineer(person.id, person.name or person.username, busy[person.id],
                  person.id in duty) for person in persons),
        key=lambda one: (not one.on_duty, one.load, one.id),
    )  # fmt: skip
    if listed and listed[0].on_duty:
        listed[0] = replace(listed[0], suggested=True)
    return listed


def may_be_sent(fault: Fault, now: datetime) -> set[int]:
    """The keys of all who may be sent."""
    keys = Person.select(Person.id).where(Person.id.in_(_granted(fault, now)) & Person.active)
    return {key for (key,) in tuples(keys)}


def _granted(fault: Fault, now: datetime):  # type: ignore[no-untyped-def]
    here = (Grant.scope != "contract") | (Grant.scope_id == fault.contract_id)
    reach = people.working_for([fault.client_id], now)
    return reach.where(Grant.role.in_(ROLES) & here)


def loads(ids: list[int]) -> Counter[int]:
    """At how many faults each has something to do, as leader or in the crew; two queries."""
    open_ones = Fault.state.in_(WORK_STATES)
    leads = (Fault.select(Fault.assignee, fn.COUNT(Fault.id))
             .where(Fault.assignee.in_(ids) & open_ones).group_by(Fault.assignee))  # fmt: skip
    helps = (FaultCrew.select(FaultCrew.person, fn.COUNT(FaultCrew.id)).join(Fault)
             .where(FaultCrew.person.in_(ids) & FaultCrew.left_at.is_null() & open_ones)
             .group_by(FaultCrew.person))  # fmt: skip
    found: Counter[int] = Counter()
    for query in (leads, helps):
        found.update(dict(tuples(query)))
    return found


def crew_of(fault_id: int) -> list[int]:
    """Who works at it beside its leader, in the order of joining."""
    rows = FaultCrew.select(FaultCrew.person).where(
        (FaultCrew.fault == fault_id) & FaultCrew.left_at.is_null())  # fmt: skip
    return [key for (key,) in tuples(rows.order_by(FaultCrew.id))]


def hands(fault: Fault) -> list[int]:
    """Everybody who works at it, the leader first."""
    return list(dict.fromkeys([*([fault.assignee_id] if fault.assignee_id else []),
                               *crew_of(fault.id)]))  # fmt: skip
