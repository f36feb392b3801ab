"""The head of the log at the foot of an issued document: a witness on paper (ADR 45)."""

from urllib.parse import urlencode

from reportlab.platypus import Flowable

from roundtag.addresses import base_url
from roundtag.reports import symbols
from roundtag.reports.grid import INK, SOFT
from roundtag.reports.words import Lang, say
from tags import fonts

SIDE = 62.0
GAP = 10.0
STEP = 9.0


def address(head: str) -> str:
    """Where the head can be looked up: the page that also says how to check a log."""
    origin, size, root = head.split("\n")[:3]
    return f"{base_url()}/verify?{urlencode({'log': origin, 'size': size, 'root': root})}"


class Seal(Flowable):
    """The QR symbol of the address and the head in words."""

    def __init__(self, head: str, lang: Lang) -> None:
        super().__init__()
        self.head, self.lang = head, lang

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        return width, SIDE + GAP

    def draw(self) -> None:
        symbols.draw(self.canv, address(self.head), 0, 0, SIDE)
        origin, size, root = self.head.split("\n")[:3]
        lines = (say("head", self.lang), origin, say("head_size", self.lang, n=size), root)
        for number, line in enumerate(lines):
            canvas = self.canv
            canvas.setFont(fonts.SANS, 7.5)
            canvas.setFillColor(SOFT if number else INK)
            canvas.drawString(SIDE + GAP, SIDE - 10 - number * STEP, fonts.drawable(line))
