"""The bare server as a process of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from roundtag.settings import current
from roundtag.supervisor.web import THREADS
from tests.bench import plain
from tests.house.processes import free_port, until


@dataclass(frozen=True)
class Bare:
    port: int
    pid: int


@contextmanager
def server(store: Path, traffic: Path | None = None) -> Iterator[Bare]:
    """With as many workers and threads as ours. `store` may be a database that is there."""
    plain.prepare(store)
    port, told = free_port(), {"TRAFFIC": str(traffic)} if traffic else {}
    command = [sys.executable, "-m", "tests.bench.plain", str(port),
               str(current().web_workers), str(THREADS)]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, "PLAIN": str(store), **told})
    try:
        until(lambda: _listens(port), "the bare server listens")
        yield Bare(port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    return False
