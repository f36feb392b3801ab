"""Fits a line of Chinese, Latin or both into a space: wrap, shrink, and last an ellipsis."""

import re
from dataclasses import dataclass
from functools import lru_cache

from tags import fonts

ELLIPSIS = "…"
_STEP = 0.95

# Words stay whole, Chinese breaks anywhere, but never before closing or after opening punctuation.
_UNITS = re.compile(r"[（《「『【]*(?:[!-~À-ɏ]+|\S)[，。、；：！？）》」』】…]*|\s+")


@dataclass(frozen=True)
class Fitted:
    """Lines that fit, in one face and size (the caller's unit)."""

    lines: tuple[str, ...]
    face: str
    size: float
    is_cut: bool = False

    @property
    def height(self) -> float:
        return len(self.lines) * self.leading

    @property
    def leading(self) -> float:
        return self.size * 1.25


@lru_cache(maxsize=4096)
def fit(text: str, face: str, size: float, floor: float, width: float, lines: int) -> Fitted:
    """`text` in at most `lines` lines of `width`; from `size` down to `floor`, then cut with …"""
    text = fonts.drawable(text)
    while len(wrapped := _wrap(text, face, size, width)) > lines and size > floor:
        size = max(size * _STEP, floor)
    is_cut = len(wrapped) > lines
    if is_cut:
        wrapped = [*wrapped[: lines - 1], _cut(wrapped[lines - 1], face, size, width)]
    return Fitted(tuple(wrapped), face, size, is_cut)


def _wrap(text: str, face: str, size: float, width: float) -> list[str]:
    lines = [""]
    for unit in _units(text, face, size, width):
        if lines[-1] and fonts.width((lines[-1] + unit).rstrip(), face, size) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += unit if lines[-1] else unit.lstrip()
    return [line.rstrip() for line in lines if line.strip()]


def _units(text: str, face: str, size: float, width: float) -> list[str]:
    units: list[str] = []
    for unit in _UNITS.findall(text):
        units.extend([unit] if fonts.width(unit, face, size) <= width else unit)
    return units


def _cut(text: str, face: str, size: float, width: float) -> str:
    while text and fonts.width(text + ELLIPSIS, face, size) > width:
        text = text[:-1].rstrip()
    return text + ELLIPSIS
