"""How far a long import is. Whoever wants to know listens; nobody else pays for it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Thing = TypeVar("Thing")
Listener = Callable[[str, int, int], None]
"""Gets a phase (reading, comparing, storing, sealing), how much of it is done, and of how much."""

EVERY = 500
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(phase: str, done: int, total: int) -> None:
    listener = _listener.get()
    if listener is not None:
        listener(phase, done, total)


def counted(phase: str, things: Sequence[Thing]) -> Iterator[Thing]:
    """The things, with word of every so many of them."""
    for number, thing in enumerate(things):
        if number % EVERY == 0:
            tell(phase, number, len(things))
        yield thing
