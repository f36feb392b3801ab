"""QR symbols on paper, drawn as areas: sharp at any size."""

from typing import Any

from roundtag.reports.grid import INK
from tags import qr


def draw(canvas: Any, address: str, x: float, y: float, side: float) -> None:
    """Draws the symbol with its quiet zone; `x`, `y`: its lower left corner. None for an address
    that is too long to be printed."""
    try:
        rows = qr.matrix(address)
    except qr.AddressError:
        return
    module = side / (len(rows) + 2 * qr.QUIET)
    left, top = x + qr.QUIET * module, y + side - qr.QUIET * module
    canvas.setFillColor(INK)
    for column, row, length in qr.runs(rows):
        canvas.rect(left + column * module, top - (row + 1) * module, length * module, module,
                    0, 1)  # fmt: skip
