"""The course of a reading as a small drawing: its limits as lines, its last value as a dot."""

from collections.abc import Sequence
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, String

from roundtag.reports.grid import AMBER, INK, RED, SOFT
from roundtag.reports.shape import Abnormal
from tags import fonts

WIDTH, HEIGHT = 150.0, 40.0
LEFT, RIGHT = 4.0, 30.0


def drawn(one: Abnormal) -> Drawing:
    """150 × 40 points. The limits are dashed and labelled; the value is red where it fails."""
    made = Drawing(WIDTH, HEIGHT)
    values = [value for _, value in one.course]
    limits = [limit for limit in (one.low, one.high) if limit is not None]
    low, high = min([*values, *limits], default=0.0), max([*values, *limits], default=1.0)
    span = (high - low) or 1.0

    def y(value: float) -> float:
        return 5 + (HEIGHT - 10) * (value - low) / span

    for limit in limits:
        made.add(Line(LEFT, y(limit), WIDTH - RIGHT, y(limit), strokeColor=AMBER, strokeWidth=0.6,
                      strokeDashArray=[3, 2]))  # fmt: skip
        made.add(String(WIDTH - RIGHT + 3, y(limit) - 2, f"{limit:g}", fontName=fonts.SANS,
                        fontSize=6, fillColor=AMBER))  # fmt: skip
    points = _points(values, y)
    if len(points) > 2:
        made.add(PolyLine(points, strokeColor=SOFT, strokeWidth=1))
    if points:
        made.add(Circle(points[-2], points[-1], 2, fillColor=RED, strokeColor=None))
        made.add(String(min(points[-2] - 8, WIDTH - RIGHT - 16), min(points[-1] + 3, HEIGHT - 6),
                        f"{values[-1]:g}", fontName=fonts.BOLD, fontSize=6.5,
                        fillColor=INK))  # fmt: skip
    return made


def _points(values: Sequence[float], y: Any) -> list[float]:
    if len(values) == 1:
        return [(WIDTH - RIGHT + LEFT) / 2, y(values[0])]
    step = (WIDTH - RIGHT - LEFT) / max(1, len(values) - 1)
    return [part for n, value in enumerate(values) for part in (LEFT + n * step, y(value))]


def put(one: Abnormal, canvas: Any, x: float, y: float) -> None:
    renderPDF.draw(drawn(one), canvas, x, y)
