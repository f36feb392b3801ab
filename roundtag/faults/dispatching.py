"""Who goes: a leader and, where it takes more, a crew."""

from dataclasses import dataclass

from roundtag import people
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.faults.crew import crew_of, hands, may_be_sent
from roundtag.faults.life import advance, found, outcome
from roundtag.faults.telling import tell_hands
from roundtag.fields import Fields
from roundtag.models import Fault, FaultCrew
from roundtag.words import N_

MOST = 12
"""So many work at one fault at most."""


@dataclass(frozen=True)
class DispatchFault:
    """`engineer_id` leads, `crew` go along. `seen` as everywhere: the form's last event."""

    fault_id: int
    engineer_id: int
    crew: tuple[int, ...] = ()
    note: str | None = None
    seen: int | None = None


def read_dispatch(form: Fields, fault_id: int) -> DispatchFault:
    engineer = form.whole("engineer")
    if engineer is None:
        form.refuse("engineer", "required", N_("Choose who leads."))
    note, crew = form.text("note"), _crew(form)
    form.done()
    return DispatchFault(fault_id, engineer or 0, crew, note, form.whole("seen"))


def _crew(form: Fields) -> tuple[int, ...]:
    keys = [value.strip() for value in form.many("crew") if value.strip()]
    if len(keys) > MOST or not all(key.isascii() and key.isdecimal() and len(key) < 10
                                   for key in keys):  # fmt: skip
        form.refuse("crew", "unknown", N_("Choose one of the list."))
        return ()
    return tuple(dict.fromkeys(map(int, keys)))


def dispatch_fault(command: DispatchFault, deed: Deed) -> Outcome:
    """Sends somebody for the first time; the one who was on duty at the report may be it."""
    return _send(command, deed, "dispatch", N_("Fault %(number)s goes to %(who)s."))


def reassign_fault(command: DispatchFault, deed: Deed) -> Outcome:
    """Gives a fault that somebody has into other hands; its clocks run on."""
    return _send(command, deed, "reassign", N_("Fault %(number)s goes to %(who)s now."))


def _send(command: DispatchFault, deed: Deed, verb: str, message: str) -> Outcome:
    fault = found(command.fault_id, deed)
    _check(fault, deed, engineer=(command.engineer_id,), crew=command.crew)
    before = set(hands(fault)) if verb == "reassign" else set()
    event = advance(deed, fault, verb, what=str(command.engineer_id), note=command.note,
                    seen=command.seen, assignee=command.engineer_id)  # fmt: skip
    if event:
        _keep_crew(deed, fault, {*command.crew} - {command.engineer_id})
        tell_hands(fault, "fault-yours", deed.received_at, event.id,
                   but={deed.person_id, *before})  # fmt: skip
    who = people.names({command.engineer_id}).get(command.engineer_id, "–")
    return outcome(event, fault, message, who=who)


def _check(fault: Fault, deed: Deed, **fields: tuple[int, ...]) -> None:
    allowed = may_be_sent(fault, deed.received_at)
    for name, keys in fields.items():
        if not allowed.issuperset(keys):
            raise invalid(name, "unknown", N_("Choose one of the list."))


@dataclass(frozen=True)
class ChangeCrew:
    """`crew`: all who work at it from now on, beside the leader."""

    fault_id: int
    crew: tuple[int, ...]
    seen: int | None = None


def read_crew(form: Fields, fault_id: int) -> ChangeCrew:
    crew = _crew(form)
    form.done()
    return ChangeCrew(fault_id, crew, form.whole("seen"))


def change_crew(command: ChangeCrew, deed: Deed) -> Outcome:
    """Sends more people, or takes some of them off."""
    fault = found(command.fault_id, deed)
    before = crew_of(fault.id)
    wanted = {*command.crew} - {fault.assignee_id}
    _check(fault, deed, crew=tuple(wanted - {*before}))
    event = advance(deed, fault, "change_crew", what=",".join(map(str, sorted(wanted))),
                    seen=command.seen)  # fmt: skip
    if event:
        _keep_crew(deed, fault, wanted)
        tell_hands(fault, "fault-yours", deed.received_at, event.id,
                   but={deed.person_id, fault.assignee_id, *before})  # fmt: skip
    return outcome(event, fault, N_("The crew of fault %(number)s is changed."))


def _keep_crew(deed: Deed, fault: Fault, wanted: set[int]) -> None:
    here = (FaultCrew.fault == fault.id) & FaultCrew.left_at.is_null()
    present = {row.person_id for row in FaultCrew.select().where(here)}
    deed.claim(FaultCrew, here & FaultCrew.person.not_in(sorted(wanted)),
               left_at=deed.received_at)  # fmt: skip
    for key in sorted(wanted - present):
        deed.create(FaultCrew, client=fault.client_id, fault=fault, person=key,
                    joined_at=deed.received_at)  # fmt: skip
