"""Pictures of a finished PDF: what a preview shows, and what a roll printer burns dot by dot.

There is no second way to draw a label: both are the PDF itself, rendered by pdfium.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from threading import Lock

import pypdfium2
from PIL import Image

from tags.sheet import Label, sheet
from tags.stock import Stock, printable

_POINTS = 72.0
_AT_ONCE = 50
# A page's sides in points are rounded; without this a side of 400 dots might come out as 401.
_HAIR = 1e-6
# pdfium keeps state of its own for a whole process.
_one_at_a_time = Lock()


def preview(pdf: bytes, dpi: float, page: int = 0) -> bytes:
    """A PNG in grey of one page of a PDF of ours."""
    (picture,) = _render(pdf, dpi, range(page, page + 1))
    return _png(picture.quantize(16), dpi)


def dots(labels: Sequence[Label], stock: Stock) -> Iterator[bytes]:
    """A PNG of 1 bit per dot for each label on a roll: what the print head reaches, no more."""
    area = printable(stock)
    for first in range(0, len(labels), _AT_ONCE):
        some = labels[first : first + _AT_ONCE]
        for picture in _render(sheet(some, area), stock.dpi, range(len(some))):
            black = picture.point(lambda grey: 255 if grey > 127 else 0)
            yield _png(black.convert("1", dither=Image.Dither.NONE), stock.dpi)


def _render(pdf: bytes, dpi: float, pages: range) -> list[Image.Image]:
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        scale = dpi / _POINTS * (1 - _HAIR)
        found = [document[p].render(scale=scale, grayscale=True).to_pil().copy() for p in pages]
        document.close()
    return found


def _png(picture: Image.Image, dpi: float) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", dpi=(dpi, dpi), optimize=True)
    return out.getvalue()
