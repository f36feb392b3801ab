"""Draws one label: symbol, name on top, code and what proves it below."""

from dataclasses import dataclass
from itertools import product
from typing import Protocol
from urllib.parse import urlsplit

from reportlab.pdfgen.canvas import Canvas

from tags import codes, fonts, qr, rows
from tags.layout import Box, Place
from tags.text import Fitted, fit

CALL_ZH = "扫码报修"
CALL_EN = "Scan to report"
CLAIM = ("扫码绑定", "Scan to claim")
"""What a label says that is on nothing yet."""
COMPARE = "核对"

_CODE_WIDTH = 11 * 0.6
_SMALLEST = 1.6
_TALL = 26.0
_SHRINKS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
# From the fullest to the barest: lines of title, of subtitle, of footer.
_CHOICES = ((2, 2, 1), (2, 1, 1), (2, 2, 0), (2, 1, 0), (1, 1, 1), (1, 1, 0), (2, 0, 0), (1, 0, 0))


class Printed(Protocol):
    """What a label says."""

    @property
    def code(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def subtitle(self) -> str: ...
    @property
    def footer(self) -> str: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True)
class _Sizes:
    title: float
    subtitle: float
    small: float
    code: float


def draw(canvas: Canvas, plan: Place, one: Printed) -> None:
    """Origin of the canvas: the page's top left corner, in millimetres, y upwards."""
    _symbol(canvas, plan, one.url)
    box, centred = plan.words, plan.stacked
    top, bottom = _words(one, box, plan.stacked)
    rows.draw(canvas, top, box.x, box.y, box.w, centred)
    rows.draw(canvas, bottom, box.x, box.bottom - rows.height(bottom), box.w, centred)


def _symbol(canvas: Canvas, plan: Place, url: str) -> None:
    """One path and one fill: separate squares would show light seams."""
    canvas.saveState()
    canvas.translate(plan.symbol.x, -plan.symbol.y)
    canvas.scale(plan.module, -plan.module)
    path = canvas.beginPath()
    for x, y, length in qr.runs(qr.matrix(url)):
        path.rect(x, y, length, 1)
    canvas.setFillGray(0)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def _words(one: Printed, box: Box, stacked: bool) -> tuple[list[rows.Row], list[rows.Row]]:
    """The fullest choice that fits: rows from the top and rows down to the bottom.

    Lines are given up before type shrinks; only a label with all its lines given up gets smaller.
    """
    for shrink, (title, subtitle, footer) in product(_SHRINKS, _CHOICES):
        sizes = _sizes(box, stacked, shrink)
        top = [*_call(one, box, sizes), *_name(one, box, sizes, title, subtitle)]
        bottom = _proof(one, box, sizes, footer)
        if rows.height(top) + rows.height(bottom) <= box.h:
            break
    return top, bottom


def _sizes(box: Box, stacked: bool, shrink: float) -> _Sizes:
    by_height, by_width = (box.h / 4.4, box.w / 9) if stacked else (box.h / 8, box.w / 6.4)
    title = shrink * min(max(min(by_height, by_width), 2.1), 4.8)
    code = min(box.w / _CODE_WIDTH, title * 1.15)
    return _Sizes(title, max(title * 0.74, _SMALLEST), max(title * 0.6, _SMALLEST), code)


def _call(one: Printed, box: Box, sizes: _Sizes) -> list[rows.Row]:
    if one.kind != "room":
        return []
    gap = rows.Gap(sizes.title * 0.3)
    if box.h < _TALL:
        return [rows.Band((_short_call(box, sizes),)), gap]
    chinese = _white(CALL_ZH, fonts.BOLD, sizes.title * 1.2, box)
    return [rows.Band((chinese, _white(CALL_EN, fonts.SANS, sizes.subtitle, box))), gap]


def _short_call(box: Box, sizes: _Sizes) -> rows.Words:
    both = _white(f"{CALL_ZH} {CALL_EN}", fonts.BOLD, sizes.title, box)
    return _white(CALL_ZH, fonts.BOLD, sizes.title, box) if both.fitted.is_cut else both


def _white(words: str, face: str, size: float, box: Box) -> rows.Words:
    return rows.Words(fit(words, face, size, _SMALLEST, box.w - 1.6, 1), white=True)


def _name(one: Printed, box: Box, sizes: _Sizes, title: int, subtitle: int) -> list[rows.Row]:
    first, second = CLAIM if one.kind == "blank" else (one.title, one.subtitle)
    named = _lines(first, fonts.BOLD, sizes.title, box, title)
    return named + _lines(second, fonts.SANS, sizes.subtitle, box, subtitle)


def _lines(text: str, face: str, size: float, box: Box, lines: int) -> list[rows.Row]:
    """One line a little smaller before two, so that no single character is left over."""
    if not text or not lines:
        return []
    single = fit(text, face, size, size * 0.84, box.w, 1)
    return [
        rows.Words(fit(text, face, size, size * 0.76, box.w, lines) if single.is_cut else single)
    ]


def _proof(one: Printed, box: Box, sizes: _Sizes, footer: int) -> list[rows.Row]:
    """The code for who cannot scan; the word and the domain for who doubts the page."""
    code = Fitted((codes.show(one.code),), fonts.MONO, sizes.code)
    found: list[rows.Row] = [rows.Words(code), *_compare(one, box, sizes)]
    if one.footer and footer:
        small = fit(one.footer, fonts.SANS, sizes.small, _SMALLEST, box.w, 1)
        # Half a telephone number is worse than none.
        found += [] if small.is_cut else [rows.Words(small)]
    return found


def _compare(one: Printed, box: Box, sizes: _Sizes) -> list[rows.Row]:
    domain = urlsplit(one.url).netloc.lower()
    word = Fitted((f"{COMPARE} {codes.word(one.code)}",), fonts.BOLD, sizes.small)
    pair = rows.Pair(word, Fitted((domain,), fonts.SANS, sizes.small), sizes.small * 0.8)
    if pair.width <= box.w:
        return [pair]
    fitted = fit(domain, fonts.SANS, sizes.small, _SMALLEST, box.w, 1)
    return [rows.Words(word), rows.Words(fitted)]
