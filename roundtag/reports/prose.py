"""Running text on paper, of any length: it goes on where the page ends."""

from typing import Any

from reportlab.platypus import Flowable

from roundtag.reports import grid
from roundtag.reports.grid import INK
from tags import fonts

LEAD = 1.45


class Prose(Flowable):
    """Lines of text, wrapped once; none is ever cut."""

    def __init__(self, words: str, size: float = 9, colour: Any = INK,
                 lines: tuple[str, ...] | None = None) -> None:  # fmt: skip
        super().__init__()
        self.words, self.size, self.colour, self.lines = words, size, colour, lines

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        if self.lines is None:
            self.lines = grid.unbounded(self.words, fonts.SANS, self.size, width)
        self.width, self.height = width, len(self.lines) * self.size * LEAD + 4
        return self.width, self.height

    def split(self, width: float, height: float) -> list[Flowable]:
        self.wrap(width, height)
        lines = self.lines or ()
        fits = int((height - 4) // (self.size * LEAD))
        if fits < 1 or fits >= len(lines):
            return []
        return [Prose("", self.size, self.colour, part) for part in (lines[:fits], lines[fits:])]

    def draw(self) -> None:
        self.canv.setFont(fonts.SANS, self.size)
        self.canv.setFillColor(self.colour)
        for number, line in enumerate(self.lines or ()):
            self.canv.drawString(0, self.height - self.size * (LEAD * number + 1.05), line)
