"""Findings: what checks found, carried from round to round until it is settled."""

from roundtag.findings.by_hand import SettleFinding, read, settle_finding
from roundtag.findings.carrying import (
    BY_MEASUREMENT,
    Place,
    has_any,
    in_turn,
    keep,
    left_over,
    open_at,
    seen_again,
    settle,
    settle_by_fault,
)
from roundtag.findings.listing import (
    AGES,
    FindingLine,
    FindingList,
    FindingPage,
    Wish,
    lines_at,
    lines_of,
    listing,
    of_entry,
    of_fault,
    page,
    read_wish,
)
from roundtag.models import Finding

__all__ = [
    "AGES", "BY_MEASUREMENT", "Finding", "FindingLine", "FindingList", "FindingPage", "Place",
    "SettleFinding", "Wish", "has_any", "in_turn", "keep", "left_over", "lines_at", "lines_of",
    "listing", "of_entry", "of_fault", "open_at", "page", "read", "read_wish", "seen_again",
    "settle", "settle_by_fault", "settle_finding",
]  # fmt: skip
