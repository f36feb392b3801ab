"""Timing in turn: A B A B …, so that a drifting machine drifts for both; medians and ratios."""

import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from roundtag.db import database

Run = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """One line of the table. `aim` is what the issue asked for, or empty; `remark` says what is
    known of why it is missed."""

    what: str
    value: str
    against: str = ""
    aim: str = ""
    remark: str = ""

    @property
    def missed(self) -> bool:
        """Whether the value is a number of the aim's unit and above it."""
        aim, value = (NUMBER.fullmatch(text) for text in (self.aim, self.value))
        return bool(aim and value and aim[2] == value[2] and _number(value) > _number(aim))

    @property
    def verdict(self) -> str:
        if self.missed:
            return f"MISSED {self.remark}".rstrip()
        return "met" if NUMBER.fullmatch(self.aim) else ""


NUMBER = re.compile(r"(?:≤ )?([\d.,]+) ?(\D*)")


def _number(found: re.Match[str]) -> float:
    return float(found[1].replace(",", ""))


def in_turn(runs: dict[str, Run], rounds: int) -> dict[str, float]:
    """Median seconds of each, after one uncounted run each."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in times.items()}


def ratio(seconds: dict[str, float], ours: str, plain: str) -> str:
    return f"{seconds[ours] / seconds[plain]:.2f}×"


def millis(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"


def show(figures: list[Figure]) -> None:
    rows = [("figure", "value", "against", "aim", "verdict")]
    rows += [(f.what, f.value, f.against, f.aim, f.verdict) for f in figures]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


@contextmanager
def queries() -> Iterator[list[Any]]:
    """Every peewee query executed inside the block, to be executed again."""
    sent: list[Any] = []
    real = database.obj.execute

    def noting(query: Any, **options: Any) -> Any:
        sent.append(query)
        return real(query, **options)

    database.obj.execute = noting
    try:
        yield sent
    finally:
        del database.obj.execute
