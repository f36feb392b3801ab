"""A document of a fault on paper (A4). The same document and number give the same bytes."""

from collections.abc import Iterator
from pathlib import Path

from reportlab.platypus import CondPageBreak, Flowable, Spacer

from roundtag.fault_papers.parts import Section
from roundtag.fault_papers.sections import cover, sections_of, title
from roundtag.fault_papers.shape import FaultPaper
from roundtag.fault_papers.words import say
from roundtag.reports import grid, pdf, words
from roundtag.reports.grid import RED, SOFT, Grid
from roundtag.reports.pdf import DRAFT, WIDTH, Progress
from roundtag.reports.pdf_images import ACROSS, Pictures
from roundtag.reports.pdf_parts import Words
from roundtag.reports.prose import Prose
from roundtag.reports.shape import Issue
from roundtag.reports.words import Lang, pick
from tags import fonts

SIGN_HEIGHT = 46.0


def write(paper: FaultPaper, lang: Lang, target: Path, issue: Issue = DRAFT,
          progress: Progress = lambda _page: None) -> int:  # fmt: skip
    """Writes the PDF to `target`; returns how many pages it has. Without a number it is a draft
    and says so on every page. `progress` is told each finished page."""
    name = f"{pick(paper.client, lang)} {title(paper.kind, lang)} {paper.number}"
    return pdf.lay(_parts(paper, lang, issue), target, title=name, number=issue.number, lang=lang,
                   author=paper.contract, head=issue.head, progress=progress)  # fmt: skip


def _parts(paper: FaultPaper, lang: Lang, issue: Issue) -> Iterator[Flowable]:
    yield from _cover(paper, lang, issue)
    for one in sections_of(paper, lang):
        yield from _section(one, lang)
    yield from _sign_off(lang)


def _cover(paper: FaultPaper, lang: Lang, issue: Issue) -> Iterator[Flowable]:
    yield Words(pick(paper.client, lang), 13, colour=SOFT, after=2)
    yield Words(title(paper.kind, lang), 22, fonts.BOLD, after=10)
    yield from _facts((
        (say("number", lang), issue.number or say("draft", lang)),
        *cover(paper, lang),
        (say("issued", lang), words.day(issue.day, lang)),
        (say("replaces", lang), issue.replaces),
        (say("digest", lang), paper.digest),
    ))  # fmt: skip
    yield Spacer(0, 4)
    yield Words(say("times", lang, zone=paper.zone), 7.5, colour=SOFT, after=2)


def _facts(facts: tuple[tuple[str, str], ...]) -> Iterator[Flowable]:
    widths = [WIDTH * 0.22, WIDTH * 0.78]
    rows = [row for name, value in facts if value
            for row in grid.rows((name, value), widths, 9, colours=(SOFT,))]  # fmt: skip
    if rows:
        yield Grid(widths, None, rows, 9)


def _section(one: Section, lang: Lang) -> Iterator[Flowable]:
    sign = "、" if lang == "zh" else "  "
    yield CondPageBreak(90)
    yield Spacer(0, 10)
    yield Words(f"{one.no}{sign}{one.title}", 12, fonts.BOLD)
    if one.is_empty:
        yield Words(say("none", lang), 9, colour=SOFT)
    yield from _facts(one.facts)
    if one.photos:
        for start in range(0, len(one.photos), ACROSS):
            yield Pictures(one.photos[start : start + ACROSS], WIDTH)
    elif one.rows:
        yield _table(one)
        yield Spacer(0, 4)
    if one.text:
        yield Prose(one.text)


def _table(one: Section) -> Grid:
    widths = [WIDTH * share / sum(one.shares) for share in one.shares]
    rows = [
        row
        for number, cells in enumerate(one.rows)
        for row in grid.rows(cells, widths,
                             colours=(RED,) * len(cells) if number in one.alarms else ())
    ]  # fmt: skip
    return Grid(widths, grid.row(one.heads, widths, face=fonts.BOLD), rows)


def _sign_off(lang: Lang) -> Iterator[Flowable]:
    """Room for signatures by hand, as the printed form has it."""
    widths = [WIDTH / 3] * 3
    cells = [say(key, lang) for key in ("sign_engineer", "sign_manager", "sign_client")]
    yield CondPageBreak(SIGN_HEIGHT + 20)
    yield Spacer(0, 14)
    yield Grid(
        widths, None, [grid.row(cells, widths, 9, least=SIGN_HEIGHT, colours=(SOFT,) * 3)], 9
    )
