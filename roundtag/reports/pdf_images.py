"""Pictures on paper: re-encoded copies of bounded size, read when their page is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from reportlab.platypus import Flowable

from roundtag import blobs
from roundtag.errors import BadImage
from roundtag.reports import grid
from tags import fonts

ACROSS, GAP, TALL, SIZE = 3, 10.0, 128.0, 7.0
SIDE = "report"


@dataclass(frozen=True)
class Picture:
    """A file drawn into a box of `width` × `height` points at `x` from the left."""

    path: Path
    x: float
    width: float
    height: float

    def put(self, canvas: Any, x: float, y: float, _room: float) -> None:
        with Image.open(self.path) as picture:
            wide, high = picture.size
        scale = min(self.width / wide, self.height / high)
        canvas.drawImage(str(self.path), x + self.x, y + 3, wide * scale, high * scale)


class Pictures(Flowable):
    """Up to three photos side by side, each with its caption."""

    def __init__(self, shown: Sequence[tuple[str, str]], width: float) -> None:
        super().__init__()
        self.shown = shown
        self.side = (width - GAP * (ACROSS - 1)) / ACROSS
        self.captions = [grid.wrapped(text, fonts.SANS, SIZE, self.side) for _, text in shown]
        self.words = max(len(lines) for lines in self.captions) * SIZE * 1.35 + 8

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width, self.height = width, TALL + self.words + 4
        return self.width, self.height

    def draw(self) -> None:
        for number, (digest, _) in enumerate(self.shown):
            x = number * (self.side + GAP)
            self._picture(digest, x)
            self.canv.setFont(fonts.SANS, SIZE)
            self.canv.setFillColor(grid.SOFT)
            for line, words in enumerate(self.captions[number]):
                self.canv.drawString(x, self.words - SIZE * (1.35 * line + 1.2), words)

    def _picture(self, digest: str, x: float) -> None:
        """A photo that cannot be read leaves its frame, never the report unwritten."""
        self.canv.setStrokeColor(grid.LINE)
        self.canv.rect(x, self.words, self.side, TALL, 1, 0)
        try:
            path = blobs.derivative_path(digest, SIDE)
        except (BadImage, OSError):
            return
        Picture(path, x, self.side, TALL - 2).put(self.canv, 0, self.words - 2, TALL)
