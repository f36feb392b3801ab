"""A resolved fault is observed for seven days and then closed; or it is back and begins anew."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from roundtag import clock, loaners
from roundtag.commands import Deed, Outcome
from roundtag.faults.life import advance, found, locked, outcome, overtaken, place_of
from roundtag.faults.telling import tell_ended, tell_reopened
from roundtag.fields import Fields
from roundtag.models import Device, Fault, Room
from roundtag.rounds.observing import lift, observe
from roundtag.sla.transitions import OBSERVATION_DAYS, OBSERVING
from roundtag.words import N_


@dataclass(frozen=True)
class ObserveFault:
    fault_id: int
    seen: int | None = None


def observe_fault(command: ObserveFault, deed: Deed) -> Outcome:
    """Begins the days of observation and lays down their checks, which wait at the scan."""
    fault = found(command.fault_id, deed)
    until = clock.local_day(deed.received_at) + timedelta(days=OBSERVATION_DAYS)
    event = advance(deed, fault, "observe", seen=command.seen, observed_until=until)
    if event:
        observe(deed, Room.get_by_id(fault.room_id), fault.device, fault,
                engineer_id=fault.assignee_id)  # fmt: skip
    return outcome(event, fault, N_("Fault %(number)s is under observation until %(day)s."),
                   day=until.isoformat())  # fmt: skip


@dataclass(frozen=True)
class CloseFault:
    fault_id: int
    note: str | None = None
    seen: int | None = None


def read_closing(form: Fields, fault_id: int) -> CloseFault:
    note = form.text("note")
    form.done()
    return CloseFault(fault_id, note, form.whole("seen"))


def close_fault(command: CloseFault, deed: Deed) -> Outcome:
    """Closes the file; not before the seventh day, and not while device, stock, repair and loaner
    disagree. The device's lock makes a swap that is filed meanwhile come before or after."""
    fault = found(command.fault_id, deed)
    if fault.device_id:
        Device.update(id=Device.id).where(Device.id == fault.device_id).execute()
    stands = place_of(fault) == OBSERVING and _in_the_way(fault, deed)
    if stands:
        return stands
    event = advance(deed, fault, "close", note=command.note, seen=command.seen,
                    closed_at=deed.received_at)  # fmt: skip
    if event:
        tell_ended(fault, deed.received_at, event.id, but={deed.person_id})
    return outcome(event, fault, N_("Fault %(number)s is closed."))


def _in_the_way(fault: Fault, deed: Deed) -> Outcome | None:
    url, until = f"/faults/{fault.id}", fault.observed_until
    if until and clock.local_day(deed.received_at) < until:
        return Outcome(N_("Not closed: it is under observation until %(day)s."), url, "conflict",
                       {"day": until.isoformat()}, subject_id=fault.id)  # fmt: skip
    points = loaners.open_points(fault)
    if not points:
        return None
    first, more = points[0], len(points) - 1
    return Outcome(NOT_YET[first.kind], f"{url}#open-points", "conflict",
                   {"name": first.name, "more": more}, subject_id=fault.id)  # fmt: skip


NOT_YET = {
    "loaner": N_("Not closed: the loaner %(name)s is still in use. More open points: %(more)s."),
    "empty": N_("Not closed: %(name)s is without a unit. More open points: %(more)s."),
    "conflict": N_("Not closed: a swap or a serial number at %(name)s is not settled yet. "
                   "More open points: %(more)s."),
    "repair": N_("Not closed: nobody has decided yet what happens with %(name)s. "
                 "More open points: %(more)s."),
    "drawn": N_("Not closed: drawn for this fault and neither used nor returned: %(name)s. "
                "More open points: %(more)s."),
}  # fmt: skip


@dataclass(frozen=True)
class ReopenFault:
    fault_id: int
    reason: str
    seen: int | None = None


def read_reopening(form: Fields, fault_id: int) -> ReopenFault:
    reason = form.text("reason", required=N_("Say what is broken again."))
    form.done()
    return ReopenFault(fault_id, reason or "", form.whole("seen"))


BACK: dict[str, Any] = dict.fromkeys(
    ("restored_at", "resolved_at", "resolved_by", "closed_at", "observed_until")
)
"""What a fault that is broken again has not reached."""


def reopen_fault(command: ReopenFault, deed: Deed) -> Outcome:
    """It is broken again: the clocks begin a new cycle now, an observation ends with its open
    checks, and what was found and written before stays."""
    fault = locked(command.fault_id, deed)
    observed_until = fault.observed_until
    event = advance(deed, fault, "reopen", note=command.reason, seen=command.seen, **BACK)
    if event is None:
        return overtaken(fault)
    if observed_until:
        lift(deed, fault, observed_until)
    tell_reopened(fault, deed.received_at, event.id, but={deed.person_id})
    return outcome(event, fault, N_("Fault %(number)s is open again."))


def read_observation(form: Fields, fault_id: int) -> ObserveFault:
    form.done()
    return ObserveFault(fault_id, form.whole("seen"))
