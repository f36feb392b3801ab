"""A sample that anybody can draw again: each stop gets the number SHA-256(seed, its key), and the
smallest numbers are drawn.

No order, no database and no random generator has a part in it. Whoever knows the seed and the list
of codes finds the same sample with `sha256sum`. Which stops have small numbers nobody can choose,
so each is as likely as any other.
"""

import hashlib
from collections.abc import Iterable
from typing import Protocol, TypeVar


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


Stop = TypeVar("Stop", bound=Keyed)


def seed_of(client_code: str, plan_id: int, period: str) -> str:
    """The seed in plain words, e.g. "HHZ plan-3 2026-W48"."""
    return f"{client_code} plan-{plan_id} {period}"


def number(seed: str, key: str) -> str:
    """What a stop is drawn by: hex SHA-256 of seed, a line feed and its key."""
    return hashlib.sha256(f"{seed}\n{key}".encode()).hexdigest()


def draw(seed: str, stops: Iterable[Stop], size: int) -> list[Stop]:
    """The `size` stops with the smallest numbers, in the order of their keys."""
    drawn = sorted(stops, key=lambda stop: (number(seed, stop.key), stop.key))[:size]
    return sorted(drawn, key=lambda stop: stop.key)
