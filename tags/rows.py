"""Rows that stack up to a label's words. Each knows its height and draws itself; millimetres.

Canvases have their origin at the page's top left corner, with y growing upwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from reportlab.pdfgen.canvas import Canvas

from tags import fonts
from tags.text import Fitted

# Where the baseline lies in a row, in parts of the type size: hanzi then sit in its middle.
_BASELINE = 0.98
_BAND_PADDING = 0.5
_BAND_CORNER = 0.7


class Row(Protocol):
    @property
    def height(self) -> float: ...

    def draw(self, canvas: Canvas, x: float, y: float, width: float, centred: bool) -> None:
        """Draws the row with its top left corner at x, y (downwards)."""


@dataclass(frozen=True)
class Words:
    fitted: Fitted
    white: bool = False

    @property
    def height(self) -> float:
        return self.fitted.height

    def draw(self, canvas: Canvas, x: float, y: float, width: float, centred: bool) -> None:
        canvas.setFillGray(1 if self.white else 0)
        canvas.setFont(self.fitted.face, self.fitted.size)
        for line in self.fitted.lines:
            free = width - fonts.width(line, self.fitted.face, self.fitted.size)
            baseline = y + self.fitted.size * _BASELINE
            canvas.drawString(x + (free / 2 if centred else 0), -baseline, line)
            y += self.fitted.leading


@dataclass(frozen=True)
class Pair:
    """Two texts on one line."""

    left: Fitted
    right: Fitted
    gap: float

    @property
    def height(self) -> float:
        return max(self.left.height, self.right.height)

    @property
    def width(self) -> float:
        sides = (self.left, self.right)
        return self.gap + sum(fonts.width(s.lines[0], s.face, s.size) for s in sides)

    def draw(self, canvas: Canvas, x: float, y: float, width: float, centred: bool) -> None:
        start = x + ((width - self.width) / 2 if centred else 0)
        rest = self.gap + fonts.width(self.left.lines[0], self.left.face, self.left.size)
        Words(self.left).draw(canvas, start, y, 0, False)
        Words(self.right).draw(canvas, start + rest, y, 0, False)


@dataclass(frozen=True)
class Band:
    """White words on a black bar over the whole width."""

    rows: tuple[Words, ...]

    @property
    def height(self) -> float:
        return sum(row.height for row in self.rows) + 2 * _BAND_PADDING

    def draw(self, canvas: Canvas, x: float, y: float, width: float, centred: bool) -> None:
        canvas.setFillGray(0)
        canvas.roundRect(x, -y - self.height, width, self.height, _BAND_CORNER, stroke=0, fill=1)
        draw(canvas, self.rows, x, y + _BAND_PADDING, width, True)


@dataclass(frozen=True)
class Gap:
    height: float

    def draw(self, canvas: Canvas, x: float, y: float, width: float, centred: bool) -> None:
        """Nothing to see."""


def height(rows: Sequence[Row]) -> float:
    return sum(row.height for row in rows)


def draw(
    canvas: Canvas, rows: Sequence[Row], x: float, y: float, width: float, centred: bool
) -> None:
    for row in rows:
        row.draw(canvas, x, y, width, centred)
        y += row.height
