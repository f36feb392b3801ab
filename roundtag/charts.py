"""Where the marks of a small chart lie: pure arithmetic for the page's SVG and for the PDF alike.

Coordinates run right and down from the upper left corner, as in SVG; a PDF turns them round by
`height - y`. One decimal is kept: a pixel is never cut finer, and the bytes stay the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


class Dated(Protocol):
    @property
    def day(self) -> date: ...
    @property
    def value(self) -> float: ...
    @property
    def verdict(self) -> str: ...


@dataclass(frozen=True)
class Frame:
    """The picture's size and the free space round its plot, in the unit of the drawing."""

    width: float = 320
    height: float = 140
    left: float = 8
    right: float = 56
    top: float = 14
    bottom: float = 20


SPARK = Frame(96, 28, 3, 3, 4, 4)


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    value: float
    day: date
    bad: bool


@dataclass(frozen=True)
class Limit:
    """A line across the plot at a limit; `kind` is min or max."""

    kind: str
    value: float
    y: float


@dataclass(frozen=True)
class Chart:
    """`band` is the part of the plot within the limits: (y, height), or None without limits."""

    frame: Frame
    dots: tuple[Dot, ...]
    lines: tuple[str, ...]
    """The course as lists of "x,y" pairs; a fall of a counter begins a new one."""
    limits: tuple[Limit, ...]
    band: tuple[float, float] | None

    @property
    def last(self) -> Dot:
        return self.dots[-1]

    @property
    def right(self) -> float:
        return self.frame.width - self.frame.right

    @property
    def floor(self) -> float:
        return self.frame.height - self.frame.bottom


def draw(points: Sequence[Dated], low: float | None = None, high: float | None = None,
         frame: Frame = Frame(), counter: bool = False) -> Chart | None:  # fmt: skip
    """The chart of a series, oldest point first; None when there is nothing to draw.

    Days are spread true to scale; the values' axis holds every point and every limit that lies
    within one span of them (a limit far away would press the course flat, and is left out).
    """
    if not points:
        return None
    across = _scale(points[0].day.toordinal(), points[-1].day.toordinal(),
                    frame.left, frame.width - frame.right)  # fmt: skip
    low, high = _near(points, low), _near(points, high)
    bottom, top = _range(points, low, high)
    up = _scale(bottom, top, frame.height - frame.bottom, frame.top)
    dots = tuple(
        Dot(across(p.day.toordinal()), up(p.value), p.value, p.day, p.verdict == "fail")
        for p in points
    )
    limits = tuple(
        Limit(kind, value, up(value))
        for kind, value in (("min", low), ("max", high)) if value is not None
    )  # fmt: skip
    return Chart(frame, dots, _lines(dots, counter), limits, _band(low, high, up, frame))


class _Scale:
    def __init__(self, first: float, last: float, start: float, end: float) -> None:
        self.first, self.start = first, start
        self.span, self.length = last - first, end - start

    def __call__(self, value: float) -> float:
        share = (value - self.first) / self.span if self.span else 0.5
        return round(self.start + share * self.length, 1)


def _scale(first: float, last: float, start: float, end: float) -> _Scale:
    return _Scale(first, last, start, end)


def _near(points: Sequence[Dated], limit: float | None) -> float | None:
    """A limit, when it is worth its place beside these values."""
    if limit is None:
        return None
    values = [point.value for point in points]
    span = max(max(values) - min(values), 0.25 * max(map(abs, values)), 1e-9)
    return limit if min(values) - 2 * span <= limit <= max(values) + 2 * span else None


def _range(points: Sequence[Dated], low: float | None, high: float | None) -> tuple[float, float]:
    """The lowest and highest value of the axis; a flat course gets air above and below."""
    values = [point.value for point in points] + [v for v in (low, high) if v is not None]
    bottom, top = min(values), max(values)
    air = (top - bottom) * 0.08 or abs(top) * 0.1 or 1.0
    return bottom - air, top + air


def _band(low: float | None, high: float | None, up: _Scale,
          frame: Frame) -> tuple[float, float] | None:  # fmt: skip
    if low is None and high is None:
        return None
    upper = frame.top if high is None else up(high)
    lower = frame.height - frame.bottom if low is None else up(low)
    return (upper, round(lower - upper, 1)) if lower > upper else None


def _lines(dots: tuple[Dot, ...], counter: bool) -> tuple[str, ...]:
    parts: list[list[Dot]] = [[]]
    for dot in dots:
        if counter and parts[-1] and dot.value < parts[-1][-1].value:
            parts.append([])
        parts[-1].append(dot)
    return tuple(" ".join(f"{d.x:g},{d.y:g}" for d in part) for part in parts if len(part) > 1)
