"""Who is told of what is owed, and of what is late; the scheduler's part of it."""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime

from roundtag import access, clock, commands, jobs, notify, people
from roundtag.commands import Deed, Outcome
from roundtag.db import database
from roundtag.dues.kinds import KINDS
from roundtag.models import Fault, FaultDue
from roundtag.words import N_

AT_ONCE = 500
log = logging.getLogger(__name__)
HEADS = ("supervisor", "manager")


def raised(row: FaultDue, fault: Fault, now: datetime) -> None:
    _tell(_owers(row, fault, now), row, fault, f"due-{row.kind}", f"due-{row.id}", now)


def _owers(row: FaultDue, fault: Fault, now: datetime) -> set[int]:
    """Whoever leads the fault where that is whose it is, else those of the role; a role that
    nobody holds falls to those above."""
    role = KINDS[row.kind].owes
    if role == "engineer" and fault.assignee_id:
        return {fault.assignee_id}
    return _held(role, row.client_id, now)


def _held(role: str, client_id: int, now: datetime) -> set[int]:
    for one in (role, *HEADS):
        held = people.holding(one, client_id, now)
        if held:
            return {person.id for person in held}
    return set()


def _tell(whom: set[int], row: FaultDue, fault: Fault, kind: str, key: str,
          now: datetime) -> None:  # fmt: skip
    url = f"/faults/{fault.id}#dues" if row.fault_id else f"/devices/{row.device_id}"
    number = fault.number if row.device is None or row.fault_id else row.device.name
    for person in sorted(whom):
        notify.tell(person, kind, key, now, url=url, number=number)


@dataclass(frozen=True)
class TellLate:
    due_id: int


def tell_late(command: TellLate, deed: Deed) -> Outcome:
    """Tells who owes something and who answers for it that it is late. Once; nothing when it was
    done meanwhile."""
    row = FaultDue.get_by_id(command.due_id)
    deed.require(row.client_id)
    late = (FaultDue.id == row.id) & FaultDue.done_at.is_null() & FaultDue.late_at.is_null()
    if not FaultDue.update(late_at=deed.received_at).where(late).execute():
        return Outcome(N_("This was settled before."), state="conflict", subject_id=row.id)
    fault = Fault.get_by_id(row.fault_id)
    whom = _owers(row, fault, deed.received_at)
    for role in KINDS[row.kind].late_to:
        whom |= _held(role, row.client_id, deed.received_at)
    key = f"due-late-{row.id}-{clock.to_text(row.due_at)}"
    _tell(whom, row, fault, f"due-late-{row.kind}", key, deed.received_at)
    return Outcome(N_("Saved."), subject_id=row.id)


@jobs.every(300, "dues.ensure")
def keep_telling() -> int:
    """The scheduler's call of `ensure`."""
    with database.connection_context():
        return ensure(clock.now())


def ensure(now: datetime) -> int:
    """Tells what became late by now, one command each; returns how many. After a pause of the
    scheduler all of it is caught up, the oldest first. One that fails stops none; what is done and
    owed again is told again, so that no id is made of it."""
    late = FaultDue.done_at.is_null() & FaultDue.late_at.is_null()
    due = FaultDue.select().where(late & (FaultDue.due_at < now)).order_by(FaultDue.due_at)
    rows = list(due.limit(AT_ONCE))
    for row in rows:
        try:
            commands.run(str(uuid.uuid4()), tell_late, TellLate(row.id), access.SYSTEM)
        except Exception:
            log.exception("lateness of due %s could not be told", row.id)
    return len(rows)


def tell_heads(fault: Fault, kind: str, key: str, now: datetime) -> None:
    """Those who answer for a client's service; the manager where there is no supervisor."""
    for person in sorted(_held(HEADS[0], fault.client_id, now)):
        notify.tell(person, kind, key, now, url=f"/faults/{fault.id}", number=fault.number)
