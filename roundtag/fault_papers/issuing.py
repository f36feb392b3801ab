"""A document of a fault leaves the house: numbered, frozen with its data, mailed to the client."""

from dataclasses import dataclass
from datetime import datetime

from roundtag import clock, dues
from roundtag.access import Actor, require
from roundtag.commands import Deed, Outcome
from roundtag.errors import Forbidden, NotFound, invalid
from roundtag.fault_papers import kinds
from roundtag.fault_papers.facts import fault_of
from roundtag.fault_papers.kinds import ALWAYS_MAJOR, KINDS, MAJOR_BY_CHOICE
from roundtag.fault_papers.telling import zone_of
from roundtag.models import Fault, FaultEvent
from roundtag.reports import filing
from roundtag.reports.filing import About, Filed, Series
from roundtag.sla.events import LEVEL, REOPENED, REPORTED
from roundtag.words import N_

SUBJECT = "fault"
NOT_RESTORED = N_("This document is issued when the fault is restored.")
NOT_RESOLVED = N_("This document is issued when the fault is resolved.")
NOT_MAJOR = N_("A major fault report is for level I, or for level II when a manager wants one.")


@dataclass(frozen=True)
class IssueFaultPaper:
    fault_id: int
    kind: str
    filed: Filed


def issue_fault_paper(command: IssueFaultPaper, deed: Deed) -> Outcome:
    """Files the document with its files. Raises NumberTaken when the number is not the next."""
    fault = require_issuable(command.fault_id, command.kind, deed.actor)
    about = About(fault.client_id, SUBJECT, fault.id, kinds.document(command.kind),
                  fault.contract_id)  # fmt: skip
    row = filing.file(deed, about, series(fault, command.kind, deed.received_at), command.filed)
    dues.fulfil(deed, fault, command.kind, row.number)
    return Outcome(N_("The report %(number)s is issued."), f"/reports/{row.id}",
                   values={"number": row.number}, subject_id=row.id)  # fmt: skip


def require_issuable(fault_id: int, kind: str, actor: Actor) -> Fault:
    """Raises NotFound, Forbidden, and Invalid before the fault has come so far."""
    if kind not in KINDS:
        raise NotFound
    fault = fault_of(fault_id, actor)
    require(actor, "issue_fault_paper", fault.client_id)
    if kind == "major":
        _require_major(fault, actor)
    if fault.state not in KINDS[kind].states:
        raise invalid("fault", "state", NOT_RESOLVED if kind == "analysis" else NOT_RESTORED)
    return fault


def _require_major(fault: Fault, actor: Actor) -> None:
    held = held_levels(fault)
    if ALWAYS_MAJOR in held:
        return
    if MAJOR_BY_CHOICE not in held:
        raise invalid("fault", "level", NOT_MAJOR)
    if not (actor.system or "manager" in actor.roles_at(fault.client_id)):
        raise Forbidden


def held_levels(fault: Fault) -> set[str]:
    """The level of a fault and all that it ever had, but for slips that were taken back."""
    leveling = FaultEvent.kind.in_((LEVEL, REPORTED, REOPENED, "undone"))
    rows = list(FaultEvent.select().where((FaultEvent.fault == fault.id) & leveling))
    gone = {row.of for row in rows if row.kind == "undone"}
    return {fault.level} | {row.what for row in rows if row.kind != "undone" and row.id not in gone}


def series(fault: Fault, kind: str, now: datetime) -> Series:
    """FR-A-2611-001: counted per client, kind and month of the contract's zone."""
    prefix, month = KINDS[kind].prefix, f"{clock.local(now, zone_of(fault)):%y%m}"
    return Series(f"document-{fault.client_id}-{prefix}-{month}",
                  f"{prefix}-{fault.client.code}-{month}", 3)  # fmt: skip
