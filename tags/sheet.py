"""Sheets of device and room labels as a vector PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import Literal

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from tags import codes, fonts, qr
from tags.draw import draw
from tags.layout import place
from tags.stock import Stock

Kind = Literal["device", "room", "blank"]

LARGEST_OFFSET = 10.0
SCALES = (0.9, 1.1)


class SheetError(ValueError):
    """A sheet that cannot be printed as asked. `code` is stable: start, offset, scale, label."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Label:
    """One tag in print.

    `code` is canonical and `url` the address that ends in it. `title` gets two lines, `subtitle`
    (a room, a model) one or two, `footer` (a hotline) one if there is space. Texts may be empty.
    """

    code: str
    url: str
    title: str
    subtitle: str = ""
    footer: str = ""
    kind: Kind = "device"


def sheet(
    labels: Sequence[Label],
    stock: Stock,
    *,
    start: int = 1,
    offset: tuple[float, float] = (0.0, 0.0),
    scale: float = 1.0,
) -> bytes:
    """A PDF of all labels in order; the same input gives the same bytes.

    `start` is the first free label of the first page (1 is top left); later pages begin at 1.
    `offset` (mm to the right, mm down) and `scale` (about the top left corner) undo a printer's
    error. Characters that the font lacks are printed as 〓. Raises SheetError.
    """
    _refuse(labels, stock, start, offset, scale)
    out = BytesIO()
    canvas = Canvas(out, pagesize=(stock.page[0] * mm, stock.page[1] * mm), invariant=1)
    canvas.setTitle("Roundtag tags")
    canvas.setViewerPreference("PrintScaling", "None")
    fonts.load()
    for page in _pages(labels, stock.per_page, start):
        canvas.translate(offset[0] * mm, (stock.page[1] - offset[1]) * mm)
        canvas.scale(scale * mm, scale * mm)
        for index, one in page:
            plan = place(stock, index, len(qr.matrix(one.url)))
            draw(canvas, plan, one)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def missing_glyphs(labels: Sequence[Label]) -> set[str]:
    """The characters that `sheet` will print as 〓."""
    texts = (text for one in labels for text in (one.title, one.subtitle, one.footer))
    return set().union(*(fonts.missing(text) for text in texts))


def _pages(labels: Sequence[Label], per_page: int, start: int) -> list[list[tuple[int, Label]]]:
    slots = range(start - 1, start - 1 + len(labels))
    edges = [0, *range(per_page - start + 1, len(labels), per_page), len(labels)]
    numbered = [(slot % per_page, one) for slot, one in zip(slots, labels, strict=True)]
    return [numbered[first:end] for first, end in pairwise(edges)]


def _refuse(
    labels: Sequence[Label],
    stock: Stock,
    start: int,
    offset: tuple[float, float],
    scale: float,
) -> None:
    if not 1 <= start <= stock.per_page:
        raise SheetError("start", f"the first label is 1 to {stock.per_page}, not {start}")
    if not all(abs(shift) <= LARGEST_OFFSET for shift in offset):
        raise SheetError("offset", f"an offset is at most {LARGEST_OFFSET:g} mm, not {offset}")
    if not SCALES[0] <= scale <= SCALES[1]:
        raise SheetError("scale", f"the scale is {SCALES[0]} to {SCALES[1]}, not {scale}")
    if not labels:
        raise SheetError("label", "there is no label to print")
    for one in labels:
        _refuse_label(one)


def _refuse_label(one: Label) -> None:
    printed, scanned = codes.parse(one.code), codes.parse(one.url)
    if printed != one.code or scanned != one.code:
        raise SheetError("label", f"{one.code!r} is no code or not the one in {one.url!r}")
