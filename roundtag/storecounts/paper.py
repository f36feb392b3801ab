"""The report on paper (A4, landscape): what was counted, every difference with its reason, and room
to sign. The same report gives the same bytes."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4, landscape
from reportlab.platypus import CondPageBreak, Flowable, Spacer

from roundtag.reports import grid, pdf
from roundtag.reports.grid import RED, SOFT, Grid
from roundtag.reports.pdf import LEFT, RIGHT
from roundtag.reports.pdf_parts import Words
from roundtag.reports.words import Lang
from roundtag.storecounts import sheets
from roundtag.storecounts.shape import Line, Report
from roundtag.storecounts.sheets import Say
from roundtag.words import N_
from tags import fonts

PAGE = landscape(A4)
WIDTH = PAGE[0] - LEFT - RIGHT
SIGN_HEIGHT = 46.0
OPEN = N_("under way")
DIFFERENCES = N_("Differences")
NONE = N_("No differences")
CHECKED = N_("Everything counted")
HEADS = (
    N_("Outcome"), N_("Model"), N_("Serial number"), N_("Shelf"), N_("Expected"), N_("Counted"),
    N_("The books say"), N_("Booked"), N_("Reason"),
)  # fmt: skip
SHARES = (2.2, 3.2, 2.8, 1.8, 1.2, 1.2, 3.2, 1.1, 3.6)
SIGNERS = (N_("Counted by"), N_("Keeper of the store"), N_("Approved by"))


def pdf_file(report: Report, say: Say, lang: Lang, zone: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "count.pdf"
        number = report.result.slip or (report.name if report.closed_at else say(OPEN))
        pdf.lay(_parts(report, say, zone), target, number=number, lang=lang, size=PAGE,
                title=f"{report.store} {say(sheets.TITLE)} {report.name}")  # fmt: skip
        return target.read_bytes()


def _parts(report: Report, say: Say, zone: str) -> Iterator[Flowable]:
    yield Words(report.store, 13, colour=SOFT, after=2)
    yield Words(f"{say(sheets.TITLE)}  {report.name}", 20, fonts.BOLD, after=8)
    widths = [WIDTH * 0.2, WIDTH * 0.8]
    facts = sheets.facts(report, say, zone)
    yield Grid(widths, None, [grid.row(one, widths, 9, colours=(SOFT,)) for one in facts], 9)
    yield from _section(say(DIFFERENCES), report.result.differences, say, say(NONE))
    rest = [line for line in report.result.lines if not line.differs]
    yield from _section(say(CHECKED), rest, say, "")
    yield from _sign_off(say)


def _section(title: str, lines: list[Line], say: Say, empty: str) -> Iterator[Flowable]:
    if not lines and not empty:
        return
    yield CondPageBreak(90)
    yield Spacer(0, 10)
    yield Words(title, 12, fonts.BOLD)
    if not lines:
        yield Words(empty, 9, colour=SOFT)
        return
    widths = [WIDTH * share / sum(SHARES) for share in SHARES]
    made = [row for line in lines for row in grid.rows(_cells(line, say), widths,
                                                       colours=_colours(line))]  # fmt: skip
    yield Grid(widths, grid.row([say(head) for head in HEADS], widths, face=fonts.BOLD), made)


def _colours(line: Line) -> tuple[Color | None, ...]:
    return (RED,) if line.differs and not line.reason else ()


def _cells(line: Line, say: Say) -> tuple[str, ...]:
    reason = say(sheets.REASONS[line.reason]) if line.reason else ""
    why = " · ".join(part for part in (reason, line.note, line.by) if part)
    shelf = " / ".join(dict.fromkeys(part for part in (line.shelf, *line.seen_on) if part))
    counted = f"{line.counted}\n{sheets.twice(line)}".strip()
    booked = f"{line.booked:+d}" if line.booked else ""
    return (say(sheets.OUTCOMES[line.outcome]), line.model, line.serial, shelf, str(line.expected),
            counted, sheets.books(line, say), booked, why)  # fmt: skip


def _sign_off(say: Say) -> Iterator[Flowable]:
    """Room for signatures by hand."""
    widths = [WIDTH / 3] * 3
    cells = [say(one) for one in SIGNERS]
    yield CondPageBreak(SIGN_HEIGHT + 20)
    yield Spacer(0, 14)
    yield Grid(
        widths, None, [grid.row(cells, widths, 9, least=SIGN_HEIGHT, colours=(SOFT,) * 3)], 9
    )
