"""A table of plain text on paper: wrapped once, split anywhere between rows, heading repeated.

platypus' own table measures every cell as a paragraph; six thousand rows of it take minutes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.platypus import Flowable

from tags import fonts, text

INK, SOFT, LINE, BAND = HexColor(0x1C2024), HexColor(0x5B6268), HexColor(0xD5D8DA), HexColor(
    0xF1F2F3)  # fmt: skip
RED, AMBER = HexColor(0xB3261E), HexColor(0x8A5A00)
PAD, LEAD = 3.0, 1.32
MOST_LINES = 30
PIECE = 10
"""Lines of a long row that stay together on a page."""


@dataclass(frozen=True)
class Row:
    """Cells of one row, already wrapped. A heading spans all columns and stays with what follows.

    `draws` puts something more at (canvas, x, y of the row's foot), in `room` points of height.
    `goes_on`: the next row is more of the same. `top`: points above the text.
    """

    lines: tuple[tuple[str, ...], ...]
    height: float
    heading: bool = False
    colours: tuple[Color | None, ...] = ()
    draws: Callable[[Any, float, float, float], None] | None = None
    goes_on: bool = False
    top: float = PAD


class Grid(Flowable):
    """Rows from `start` to `end` of a list that all parts of the table share."""

    def __init__(self, widths: Sequence[float], head: Row | None, rows: Sequence[Row],
                 size: float = 8, start: int = 0, end: int | None = None,
                 sums: Sequence[float] | None = None) -> None:  # fmt: skip
        super().__init__()
        self.widths, self.head, self.rows, self.size = tuple(widths), head, rows, size
        self.start, self.end = start, len(rows) if end is None else end
        self.sums = sums or [0.0, *accumulate(row.height for row in rows)]

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        self.width = sum(self.widths)
        self.height = self._top() + self.sums[self.end] - self.sums[self.start]
        return self.width, self.height

    def _top(self) -> float:
        return self.head.height if self.head else 0.0

    def split(self, _width: float, height: float) -> list[Flowable]:
        at, room = self.start, height - self._top()
        while at < self.end and self.sums[at + 1] - self.sums[self.start] <= room:
            at += 1
        while at > self.start and self.rows[at - 1].heading:
            at -= 1
        if at == self.start:
            return []
        return [self._part(self.start, at), self._part(at, self.end)]

    def _part(self, start: int, end: int) -> "Grid":
        return Grid(self.widths, self.head, self.rows, self.size, start, end, self.sums)

    def draw(self) -> None:
        canvas, y = self.canv, self.height
        if self.head:
            canvas.setFillColor(BAND)
            canvas.rect(0, y - self.head.height, self.width, self.head.height, 0, 1)
            self._row(self.head, y, fonts.BOLD)
            y -= self.head.height
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.5)
        for row in self.rows[self.start : self.end]:
            if row.heading:
                canvas.setFillColor(BAND)
                canvas.rect(0, y - row.height, self.width, row.height, 0, 1)
            self._row(row, y, fonts.BOLD if row.heading else fonts.SANS)
            y -= row.height
            if not row.goes_on:
                canvas.line(0, y, self.width, y)
            if row.draws:
                row.draws(canvas, 0, y, row.height)

    def _row(self, row: Row, top: float, face: str) -> None:
        leading, x = self.size * LEAD, 0.0
        words = self.canv.beginText()
        words.setFont(face, self.size, leading)
        for number, lines in enumerate(row.lines):
            colour = row.colours[number] if number < len(row.colours) else None
            words.setFillColor(colour or INK)
            words.setTextOrigin(x + PAD, top - row.top - self.size * 0.92)
            for line in lines:
                words.textLine(line)
            x += self.widths[number]
        self.canv.drawText(words)


def row(cells: Sequence[str], widths: Sequence[float], size: float = 8, *, face: str = fonts.SANS,
        least: float = 0, **more: Any) -> Row:  # fmt: skip
    """A row of cells, each wrapped into its width; `least` points high."""
    lines = tuple(wrapped(cell, face, size, width - 2 * PAD)
                  for cell, width in zip(cells, widths, strict=True))  # fmt: skip
    tall = max((len(one) for one in lines), default=1) or 1
    return Row(lines, max(least, tall * size * LEAD + 2 * PAD), **more)


def rows(cells: Sequence[str], widths: Sequence[float], size: float = 8, *,
         colours: tuple[Color | None, ...] = ()) -> list[Row]:  # fmt: skip
    """The same without a limit: what is longer than a row goes on in the next one."""
    columns = [unbounded(cell, fonts.SANS, size, width - 2 * PAD)
               for cell, width in zip(cells, widths, strict=True)]  # fmt: skip
    tall = max((len(one) for one in columns), default=1) or 1
    made = []
    for start in range(0, tall, PIECE):
        end = min(start + PIECE, tall)
        top, foot = (PAD if start == 0 else 0), (PAD if end == tall else 0)
        made.append(Row(tuple(one[start:end] for one in columns),
                        (end - start) * size * LEAD + top + foot, colours=colours,
                        goes_on=end < tall, top=top))  # fmt: skip
    return made


def spanned(words: str, widths: Sequence[float], size: float = 8) -> Row:
    """A heading over all columns."""
    lines = wrapped(words, fonts.BOLD, size, sum(widths) - 2 * PAD)
    return Row((lines,), len(lines) * size * LEAD + 2 * PAD, heading=True)


@lru_cache(maxsize=20_000)
def wrapped(words: str, face: str, size: float, width: float) -> tuple[str, ...]:
    """Lines of at most `width` points; what no line can hold is cut with …"""
    if "\n" not in words:
        return text.fit(words, face, size, size, width, MOST_LINES).lines
    parts = [text.fit(one, face, size, size, width, MOST_LINES).lines for one in words.split("\n")]
    return tuple(line for lines in parts for line in lines)[:MOST_LINES]


def unbounded(words: str, face: str, size: float, width: float) -> tuple[str, ...]:
    """Lines of at most `width` points, as many as it takes; empty lines stay."""
    parts = (text.fit(one, face, size, size, width, len(one) + 1).lines if one.strip() else ("",)
             for one in words.split("\n"))  # fmt: skip
    return tuple(line for lines in parts for line in lines)
