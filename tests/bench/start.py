"""Cold start to the first answer, beside `flask run` of a hello; memory of a web process, beside a
bare Flask + peewee one that answered the same pages."""

import http.client
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.bench import bed, mixed, processes
from tests.bench.measure import Figure
from tests.e2e.server import ROUNDTAG
from tests.house.processes import commands, environment, free_port, names

ROUNDS, PAGES = 5, 40
FLASK = str(Path(sys.executable).with_name("flask"))


def all_of(folder: Path) -> list[Figure]:
    if not processes.is_there():
        return [Figure("start and memory", "NOT RUN", "needs Linux's /proc")]
    return [*starts(folder), *memory(folder)]


def starts(folder: Path) -> list[Figure]:
    with bed.demonstrated(folder / "prepared"):
        pass
    new = (folder / f"new-{number}" for number in range(ROUNDS + 1))
    runs: dict[str, Callable[[], float]] = {
        "ours": lambda: _ours(folder / "prepared"), "new": lambda: _ours(next(new), "--demo"),
        "hello": _hello,
    }  # fmt: skip
    times: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(ROUNDS + 1):
        for name, run in runs.items():
            took = run()
            if number:
                times[name].append(took)
    ours, first, hello = (statistics.median(found) for found in times.values())
    imports, least = (statistics.median(_imports(words) for _ in range(ROUNDS))
                      for words in ("app", "flask, peewee"))  # fmt: skip
    return [
        Figure("cold start of `roundtag serve` to the first page", f"{ours:.2f} s"),
        Figure("… against `flask run` of a hello", f"{ours / hello:.2f}×", f"{hello:.2f} s",
               "≤ 2.5×", f"the import of the application is {imports / ours:.0%} of it"),
        Figure("… the very first, which makes the demo's installation", f"{first / hello:.2f}×",
               f"{first:.2f} s"),
        Figure("import of the application against Flask and peewee", f"{imports / least:.2f}×",
               f"{imports:.2f} / {least:.2f} s"),
    ]  # fmt: skip


def _ours(data_dir: Path, *more: str) -> float:
    port = free_port()
    env = environment(DATA_DIR=str(data_dir), PORT=str(port), HOST="127.0.0.1",
                      ROUNDTAG_DEMO_PASSWORD=bed.PASSWORD)  # fmt: skip
    return _until_answer([ROUNDTAG, "serve", *more], env, port, "/sign-in")


def _hello() -> float:
    port = free_port()
    words = [FLASK, "--app", "tests.bench.hello", "run", "--port", str(port)]
    return _until_answer(words, dict(os.environ), port, "/")


def _until_answer(words: list[str], env: dict[str, str], port: int, path: str) -> float:
    """Seconds from the start of a new process to its first whole page."""
    pause, quiet, began = threading.Event(), subprocess.DEVNULL, time.perf_counter()
    process = subprocess.Popen(words, env=env, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        while not _answers(port, path):
            assert process.poll() is None, words
            pause.wait(0.005)
        return time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _answers(port: int, path: str) -> bool:
    with suppress(OSError, http.client.HTTPException):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        line.request("GET", path)
        with line.getresponse() as answer:
            return answer.status == 200 and bool(answer.read())
    return False


def _imports(words: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {words}"], check=True)
    return time.perf_counter() - began


def memory(folder: Path) -> list[Figure]:
    """After as many scans of both, half of each worker's own."""
    with mixed.both(folder) as sides:
        for side in sides:
            line = http.client.HTTPConnection("localhost", side.port)
            for number in range(PAGES):
                line.close()
                side.ask("scan", line, number)
        ours, plain = ([processes.memory(pid) for pid in _web(side.pid)] for side in sides)
    found = []
    for name, long in (("pss", "its fair share of pages (PSS)"), ("uss", "its own pages (USS)")):
        mine, other = (statistics.mean(getattr(one, name) for one in side)
                       for side in (ours, plain))  # fmt: skip
        found.append(Figure(f"memory of a web process, {long}, against bare Flask + peewee",
                            f"{mine / other:.2f}×", f"{mine:.0f} / {other:.0f} MB", "≤ 2×",
                            "modules and templates: docs/scale.md"))  # fmt: skip
    return found


def _web(root: int) -> list[int]:
    """The processes that answer pages."""
    called, lines = names(), commands()
    ours = [pid for pid in processes.leaves(root) if called[pid] == "roundtag-web"]
    return ours or [pid for pid in processes.leaves(root) if "tests.bench.plain" in lines[pid]]
