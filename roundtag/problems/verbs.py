"""What people do with problems: open, group faults, write down the cause, resolve."""

from dataclasses import dataclass
from datetime import datetime

from roundtag import clock, dues, fault_events
from roundtag.access import visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.models import Counter, Device, Fault, Problem, ProblemFault
from roundtag.models.faults import ASIDE
from roundtag.words import N_

KINDS = ("system", "device", "power", "line", "security", "misuse", "software_bug",
         "hardware_failure")  # fmt: skip
OPENED = N_("Problem %(number)s is opened.")
ADDED = N_("Fault %(fault)s belongs to problem %(number)s now.")
ELSEWHERE = N_("Fault %(fault)s belongs to problem %(number)s already. Take it out there first.")
CHANGED = N_("Somebody changed this problem meanwhile. Look at it again; nothing was saved over.")


@dataclass(frozen=True)
class OpenProblem:
    """`fault_ids`: the faults that it groups from the start; the first tells whose it is."""

    fault_ids: tuple[int, ...]
    title: str
    kind: str
    category: str = ""


def open_problem(command: OpenProblem, deed: Deed) -> Outcome:
    """Opens a problem from faults of one client. Raises NotFound for faults out of view."""
    faults = [_fault(key, deed) for key in dict.fromkeys(command.fault_ids)]
    if not faults:
        raise invalid("fault", "required", N_("A problem is opened from a fault."))
    taken = _taken(faults)
    if taken:
        return taken
    problem = _open(deed, faults[0].client_id, command.title, command.kind, command.category)
    for fault in faults:
        if fault.client_id != problem.client_id:
            raise invalid("fault", "client", N_("Faults of one problem are of one client."))
        _group(deed, problem, fault)
    return Outcome(OPENED, f"/problems/{problem.id}", values={"number": problem.number},
                   subject_id=problem.id)  # fmt: skip


def open_for(deed: Deed, fault: Fault, kind: str, title: str) -> Problem:
    """Within another deed: the problem of a fault whose cause is a software bug or a failed
    part (D15); the one that it belongs to already, else a new one."""
    link = ProblemFault.get_or_none(ProblemFault.fault == fault.id)
    if link is not None and link.problem_id is not None:
        return Problem.get_by_id(link.problem_id)
    category = Device.get_by_id(fault.device_id).category if fault.device_id else ""
    problem = _open(deed, fault.client_id, title, kind, category)
    _group(deed, problem, fault)
    return problem


def _open(deed: Deed, client_id: int, title: str, kind: str, category: str) -> Problem:
    return deed.create(
        Problem, client=client_id, number=_next_number(client_id, deed.received_at), title=title,
        kind=kind, state="open", category=category, opened_at=deed.received_at,
        opened_by=deed.person_id, changed_at=deed.received_at,
    )  # fmt: skip


def _fault(fault_id: int, deed: Deed) -> Fault:
    """The fault, for whose problem only one may decide at a time."""
    query = Fault.select().where((Fault.id == fault_id) & Fault.state.not_in(ASIDE))
    fault = visible(deed.actor, query, Fault.client).first()
    if fault is None:
        raise NotFound
    deed.require(fault.client_id)
    fault_events.hold(fault.id)
    return fault


def _taken(faults: list[Fault], but: int | None = None) -> Outcome | None:
    """What is said when one of the faults belongs to another problem."""
    link = (
        ProblemFault.select(ProblemFault, Problem, Fault)
        .join(Problem).switch(ProblemFault).join(Fault)
        .where(ProblemFault.fault.in_([fault.id for fault in faults]))
        .first()
    )  # fmt: skip
    if link is None or link.problem_id == but:
        return None
    values = {"fault": link.fault.number, "number": link.problem.number}
    return Outcome(ELSEWHERE, f"/problems/{link.problem_id}", "conflict", values, link.problem_id)


def _group(deed: Deed, problem: Problem, fault: Fault) -> None:
    values = {"problem": problem.id, "person": deed.person_id, "at": deed.received_at}
    link = ProblemFault.get_or_none(ProblemFault.fault == fault.id)
    if link is None:
        deed.create(ProblemFault, client=fault.client_id, fault=fault, **values)
    else:
        deed.change(link, **values)
    dues.grouped(deed, fault)


def _next_number(client_id: int, now: datetime) -> str:
    """P-YYMM-NNN, counted per client and month (in China's time) without gaps."""
    month = f"{clock.local(now):%y%m}"
    counted = Counter.insert(name=f"problem-{client_id}-{month}", value=1).on_conflict(
        conflict_target=[Counter.name], update={Counter.value: Counter.value + 1}
    )
    value = next(iter(counted.returning(Counter.value).execute())).value
    return f"P-{month}-{value:03d}"


