"""What the desk is offered at one fault: steps that mean something now and that it may take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from roundtag import access, clock, data, people
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.faults.clocking import TermsBook
from roundtag.faults.correcting import WITHIN, last_slip, open_claims
from roundtag.faults.crew import ROLES, Engineer, crew_of, engineers_for
from roundtag.faults.life import place_of
from roundtag.faults.states import ASIDE, UNFINISHED
from roundtag.loaners import Point, open_points
from roundtag.models import Fault, FaultEvent, Grant, Person
from roundtag.sla import transitions

VERBS = {
    "triage": "triage_fault", "set_level": "set_level", "dispatch": "dispatch_fault",
    "reassign": "reassign_fault", "change_crew": "change_crew", "cancel_duplicate": "link_fault",
    "separate": "separate_fault", "observe": "observe_fault", "close": "close_fault",
    "reopen": "reopen_fault", "accept_claim": "accept_claim",
}  # fmt: skip
"""The office's verb of each step."""
TWINS = 12
ENDING = ("restored", "resolved", "observing")


@dataclass(frozen=True)
class Slip:
    """The step that can be taken back until `until`."""

    event_id: int
    kind: str
    what: str
    until: datetime


@dataclass(frozen=True)
class Claim:
    """A deed that its phone says was done earlier than it was received."""

    event_id: int
    kind: str
    at: datetime
    claimed_at: datetime


@dataclass(frozen=True)
class Twin:
    number: str
    symptom: str


@dataclass(frozen=True)
class OfficePart:
    """`steps`: what may be done. `seen`: the last event; forms send it back, so that nobody acts
    on a page that is not true any more."""

    fault_id: int
    seen: int
    steps: frozenset[str]
    level: str
    category: str
    definitions: Mapping[str, Mapping[str, str]]
    """By level, in the words of the contract: zh and en."""
    assignee: int | None
    observed_until: date | None
    ripe: bool
    """Whether the days of observation have gone by."""
    points: list[Point] = field(default_factory=list)
    """What has to be put right before the file can be closed."""
    checked: bool = False
    """Whether open points were looked for."""
    slip: Slip | None = None
    engineers: list[Engineer] = field(default_factory=list)
    crew: list[int] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    twins: list[Twin] = field(default_factory=list)

    @property
    def categories(self) -> tuple[data.Category, ...]:
        return data.categories() if "triage" in self.steps else ()

    @property
    def offers(self) -> bool:
        return bool(self.steps or self.slip)


def office(fault_id: int, actor: Actor, now: datetime | None = None) -> OfficePart:
    """Raises NotFound. The number of queries depends on the steps, not on how much there is."""
    now = now or clock.now()
    fault = visible(actor, Fault.select().where(Fault.id == fault_id), Fault.client).first()
    if fault is None:
        raise NotFound
    steps = frozenset() if fault.state in ASIDE else _steps(fault, actor)
    rows = list(FaultEvent.select().where(FaultEvent.fault == fault.id).order_by(FaultEvent.id))
    claims = [] if fault.afterwards or "accept_claim" not in steps else open_claims(rows)
    sends = bool(steps & {"dispatch", "reassign", "change_crew"})
    until = fault.observed_until
    return OfficePart(
        fault.id, rows[-1].id if rows else 0,
        steps if claims else steps - {"accept_claim"}, fault.level, fault.category,
        TermsBook([fault]).of(fault).matrix.definitions if steps & {"triage", "set_level"} else {},
        fault.assignee_id, until, until is not None and clock.local_day(now) >= until,
        open_points(fault) if fault.state in ENDING else [],
        fault.state in ENDING,
        _slip(fault, rows, actor, now),
        engineers_for(fault, now) if sends else [],
        crew_of(fault.id) if sends else [],
        [Claim(row.id, row.kind, row.at, row.claimed_at) for row in claims],
        _twins(fault) if "cancel_duplicate" in steps else [],
    )  # fmt: skip


def _steps(fault: Fault, actor: Actor) -> frozenset[str]:
    roles = access.ROLES if actor.system else actor.roles_at(fault.client_id)
    known = {step.verb for step in transitions.possible(place_of(fault), roles)}
    return frozenset(verb for verb in known & VERBS.keys()
                     if actor.may(VERBS[verb], fault.client_id))  # fmt: skip


def _slip(fault: Fault, rows: list[FaultEvent], actor: Actor, now: datetime) -> Slip | None:
    slip = last_slip(rows, now) if actor.may("undo_step", fault.client_id) else None
    return Slip(slip.id, slip.kind, slip.what, slip.at + WITHIN) if slip else None


def _twins(fault: Fault) -> list[Twin]:
    """Other faults of the room that go on, the oldest first."""
    query = Fault.select(Fault.number, Fault.symptom).where(
        (Fault.room == fault.room_id) & Fault.state.in_(UNFINISHED) & (Fault.id != fault.id)
    )
    return [Twin(row.number, row.symptom) for row in query.order_by(Fault.id).limit(TWINS)]


def helpers(actor: Actor, now: datetime) -> list[tuple[int, str]]:
    """(key, name) of everybody who may be sent at one of the clients where the actor may enter an
    event afterwards."""
    clients = actor.clients_for("record_afterwards")
    if clients is None:
        keys = Grant.select(Grant.person).where(Grant.role.in_(ROLES))
    else:
        keys = people.working_for(clients, now).where(Grant.role.in_(ROLES))
    rows = Person.select().where(Person.id.in_(keys) & Person.active).order_by(Person.id)
    return [(row.id, row.name or row.username) for row in rows]
