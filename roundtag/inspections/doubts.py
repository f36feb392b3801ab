"""Readings that look like a slip of the decimal point: asked about once, never refused for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from roundtag.items import MEASURED, Item

TEN = Decimal(10)


@dataclass(frozen=True)
class Band:
    """Values above `low` up to `high` would lie within the limits when moved by `places`."""

    low: Decimal
    high: Decimal
    places: int

    def holds(self, value: Decimal) -> bool:
        return self.low <= value <= self.high


def bands(item: Item) -> tuple[Band, ...]:
    """Where a reading of this item is asked about: far from the limits, and within them when its
    point is moved by one place. It depends on the item alone, so that a phone without a network
    asks the same as the server."""
    if item.kind not in MEASURED:
        return ()
    low = None if item.min is None else Decimal(str(item.min))
    high = None if item.max is None else Decimal(str(item.max))
    found = []
    if high is not None and high > 0:
        start = max(high * 2, (low or Decimal(0)) * TEN)
        found.append(Band(start, high * TEN, -1))
    if low is not None and low > 0:
        end = low / 2 if high is None else min(low / 2, high / TEN)
        found.append(Band(low / TEN, end, 1))
    return tuple(band for band in found if band.low < band.high)


def meant(item: Item, value: str) -> str | None:
    """What was perhaps meant by a reading, in digits; None where there is no doubt."""
    given = Decimal(value)
    band = next((band for band in bands(item) if band.holds(given)), None)
    return None if band is None else f"{given.scaleb(band.places).normalize():f}"


def attribute(item: Item) -> str:
    """The bands as the page bears them: "low high places", parted by semicolons."""
    return ";".join(f"{b.low.normalize():f} {b.high.normalize():f} {b.places}" for b in bands(item))


def goes_back(item: Item, value: str, last: Mapping[str, str]) -> bool:
    """Whether a counter stands lower than it stood."""
    before = last.get(item.key)
    return item.kind == "counter" and bool(before) and Decimal(value) < Decimal(before or 0)
