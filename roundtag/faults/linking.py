"""The same fault reported twice: kept, linked to the first, and parted again when it was not."""

from dataclasses import dataclass

from roundtag import fault_events
from roundtag.access import visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import Invalid, invalid
from roundtag.faults.filing import in_turn, tell
from roundtag.faults.life import advance, found, locked, outcome
from roundtag.faults.states import OPEN_STATES, UNFINISHED
from roundtag.fields import Fields, key_of
from roundtag.models import Fault, FaultEvent
from roundtag.sla.events import TAKING_BACK
from roundtag.words import N_


@dataclass(frozen=True)
class LinkFault:
    """`twin`: the number of the fault that this one is the same as, or its key in digits."""

    fault_id: int
    twin: str
    note: str | None = None
    seen: int | None = None


def read_link(form: Fields, fault_id: int) -> LinkFault:
    twin = form.text("twin", limit=40, required=N_("Give the number of the other fault."))
    note = form.text("note")
    form.done()
    return LinkFault(fault_id, twin or "", note, form.whole("seen"))


def link_fault(command: LinkFault, deed: Deed) -> Outcome:
    """Ends a fault as a duplicate of another one of its client; chains lead to the first."""
    in_turn(found(command.fault_id, deed).client_id, deed.received_at)
    fault = locked(command.fault_id, deed)
    first = _first(fault, command.twin, deed)
    event = advance(deed, fault, "cancel_duplicate", what=first.number, note=command.note,
                    seen=command.seen, duplicate_of=first.id)  # fmt: skip
    if event:
        deed.claim(Fault, Fault.duplicate_of == fault.id, duplicate_of=first.id)
    return outcome(event, fault, N_("Fault %(number)s is kept as a duplicate of %(twin)s."),
                   twin=first.number)  # fmt: skip


def _first(fault: Fault, name: str, deed: Deed) -> Fault:
    """The fault that stands for all of a chain. Raises Invalid; also where the clocks of what broke
    again would stop because something else works."""
    here = visible(deed.actor, Fault.select().where(Fault.client == fault.client_id), Fault.client)
    key = key_of(name) or 0
    twin = here.where((Fault.number == name.upper()) | (Fault.id == key)).first()
    twin = twin and (twin.duplicate_of or twin)
    if twin:
        fault_events.hold(twin.id)
        twin = Fault.get_by_id(twin.id)
    if twin is None:
        raise _refused("unknown", N_("There is no such fault at this client."))
    if twin.id == fault.id:
        raise _refused("itself", N_("A fault is no duplicate of itself."))
    if twin.state not in UNFINISHED:
        raise _refused("closed", N_("That fault is over. This one would be forgotten with it."))
    if twin.restored_at and twin.state not in OPEN_STATES and fault.reported_at > twin.restored_at:
        raise _refused(
            "restored",
            N_(
                "That fault was restored before this one was reported. "
                "Reopen it if it came back, or keep this one by itself."
            ),
        )
    return twin


def _refused(code: str, message: str) -> Invalid:
    return invalid("twin", code, message)


@dataclass(frozen=True)
class SeparateFault:
    fault_id: int
    note: str | None = None
    seen: int | None = None


def read_separation(form: Fields, fault_id: int) -> SeparateFault:
    note = form.text("note")
    form.done()
    return SeparateFault(fault_id, note, form.whole("seen"))


def separate_fault(command: SeparateFault, deed: Deed) -> Outcome:
    """It was a fault of its own after all: its clocks have run since its own report."""
    fault = locked(command.fault_id, deed)
    event = advance(deed, fault, "separate", note=command.note, of=link_of(fault.id),
                    seen=command.seen, duplicate_of=None)  # fmt: skip
    if event:
        tell(fault, deed.received_at)
    return outcome(event, fault, N_("Fault %(number)s stands by itself again."))


def link_of(fault_id: int) -> int | None:
    """The event by which the fault was linked; None when it came in as a duplicate."""
    kinds = FaultEvent.kind.in_(["cancelled", *TAKING_BACK])
    rows = list(FaultEvent.select().where((FaultEvent.fault == fault_id) & kinds))
    gone = {row.of for row in rows}
    links = [row.id for row in rows if row.kind == "cancelled" and row.id not in gone]
    return max(links, default=None)
