"""What is known that helps at one fault: articles, its problem, whether it owes an article."""

from dataclasses import dataclass

from peewee import fn

from roundtag import data, knowledge
from roundtag.access import Actor
from roundtag.knowledge import Card, Wanted
from roundtag.knowledge.cards import fitting
from roundtag.models import Device, Fault, Problem, ProblemFault, Unit, tuples

MANY = 50


@dataclass(frozen=True)
class AtFault:
    """`problem` and `others` as (key, number, title): its own, and those still open that it could
    be added to. `owes`: it was the first of its kind, and nobody has written of it.
    `may_…`: what the reader may do about it."""

    fault_id: int
    category: str
    symptom: str
    articles: list[Card]
    problem: tuple[int, str, str] | None
    others: list[tuple[int, str, str]]
    owes: bool
    may_group: bool
    may_open: bool
    may_excuse: bool
    may_write: bool


def at_fault(fault_id: int, actor: Actor) -> AtFault:
    """For a fault that the actor may read (the caller has asked); four queries."""
    row = (
        Fault.select(Fault.client, Fault.symptom, Device.category, Unit.model, ProblemFault.problem)
        .left_outer_join(Device).left_outer_join(Unit, on=(Unit.device == Device.id))
        .switch(Fault).left_outer_join(ProblemFault, on=(ProblemFault.fault == Fault.id))
        .where(Fault.id == fault_id)
        .tuples().first()
    )  # fmt: skip
    client, symptom, category, model, problem = row
    category = category or "room"
    known = data.symptom(symptom)
    named = symptom if known and symptom != "other" else ""
    articles = fitting(Wanted(category, model, named, problem))
    may_add = actor.may("add_fault_to_problem", client)
    open_ones = _problems(client, problem) if may_add or problem else []
    return AtFault(
        fault_id, category, symptom, articles,
        next((one for one in open_ones if one[0] == problem), None),
        [one for one in open_ones if one[0] != problem and may_add],
        knowledge.is_owed(fault_id, category, symptom, articles), may_add,
        actor.may("open_problem", client), actor.may("excuse_article", client),
        actor.may("write_article"),
    )  # fmt: skip


def _problems(client_id: int, own: int | None) -> list[tuple[int, str, str]]:
    """The fault's own problem and those of its client that are not resolved, the latest first."""
    wanted = (Problem.client == client_id) & (Problem.state != "resolved")
    query = Problem.select(Problem.id, Problem.number, fn.COALESCE(Problem.title, ""))
    found = query.where(wanted | (Problem.id == own)).order_by(
        (Problem.id == own).desc(), Problem.opened_at.desc()
    )
    return [(key, number, title) for key, number, title in tuples(found.limit(MANY))]