def _locked(problem_id: int, deed: Deed) -> Problem:
    """The problem, which only one changes at a time. Raises NotFound out of view."""
    Problem.update(id=Problem.id).where(Problem.id == problem_id).execute()
    query = Problem.select().where(Problem.id == problem_id)
    problem = visible(deed.actor, query, Problem.client).first()
    if problem is None:
        raise NotFound
    deed.require(problem.client_id)
    return problem


@dataclass(frozen=True)
class AddFault:
    """A fault named by its key or by its number, of the problem's client."""

    problem_id: int
    fault_id: int | None = None
    number: str = ""


def add_fault_to_problem(command: AddFault, deed: Deed) -> Outcome:
    """Adds a fault; one that belongs to another problem stays there, and that is said."""
    problem = _locked(command.problem_id, deed)
    fault = _fault(_named(command, problem), deed)
    if fault.client_id != problem.client_id:
        raise invalid("number", "client", N_("Faults of one problem are of one client."))
    taken = _taken([fault], but=problem.id)
    if taken:
        return taken
    _group(deed, problem, fault)
    deed.change(problem, changed_at=deed.received_at)
    return Outcome(ADDED, f"/problems/{problem.id}", subject_id=problem.id,
                   values={"fault": fault.number, "number": problem.number})  # fmt: skip


def _named(command: AddFault, problem: Problem) -> int:
    if command.fault_id is not None:
        return command.fault_id
    here = (Fault.client == problem.client_id) & (Fault.number == command.number)
    fault = Fault.select().where(here & Fault.state.not_in(ASIDE)).first()
    if fault is None:
        raise invalid("number", "unknown", N_("No fault of this client has this number."))
    return int(fault.id)


@dataclass(frozen=True)
class RemoveFault:
    problem_id: int
    fault_id: int


def remove_fault_from_problem(command: RemoveFault, deed: Deed) -> Outcome:
    """Takes a fault out of a problem again; both stay as they are."""
    problem = _locked(command.problem_id, deed)
    here = (ProblemFault.problem == problem.id) & (ProblemFault.fault == command.fault_id)
    link = ProblemFault.get_or_none(here)
    if link is None:
        raise NotFound
    deed.change(link, problem=None, person=deed.person_id, at=deed.received_at)
    dues.grouped(deed, Fault.get_by_id(command.fault_id))
    deed.change(problem, changed_at=deed.received_at)
    return Outcome(N_("The fault was taken out."), f"/problems/{problem.id}", subject_id=problem.id)


@dataclass(frozen=True)
class UpdateProblem:
    """What is known of a problem by now. `seen` is when it had been changed as the form shows."""

    problem_id: int
    title: str
    kind: str
    category: str
    root_cause: str | None
    workaround: str | None
    seen: str


def update_problem(command: UpdateProblem, deed: Deed) -> Outcome:
    """Writes down what is known: with a cause or a way round it becomes a known error."""
    problem = _locked(command.problem_id, deed)
    if command.seen != clock.to_text(problem.changed_at):
        return Outcome(CHANGED, f"/problems/{problem.id}", "conflict", subject_id=problem.id)
    known = "known_error" if command.root_cause or command.workaround else "open"
    deed.change(
        problem, title=command.title, kind=command.kind, category=command.category,
        root_cause=command.root_cause, workaround=command.workaround,
        changed_at=deed.received_at, state=known if problem.state != "resolved" else "resolved",
    )  # fmt: skip
    return Outcome(N_("Saved."), f"/problems/{problem.id}", subject_id=problem.id)


@dataclass(frozen=True)
class ResolveProblem:
    problem_id: int
    root_cause: str


def resolve_problem(command: ResolveProblem, deed: Deed) -> Outcome:
    """Ends a problem with its root cause; who comes second is told and changes nothing."""
    problem = _locked(command.problem_id, deed)
    if problem.state == "resolved":
        return Outcome(N_("This problem is resolved already."), f"/problems/{problem.id}",
                       "conflict", subject_id=problem.id)  # fmt: skip
    deed.change(
        problem, state="resolved", root_cause=command.root_cause, resolved_at=deed.received_at,
        resolved_by=deed.person_id, changed_at=deed.received_at,
    )  # fmt: skip
    return Outcome(N_("Problem %(number)s is resolved."), f"/problems/{problem.id}",
                   values={"number": problem.number}, subject_id=problem.id)  # fmt: skip
