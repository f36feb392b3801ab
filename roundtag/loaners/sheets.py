"""The list of loaners as a CSV file."""

from collections.abc import Callable, Iterable

from roundtag import clock
from roundtag.loaners.listing import LoanerLine
from roundtag.register import neutral
from roundtag.words import N_

HEADING = (N_("Loaner unit"), N_("Model"), N_("Device"), N_("Device code"), N_("Room"),
           N_("Lent on"), N_("Due back"), N_("Days late"), N_("Stands for"), N_("Fault"),
           N_("Repair order"), N_("Back on"), N_("How it ended"))  # fmt: skip
ENDS = {"": N_("in use"), "returned": N_("came back"), "kept": N_("stays for good"),
        "undone": N_("the swap was a slip")}  # fmt: skip


def csv_file(lines: Iterable[LoanerLine], say: Callable[[str], str]) -> bytes:
    """UTF-8 with a mark that spreadsheets know; no cell is taken for a formula."""
    rows = [tuple(say(word) for word in HEADING)]
    for line in lines:
        cells = (
            line.serial, line.model, line.device, line.device_code, line.room,
            clock.local_day(line.out_at).isoformat(),
            line.due_on.isoformat() if line.due_on else "", str(line.late or ""),
            line.own_serial or "", line.fault or "", line.repair or "",
            clock.local_day(line.back_at).isoformat() if line.back_at else "",
            say(ENDS.get(line.back_how, line.back_how)),
        )  # fmt: skip
        rows.append(cells)
    return neutral.csv_file(rows)
