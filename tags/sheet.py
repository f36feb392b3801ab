"""Sheets and rolls of labels as a vector PDF."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import Literal

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from tags import codes, designs, fonts, qr
from tags.draw import draw
from tags.layout import place
from tags.stock import Stock

Kind = Literal["device", "small", "room", "spare", "shelf", "blank"]

SERIAL = "SN:"
SHELF = "SHELF:"
PLAIN = {"spare": (SERIAL, "serial number"), "shelf": (SHELF, "shelf")}
"""Labels that hold no address: what their symbol says before the code."""
LARGEST_OFFSET = 10.0
SCALES = (0.9, 1.1)


class SheetError(ValueError):
    """A sheet that cannot be printed as asked. `code` is stable: start, offset, scale, label."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Label:
    """One tag in print; `kind` is its design.

    `code` is canonical and `url` the address that ends in it; a spare unit's are its serial number
    and that number after SERIAL, a shelf's its store's code and name after SHELF. `title` gets two
    lines, `subtitle` (a room, a model) one or two,
    `footer` (a hotline) one if there is space. Texts may be empty.
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
    progress: Callable[[int], object] | None = None,
) -> bytes:
    """A PDF of all labels in order; the same input gives the same bytes.

    `start` is the first free label of the first page (1 is top left); later pages begin at 1.
    `offset` (mm to the right, mm down) and `scale` (about the top left corner) undo a printer's
    error. Characters that the font lacks are printed as 〓. `progress` is told after each page how
    many labels are drawn. Raises SheetError.
    """
    _refuse(labels, stock, start, offset, scale)
    out = BytesIO()
    canvas = Canvas(out, pagesize=(stock.page[0] * mm, stock.page[1] * mm), invariant=1)
    canvas.setTitle("Roundtag tags")
    canvas.setViewerPreference("PrintScaling", "None")
    fonts.load()
    drawn = 0
    for page in _pages(labels, stock.per_page, start):
        canvas.translate(offset[0] * mm, (stock.page[1] - offset[1]) * mm)
        canvas.scale(scale * mm, scale * mm)
        _draw_page(canvas, stock, page)
        canvas.showPage()
        drawn += len(page)
        if progress:
            progress(drawn)
    canvas.save()
    return out.getvalue()


def _draw_page(canvas: Canvas, stock: Stock, page: Iterable[tuple[int, Label]]) -> None:
    for index, one in page:
        design = designs.get(one.kind)
        draw(canvas, place(stock, index, len(qr.matrix(one.url)), design), one, design)


def missing_glyphs(labels: Sequence[Label]) -> set[str]:
    """The characters that `sheet` will print as 〓."""
    return set().union(*(missing_on(one) for one in labels))


def missing_on(one: Label) -> set[str]:
    """The characters of one label that will be printed as 〓."""
    texts = [one.title, one.subtitle, one.footer, one.code if one.kind in PLAIN else ""]
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
    if one.kind in PLAIN:
        before, what = PLAIN[one.kind]
        if not one.code or one.url != before + one.code:
            raise SheetError("label", f"{one.url!r} is not the {what} {one.code!r}")
        return
    printed, scanned = codes.parse(one.code), codes.parse(one.url)
    if printed != one.code or scanned != one.code:
        raise SheetError("label", f"{one.code!r} is no code or not the one in {one.url!r}")
