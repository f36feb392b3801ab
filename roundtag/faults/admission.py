"""What is taken from people without an account, and what is put aside for the desk (ADR 0017)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import fn

from roundtag import clients, clock
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.faults.clocking import keep_deadlines
from roundtag.faults.filing import Admit, Standing, announce, assignee_at
from roundtag.faults.life import found
from roundtag.faults.states import DISMISSED, OPEN_STATES, QUARANTINED, note_event
from roundtag.fields import Fields
from roundtag.models import Fault, TagReport
from roundtag.words import N_

NEW_PER_TAG, NEW_PER_ROOM = 6, 20
"""New faults within WINDOW: a room's page names the codes of all its devices."""
WINDOW = timedelta(hours=1)
DECISIONS = ("accept", "dismiss")


def admission(deed: Deed, tag: str, room_id: int, trap: bool = False) -> Admit:
    """The rule for reports at a tag: six new faults an hour, twenty in a room; what comes after
    them is one more report of the room's open fault, or put aside when there is none."""

    def admit(standing: Standing) -> Standing:
        if trap:
            return Standing(QUARANTINED, why="trap")
        if standing.twin or not _is_full(tag, room_id, deed.received_at):
            return standing
        open_one = _open_in(room_id)
        return Standing("duplicate", open_one) if open_one else Standing(QUARANTINED, why="limit")

    return admit


def count(deed: Deed, tag: str, fault: Fault) -> None:
    """Notes a new fault for the limit; further reports of an open one are free."""
    if fault.state == "reported":
        deed.create(TagReport, tag=tag, fault=fault, at=deed.received_at)


def _is_full(tag: str, room_id: int, now: datetime) -> bool:
    lately = TagReport.at > clock.to_text(now - WINDOW)
    here = TagReport.select().where((TagReport.tag == tag) & lately).count()
    around = TagReport.select().join(Fault).where((Fault.room == room_id) & lately).count()
    return int(here) >= NEW_PER_TAG or int(around) >= NEW_PER_ROOM


def _open_in(room_id: int) -> Fault | None:
    here = (Fault.room == room_id) & Fault.state.in_(OPEN_STATES)
    return Fault.select().where(here).order_by(Fault.reported_at.desc()).first()


@dataclass(frozen=True)
class JudgeReport:
    """What the desk makes of a report that was put aside. A dismissal needs its `reason`."""

    fault_id: int
    decision: str
    reason: str | None = None


def read_judgement(form: Fields, fault_id: int) -> JudgeReport:
    decision = form.choice("decision", DECISIONS, required=N_("Choose one of the list."))
    reason = form.text("reason")
    if decision == "dismiss" and not reason:
        form.refuse("reason", "required", N_("Say why it is dismissed; it is kept all the same."))
    form.done()
    return JudgeReport(fault_id, decision or "", reason)


def judge_report(command: JudgeReport, deed: Deed) -> Outcome:
    """Accepts a report as a fault of the moment it came in, or dismisses it. Once."""
    fault = found(command.fault_id, deed)
    if command.decision not in DECISIONS:
        raise invalid("decision", "unknown", N_("Choose one of the list."))
    accepted, url = command.decision == "accept", f"/faults/{fault.id}"
    aside = (Fault.id == fault.id) & (Fault.state == QUARANTINED)
    if not deed.claim(Fault, aside, state="reported" if accepted else DISMISSED):
        return Outcome(N_("This was settled before."), url, "conflict", subject_id=fault.id)
    fault = Fault.get_by_id(fault.id)
    note_event(deed, fault, "accepted" if accepted else "dismissed", command.reason)
    if accepted:
        contract = clients.contract_at(fault.client_id, clock.local_day(fault.reported_at))
        fault = deed.change(fault, assignee=assignee_at(contract, deed.received_at))
        keep_deadlines(fault, deed.received_at, again=True)
        announce(deed, fault)
    message = N_("It is a fault now; its time of report stays.") if accepted else N_("Dismissed.")
    return Outcome(message, url, subject_id=fault.id)


def waiting(actor: Actor) -> int:
    """How many reports wait for the desk to look at them."""
    query = Fault.select(fn.COUNT(Fault.id)).where(Fault.state == QUARANTINED)
    return int(visible(actor, query, Fault.client).scalar())
