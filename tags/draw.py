"""Draws one label by its design: symbol, name on top, code and what proves it below."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Protocol
from urllib.parse import urlsplit

from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from tags import codes, fonts, qr, rows
from tags.designs import Design
from tags.layout import Box, Place
from tags.text import Fitted, fit

COMPARE = "核对"
SERIAL = "S/N"

_CODE_WIDTH = 11 * 0.6
_SMALLEST = 1.6
_LARGEST = 6.0
_TALL = 26.0
_SHRINKS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)


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


@dataclass(frozen=True)
class _Words:
    """Everything that decides what a label's words look like."""

    one: Printed
    design: Design
    box: Box
    stacked: bool


def draw(canvas: Canvas, plan: Place, one: Printed, design: Design) -> None:
    """Origin of the canvas: the page's top left corner, in millimetres, y upwards."""
    _symbol(canvas, plan, one.url)
    box, centred = plan.words, plan.stacked
    top, bottom = _rows(_Words(one, design, box, plan.stacked))
    rows.draw(canvas, top, box.x, box.y, box.w, centred)
    rows.draw(canvas, bottom, box.x, box.bottom - rows.height(bottom), box.w, centred)


def _symbol(canvas: Canvas, plan: Place, url: str) -> None:
    """One path and one fill: separate squares would show light seams."""
    canvas.saveState()
    canvas.translate(plan.symbol.x, -plan.symbol.y)
    canvas.scale(plan.module, -plan.module)
    canvas.setFillGray(0)
    canvas.drawPath(PDFPathObject(code=[_path(url)]), stroke=0, fill=1)
    canvas.restoreState()


@lru_cache(maxsize=qr.REMEMBERED)
def _path(url: str) -> str:
    """PDF operators, one unit a module. Written here since the library formats each number anew."""
    return " ".join(f"{x} {y} {length} 1 re" for x, y, length in qr.runs(qr.matrix(url)))


def _rows(words: _Words) -> tuple[list[rows.Row], list[rows.Row]]:
    """The fullest choice that fits: rows from the top and rows down to the bottom.

    Lines are given up before type shrinks; only a label with all its lines given up gets smaller.
    """
    for shrink, (title, subtitle, footer) in product(_SHRINKS, words.design.lines):
        sizes = _sizes(words.box, words.stacked, shrink)
        top = [*_call(words, sizes), *_name(words, sizes, title, subtitle)]
        bottom = _proof(words, sizes, footer)
        if rows.height(top) + rows.height(bottom) <= words.box.h:
            break
    return top, bottom


def _sizes(box: Box, stacked: bool, shrink: float) -> _Sizes:
    by_height, by_width = (box.h / 4.4, box.w / 9) if stacked else (box.h / 8, box.w / 6.4)
    title = shrink * min(max(min(by_height, by_width), 2.1), _LARGEST)
    code = min(box.w / _CODE_WIDTH, title * 1.15)
    return _Sizes(title, max(title * 0.74, _SMALLEST), max(title * 0.6, _SMALLEST), code)


def _call(words: _Words, sizes: _Sizes) -> list[rows.Row]:
    if words.design.call is None:
        return []
    (chinese, english), box = words.design.call, words.box
    gap = rows.Gap(sizes.title * 0.3)
    if box.h < _TALL:
        return [rows.Band((_short_call(chinese, english, box, sizes),)), gap]
    first = _white(chinese, fonts.BOLD, sizes.title * 1.2, box)
    return [rows.Band((first, _white(english, fonts.SANS, sizes.subtitle, box))), gap]


def _short_call(chinese: str, english: str, box: Box, sizes: _Sizes) -> rows.Words:
    both = _white(f"{chinese} {english}", fonts.BOLD, sizes.title, box)
    return _white(chinese, fonts.BOLD, sizes.title, box) if both.fitted.is_cut else both


def _white(words: str, face: str, size: float, box: Box) -> rows.Words:
    return rows.Words(fit(words, face, size, _SMALLEST, box.w - 1.6, 1), white=True)


def _name(words: _Words, sizes: _Sizes, title: int, subtitle: int) -> list[rows.Row]:
    one, (first, second) = words.one, words.design.words
    size = sizes.title * words.design.large
    named = _lines(one.title or first, fonts.BOLD, size, words.box, title)
    below = _lines(one.subtitle or second, fonts.SANS, sizes.subtitle, words.box, subtitle)
    return named + below


def _lines(text: str, face: str, size: float, box: Box, lines: int) -> list[rows.Row]:
    """One line a little smaller before two, so that no single character is left over."""
    if not text or not lines:
        return []
    single = fit(text, face, size, size * 0.84, box.w, 1)
    return [
        rows.Words(fit(text, face, size, size * 0.76, box.w, lines) if single.is_cut else single)
    ]


def _proof(words: _Words, sizes: _Sizes, footer: int) -> list[rows.Row]:
    """The code for who cannot scan; the word and the domain for who doubts the page."""
    one, box, proof = words.one, words.box, words.design.proof
    if "serial" in proof:
        return _serial(one, box, sizes)
    if "plain" in proof:
        return [rows.Words(fit(one.code, fonts.MONO, sizes.small, _SMALLEST, box.w, 2))]
    found: list[rows.Row] = [rows.Words(Fitted((codes.show(one.code),), fonts.MONO, sizes.code))]
    found += _compare(one, box, sizes, "domain" in proof)
    if one.footer and footer:
        small = fit(one.footer, fonts.SANS, sizes.small, _SMALLEST, box.w, 1)
        # Half a telephone number is worse than none.
        found += [] if small.is_cut else [rows.Words(small)]
    return found


def _serial(one: Printed, box: Box, sizes: _Sizes) -> list[rows.Row]:
    """A serial number is never cut while it can be made smaller: half of one names another unit."""
    name = Fitted((SERIAL,), fonts.SANS, sizes.small)
    size = sizes.title * 1.15
    number = fit(one.code, fonts.MONO, size, _SMALLEST, box.w, 1)
    if number.is_cut:
        number = fit(one.code, fonts.MONO, size, _SMALLEST, box.w, 3)
    return [rows.Words(name), rows.Words(number)]


def _compare(one: Printed, box: Box, sizes: _Sizes, with_domain: bool) -> list[rows.Row]:
    word = Fitted((f"{COMPARE} {codes.word(one.code)}",), fonts.BOLD, sizes.small)
    if not with_domain:
        return [rows.Words(word)]
    domain = urlsplit(one.url).netloc.lower()
    pair = rows.Pair(word, Fitted((domain,), fonts.SANS, sizes.small), sizes.small * 0.8)
    if pair.width <= box.w:
        return [pair]
    fitted = fit(domain, fonts.SANS, sizes.small, _SMALLEST, box.w, 1)
    return [rows.Words(word), rows.Words(fitted)]
