"""Checklist entries: filled at a device or a room, judged by the version they were filed under."""

from roundtag.inspections.due import Check, Checks, Line, Section, checks_at
from roundtag.inspections.entry import EntryPage, Part, Said, page
from roundtag.inspections.filing import inspect
from roundtag.inspections.forms import Inspect, Outside, read, read_first
from roundtag.inspections.judging import Judged, Verdict, judge
from roundtag.inspections.last import Reading
from roundtag.models import Inspection

FORM = "inspection"
VERSIONS = {"1": read_first, "2": read}

__all__ = [
    "FORM", "VERSIONS", "Check", "Checks", "EntryPage", "Inspect", "Inspection", "Judged", "Line",
    "Outside", "Part", "Reading", "Said", "Section", "Verdict", "checks_at", "inspect", "judge",
    "page", "read", "read_first",
]  # fmt: skip
