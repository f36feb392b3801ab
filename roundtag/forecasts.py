"""When a counter will reach its limit: a straight line through its last values, robust and plain.

The slope is the median of the slopes between all pairs of points (Theil and Sen): one mistyped
value among seven does not move it. A fall of the counter is a new part and begins a new segment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise
from statistics import median

from roundtag.charts import Dated

LEAST_POINTS = 3
LEAST_DAYS = 14
LAST = 12
FARTHEST = 3650
"""Days: what lies further ahead is no forecast any more."""

REACHED, AHEAD, FAR, FEW, FLAT = "reached", "ahead", "far", "few", "flat"


@dataclass(frozen=True)
class Forecast:
    """`kind`: reached, ahead (on `on`), far (beyond ten years), few points, or flat (not rising).

    `per_day` is in the counter's unit; `earlier` when the part before the present one told it.
    """

    kind: str
    value: float
    limit: float
    on: date | None = None
    per_day: float | None = None
    earlier: bool = False

    @property
    def share(self) -> int:
        """How much of the limit is used up, in whole percent."""
        return round(100 * self.value / self.limit) if self.limit else 100


def forecast(points: Sequence[Dated], limit: float) -> Forecast | None:
    """What is to be expected of a counter, oldest point first; None when it was never read."""
    if not points:
        return None
    parts = segments(points)
    last = parts[-1][-1]
    if last.value >= limit:
        return Forecast(REACHED, last.value, limit, last.day)
    known, earlier = _telling(parts)
    if known is None:
        return Forecast(FEW, last.value, limit)
    per_day = slope(known)
    if per_day <= 0:
        return Forecast(FLAT, last.value, limit, earlier=earlier)
    days = (limit - last.value) / per_day
    if days > FARTHEST:
        return Forecast(FAR, last.value, limit, None, per_day, earlier)
    return Forecast(AHEAD, last.value, limit, last.day + timedelta(round(days)), per_day, earlier)


def segments(points: Sequence[Dated]) -> list[list[Dated]]:
    """The points parted where the value falls: each part is the life of one lamp."""
    parts: list[list[Dated]] = [[points[0]]]
    for before, point in pairwise(points):
        if point.value < before.value:
            parts.append([])
        parts[-1].append(point)
    return parts


def _telling(parts: list[list[Dated]]) -> tuple[list[Dated] | None, bool]:
    """The points that tell the pace: of the present part, else of the one before it.

    How much a room is used does not change with its lamp.
    """
    for part in parts[-1:-3:-1]:
        recent = part[-LAST:]
        span = (recent[-1].day - recent[0].day).days
        if len(recent) >= LEAST_POINTS and span >= LEAST_DAYS:
            return recent, part is not parts[-1]
    return None, False


def slope(points: Sequence[Dated]) -> float:
    """The median rise per day over all pairs of points of different days."""
    rises = [
        (b.value - a.value) / (b.day - a.day).days for a, b in combinations(points, 2)
        if b.day != a.day
    ]  # fmt: skip
    return median(rises)
