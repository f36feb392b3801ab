"""Where symbol and words lie on a label. Millimetres from the page's top left corner."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import ceil

from tags import designs
from tags.designs import Design
from tags.qr import QUIET
from tags.stock import Stock, cell

INSET = 2.0
# The least module that phones read, close up only; from `NEAR` on they read at arm's length.
FLOOR = 0.5
NEAR = 20.0
# Room for the knife: the quiet zone keeps this far from the label's edge.
CUT = 0.5

_SIDE_BY_SIDE = 1.3
_DEVICE = designs.get("device")


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


def place(stock: Stock, index: int, modules: int, design: Design = _DEVICE) -> Place:
    """The plan of the label at `index` for a symbol of `modules` on each side."""
    label, clear = Box(*cell(stock, index)), clear_area(stock, index)
    module = module_of(stock, modules, design)
    side, quiet = module * modules, module * QUIET
    if is_stacked(stock):
        left, top = label.x + (label.w - side) / 2, _start(label.y, clear.y, quiet)
    else:
        left, top = _start(label.x, clear.x, quiet), clear.y + (clear.h - side) / 2
    symbol = Box(_on_dot(stock, 0, left), _on_dot(stock, 1, top), side, side)
    if is_stacked(stock):
        top = symbol.bottom + quiet
        words = Box(clear.x, top, clear.w, clear.bottom - top)
    else:
        left = symbol.right + quiet
        words = Box(left, clear.y, clear.right - left, clear.h)
    return Place(symbol, words, module, is_stacked(stock))


def _on_dot(stock: Stock, axis: int, at: float) -> float:
    """The next line between two dots of a roll's printer, so that no module is a dot wider."""
    if not stock.is_roll:
        return at
    edge = stock.edges[axis]
    return edge + ceil((at - edge) / stock.dot - 1e-6) * stock.dot


def is_stacked(stock: Stock) -> bool:
    """Whether the words go below the symbol instead of beside it."""
    return stock.label[0] < _SIDE_BY_SIDE * stock.label[1]


def clear_area(stock: Stock, index: int) -> Box:
    """Where ink may go: 2 mm inside the label and where printers reach (5 mm inside a sheet).

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
    end, edge = start + stock.label[axis], stock.edges[axis]
    return max(start + INSET, edge), min(end - INSET, stock.page[axis] - edge)


@cache
def module_of(stock: Stock, modules: int, design: Design = _DEVICE) -> float:
    """The side of a module: one for all labels of a stock, on rolls a whole number of dots."""
    module = min(_largest(stock, index, modules, design) for index in range(stock.per_page))
    if stock.is_roll:
        room_to_move = 2 * stock.dot / modules
        return int((module - room_to_move) / stock.dot + 1e-6) * stock.dot
    return module


def _largest(stock: Stock, index: int, modules: int, design: Design) -> float:
    label, clear = Box(*cell(stock, index)), clear_area(stock, index)
    whole = modules + 2 * QUIET
    if is_stacked(stock):
        height = clear.bottom - label.y - CUT - design.below * label.h
        across = min(clear.w / modules, (label.w - 2 * CUT) / whole)
        return min(across, height / whole, (clear.bottom - clear.y) / modules)
    words = max(design.narrowest, design.beside * label.w)
    across = clear.right - label.x - CUT - words
    centre = clear.y + clear.h / 2
    down = 2 * (min(centre - label.y, label.bottom - centre) - CUT)
    return min(clear.h / modules, across / whole, down / whole)


def _start(edge: float, clear: float, quiet: float) -> float:
    return max(clear, edge + CUT + quiet)
