"""What is owed at one fault, and at one device."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roundtag.access import Actor, visible
from roundtag.dues import verbs
from roundtag.dues.kinds import DIAGNOSIS, FALLBACK, KINDS, LOANER, ORIGINAL, REPLACEMENT, WITHDRAWN
from roundtag.dues.listing import DueLine, lines_of, query_of_lines
from roundtag.errors import NotFound
from roundtag.models import Device, Fault, FaultDue, FaultEvent, tuples
from roundtag.models.faults import OPEN_STATES


@dataclass(frozen=True)
class Entry:
    """A due at its fault's page. `note`: its words; `diagnosis`: cause, remedy and cost of a
    written one; `tries`: calls made so far; `may`: whether the reader may fulfil it in words."""

    line: DueLine
    note: str | None
    diagnosis: dict[str, str]
    asks: str
    tries: int
    may: bool
    may_waive: bool


@dataclass(frozen=True)
class AtFault:
    """`acts`: which of the deeds that raise something the reader may do now."""

    fault_id: int
    device_id: int | None
    entries: list[Entry]
    acts: frozenset[str]
    key_part: bool
    attempts: int = verbs.ATTEMPTS

    @property
    def wants_loaner(self) -> bool:
        return any(one.line.kind == LOANER and not one.line.done_at for one in self.entries)


ACTS = {
    "call_maker": ("maker", verbs.UNFINISHED),
    "declare_irreparable": (ORIGINAL, verbs.UNFINISHED),
    "mark_unusable": (FALLBACK, OPEN_STATES),
}
"""What each deed raises, and in which states it means something."""


def at_fault(fault_id: int, actor: Actor, now: datetime) -> AtFault:
    """What is and was owed at a fault that the actor may read (the caller has asked)."""
    fault = Fault.get_by_id(fault_id)
    mine = (FaultDue.fault == fault_id) & (FaultDue.done_how != WITHDRAWN)
    order = FaultDue.done_at.is_null(False), FaultDue.due_at, FaultDue.id
    rows = list(query_of_lines().where(mine).order_by(*order))
    said = FaultEvent.kind.in_(["callback", "maker_called"])
    told = list(FaultEvent.select().where((FaultEvent.fault == fault_id) & said))
    roles, at = actor.roles_at(fault.client_id), fault.client_id
    entries = [
        Entry(line, *_words(row), KINDS[row.kind].asks,
              sum(one.kind == "callback" and one.at >= row.raised_at for one in told),
              bool(not row.done_at and (actor.system or KINDS[row.kind].by & roles)),
              not row.done_at and actor.may("waive_due", at))
        for row, line in zip(rows, lines_of(rows, now), strict=True)
    ]  # fmt: skip
    return AtFault(
        fault_id, fault.device_id, entries,
        frozenset(_possible(fault, {e.line.kind for e in entries if not e.line.done_at}, actor)),
        any(one.kind == "maker_called" and one.what == "key" for one in told),
    )  # fmt: skip


def _words(row: FaultDue) -> tuple[str | None, dict[str, str]]:
    """A diagnosis written at its form is kept as its three parts; a waiver is plain words."""
    if row.note and row.done_how == "text" and KINDS[row.kind].asks == DIAGNOSIS:
        return None, json.loads(row.note)
    return row.note, {}


def _possible(fault: Fault, owed: set[str], actor: Actor) -> Iterable[str]:
    for act, (raises, states) in ACTS.items():
        here = fault.state in states and (fault.device_id or raises != ORIGINAL)
        if here and raises not in owed and actor.may(act, fault.client_id):
            yield act


@dataclass(frozen=True)
class Demand:
    """A device that must be replaced; `faults` demand it: key, number, symptom, report."""

    id: int
    raised_at: datetime
    faults: list[tuple[int, str, str, datetime]]


def demands() -> Any:
    """Joins a device with the replacement that is owed for it, of which there is one at most."""
    mine = (FaultDue.device == Device.id) & (FaultDue.kind == REPLACEMENT)
    return mine & FaultDue.done_at.is_null()


def demand_of(row: FaultDue | None) -> Demand | None:
    """What `demands` has found, with its faults; one query, none when there is no demand."""
    if row is None:
        return None
    query = Fault.select(Fault.id, Fault.number, Fault.symptom, Fault.reported_at)
    found = tuples(query.where(Fault.id.in_(row.faults)).order_by(Fault.reported_at))
    return Demand(row.id, row.raised_at, list(found))


def fault_of(due_id: int, actor: Actor) -> int | None:
    """The fault of a due in view; None for a device's replacement. Raises NotFound."""
    query = FaultDue.select().where(FaultDue.id == due_id)
    row = visible(actor, query, FaultDue.client).first()
    if row is None:
        raise NotFound
    return int(row.fault_id) if row.fault_id else None
