"""A report on paper (A4). The same report and number give the same bytes."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from roundtag.reports import pdf_parts, words
from roundtag.reports.grid import BAND, INK, LINE, SOFT
from roundtag.reports.seal import Seal
from roundtag.reports.shape import InspectionReport, Issue
from roundtag.reports.words import Lang, say
from tags import fonts

LEFT = RIGHT = 42.0
TOP, FOOT = 54.0, 42.0
WIDTH = A4[0] - LEFT - RIGHT
DRAFT = Issue()
Progress = Callable[[int], None]


def write(report: InspectionReport, lang: Lang, target: Path, issue: Issue = DRAFT,
          progress: Progress = lambda _page: None) -> int:  # fmt: skip
    """Writes the PDF to `target`; returns how many pages it has. Without a number it is a draft
    and says so on every page. `progress` is told each finished page."""
    parts = pdf_parts.all_of(report, lang, WIDTH, issue)
    title = f"{words.pick(report.client, lang)} {words.title(report.occasion, lang)}"
    return lay(parts, target, title=f"{title} {report.period}", number=issue.number, lang=lang,
               author=report.contract, head=issue.head, progress=progress)  # fmt: skip


def lay(parts: Iterable[Flowable], target: Path, *, title: str, number: str, lang: Lang,
        author: str = "", head: str = "", size: tuple[float, float] = A4,
        progress: Progress = lambda _page: None) -> int:  # fmt: skip
    """Sets flowables onto numbered pages; `head`: of the log, which goes below the last one."""
    fonts.load()
    pages = 0
    seal = [Seal(head, lang)] if head else []

    def dress(canvas: Any, document: Any) -> None:
        nonlocal pages
        pages = document.page
        _dress(canvas, document.page, title, number, lang, size)
        progress(pages)

    made = BaseDocTemplate(str(target), pagesize=size, title=title, author=author, subject=number,
                           creator="Roundtag", invariant=1, leftMargin=LEFT, rightMargin=RIGHT,
                           topMargin=TOP, bottomMargin=FOOT)  # fmt: skip
    frame = Frame(LEFT, FOOT, size[0] - LEFT - RIGHT, size[1] - TOP - FOOT, 0, 0, 0, 0)
    made.addPageTemplates([PageTemplate("page", [frame], onPage=dress)])
    made.build([*parts, *seal, _Total(lang)])
    return pages


class _Total(Flowable):
    """Drawn last: tells all pages how many there are."""

    def __init__(self, lang: Lang) -> None:
        super().__init__()
        self.lang = lang

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        canvas = self.canv
        pages = canvas.getPageNumber()
        canvas.beginForm("total", 0, -3, 80, 12)
        canvas.setFont(fonts.SANS, 7)
        canvas.setFillColor(SOFT)
        canvas.drawString(0, 0, say("total", self.lang, n=pages))
        canvas.endForm()


def _dress(canvas: Any, page: int, title: str, number: str, lang: Lang,
           size: tuple[float, float]) -> None:  # fmt: skip
    canvas.saveState()
    wide, high = size
    if not number:
        _watermark(canvas, size, lang)
    canvas.setFont(fonts.SANS, 7)
    canvas.setFillColor(SOFT)
    canvas.drawString(LEFT, high - 32, fonts.drawable(title))
    canvas.drawRightString(wide - RIGHT, high - 32, number or say("draft", lang))
    canvas.setStrokeColor(LINE)
    canvas.line(LEFT, high - 38, wide - RIGHT, high - 38)
    canvas.drawRightString(wide / 2, 26, say("page", lang, n=page))
    canvas.saveState()
    canvas.translate(wide / 2 + 4, 26)
    canvas.doForm("total")
    canvas.restoreState()
    canvas.setFillColor(INK)
    canvas.restoreState()


def _watermark(canvas: Any, size: tuple[float, float], lang: Lang) -> None:
    canvas.saveState()
    canvas.translate(size[0] / 2, size[1] / 2)
    canvas.rotate(40)
    canvas.setFillColor(BAND)
    canvas.setFont(fonts.BOLD, 60)
    canvas.drawCentredString(0, 0, say("draft", lang).split("，")[0].split(",")[0])
    canvas.restoreState()
