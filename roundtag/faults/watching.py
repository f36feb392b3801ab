"""The minute's look at faults whose time has come (ADR 0027).

Each fault is one deed: notices, a rise of level and the next moment come together or not at all. A
scheduler that was killed or off finds the same faults again; of two at once the second finds that
the moment has moved on. No id is made of the moment: a clock that was set back may bring it again.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roundtag import catalogues, clock, commands, jobs
from roundtag.access import SYSTEM
from roundtag.commands import Deed, Outcome
from roundtag.db import database
from roundtag.faults.clocking import WATCHED, TermsBook, clocks_at, keep_deadlines, risen_at, told
from roundtag.faults.life import advance, locked
from roundtag.faults.telling import tell_owed, tell_progress_owed, tell_upgrade
from roundtag.models import Fault, tuples
from roundtag.sla import ladder
from roundtag.sla.progress import progress_owed
from roundtag.words import N_

BATCH = 200
UNRESTORED = N_("Not restored in the time of level %(level)s")
log = logging.getLogger(__name__)


@jobs.every(60, "faults.tick")
def tick() -> int:
    """The scheduler's call of `look`."""
    with database.connection_context():
        return look(clock.now())


def look(now: datetime) -> int:
    """Looks at every fault whose moment has come; returns how many. One that fails stops none."""
    seen, after = 0, ("", 0)
    while batch := _due(now, after):
        for key, moment in batch:
            try:
                order = WatchFault(key, clock.to_text(moment))
                commands.run(str(uuid.uuid4()), watch_fault, order, SYSTEM)
                seen += 1
            except Exception:
                log.exception("fault %s could not be looked at", key)
        after = clock.to_text(batch[-1][1]), batch[-1][0]
    return seen


def _due(now: datetime, after: tuple[str, int]) -> list[tuple[int, datetime]]:
    return tuples(_due_query(now, after))


def _due_query(now: datetime, after: tuple[str, int]) -> Any:
    """The next faults in the order of their moments; reads the index of these moments only."""
    moment, key = after
    later = (Fault.wakes_at > moment) | ((Fault.wakes_at == moment) & (Fault.id > key))
    query = Fault.select(Fault.id, Fault.wakes_at)
    query = query.where((Fault.wakes_at >= moment) & (Fault.wakes_at <= now) & later)
    return query.order_by(Fault.wakes_at, Fault.id).limit(BATCH)


@dataclass(frozen=True)
class WatchFault:
    """`moment`: when the fault was to be looked at."""

    fault_id: int
    moment: str


def watch_fault(command: WatchFault, deed: Deed) -> Outcome:
    """Tells what is owed, raises what rises, demands what is missing; then the next moment."""
    fault, now = locked(command.fault_id, deed), deed.received_at
    if fault.wakes_at is None or clock.to_text(fault.wakes_at) != command.moment:
        return Outcome(N_("Looked at."), f"/faults/{fault.id}", subject_id=fault.id)
    if fault.state in WATCHED:
        _serve(deed, fault, now)
    keep_deadlines(fault, now, served=True)
    return Outcome(N_("Looked at."), f"/faults/{fault.id}", subject_id=fault.id)


def _serve(deed: Deed, fault: Fault, now: datetime) -> None:
    terms, events = TermsBook([fault]).of(fault), told([fault.id])[fault.id]
    found = clocks_at(events, terms, now)
    tell_owed(fault, found, terms, now)
    rise = ladder.upgrade_owed(found, risen=risen_at(events))
    if rise:
        reason = catalogues.of("zh").gettext(UNRESTORED) % {"level": found.restore.level}
        advance(deed, fault, "upgrade", what=rise[0], note=reason, level=rise[0])
        tell_upgrade(fault, found.restore.cycle, now)
        events = told([fault.id])[fault.id]
        found = clocks_at(events, terms, now)
        tell_owed(fault, found, terms, now)
    owed = progress_owed(events, now)
    if owed:
        tell_progress_owed(fault, owed, now)
