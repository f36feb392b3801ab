"""Loaners: lent with a swap, due back on a day, returned or kept; and what of a fault is open."""

from roundtag.loaners import terms
from roundtag.loaners.ensuring import ensure
from roundtag.loaners.keeping import back, ended_by, gone, in_place, lend, out_at, undone
from roundtag.loaners.listing import Listing, LoanerLine, Wish, listing, page, read_wish
from roundtag.loaners.open_points import Point, open_points
from roundtag.loaners.sheets import csv_file
from roundtag.loaners.terms import due_day
from roundtag.loaners.verbs import (
    ExtendLoaner,
    KeepLoaner,
    extend_loaner,
    keep_loaner,
    read_extension,
    read_keeping,
)

__all__ = [
    "ExtendLoaner", "KeepLoaner", "Listing", "LoanerLine", "Point", "Wish", "back", "csv_file",
    "due_day", "ended_by", "ensure", "extend_loaner", "gone", "in_place", "keep_loaner", "lend",
    "listing", "open_points", "out_at", "page", "read_extension", "read_keeping", "read_wish",
    "terms", "undone",
]  # fmt: skip
