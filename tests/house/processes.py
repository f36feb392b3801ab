"""Waiting for states, and looking at processes as an administrator would: by `ps`."""

import itertools
import os
import random
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import TypeVar

Found = TypeVar("Found")
SPAN = 2_000


def until(condition: Callable[[], Found], what: str, seconds: float = 30.0) -> Found:
    """The first true answer of `condition`. Raises AssertionError after `seconds`."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"waited {seconds} s in vain until {what}"
        pause.wait(0.03)
    return found


@cache
def _ports() -> Iterator[int]:
    """Below those that the kernel gives to whoever asks, and apart for each process of the tests:
    a port that was found free is taken only later."""
    mine = 12_000 + SPAN * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    return itertools.cycle(random.SystemRandom().sample(range(mine, mine + SPAN), SPAN))


def free_port(following: int = 1) -> int:
    """The first of so many free ones."""
    for port in itertools.islice(_ports(), SPAN):
        if all(_is_free(port + one) for one in range(following)):
            return port
    raise AssertionError("no port is free")


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def running(pids: set[int]) -> set[int]:
    """Those of `pids` that still run; a zombie that nobody has collected yet does not."""
    return {pid for pid, (_, state) in _table().items() if pid in pids and state[0] != "Z"}


def family(pid: int) -> set[int]:
    """A process and all that descend from it."""
    parents = {child: parent for child, (parent, _) in _table().items()}
    found, size = {pid}, 0
    while len(found) > size:
        size = len(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return found


def commands() -> dict[int, str]:
    """The command line of every process."""
    lines = (line.split(maxsplit=1) for line in _ps("pid=,args=").splitlines())
    return {int(pid): rest[0] for pid, *rest in lines if rest}


def names() -> dict[int, str]:
    """What every process is called."""
    lines = (line.split(maxsplit=1) for line in _ps("pid=,comm=").splitlines())
    return {int(pid): rest[0] for pid, *rest in lines if rest}


def _table() -> dict[int, tuple[int, str]]:
    rows = (line.split() for line in _ps("pid=,ppid=,stat=").splitlines())
    return {int(pid): (int(parent), state) for pid, parent, state, *_ in rows}


def _ps(columns: str) -> str:
    command = ["ps", "-A", "-ww", "-o", columns]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def environment(**values: str) -> dict[str, str]:
    """This environment without what would steer the program under test, plus `values`."""
    from tests.house import engines  # which starts its servers by what is above

    steering = {"DATABASE_URL", "REDIS_URL", "HOST", "PORT", "DATA_DIR", "BASE_URL", "TLS",
                "HTTP_PORT"}  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if name not in steering}
    return {**kept, **engines.of_a_program(values.get("DATA_DIR")), **values}
