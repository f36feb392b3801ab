"""The scheduler's part: a promise to restore that was broken makes a loaner due (D5)."""

import logging
from dataclasses import dataclass
from datetime import datetime

from roundtag import access, clock, commands, dues, fault_events, jobs
from roundtag.commands import Deed, Outcome
from roundtag.db import database
from roundtag.fault_events import told
from roundtag.faults.clocking import TermsBook, clocks_at
from roundtag.faults.life import found
from roundtag.faults.states import OPEN_STATES
from roundtag.models import Fault
from roundtag.words import N_

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RaiseLoaner:
    """The promise to restore was broken at `at` (ISO 8601) in this cycle of the fault."""

    fault_id: int
    cycle: int
    at: str


def raise_loaner(command: RaiseLoaner, deed: Deed) -> Outcome:
    """Makes a loaner due from the moment of the breach; nothing when it is restored by now."""
    fault = found(command.fault_id, deed)
    fault_events.hold(fault.id)  # a step at it comes in turn
    fault = Fault.get_by_id(fault.id)
    if fault.state not in OPEN_STATES:
        return Outcome(N_("This was settled before."), state="conflict", subject_id=fault.id)
    dues.settle(deed, fault, None, {command.cycle: clock.from_text(command.at)})
    return Outcome(N_("Saved."), f"/faults/{fault.id}", subject_id=fault.id)


@jobs.every(300, "faults.loaners")
def keep_lending() -> int:
    """The scheduler's call of `ensure`."""
    with database.connection_context():
        return ensure(clock.now())


def ensure(now: datetime) -> int:
    """Raises what is owed for promises broken by now, one command each under an id made of the
    fault and what it had come to; returns how many. Asking again finds nothing new."""
    overdue = Fault.state.in_(OPEN_STATES) & (Fault.next_due_at < now) & Fault.device.is_null(False)
    faults = list(Fault.select().where(overdue).order_by(Fault.id))
    events, book = told(fault.id for fault in faults), TermsBook(faults)
    raised = dues.loaners_of(fault.id for fault in faults)
    count = 0
    for fault in faults:
        terms, mine = book.of(fault), events[fault.id]
        restore = clocks_at(mine, terms, now).restore
        if restore.breached_at is None or (fault.id, restore.cycle) in raised:
            continue
        order = RaiseLoaner(fault.id, restore.cycle, clock.to_text(restore.breached_at))
        key = f"loaner-{fault.id}-{restore.cycle}-{mine[-1].id}"
        try:
            commands.run(key, raise_loaner, order, access.SYSTEM)
            count += 1
        except Exception:
            log.exception("what fault %s owes could not be raised", fault.id)
    return count
