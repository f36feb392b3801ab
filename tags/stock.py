"""Label sheets that can be bought: where each label lies on the page. All lengths in millimetres.

Makers round differently, so a figure may be off by 0.1 mm; the sheet's offset and scale correct
that together with the printer's own error. Measured from the page's top left corner.
"""

from collections.abc import Iterator
from dataclasses import dataclass

A4 = (210.0, 297.0)
LETTER = (215.9, 279.4)


class UnknownStockError(LookupError):
    """No such label stock. `code` is stable, `name` is what was asked for."""

    code = "unknown-stock"

    def __init__(self, name: str) -> None:
        super().__init__(f"no label stock is called {name!r}")
        self.name = name


@dataclass(frozen=True)
class Stock:
    """A sheet of equal labels; `pitch` counts from one left (top) edge to the next."""

    name: str
    page: tuple[float, float]
    label: tuple[float, float]
    grid: tuple[int, int]
    corner: tuple[float, float]
    pitch: tuple[float, float]

    @property
    def per_page(self) -> int:
        return self.grid[0] * self.grid[1]


_STOCKS = {
    stock.name: stock
    for stock in (
        Stock("L7160", A4, (63.5, 38.1), (3, 7), (7.21, 15.15), (66.04, 38.1)),
        Stock("L7163", A4, (99.1, 38.1), (2, 7), (4.65, 15.15), (101.6, 38.1)),
        Stock("L7651", A4, (38.1, 21.2), (5, 13), (4.75, 10.9), (40.6, 21.2)),
        Stock("A4-24", A4, (70.0, 37.0), (3, 8), (0.0, 0.5), (70.0, 37.0)),
        Stock("A4-24-margins", A4, (64.0, 33.9), (3, 8), (6.4, 12.9), (66.6, 33.9)),
        Stock("A4-30", A4, (70.0, 29.7), (3, 10), (0.0, 0.0), (70.0, 29.7)),
        Stock("5160", LETTER, (66.675, 25.4), (3, 10), (4.76, 12.7), (69.85, 25.4)),
        Stock("5163", LETTER, (101.6, 50.8), (2, 5), (4.13, 12.7), (106.36, 50.8)),
        Stock("square-2in", LETTER, (50.8, 50.8), (3, 4), (15.88, 16.38), (66.68, 65.28)),
        Stock("square-1.5in", LETTER, (38.1, 38.1), (4, 6), (19.84, 12.7), (46.04, 43.18)),
    )
}


def names() -> tuple[str, ...]:
    """All stock names, A4 first."""
    return tuple(_STOCKS)


def get(name: str) -> Stock:
    """The stock of that name. Raises UnknownStockError."""
    try:
        return _STOCKS[name]
    except KeyError:
        raise UnknownStockError(name) from None


def cell(stock: Stock, index: int) -> tuple[float, float, float, float]:
    """(x, y, width, height) of the label at `index` (0 is top left, then along the row)."""
    if not 0 <= index < stock.per_page:
        raise IndexError(f"{stock.name} has {stock.per_page} labels on a page, there is no {index}")
    row, column = divmod(index, stock.grid[0])
    x = stock.corner[0] + column * stock.pitch[0]
    y = stock.corner[1] + row * stock.pitch[1]
    return x, y, *stock.label


def cells(stock: Stock) -> Iterator[tuple[float, float, float, float]]:
    """Every label of one page in printing order."""
    return (cell(stock, index) for index in range(stock.per_page))
