"""The scheduler's part: loaners of before this record get their rows, and lateness is told once.

Rows that a migration made would have no leaf in the ledger; a command's have (ADR 0034).
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roundtag import access, clock, commands, jobs, notify, people
from roundtag.commands import Deed, Outcome
from roundtag.db import database
from roundtag.loaners.keeping import RETURNED, lend, out_at, unrecorded
from roundtag.models import Device, Loaner, Swap, Unit
from roundtag.words import N_

AT_ONCE = 500
KEEPER, HEAD = "storekeeper", "manager"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AdoptLoaner:
    swap_id: int


def adopt_loaner(command: AdoptLoaner, deed: Deed) -> Outcome:
    """Records a loaner that was put in before loaners were recorded; nothing is known of its day.
    Nothing is done when it was swapped out meanwhile."""
    swap = Swap.get_by_id(command.swap_id)
    deed.require(swap.client_id)
    Device.update(id=Device.id).where(Device.id == swap.device_id).execute()
    if out_at(swap.device_id) or not unrecorded(Swap.id == swap.id).exists():
        return Outcome(N_("This was settled before."), state="conflict", subject_id=swap.id)
    lend(deed, swap, swap.old_unit_id, None)
    return Outcome(N_("Saved."), subject_id=swap.id)


@dataclass(frozen=True)
class TellLoanerLate:
    loaner_id: int


def tell_loaner_late(command: TellLoanerLate, deed: Deed) -> Outcome:
    """Tells who lent a unit, and the storekeeper, that its day has passed. Once for a day."""
    row = Loaner.get_by_id(command.loaner_id)
    deed.require(row.client_id)
    still = (Loaner.id == row.id) & Loaner.back_at.is_null() & Loaner.late_at.is_null()
    if not Loaner.update(late_at=deed.received_at).where(still).execute():
        return Outcome(N_("This was settled before."), state="conflict", subject_id=row.id)
    keepers = people.holding(KEEPER, row.client_id, deed.received_at) or people.holding(
        HEAD, row.client_id, deed.received_at
    )
    for person in sorted({row.out_by_id, *(one.id for one in keepers)} - {None}):
        notify.tell(person, "loaner-late", f"loaner-{row.id}-{row.due_on.isoformat()}",
                    deed.received_at, url=f"/loaners/{row.id}", serial=row.unit.serial,
                    device=row.device.name, due_on=row.due_on.isoformat())  # fmt: skip
    return Outcome(N_("Saved."), subject_id=row.id)


@dataclass(frozen=True)
class NoteLoanerBack:
    loaner_id: int


def note_loaner_back(command: NoteLoanerBack, deed: Deed) -> Outcome:
    """Ends a loaner whose unit has left its device by another way than a swap."""
    row = Loaner.get_by_id(command.loaner_id)
    deed.require(row.client_id)
    Device.update(id=Device.id).where(Device.id == row.device_id).execute()
    there = Unit.select().where((Unit.id == row.unit_id) & (Unit.device == row.device_id)).exists()
    still_out = (Loaner.id == row.id) & Loaner.back_at.is_null()
    if there or not deed.claim(Loaner, still_out, back_at=deed.received_at, back_how=RETURNED):
        return Outcome(N_("This was settled before."), state="conflict", subject_id=row.id)
    return Outcome(N_("Saved."), subject_id=row.id)


@jobs.every(900, "loaners.ensure")
def keep_ensuring() -> int:
    """The scheduler's call of `ensure`."""
    with database.connection_context():
        return ensure(clock.now())


def ensure(now: datetime) -> int:
    """Does all three for whatever needs it by now, one command each; returns how many. One that
    fails stops none."""
    today = clock.local_day(now).isoformat()
    out = Loaner.back_at.is_null()
    left = Loaner.select().join(Unit, on=Loaner.unit).where(
        out & (Unit.device.is_null() | (Unit.device != Loaner.device)))  # fmt: skip
    late = Loaner.select().where(out & Loaner.late_at.is_null() & (Loaner.due_on < today))
    wanted: list[tuple[commands.Verb, Any]] = [
        *((adopt_loaner, AdoptLoaner(row.id)) for row in unrecorded(Swap.id > 0).limit(AT_ONCE)),
        *((note_loaner_back, NoteLoanerBack(row.id)) for row in left.limit(AT_ONCE)),
        *((tell_loaner_late, TellLoanerLate(row.id)) for row in late.limit(AT_ONCE)),
    ]
    for verb, command in wanted:
        try:
            commands.run(str(uuid.uuid4()), verb, command, access.SYSTEM)
        except Exception:
            log.exception("%s failed", command)
    return len(wanted)
