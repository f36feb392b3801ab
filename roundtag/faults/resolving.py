"""A fault's end: resolved once, with its remedy; or found to be one of its own after all."""

from dataclasses import dataclass

from roundtag import history
from roundtag.access import visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.faults.filing import tell
from roundtag.faults.states import OPEN_STATES, note_event
from roundtag.fields import Fields
from roundtag.models import Fault
from roundtag.words import N_


def found(fault_id: int, deed: Deed) -> Fault:
    """The fault, for whoever may do this deed at its client. Raises NotFound, Forbidden."""
    query = Fault.select().where(Fault.id == fault_id)
    fault = visible(deed.actor, query, Fault.client).first()
    if fault is None:
        raise NotFound
    deed.require(fault.client_id)
    return fault


@dataclass(frozen=True)
class ResolveFault:
    fault_id: int
    remedy: str


def read_resolution(form: Fields, fault_id: int) -> ResolveFault:
    remedy = form.text("remedy", required=N_("Say what was done."))
    form.done()
    return ResolveFault(fault_id, remedy or "")


def resolve_fault(command: ResolveFault, deed: Deed) -> Outcome:
    """Closes an open fault with its remedy; who comes second is shown what happened first."""
    fault = found(command.fault_id, deed)
    if not settle(deed, fault, command.remedy):
        return Outcome(N_("This fault was resolved before."), url=f"/faults/{fault.id}",
                       state="conflict", subject_id=fault.id)  # fmt: skip
    return Outcome(N_("Fault %(number)s is resolved."), url=f"/faults/{fault.id}",
                   values={"number": fault.number}, subject_id=fault.id)  # fmt: skip


def settle(deed: Deed, fault: Fault, remedy: str) -> bool:
    """Resolves a fault and the reports linked to it; False when it was not open any more."""
    still_open = (Fault.id == fault.id) & Fault.state.in_(OPEN_STATES)
    if not deed.claim(Fault, still_open, state="resolved"):
        return False
    fault = Fault.get_by_id(fault.id)
    deed.change(fault, remedy=remedy, resolved_at=deed.received_at, resolved_by=deed.person_id)
    note_event(deed, fault, "resolved", remedy)
    history.record(deed, "resolved", fault.device, room_id=fault.room_id,
                   client_id=fault.client_id, subject_id=fault.id, number=fault.number)  # fmt: skip
    return True


def separate(deed: Deed, fault: Fault) -> bool:
    """A report that was taken for a duplicate becomes a fault of its own; False if it was none."""
    if not deed.claim(Fault, (Fault.id == fault.id) & (Fault.state == "duplicate"),
                      state="reported", duplicate_of=None):  # fmt: skip
        return False
    fault = Fault.get_by_id(fault.id)
    note_event(deed, fault, "separated")
    tell(fault, deed.received_at)
    return True
