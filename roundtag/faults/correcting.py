"""A slip is taken back by an entry of its own; a deed counts from its phone's time if allowed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from roundtag import clock, fault_events
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.faults.clocking import TermsBook, clocks_at, keep_deadlines, told
from roundtag.faults.ending import BACK
from roundtag.faults.life import KINDS, advance, locked, outcome, overtaken, renew
from roundtag.faults.states import OPEN_STATES, note_event
from roundtag.fields import Fields
from roundtag.models import Fault, FaultCrew, FaultEvent, Room
from roundtag.rounds.observing import DAYS, lift, observe
from roundtag.sla import transitions
from roundtag.sla.clocks import Breach
from roundtag.sla.events import CLAIMABLE, TAKING_BACK, UNDONE, Event
from roundtag.sla.transitions import OBSERVATION_DAYS
from roundtag.words import N_

WITHIN = timedelta(minutes=30)
HAD = N_("Not taken back: a promise was broken meanwhile, and that stays. Take a step of its own.")
OWN = {KINDS[step.verb] for step in transitions.TABLE if step.undo != "undo"} - {"level"}
"""What has a verb of its own to take it back."""
SLIPS = frozenset(KINDS.values()) - OWN - {"progress"}
STEPS = frozenset(KINDS.values()) - {"progress"}
ENDS = ("restored", "resolved")


@dataclass(frozen=True)
class UndoStep:
    """`event_id`: the step that the form offered to take back."""

    fault_id: int
    event_id: int


def read_undo(form: Fields, fault_id: int) -> UndoStep:
    event = form.whole("event")
    if event is None:
        form.refuse("event", "required", N_("There is nothing at this address."))
    form.done()
    return UndoStep(fault_id, event or 0)


def last_slip(events: list[Any], now: datetime) -> Any:
    """The last step that counts, if it can be taken back at `now`: by a person, a little while
    ago, and not a deed of hands (a swapped unit stays swapped). `events`: rows in their order."""
    gone = {event.of for event in events if event.kind in TAKING_BACK}
    steps = [event for event in events if event.kind in STEPS and event.id not in gone]
    last = steps[-1] if steps else None
    if last is None or last.kind not in SLIPS or last.person_id is None:
        return None
    return last if last.what != "swap" and now - last.at <= WITHIN else None


def undo_step(command: UndoStep, deed: Deed) -> Outcome:
    """Takes back the last step: state and columns as before, clocks as if it had not been; the
    file keeps both. Only that step, only for half an hour, and only while no promise ran out under
    it, else nothing is done."""
    fault = locked(command.fault_id, deed)
    slip = last_slip(_rows(fault.id), deed.received_at)
    if slip is None or slip.id != command.event_id:
        return overtaken(fault)
    if _forgives(fault, slip, deed.received_at):
        return Outcome(HAD, f"/faults/{fault.id}", "conflict", subject_id=fault.id)
    event = _take_back(deed, fault, slip)
    return outcome(event, fault, N_("Taken back; both entries stay in the file."))


def unswap(deed: Deed, fault: Fault, units: str, swapped_at: datetime) -> str:
    """Within the deed that takes a swap back: what the swap had ended at its fault is open again.
    Answers "taken" for that, "desk" when somebody has to do it, "" when it had ended nothing."""
    fault_events.hold(fault.id)
    fault = Fault.get_by_id(fault.id)
    rows = _rows(fault.id)
    note_event(deed, fault, "swapped", units, what="back")
    gone = {row.of for row in rows if row.kind in TAKING_BACK}
    ends = [row for row in rows if row.kind in ENDS and row.at == swapped_at and row.id not in gone]
    if not ends:
        return ""
    slip = last_slip(rows, deed.received_at)
    if slip is None or slip.id != ends[-1].id or _forgives(fault, slip, deed.received_at):
        return "desk"
    _take_back(deed, fault, slip)
    return "taken"


def _take_back(deed: Deed, fault: Fault, slip: FaultEvent) -> FaultEvent:
    ended, observed_until = fault.state, fault.observed_until
    columns = _as_before(slip, fault)
    claimed = deed.claim(Fault, Fault.id == fault.id, state=slip.before or fault.state)
    renew(fault, claimed[0])
    if columns:
        deed.change(fault, **columns)
    event = note_event(deed, fault, "undone", what=slip.kind, of=slip.id,
                       before=ended if slip.before else "")  # fmt: skip
    _take_back_crew(deed, fault, slip)
    if slip.kind == "observing" and observed_until:
        lift(deed, fault, observed_until)
    if slip.kind == "reopened":
        _observe_on(deed, fault)
    keep_deadlines(fault, deed.received_at, again=True)
    return event


def _forgives(fault: Fault, slip: FaultEvent, now: datetime) -> bool:
    """Whether a promise was broken while the slip stood, and would not have been without it. What
    was over at its very instant is of its own making, and goes with it."""
    terms, events = TermsBook([fault]).of(fault), told([fault.id])[fault.id]

    def broken(events: list[Event]) -> list[Breach]:
        found = clocks_at(events, terms, now)
        return [breach for one in found for breach in one.breaches]

    left = {(one.target, one.cycle) for one in broken([*events, Event(UNDONE, now, of=slip.id)])}
    return any(one.at > slip.at and (one.target, one.cycle) not in left for one in broken(events))


def _rows(fault_id: int) -> list[FaultEvent]:
    return list(FaultEvent.select().where(FaultEvent.fault == fault_id).order_by(FaultEvent.id))


def _as_before(slip: FaultEvent, fault: Fault) -> dict[str, Any]:
    """Columns as they were; a step of an older release kept none, so its state says what to end."""
    fields = Fault._meta.fields
    back = BACK if (slip.before or fault.state) in OPEN_STATES else {}
    prior = {name: fields[name].python_value(value) for name, value in slip.prior.items()}
    return {**back, **prior}


def _take_back_crew(deed: Deed, fault: Fault, slip: FaultEvent) -> None:
    here = FaultCrew.fault == fault.id
    deed.claim(FaultCrew, here & (FaultCrew.joined_at == slip.at) & FaultCrew.left_at.is_null(),
               left_at=deed.received_at)  # fmt: skip
    deed.claim(FaultCrew, here & (FaultCrew.left_at == slip.at), left_at=None)


def _observe_on(deed: Deed, fault: Fault) -> None:
    """Lays down again what a reopening closed of an observation that was going on."""
    if fault.state != "observing" or fault.observed_until is None:
        return
    left = (fault.observed_until - clock.local_day(deed.received_at)).days
    days = [n for n in (left - OBSERVATION_DAYS + day for day in DAYS) if n >= 0]
    observe(deed, Room.get_by_id(fault.room_id), fault.device, fault, days, fault.assignee_id)


@dataclass(frozen=True)
class AcceptClaim:
    fault_id: int
    event_id: int
    reason: str
    seen: int | None = None


def read_claim(form: Fields, fault_id: int) -> AcceptClaim:
    event = form.whole("event")
    if event is None:
        form.refuse("event", "required", N_("Choose one of the list."))
    reason = form.text("reason", required=N_("Say why the phone's time is right."))
    form.done()
    return AcceptClaim(fault_id, event or 0, reason or "", form.whole("seen"))


def accept_claim(command: AcceptClaim, deed: Deed) -> Outcome:
    """Lets a deed count from the time that its phone claims: an engineer without network was on
    site before we heard of it. Once per deed."""
    fault = locked(command.fault_id, deed)
    rows = _rows(fault.id)
    claim = next((row for row in rows if row.id == command.event_id), None)
    if claim is None or claim.kind not in CLAIMABLE or claim.claimed_at is None or fault.afterwards:
        raise invalid("event", "unknown", N_("Choose one of the list."))
    if claim.id not in {row.id for row in open_claims(rows)}:
        return overtaken(fault)
    event = advance(deed, fault, "accept_claim", what=claim.kind, of=claim.id, note=command.reason,
                    seen=command.seen, **_moved(fault, claim))  # fmt: skip
    return outcome(event, fault, N_("It counts from the phone's time now."))


def open_claims(rows: list[FaultEvent]) -> list[FaultEvent]:
    """Deeds that stand, were done before they were received, and are not accepted yet."""
    gone = {row.of for row in rows if row.kind in TAKING_BACK}
    taken = {row.of for row in rows if row.kind == "claim_accepted" and row.id not in gone}
    return [row for row in rows if row.kind in CLAIMABLE and row.claimed_at
            and row.claimed_at < row.at and row.id not in gone | taken]  # fmt: skip


def _moved(fault: Fault, claim: FaultEvent) -> dict[str, Any]:
    column = {"restored": "restored_at", "resolved": "resolved_at"}.get(claim.kind)
    return {column: max(claim.claimed_at, fault.reported_at)} if column else {}
