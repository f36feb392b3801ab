"""Problems as people read them: the list, one with its faults and articles."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from roundtag import clock, data, knowledge, people
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.fields import Fields
from roundtag.knowledge import Card
from roundtag.models import Client, Device, Fault, Problem, ProblemFault, Room, dicts
from roundtag.problems.verbs import KINDS

LIMIT = 200
STATES = ("open", "known_error", "resolved")


@dataclass(frozen=True)
class Wish:
    """What the list is narrowed to; `state` is "" for all that are not resolved, or "all"."""

    state: str = ""
    kind: str = ""
    category: str = ""


def read_wish(form: Fields) -> Wish:
    """Filters in an address: what is unknown there narrows nothing."""
    state, kind, category = form.raw("state"), form.raw("kind"), form.raw("category")
    return Wish(
        state if state in (*STATES, "all") else "",
        kind if kind in KINDS else "",
        category if category in {one.code for one in data.categories()} else "",
    )


@dataclass(frozen=True)
class ProblemLine:
    id: int
    number: str
    title: str
    kind: str
    state: str
    category: str
    client: str
    faults: int
    opened_at: datetime


@dataclass(frozen=True)
class Listing:
    lines: list[ProblemLine]
    more: bool


def _query() -> Any:
    faults = ProblemFault.select(fn.COUNT(ProblemFault.id)).where(
        ProblemFault.problem == Problem.id
    )
    columns = (Problem, Client.name.alias("client_name"), faults.alias("faults"))
    return Problem.select(*columns).join(Client)


def listing(wish: Wish, actor: Actor) -> Listing:
    """Problems in view, the latest first; one query."""
    query = _query()
    if wish.state != "all":
        query = query.where(Problem.state.in_([wish.state] if wish.state else STATES[:2]))
    if wish.kind:
        query = query.where(Problem.kind == wish.kind)
    if wish.category:
        query = query.where(Problem.category == wish.category)
    query = query.order_by(Problem.opened_at.desc(), Problem.id.desc()).limit(LIMIT + 1)
    rows = dicts(visible(actor, query, Problem.client))
    return Listing([_line(row) for row in rows[:LIMIT]], len(rows) > LIMIT)


def _line(row: dict[str, Any]) -> ProblemLine:
    return ProblemLine(row["id"], row["number"], row["title"] or "", row["kind"], row["state"],
                       row["category"], row["client_name"], row["faults"],
                       row["opened_at"])  # fmt: skip


@dataclass(frozen=True)
class FaultLine:
    id: int
    number: str
    symptom: str
    state: str
    room: str
    device: str | None
    reported_at: datetime


@dataclass(frozen=True)
class ProblemPage:
    line: ProblemLine
    client_id: int
    root_cause: str | None
    workaround: str | None
    opened_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    seen: str
    """When it was last changed: what a form must name to change it."""
    faults: list[FaultLine]
    articles: list[Card]


def page(problem_id: int, actor: Actor) -> ProblemPage:
    """One problem with its faults and published articles. Raises NotFound out of view."""
    query = _query().where(Problem.id == problem_id)
    row = next(iter(dicts(visible(actor, query, Problem.client))), None)
    if row is None:
        raise NotFound
    names = people.names({row["opened_by"], row["resolved_by"]} - {None})
    return ProblemPage(
        _line(row), row["client"], row["root_cause"], row["workaround"],
        names.get(row["opened_by"]), row["resolved_at"], names.get(row["resolved_by"]),
        clock.to_text(row["changed_at"]), _faults(problem_id), knowledge.of_problem(problem_id),
    )  # fmt: skip


def _faults(problem_id: int) -> list[FaultLine]:
    query = (
        Fault.select(Fault.id, Fault.number, Fault.symptom, Fault.state, Room.name,
                     Device.name, Fault.reported_at)
        .join(Room).switch(Fault).left_outer_join(Device).switch(Fault)
        .join(ProblemFault, on=(ProblemFault.fault == Fault.id))
        .where(ProblemFault.problem == problem_id)
        .order_by(Fault.reported_at.desc(), Fault.id.desc())
        .limit(LIMIT)
    )  # fmt: skip
    return [FaultLine(*row) for row in query.tuples()]


@dataclass(frozen=True)
class Prefilled:
    """What an article or problem about a fault or problem begins with."""

    category: str
    symptoms: tuple[str, ...]
    title: str
    body: str


def prefilled(found: ProblemPage) -> Prefilled:
    """An article's beginning, from a problem: what was seen, why, and the way round. Names of
    rooms, people and clients stay behind: articles are read by all clients."""
    symptoms = tuple(
        dict.fromkeys(one.symptom for one in found.faults if data.symptom(one.symptom))
    )
    parts = [text for text in (found.root_cause, found.workaround) if text]
    return Prefilled(found.line.category, symptoms, found.line.title, "\n\n".join(parts))
