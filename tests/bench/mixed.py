"""Mixed load: 80 % scans of a label, 15 % entries with a photo, 5 % looks at the board.

1, 2, 4 … clients, each asking again as soon as it has its answer, until twice as many bring less
than 5 % more; beside it the bare server of tests/bench/plain.py with the same workers on a copy of
the same database: the same SELECTs, the same bytes as compressed, as many rows in as many commits,
the same photo synced. Both are loaded by turns, by threads of this process: what these take of the
processor is missing to both. BUDGET seconds in all, servers' starts included.
"""

import http.client
import itertools
import json
import os
import random
import shutil
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.bench import bare, bed, drain, processes, traffic
from tests.bench.measure import Figure
from tests.e2e.client import Client, Forms
from tests.e2e.server import Server

MIX = ("scan",) * 16 + ("entry",) * 3 + ("board",)
BUDGET = float(os.environ.get("ROUNDTAG_BENCH_MIXED", "60"))
LONGEST, SHORTEST = 4.0, 0.5
"""Seconds of one side at one number of clients."""
MOST, GAIN, PEOPLE = 64, 1.05, 8
KINDS = {"json": {"Content-Type": "application/json"}, "jpeg": {"Content-Type": "image/jpeg"}}


class Side(Protocol):
    pid: int
    port: int

    def ask(self, kind: str, line: http.client.HTTPConnection, client: int) -> None: ...


@dataclass(frozen=True)
class Step:
    """What so many clients found: requests a second, seconds each, and what the servers used."""

    clients: int
    rate: float
    p50: float
    p99: float
    cpu: float
    memory: float
    grown: float

    def __str__(self) -> str:
        return f"{self.rate:.0f}/s, p50 {1000 * self.p50:.0f} ms, p99 {1000 * self.p99:.0f} ms"


class Ours:
    """Engineers scan and file; a manager looks at the board. A photo and its entry are the two
    requests of docs/sync.md and count as one."""

    def __init__(self, site: Server, engineers: list[str]) -> None:
        assert site.process is not None
        self.pid, self.port = site.process.pid, site.port
        self.people = [Client(site.url).sign_in(name, bed.PASSWORD) for name in engineers]
        self.manager = Client(site.url).sign_in("manager", bed.PASSWORD)
        self.me = [person.whoami() for person in self.people]
        self.codes = [tag["code"] for tag in site.tags()]
        pages = [self.people[0].ask("GET", f"/t/{code}").data.decode() for code in self.codes]
        forms = [Forms(page).filled for page in pages]
        self.forms = [one["inspection"] for one in forms if "inspection" in one]
        self.numbers, self.photo = itertools.count(100), drain.photo()

    def ask(self, kind: str, line: http.client.HTTPConnection, client: int) -> None:
        turn = next(self.numbers)
        person = self.people[client % len(self.people)]
        if kind == "entry":
            self._file(line, person, self.me[client % len(self.people)], turn)
        elif kind == "board":
            self._send(line, self.manager, "GET", "/board")
        else:
            self._send(line, person, "GET", f"/t/{self.codes[turn % len(self.codes)]}")

    def _file(self, line: http.client.HTTPConnection, person: Client, me: int, turn: int) -> None:
        made, data = traffic.filled(self.forms[turn % len(self.forms)], me, turn, self.photo)
        body, address = json.dumps(made).encode(), f"/sync/{made['id']}"
        self._send(line, person, "POST", address, body, KINDS["json"])
        photo = f"/sync/photos/{made['blobs'][0]['sha256']}"
        self._send(line, person, "PUT", photo, data, KINDS["jpeg"])

    def _send(self, line: http.client.HTTPConnection, person: Client, method: str, path: str,
              body: bytes | None = None, kind: dict[str, str] | None = None) -> None:  # fmt: skip
        ours = {"Cookie": person.cookie, "Origin": person.url, **traffic.SYNC, **traffic.BROWSER}
        send(line, method, path, body, {**ours, **(kind or {})})


class Plain:
    def __init__(self, server: bare.Bare) -> None:
        self.pid, self.port = server.pid, server.port
        self.photo, self.numbers = drain.photo(), itertools.count(100)

    def ask(self, kind: str, line: http.client.HTTPConnection, client: int) -> None:
        if kind == "entry":
            mark = f"{next(self.numbers):08}".encode()
            send(line, "POST", "/entry", self.photo[:6] + mark + self.photo[14:], KINDS["jpeg"])
        else:
            send(line, "GET", f"/page/{kind}", None, {})


