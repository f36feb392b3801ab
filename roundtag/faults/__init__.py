"""Faults: reported by anyone, seen by the desk, worked at by engineers."""

from roundtag.faults.admission import JudgeReport, judge_report, read_judgement, waiting
from roundtag.faults.afterwards import RecordAfterwards, read_afterwards, record_afterwards
from roundtag.faults.attendees import AttendeePage, TipDidHelp, attendee_page, tip_helped
from roundtag.faults.clocking import Terms, TermsBook, clocks_at, clocks_of, keep_deadlines, told
from roundtag.faults.contacts import EraseContact, MoveContact, erase_contact, move_contact
from roundtag.faults.correcting import (
    AcceptClaim,
    UndoStep,
    accept_claim,
    read_claim,
    read_undo,
    undo_step,
    unswap,
)
from roundtag.faults.crew import Engineer, crew_of, engineers_for, hands
from roundtag.faults.dispatching import (
    ChangeCrew,
    DispatchFault,
    change_crew,
    dispatch_fault,
    read_crew,
    read_dispatch,
    reassign_fault,
)
from roundtag.faults.ending import (
    CloseFault,
    ObserveFault,
    ReopenFault,
    close_fault,
    observe_fault,
    read_closing,
    read_observation,
    read_reopening,
    reopen_fault,
)
from roundtag.faults.filing import FROM_CHECKLIST, open_fault
from roundtag.faults.following import ReportAgain, StatusPage, report_again, status
from roundtag.faults.judging import (
    KINDS,
    SetLevel,
    TriageFault,
    judged,
    read_level,
    read_triage,
    set_level,
    triage_fault,
)
from roundtag.faults.life import advance, found, locked, outcome, overtaken, place_of
from roundtag.faults.linking import (
    LinkFault,
    SeparateFault,
    link_fault,
    read_link,
    read_separation,
    separate_fault,
)
from roundtag.faults.listing import FaultLine, FaultPage, lines, page, work_of
from roundtag.faults.office import OfficePart, helpers, office
from roundtag.faults.rate import RateFault, rate_fault, read_rating
from roundtag.faults.reports import ReportFault, read, report_as_attendee, report_fault, reporter
from roundtag.faults.resolving import note_swap, restore_with_loaner, separate, settle
from roundtag.faults.states import (
    DONE_STATES,
    OPEN_STATES,
    UNFINISHED,
    WORK_STATES,
    Event,
    events,
    note_event,
    stage,
)
from roundtag.faults.step_form import FORM as STEP_FORM
from roundtag.faults.step_form import VERSIONS as STEP_VERSIONS
from roundtag.faults.step_form import read as read_step
from roundtag.faults.stepping import MODES, STEPS, TakeStep, take_step
from roundtag.faults.telling import tell_hands, tell_owed
from roundtag.faults.watching import WatchFault, look, tick, watch_fault
from roundtag.faults.working import Deadline, Work, work
from roundtag.models import Fault

__all__ = [
    "DONE_STATES", "FROM_CHECKLIST", "KINDS", "MODES", "OPEN_STATES", "STEPS", "STEP_FORM",
    "STEP_VERSIONS", "UNFINISHED", "WORK_STATES", "AcceptClaim", "AttendeePage", "ChangeCrew",
    "CloseFault", "Deadline", "DispatchFault", "Engineer", "EraseContact", "Event", "Fault",
    "FaultLine", "FaultPage", "JudgeReport", "LinkFault", "MoveContact", "ObserveFault",
    "OfficePart", "RateFault", "RecordAfterwards", "ReopenFault", "ReportAgain", "ReportFault",
    "SeparateFault", "SetLevel", "StatusPage", "TakeStep", "Terms", "TermsBook", "TipDidHelp",
    "TriageFault", "UndoStep", "WatchFault", "Work", "accept_claim", "advance", "attendee_page",
    "change_crew", "clocks_at", "clocks_of", "close_fault", "crew_of", "dispatch_fault",
    "engineers_for", "erase_contact", "events", "found", "hands", "helpers", "judge_report",
    "judged", "keep_deadlines", "lines", "link_fault", "locked", "look",
    "move_contact", "note_event", "note_swap", "observe_fault", "office", "open_fault", "outcome",
    "overtaken", "page", "place_of", "rate_fault", "read", "read_afterwards", "read_claim",
    "read_closing", "read_crew", "read_dispatch", "read_judgement", "read_level", "read_link",
    "read_observation", "read_rating", "read_reopening", "read_separation", "read_step",
    "read_triage", "read_undo", "reassign_fault", "record_afterwards", "reopen_fault",
    "report_again", "report_as_attendee", "report_fault", "reporter", "restore_with_loaner",
    "separate", "separate_fault", "set_level", "settle", "stage", "status", "take_step",
    "tell_hands", "tell_owed", "tick", "tip_helped", "told", "triage_fault", "undo_step", "unswap",
    "waiting", "watch_fault", "work", "work_of",
]  # fmt: skip
