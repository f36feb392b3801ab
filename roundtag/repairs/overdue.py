"""The scheduler's part: a repair whose day has passed is told of once, and a loaner is owed."""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from roundtag import access, clock, commands, dues, jobs
from roundtag.commands import Deed, Outcome
from roundtag.db import database
from roundtag.models import Fault, RepairOrder
from roundtag.models.faults import OPEN_STATES
from roundtag.repairs import deadlines, holding, opening, telling
from roundtag.words import N_

AT_ONCE = 500
DONE = ("tested", "ended")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TellOverdue:
    order_id: int


def tell_overdue(command: TellOverdue, deed: Deed) -> Outcome:
    """Marks an order as late, once; nothing when it was done or given more time meanwhile."""
    deed.require()
    order = holding.held(command.order_id, fault=True).order
    where = f"/repairs/{order.id}"
    if order.late_at or not is_late(order, deed.received_at):
        return Outcome(N_("This was settled before."), where, "conflict", subject_id=order.id)
    mark(deed, order)
    return Outcome(N_("Saved."), where, subject_id=order.id)


def is_late(order: RepairOrder, now: datetime) -> bool:
    """Whether its day has passed and it does not work again yet."""
    last = deadlines.last_day(order)
    if last is None or order.state in DONE:
        return False
    return deadlines.today_of(order, now) > last


def mark(deed: Deed, order: RepairOrder) -> None:
    """Sets the flag and tells; an equal unit is owed meanwhile while its fault is open."""
    if order.late_at:
        return
    last = deadlines.last_day(order)
    deed.change(order, late_at=deed.received_at)
    opening.note(deed, order, "overdue", due_on=last.isoformat() if last else "")
    telling.tell(order, "repair-overdue", (*telling.HEADS, *telling.CLIENT),
                 f"repair-overdue-{order.id}-{last}", deed.received_at,
                 due_on=last.isoformat() if last else "")  # fmt: skip
    fault = Fault.get_or_none(Fault.id == order.fault_id)
    if fault and fault.state in OPEN_STATES and fault.device_id:
        dues.owe_loaner(deed, fault, f"repair:{order.id}")


@jobs.every(600, "repairs.overdue")
def keep_telling() -> int:
    """The scheduler's call of `ensure`."""
    with database.connection_context():
        return ensure(clock.now())


def ensure(now: datetime) -> int:
    """Tells what became late by now, one command each, the oldest first; returns how many. What
    was missed while nothing ran is caught up; one that fails stops none."""
    count = 0
    for order in list(_late(now)):
        if not is_late(order, now):
            continue
        try:
            command = TellOverdue(order.id)
            commands.run(str(uuid.uuid4()), tell_overdue, command, access.SYSTEM)
            count += 1
        except Exception:
            log.exception("lateness of repair %s could not be told", order.number)
    return count


def _late(now: datetime) -> Any:
    """A day ahead of the clock, since each contract has its zone; `is_late` looks closer."""
    last = fn.COALESCE(RepairOrder.agreed_on, RepairOrder.due_on)
    ahead = clock.local_day(now) + timedelta(days=1)
    return (
        RepairOrder.select()
        .where(RepairOrder.ended_at.is_null() & RepairOrder.late_at.is_null()
               & RepairOrder.state.not_in(DONE) & (last < ahead.isoformat()))
        .order_by(last, RepairOrder.id)
        .limit(AT_ONCE)
    )  # fmt: skip
