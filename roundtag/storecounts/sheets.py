"""The report as a workbook: one line for every unit, unknown serial number and counted model."""

import io
from collections.abc import Callable
from datetime import datetime

import xlsxwriter

from roundtag import clock
from roundtag.stock.places import STORE, WORDS
from roundtag.storecounts.shape import Line, Report
from roundtag.words import N_

Say = Callable[[str], str]
HEADINGS = (
    N_("Outcome"), N_("Model"), N_("Serial number"), N_("Shelf in the books"), N_("Expected"),
    N_("Counted"), N_("Difference"), N_("Seen on shelf"), N_("Seen by (people)"),
    N_("Counted twice"), N_("The books say"), N_("Last movement"), N_("Booked"), N_("Reason"),
    N_("Note"), N_("Explained by"),
)  # fmt: skip
NUMBERS = frozenset({4, 5, 6, 8, 12})
OUTCOMES = {
    "missing": N_("Missing"),
    "fewer": N_("Fewer than in the books"),
    "more": N_("More than in the books"),
    "elsewhere": N_("The books have it elsewhere"),
    "held": N_("The books have it in use"),
    "ambiguous": N_("Two units bear this number"),
    "unknown": N_("Unknown serial number"),
    "uncounted": N_("Not counted"),
    "shelf": N_("On another shelf"),
    "arrived": N_("Came in after the counting"),
    "left": N_("Left after it was counted"),
    "found": N_("Found"),
}
REASONS = {
    "no-slip": N_("Taken without a slip"),
    "broken": N_("Broken"),
    "miscounted": N_("Miscounted"),
    "misplaced": N_("Misplaced"),
    "not-booked": N_("Not booked yet"),
    "other": N_("Other reason"),
}
SAFE_BOOK = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
TITLE = N_("Stocktake of a store")


def xlsx_file(report: Report, say: Say, zone: str) -> bytes:
    """A workbook of two sheets: its lines, and what the count is. No text is a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE_BOOK) as book:
        head = book.add_format({"bold": True})
        sheet = book.add_worksheet(say(N_("Lines")))
        for number, row in enumerate([[*map(say, HEADINGS)], *rows(report, say, zone)]):
            for column, cell in enumerate(row):
                if number and column in NUMBERS and cell:
                    sheet.write_number(number, column, int(cell))
                else:
                    sheet.write_string(number, column, cell[:32_767], *(() if number else (head,)))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(report.result.lines), len(HEADINGS) - 1)
        sheet.set_column(0, len(HEADINGS) - 1, 18)
        about = book.add_worksheet(say(N_("About")))
        about.set_column(0, 1, 28)
        for number, (name, value) in enumerate(facts(report, say, zone)):
            about.write_string(number, 0, name, head)
            about.write_string(number, 1, value)
    return out.getvalue()


def facts(report: Report, say: Say, zone: str) -> list[tuple[str, str]]:
    """What the count is, for the head of a file."""
    result = report.result
    named = (
        (N_("Store counted"), f"{report.store} ({report.store_code})"),
        (N_("Count"), report.name),
        (N_("Blind count"), say(N_("yes") if report.blind else N_("no"))),
        (N_("Opened"), _when(report.opened_at, report.opened_by, zone)),
        (N_("Closed"), _when(report.closed_at, report.closed_by, zone)),
        (N_("Lists"), f"{result.lists}"),
        (N_("Counted by (people)"), f"{result.people}"),
        (N_("Units found"), f"{result.found} / {len(result.units)}"),
        (N_("Differences"), f"{len(result.differences)}"),
        (N_("Unexplained"), f"{result.unexplained}"),
        (N_("Slip of the corrections"), result.slip),
        (N_("Digest of the data"), report.digest),
    )
    return [(say(name), value) for name, value in named if value]


def _when(at: datetime | None, who: str | None, zone: str) -> str:
    text = moment(at, zone)
    return f"{text} {who}" if text and who else text


def moment(at: datetime | None, zone: str) -> str:
    return f"{clock.local(at, zone):%Y-%m-%d %H:%M}" if at else ""


def rows(report: Report, say: Say, zone: str) -> list[list[str]]:
    return [_row(line, say, zone) for line in report.result.lines]


def _row(line: Line, say: Say, zone: str) -> list[str]:
    difference = line.counted - line.expected if line.differs else 0
    reason = say(REASONS[line.reason]) if line.reason else ""
    return [
        say(OUTCOMES[line.outcome]), line.model, line.serial, line.shelf, str(line.expected),
        str(line.counted), f"{difference:+d}" if difference else "", "；".join(line.seen_on),
        str(line.people or ""), twice(line), books(line, say), moment(line.moved, zone),
        f"{line.booked:+d}" if line.booked else "", reason, line.note, line.by,
    ]  # fmt: skip


def twice(line: Line) -> str:
    """12 → 11: a shelf that was counted again, whose last figure counts."""
    told = (f"{shelf + ': ' if shelf else ''}{' → '.join(map(str, figures))}"
            for shelf, figures in line.twice)  # fmt: skip
    return "；".join(told)


def books(line: Line, say: Say) -> str:
    """Where the books have a unit."""
    if line.place in ("", STORE):
        return line.where
    return f"{say(WORDS[line.place])} {line.where}".strip()
