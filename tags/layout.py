"""Where symbol and words lie on a label. Millimetres from the page's top left corner."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tags.qr import QUIET
from tags.stock import Stock, cell

INSET = 2.0
PAGE_EDGE = 5.0
# Room for the knife: the quiet zone keeps this far from the label's edge.
CUT = 0.5

_SIDE_BY_SIDE = 1.3
_WORDS_SHARE = 0.36
_WORDS_SHARE_BELOW = 0.32
_NARROWEST_WORDS = 15.0


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h


@dataclass(frozen=True)
class Place:
    """A label's dark square, its words and the side of one module."""

    symbol: Box
    words: Box
    module: float
    stacked: bool


def place(stock: Stock, index: int, modules: int) -> Place:
    """The plan of the label at `index` for a symbol of `modules` on each side."""
    label, clear = Box(*cell(stock, index)), clear_area(stock, index)
    module = _module(stock, modules)
    side, quiet = module * modules, module * QUIET
    if is_stacked(stock):
        symbol = Box(label.x + (label.w - side) / 2, _start(label.y, clear.y, quiet), side, side)
        top = symbol.bottom + quiet
        words = Box(clear.x, top, clear.w, clear.bottom - top)
    else:
        left = _start(label.x, clear.x, quiet)
        symbol = Box(left, clear.y + (clear.h - side) / 2, side, side)
        left = symbol.right + quiet
        words = Box(left, clear.y, clear.right - left, clear.h)
    return Place(symbol, words, module, is_stacked(stock))


def is_stacked(stock: Stock) -> bool:
    """Whether the words go below the symbol instead of beside it."""
    return stock.label[0] < _SIDE_BY_SIDE * stock.label[1]


def clear_area(stock: Stock, index: int) -> Box:
    """Where ink may go: 2 mm inside the label and 5 mm inside the page.

    It has one size for all labels of a stock, so that those at the page's edge look like the rest.
    """
    x, y, *_ = cell(stock, index)
    left, w = _clear(stock, 0, x)
    top, h = _clear(stock, 1, y)
    return Box(left, top, w, h)


def _clear(stock: Stock, axis: int, start: float) -> tuple[float, float]:
    length = stock.label[axis]
    size = min(high - low for low, high in _limits(stock, axis))
    low, high = _limit(stock, axis, start)
    return min(max(start + (length - size) / 2, low), high - size), size


def _limits(stock: Stock, axis: int) -> Iterator[tuple[float, float]]:
    for number in range(stock.grid[axis]):
        yield _limit(stock, axis, stock.corner[axis] + number * stock.pitch[axis])


def _limit(stock: Stock, axis: int, start: float) -> tuple[float, float]:
    end = start + stock.label[axis]
    return max(start + INSET, PAGE_EDGE), min(end - INSET, stock.page[axis] - PAGE_EDGE)


@cache
def _module(stock: Stock, modules: int) -> float:
    return min(_largest_module(stock, index, modules) for index in range(stock.per_page))


def _largest_module(stock: Stock, index: int, modules: int) -> float:
    label, clear = Box(*cell(stock, index)), clear_area(stock, index)
    whole = modules + 2 * QUIET
    if is_stacked(stock):
        height = clear.bottom - label.y - CUT - _WORDS_SHARE_BELOW * label.h
        return min(clear.w / modules, height / whole, (clear.bottom - clear.y) / modules)
    words = max(_NARROWEST_WORDS, _WORDS_SHARE * label.w)
    across = clear.right - label.x - CUT - words
    centre = clear.y + clear.h / 2
    down = 2 * (min(centre - label.y, label.bottom - centre) - CUT)
    return min(clear.h / modules, across / whole, down / whole)


def _start(edge: float, clear: float, quiet: float) -> float:
    return max(clear, edge + CUT + quiet)
