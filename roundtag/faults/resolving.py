"""What moves a fault on beside its own steps: a swap, a retirement, a report taken for a twin."""

from roundtag import findings, history
from roundtag.commands import Deed
from roundtag.faults.clocking import keep_deadlines
from roundtag.faults.filing import tell
from roundtag.faults.life import prior_of
from roundtag.faults.linking import link_of
from roundtag.faults.states import OPEN_STATES, WORK_STATES, note_event
from roundtag.models import Fault


def settle(deed: Deed, fault: Fault, remedy: str) -> bool:
    """Restores and resolves a fault and the reports linked to it in one step, as a swap does;
    False when nothing was left to do at it."""
    fault = Fault.get_by_id(fault.id)
    before = fault.state
    left = (Fault.id == fault.id) & Fault.state.in_(WORK_STATES)
    if not deed.claim(Fault, left, state="resolved"):
        return False
    fault = Fault.get_by_id(fault.id)
    prior = prior_of(fault, ("remedy", "resolved_at", "resolved_by", "restored_at"))
    deed.change(fault, remedy=remedy, resolved_at=deed.received_at, resolved_by=deed.person_id,
                restored_at=fault.restored_at or deed.received_at)  # fmt: skip
    note_event(deed, fault, "resolved", remedy, before=before, prior=prior)
    keep_deadlines(fault, deed.received_at)
    wrap_up(deed, fault)
    return True


def wrap_up(deed: Deed, fault: Fault) -> None:
    """What ends with a fault: the findings that it was opened for; the logbook says so."""
    findings.settle_by_fault(deed, fault.id)
    history.record(deed, "resolved", fault.device, room_id=fault.room_id,
                   client_id=fault.client_id, subject_id=fault.id, number=fault.number)  # fmt: skip


def note_swap(deed: Deed, fault: Fault, units: str) -> bool:
    """A unit was swapped for this fault: whoever did it stood at the device. A restored one stays
    so: its loaner went, or its part came. False when nothing was left to do at it."""
    fault = Fault.get_by_id(fault.id)
    before = fault.state
    if before == "restored":
        note_event(deed, fault, "swapped", units)
        return True
    still_open = (Fault.id == fault.id) & Fault.state.in_(OPEN_STATES)
    if not deed.claim(Fault, still_open, state="on_site"):
        return False
    fault = Fault.get_by_id(fault.id)
    if before != "on_site":
        note_event(deed, fault, "on_site", what="swap", before=before)
    note_event(deed, fault, "swapped", units)
    keep_deadlines(fault, deed.received_at)
    return True


def restore_with_loaner(deed: Deed, fault: Fault, units: str) -> bool:
    """A loaner lets people work again and ends nothing: the device's own unit has to come back.
    False when it was restored before."""
    if not deed.claim(Fault, (Fault.id == fault.id) & (Fault.state == "on_site"),
                      state="restored", restored_at=deed.received_at):  # fmt: skip
        return False
    fault = Fault.get_by_id(fault.id)
    note_event(deed, fault, "restored", units, what="loaner", before="on_site")
    keep_deadlines(fault, deed.received_at)
    return True


def separate(deed: Deed, fault: Fault) -> bool:
    """A report that was taken for a duplicate becomes a fault of its own; False if it was none."""
    if not deed.claim(Fault, (Fault.id == fault.id) & (Fault.state == "duplicate"),
                      state="reported", duplicate_of=None):  # fmt: skip
        return False
    fault = Fault.get_by_id(fault.id)
    note_event(deed, fault, "separated", before="duplicate", of=link_of(fault.id))
    keep_deadlines(fault, deed.received_at, again=True)
    tell(fault, deed.received_at)
    return True