def send(line: http.client.HTTPConnection, method: str, path: str, body: bytes | None,
         headers: dict[str, str]) -> None:  # fmt: skip
    line.request(method, path, body, headers)
    with line.getresponse() as answer:
        found = answer.read()
    assert answer.status in (200, 201), (path, answer.status, found[:200])


@contextmanager
def both(folder: Path) -> Iterator[tuple[Ours, Plain]]:
    """The two servers, on two copies of the same installation."""
    site_folder, copy, told = folder / "site", folder / "bare", folder / "traffic.json"
    with bed.demonstrated(site_folder):
        engineers = bed.add_engineers(PEOPLE)
        traffic.learn(told)
    shutil.copytree(site_folder, copy)
    site = Server(site_folder)
    try:
        with bare.server(copy / "roundtag.db", told) as server:
            yield Ours(site.start(), engineers), Plain(server)
    finally:
        site.stop()


def all_of(folder: Path) -> list[Figure]:
    if not processes.is_there():
        return [Figure("mixed load", "NOT RUN", "needs Linux's /proc")]
    began = time.monotonic()
    with both(folder) as (ours, plain):
        for side in (ours, plain):
            load(side, 2, SHORTEST)
        steps = list(_steps(ours, plain, began + BUDGET))
    return figures(steps, time.monotonic() - began)


def _steps(ours: Side, plain: Side, end: float) -> Iterator[tuple[Step, Step]]:
    """Pairs of the same number of clients, until neither side gains or the time is over."""
    clients, before = 1, (0.0, 0.0)
    left = end - time.monotonic()
    seconds = min(LONGEST, max(SHORTEST, left / 14))
    while clients == 1 or (clients <= MOST and time.monotonic() + 2 * seconds < end):
        pair = load(ours, clients, seconds), load(plain, clients, seconds)
        yield pair
        rates = pair[0].rate, pair[1].rate
        if all(now < GAIN * then for now, then in zip(rates, before, strict=True)):
            return
        clients, before = 2 * clients, rates


def load(side: Side, clients: int, seconds: float) -> Step:
    used, resident = processes.cpu(side.pid), processes.resident(side.pid)
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        found = [pool.submit(_client, side, n, began + seconds) for n in range(clients)]
        times = sorted(itertools.chain.from_iterable(one.result() for one in found))
    took, memory = time.perf_counter() - began, processes.resident(side.pid)
    count = len(times)
    return Step(clients, count / took, statistics.median(times), times[count * 99 // 100],
                (processes.cpu(side.pid) - used) / count, memory,
                (memory - resident) / count)  # fmt: skip


def _client(side: Side, number: int, end: float) -> list[float]:
    """Seconds of each request on a line that is kept open."""
    dice, line = random.Random(number), http.client.HTTPConnection("localhost", side.port)
    times: list[float] = []
    while True:
        for kind in dice.sample(MIX, len(MIX)):
            began = time.perf_counter()
            side.ask(kind, line, number)
            times.append(time.perf_counter() - began)
            if began > end:
                line.close()
                return times


def figures(steps: list[tuple[Step, Step]], took: float) -> list[Figure]:
    """A line for each number of clients; the ratios where each side did most."""
    ours, plain = (max((pair[side] for pair in steps), key=lambda one: one.rate) for side in (0, 1))
    lines = [
        Figure(f"mixed load, {mine.clients} clients", str(mine), f"bare {other}")
        for mine, other in steps
    ]
    return [
        *lines,
        Figure("mixed load at saturation: throughput", f"{ours.rate:.1f}/s",
               f"{ours.clients} clients; {took:.0f} s for all"),
        Figure("… a bare server's, equal reads, bytes and commits: times ours",
               f"{plain.rate / ours.rate:.2f}×", f"{plain.rate:.1f}/s, {plain.clients} clients"),
        Figure("… median of a request", f"{ours.p50 / plain.p50:.2f}×",
               _millis(ours.p50, plain.p50)),
        Figure("… 99th of a hundred", f"{ours.p99 / plain.p99:.2f}×",
               _millis(ours.p99, plain.p99)),
        Figure("… processor per request, all processes", f"{ours.cpu / plain.cpu:.2f}×",
               _millis(ours.cpu, plain.cpu)),
        Figure("… memory of all processes (PSS)", f"{ours.memory / plain.memory:.2f}×",
               f"{ours.memory:.0f} / {plain.memory:.0f} MB"),
        Figure("… by which it grew per request, last step", f"{1024 * steps[-1][0].grown:.1f} kB",
               f"{1024 * steps[-1][1].grown:.1f} kB"),
    ]  # fmt: skip


def _millis(ours: float, plain: float) -> str:
    return f"{1000 * ours:.1f} / {1000 * plain:.1f} ms"
