"""Jobs for tests, and a worker that knows them: `python -m tests.house.handlers <queue name>`."""

import sys
from pathlib import Path

from roundtag import jobs, queue, worker
from tests.house.processes import until


@jobs.register("house.note")
def note(path: str, words: str) -> None:
    with Path(path).open("a") as file:
        file.write(f"{words}\n")


@jobs.register("house.hold")
def hold(path: str, gate: str) -> None:
    """Says that it began, waits for the gate, says that it ended."""
    note(path, "began")
    until(Path(gate).exists, "the gate opens", 60)
    note(path, "ended")


@jobs.register("house.fail")
def fail(path: str) -> None:
    note(path, "tried")
    raise RuntimeError("as the test wants it")


if __name__ == "__main__":
    queue.NAME = sys.argv[1]
    worker.main()
