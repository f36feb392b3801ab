"""What people do about dues: fulfil them in words, waive them, call back, call the maker."""

import json
from dataclasses import dataclass

from roundtag import fault_events
from roundtag.access import ROLES, visible
from roundtag.commands import Deed, Outcome
from roundtag.dues import keeping, telling
from roundtag.dues.kinds import (
    CALLBACK,
    DIAGNOSIS,
    FALLBACK,
    KINDS,
    ORIGINAL,
    PAPERS,
    REPORT,
    TEXT,
    WAIVED,
)
from roundtag.errors import Forbidden, NotFound, invalid
from roundtag.models import Fault, FaultDue, FaultEvent
from roundtag.models.faults import OPEN_STATES
from roundtag.words import N_

ATTEMPTS = 3
UNFINISHED = (*OPEN_STATES, "restored")
BEFORE = N_("This was settled before.")
CHANGED = N_("Saved.")
UNHAPPY = N_("Written down, and the supervisor is told. Reopen the fault if it is not right.")
CLOSED = N_("This fault is not open any more. Look at what happened.")


@dataclass(frozen=True)
class FulfilDue:
    due_id: int
    note: str


def fulfil_due(command: FulfilDue, deed: Deed) -> Outcome:
    """Writes down in words what was owed; a report of one kind that is owed too is served by it."""
    row = _locked(command.due_id, deed, TEXT)
    if not keeping.close(deed, row, "text", note=command.note):
        return _before(row)
    if row.kind in PAPERS.values():
        for report in keeping.open_of(Fault.get_by_id(row.fault_id), REPORT):
            keeping.close(deed, report, "text", note=command.note)
    return _done(row)


@dataclass(frozen=True)
class WriteDiagnosis:
    due_id: int
    cause: str
    remedy: str
    cost: str


def write_diagnosis(command: WriteDiagnosis, deed: Deed) -> Outcome:
    """The written diagnosis after attendance; the fault's own is filled where it has none."""
    row = _locked(command.due_id, deed, DIAGNOSIS)
    said = {"cause": command.cause, "remedy": command.remedy, "cost": command.cost}
    if not keeping.close(deed, row, "text", note=json.dumps(said, ensure_ascii=False)):
        return _before(row)
    fault = Fault.get_by_id(row.fault_id)
    if not fault.diagnosis:
        deed.change(fault, diagnosis=f"{command.cause}\n{command.remedy}")
    return _done(row)


@dataclass(frozen=True)
class WaiveDue:
    due_id: int
    reason: str


def waive_due(command: WaiveDue, deed: Deed) -> Outcome:
    """Says why something is not done; the row and the reason stay."""
    row = _locked(command.due_id, deed)
    return _done(row) if keeping.close(deed, row, WAIVED, note=command.reason) else _before(row)


@dataclass(frozen=True)
class RecordCallback:
    due_id: int
    reached: bool
    satisfied: bool = False
    words: str | None = None


def record_callback(command: RecordCallback, deed: Deed) -> Outcome:
    """One attempt to reach whoever uses it. The third in vain ends it; an answer of somebody who
    is not satisfied is told to the supervisor."""
    row = _locked(command.due_id, deed, CALLBACK)
    if row.done_at:
        return _before(row)
    fault = Fault.get_by_id(row.fault_id)
    heard = "satisfied" if command.satisfied else "unhappy"
    what = heard if command.reached else "not_reached"
    event = fault_events.add(deed, fault, "callback", command.words, what=what)
    tries = attempts(row)
    if command.reached or tries >= ATTEMPTS:
        keeping.close(deed, row, what, note=command.words)
    if what == "unhappy":
        telling.tell_heads(fault, "callback-unhappy", f"callback-{event.id}", deed.received_at)
        return Outcome(UNHAPPY, f"/faults/{row.fault_id}", subject_id=row.id)
    if not command.reached and tries < ATTEMPTS:
        return Outcome(N_("Not reached: attempt %(tries)s of %(all)s."), _where(row),
                       values={"tries": tries, "all": ATTEMPTS}, subject_id=row.id)  # fmt: skip
    return _done(row)


