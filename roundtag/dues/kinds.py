"""What faults oblige people to, as one table. Plain data; which event raises what is in `owed`."""

from collections.abc import Mapping
from typing import NamedTuple

from roundtag.access import CALLERS, FIELD, TALKERS
from roundtag.words import N_

HOURS, DAYS, WORKING_DAYS = UNITS = ("hours", "days", "working_days")
"""Elapsed hours; to the end of a local day so many days on; the same counted in working days."""
TEXT, DIAGNOSIS, CALLBACK = ("text", "diagnosis", "callback")


class Term(NamedTuple):
    amount: int
    unit: str


class Kind(NamedTuple):
    """`owes`: the role that it is up to (engineer: whoever leads the fault); `late_to`: whom its
    lateness is told to as well; `by`: who may fulfil it in words, asked as `asks` ("": only a deed
    elsewhere fulfils it); `tells`: whether who owes it is told at once. No `term`: no deadline.
    """

    words: str
    why: str
    term: Term | None
    owes: str
    late_to: tuple[str, ...] = ("supervisor",)
    asks: str = ""
    by: frozenset[str] = frozenset()
    tells: bool = False


LOANER, REPLACEMENT, FALLBACK, ORIGINAL = ("loaner", "replacement", "fallback", "original")

KINDS: Mapping[str, Kind] = {
    FALLBACK: Kind(
        N_("Fallback plan"), N_("Not restored at level I or II, or the system cannot be used."),
        Term(1, HOURS), "supervisor", ("supervisor", "manager"), TEXT, TALKERS, tells=True),
    LOANER: Kind(
        N_("Loaner unit"),
        N_("Not restored within the promise: a loaner of the same or better grade."),
        Term(24, HOURS), "engineer", ("supervisor", "manager"), tells=True),
    "diagnosis": Kind(
        N_("Written diagnosis"), N_("Somebody was on site: cause, remedy and repair cost."),
        Term(24, HOURS), "engineer", ("supervisor",), DIAGNOSIS, FIELD),
    "maker": Kind(
        N_("Maker's report and budget"), N_("The fault needs the maker."),
        Term(3, DAYS), "desk", ("supervisor",), TEXT, TALKERS, tells=True),
    ORIGINAL: Kind(
        N_("New original product"),
        N_("The device cannot be repaired; the loaner stays until then."),
        Term(10, WORKING_DAYS), "manager", ("supervisor", "manager"), tells=True),
    REPLACEMENT: Kind(
        N_("Replacement of the device"), N_("Three or more faults within a month."),
        None, "supervisor", (), tells=True),
    "response_report": Kind(
        N_("Response service report"), N_("The fault is restored."),
        Term(3, DAYS), "engineer", ("supervisor",), TEXT, FIELD),
    "report": Kind(
        N_("Written fault report"), N_("The fault is resolved."),
        Term(3, DAYS), "engineer", ("supervisor",), TEXT, FIELD),
    "analysis_report": Kind(
        N_("Fault analysis report"), N_("The fault is resolved."),
        Term(3, DAYS), "analyst", ("supervisor",), TEXT, FIELD),
    "major_report": Kind(
        N_("Major fault report"), N_("A fault of level I is resolved."),
        Term(3, DAYS), "supervisor", ("supervisor", "manager"), TEXT, FIELD, tells=True),
    "problem": Kind(
        N_("Problem record"), N_("The cause is a software bug or failed hardware."),
        Term(3, DAYS), "analyst", ("supervisor",)),
    "callback": Kind(
        N_("Quality callback"), N_("The fault is resolved: is whoever uses it satisfied?"),
        Term(3, WORKING_DAYS), "quality", ("supervisor",), CALLBACK, CALLERS, tells=True),
}  # fmt: skip

PAPERS = {"response": "response_report", "analysis": "analysis_report", "major": "major_report"}
"""What each document of a fault fulfils; any of them also is the written fault report that the
contract asks for."""
REPORT = "report"
FIXED = frozenset({"system", "device"})
"""Kinds of cause that must lead to a problem record."""

WITHDRAWN, WAIVED = "withdrawn", "waived"
HOWS: Mapping[str, str] = {
    "restored": N_("The fault was restored"),
    "step": N_("Written when it was restored or resolved"),
    "swap": N_("A unit was put in"),
    "retired": N_("The device was retired"),
    "grouped": N_("It belongs to a problem"),
    "paper": N_("The document was issued"),
    "text": N_("Done, in words"),
    "satisfied": N_("Reached: satisfied"),
    "unhappy": N_("Reached: not satisfied"),
    "not_reached": N_("Not reached in three attempts"),
    WAIVED: N_("Waived"),
    WITHDRAWN: N_("Not owed any more"),
}
DERIVED = frozenset({"restored", "step", "swap", "retired", "grouped", WITHDRAWN})
"""Ends that follow from what happened: a slip that is taken back takes them back too."""
