"""The report as a file: CSV and XLSX, one line for every device and every unknown code."""

import io
from collections.abc import Callable

import xlsxwriter

from roundtag.register import neutral
from roundtag.stocktakes.reports import Line, Report
from roundtag.words import N_

Say = Callable[[str], str]
HEADINGS = (
    N_("Outcome"), N_("Device code"), N_("Name"), N_("Asset number"), N_("Serial number"),
    N_("Tag"), N_("Registered room"), N_("Position"), N_("Seen in"), N_("Seen by (people)"),
    N_("Reason"), N_("Note"),
)  # fmt: skip
OUTCOMES = {
    "found": N_("Found"),
    "missing": N_("Missing"),
    "misplaced": N_("In another room"),
    "retired": N_("Retired, still there"),
    "unknown": N_("Unknown code"),
    "uncounted": N_("Room not counted"),
    "away": N_("Away, not expected"),
}
REASONS = {
    "": "",
    "repair": N_("At repair"),
    "lent": N_("Lent"),
    "disposed": N_("Disposed of"),
    "other": N_("Other reason"),
}
SAFE_BOOK = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def csv_file(report: Report, say: Say) -> bytes:
    """UTF-8 with a mark that spreadsheets know; no cell is taken for a formula."""
    return neutral.csv_file(_rows(report, say))


def xlsx_file(report: Report, say: Say) -> bytes:
    """A workbook of one sheet whose cells are text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE_BOOK) as book:
        sheet = book.add_worksheet(say(N_("Stocktake")))
        for number, row in enumerate(_rows(report, say)):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell[:32_767])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(HEADINGS) - 1, 18)
    return out.getvalue()


def _rows(report: Report, say: Say) -> list[list[str]]:
    return [[say(heading) for heading in HEADINGS],
            *(_row(line, say) for line in report.result.lines)]  # fmt: skip


def _row(line: Line, say: Say) -> list[str]:
    seen = "；".join(name for _, name in line.seen_in)
    reason = REASONS[line.reason]
    return [
        say(OUTCOMES[line.outcome]), line.code, line.name, line.asset_number, line.serial,
        line.tag, line.room, line.position, seen, str(line.people or ""),
        say(reason) if reason else "", line.note,
    ]  # fmt: skip