def attempts(row: FaultDue) -> int:
    calls = (FaultEvent.fault == row.fault_id) & (FaultEvent.kind == "callback")
    return int(FaultEvent.select().where(calls & (FaultEvent.at >= row.raised_at)).count())


@dataclass(frozen=True)
class CallMaker:
    """`asked`: what the maker is wanted for. A key part is repaired in overtime."""

    fault_id: int
    asked: str
    key_part: bool = False


def call_maker(command: CallMaker, deed: Deed) -> Outcome:
    fault = _fault(command.fault_id, deed)
    if fault.state not in UNFINISHED:
        return _overtaken(fault, CLOSED)
    if keeping.open_of(fault, "maker"):
        return _overtaken(fault, N_("The maker was called before; the report is still owed."))
    return _note(deed, fault, "maker_called", command.asked, "key" if command.key_part else "")


@dataclass(frozen=True)
class DeclareIrreparable:
    fault_id: int
    reason: str


def declare_irreparable(command: DeclareIrreparable, deed: Deed) -> Outcome:
    """The hardware is beyond repair: a new original product is owed, and a loaner until then."""
    fault = _fault(command.fault_id, deed)
    if not fault.device_id:
        raise invalid("reason", "device", N_("This fault is at no device."))
    if fault.state not in UNFINISHED:
        return _overtaken(fault, CLOSED)
    if keeping.open_of(fault, ORIGINAL):
        return _overtaken(fault, BEFORE)
    return _note(deed, fault, "irreparable", command.reason)


@dataclass(frozen=True)
class MarkUnusable:
    fault_id: int
    words: str


def mark_unusable(command: MarkUnusable, deed: Deed) -> Outcome:
    """The system cannot be used at all: a fallback plan is owed at once, at whatever level."""
    fault = _fault(command.fault_id, deed)
    if fault.state not in OPEN_STATES:
        return _overtaken(fault, CLOSED)
    if keeping.open_of(fault, FALLBACK):
        return _overtaken(fault, N_("A fallback plan is owed already."))
    return _note(deed, fault, "unusable", command.words)


def _note(deed: Deed, fault: Fault, kind: str, note: str, what: str = "") -> Outcome:
    event = fault_events.add(deed, fault, kind, note, what=what)
    keeping.follow(deed, fault, event)
    return Outcome(CHANGED, f"/faults/{fault.id}#dues", subject_id=fault.id)


def _fault(fault_id: int, deed: Deed) -> Fault:
    """The fault, at which only one decides at a time. Raises NotFound, Forbidden."""
    query = Fault.select().where((Fault.id == fault_id) & Fault.state.not_in(keeping.GONE))
    fault = visible(deed.actor, query, Fault.client).first()
    if fault is None:
        raise NotFound
    deed.require(fault.client_id)
    fault_events.hold(fault.id)
    return Fault.get_by_id(fault.id)


def _locked(due_id: int, deed: Deed, asks: str = "") -> FaultDue:
    """The row, locked; only for who may fulfil its kind, in the way that it asks for."""
    FaultDue.update(id=FaultDue.id).where(FaultDue.id == due_id).execute()
    query = FaultDue.select().where(FaultDue.id == due_id)
    row = visible(deed.actor, query, FaultDue.client).first()
    if row is None or (asks and KINDS[row.kind].asks != asks):
        raise NotFound
    deed.require(row.client_id)
    held = ROLES if deed.actor.system else deed.actor.roles_at(row.client_id)
    if asks and KINDS[row.kind].by.isdisjoint(held):
        raise Forbidden
    return row


def _where(row: FaultDue) -> str:
    return f"/faults/{row.fault_id}#dues" if row.fault_id else f"/devices/{row.device_id}"


def _done(row: FaultDue) -> Outcome:
    return Outcome(CHANGED, _where(row), subject_id=row.id)


def _before(row: FaultDue) -> Outcome:
    return Outcome(BEFORE, _where(row), "conflict", subject_id=row.id)


def _overtaken(fault: Fault, message: str) -> Outcome:
    return Outcome(message, f"/faults/{fault.id}#dues", "conflict", subject_id=fault.id)
