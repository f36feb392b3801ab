"""Label stock that can be bought: where each label lies on the page. All lengths in millimetres.

Makers round differently, so a figure may be off by 0.1 mm; the sheet's offset and scale correct
that together with the printer's own error. Measured from the page's top left corner.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

A4 = (210.0, 297.0)
LETTER = (215.9, 279.4)
INCH = 25.4
PAGE_EDGE = 5.0


class UnknownStockError(LookupError):
    """No such label stock. `code` is stable, `name` is what was asked for."""

    code = "unknown-stock"

    def __init__(self, name: str) -> None:
        super().__init__(f"no label stock is called {name!r}")
        self.name = name


@dataclass(frozen=True)
class Stock:
    """A sheet of equal labels, or a roll; `pitch` counts from one left (top) edge to the next.

    On a roll each label is a page of its own: `dpi` is the print head's, and `dots` is what it
    reaches of a label, across and along, centred. `brand` is what its box says.
    """

    name: str
    page: tuple[float, float]
    label: tuple[float, float]
    grid: tuple[int, int] = (1, 1)
    corner: tuple[float, float] = (0.0, 0.0)
    pitch: tuple[float, float] = (0.0, 0.0)
    dpi: float = 0.0
    dots: tuple[int, int] = (0, 0)
    brand: str = ""

    @property
    def per_page(self) -> int:
        return self.grid[0] * self.grid[1]

    @property
    def is_roll(self) -> bool:
        return self.dpi > 0

    @property
    def dot(self) -> float:
        """The side of one dot of a roll's printer."""
        return INCH / self.dpi

    @property
    def edges(self) -> tuple[float, float]:
        """How far from the page's left and right, top and bottom edges no printer reaches."""
        if not self.is_roll:
            return PAGE_EDGE, PAGE_EDGE
        across, along = ((self.page[axis] - self.dots[axis] * self.dot) / 2 for axis in range(2))
        return max(across, 0.0), max(along, 0.0)


def roll(
    name: str, label: tuple[float, float], dpi: float, dots: tuple[int, int], brand: str = ""
) -> Stock:
    return Stock(name, label, label, pitch=label, dpi=dpi, dots=dots, brand=brand)


def at_dpi(stock: Stock, dpi: float) -> Stock:
    """A roll as a printer of another resolution prints it; the printable area stays."""
    if not stock.is_roll or dpi in (0, stock.dpi):
        return stock
    across, along = (int(count * dpi / stock.dpi) for count in stock.dots)
    return replace(stock, dpi=dpi, dots=(across, along))


def printable(stock: Stock) -> Stock:
    """A roll whose page is only what the print head reaches, a whole number of dots each way."""
    across, along = stock.edges
    page = (stock.dots[0] * stock.dot, stock.dots[1] * stock.dot)
    return replace(stock, page=page, corner=(-across, -along))


_STOCKS = {
    stock.name: stock
    for stock in (
        Stock("L7160", A4, (63.5, 38.1), (3, 7), (7.21, 15.15), (66.04, 38.1),
              brand="Avery L7160 · J8160"),
        Stock("L7163", A4, (99.1, 38.1), (2, 7), (4.65, 15.15), (101.6, 38.1),
              brand="Avery L7163 · J8163"),
        Stock("L7159", A4, (63.5, 33.9), (3, 8), (7.21, 12.9), (66.04, 33.9),
              brand="Avery L7159 · J8159"),
        Stock("L7651", A4, (38.1, 21.2), (5, 13), (4.75, 10.9), (40.6, 21.2),
              brand="Avery L7651 · J8651"),
        Stock("A4-24", A4, (70.0, 37.0), (3, 8), (0.0, 0.5), (70.0, 37.0), brand="A4 3×8"),
        Stock("A4-24-margins", A4, (64.0, 33.9), (3, 8), (6.4, 12.9), (66.6, 33.9),
              brand="A4 3×8"),
        Stock("A4-30", A4, (70.0, 29.7), (3, 10), (0.0, 0.0), (70.0, 29.7), brand="A4 3×10"),
        Stock("A4-8", A4, (105.0, 74.25), (2, 4), (0.0, 0.0), (105.0, 74.25), brand="A4 2×4"),
        Stock("5160", LETTER, (66.675, 25.4), (3, 10), (4.76, 12.7), (69.85, 25.4),
              brand="Avery 5160 · 8160"),
        Stock("5163", LETTER, (101.6, 50.8), (2, 5), (4.13, 12.7), (106.36, 50.8),
              brand="Avery 5163 · 8163"),
        Stock("square-2in", LETTER, (50.8, 50.8), (3, 4), (15.88, 16.38), (66.68, 65.28),
              brand="2″ · OL2679 · ≈ Avery 22806"),
        Stock("square-1.5in", LETTER, (38.1, 38.1), (4, 6), (19.84, 12.7), (46.04, 43.18),
              brand="1.5″ · OL2681 · ≈ Avery 22805"),
        roll("Zebra-50x30", (50.0, 30.0), 203.2, (400, 240), "Zebra · TSC · 佳博 203 dpi"),
        roll("Zebra-40x60", (40.0, 60.0), 203.2, (320, 480), "Zebra · TSC · 佳博 203 dpi"),
        roll("Brother-62x29", (62.0, 29.0), 300.0, (696, 271), "Brother DK-11209"),
        roll("Brother-62", (62.0, 40.0), 300.0, (696, 402), "Brother DK-22205"),
        roll("DYMO-30334", (57.15, 31.75), 300.0, (651, 339), "DYMO 30334"),
        roll("DYMO-99012", (35.7, 88.6), 300.0, (392, 961), "DYMO 99012"),
    )
}  # fmt: skip


def names() -> tuple[str, ...]:
    """All stock names: A4, then Letter, then rolls."""
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
