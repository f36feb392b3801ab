"""Faults: reported by anyone, seen by the desk, resolved by an engineer."""

from roundtag.faults.admission import (
    JudgeReport,
    judge_report,
    read_judgement,
    waiting,
)
from roundtag.faults.attendees import AttendeePage, TipDidHelp, attendee_page, tip_helped
from roundtag.faults.contacts import EraseContact, MoveContact, erase_contact, move_contact
from roundtag.faults.filing import FROM_CHECKLIST, open_fault
from roundtag.faults.following import ReportAgain, StatusPage, report_again, status
from roundtag.faults.listing import FaultLine, FaultPage, lines, page
from roundtag.faults.rate import RateFault, rate_fault, read_rating
from roundtag.faults.reports import (
    ReportFault,
    read,
    report_as_attendee,
    report_fault,
    reporter,
)
from roundtag.faults.resolving import (
    ResolveFault,
    read_resolution,
    resolve_fault,
    separate,
    settle,
)
from roundtag.faults.states import DONE_STATES, OPEN_STATES, Event, events, note_event
from roundtag.models import Fault

__all__ = [
    "DONE_STATES", "FROM_CHECKLIST", "OPEN_STATES", "AttendeePage", "EraseContact", "Event",
    "Fault", "FaultLine", "FaultPage", "JudgeReport", "MoveContact", "RateFault", "ReportAgain",
    "ReportFault", "ResolveFault", "StatusPage", "TipDidHelp", "attendee_page", "erase_contact",
    "events", "judge_report", "lines", "move_contact", "note_event", "open_fault", "page",
    "rate_fault", "read", "read_judgement", "read_rating", "read_resolution", "report_again",
    "report_as_attendee", "report_fault", "reporter", "resolve_fault", "separate", "settle",
    "status", "tip_helped", "waiting",
]  # fmt: skip
