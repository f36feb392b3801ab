"""Parts as units of their own, over one PostgreSQL and one Redis; restarted without an outage."""

import http.client
import itertools
import signal
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.house import lanes
from tests.house.processes import free_port, until
from tests.house.test_serve import Site

pytestmark = [pytest.mark.postgresql, pytest.mark.redis]


PATIENCE = 120


def up(site: Site) -> None:
    until(site._answers, "it answers", PATIENCE)


class Proxy:
    """Asks without pause, each server in turn, and the other one where the first takes nothing or
    leaves without a word: as the shipped nginx and Caddy do with what only asks. (A connection that
    the kernel took and the leaving server had not yet picked up is lost: nobody has read it.)"""

    def __init__(self, ports: list[int]) -> None:
        self.turns, self.over = itertools.cycle([ports, ports[::-1]]), threading.Event()
        self.answers: Counter[Any] = Counter()
        self.threads = [threading.Thread(target=self._work) for _ in range(3)]
        for thread in self.threads:
            thread.start()

    def _work(self) -> None:
        while not self.over.is_set():
            self.answers[self._ask(next(self.turns))] += 1

    def _ask(self, ports: list[int]) -> Any:
        for port in ports:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            try:
                line.connect()
            except ConnectionRefusedError:
                self.answers["refused"] += 1
                continue
            try:
                line.request("GET", "/readyz")
                return line.getresponse().status
            except ConnectionError as lost:
                self.answers[f"left: {type(lost).__name__}"] += 1
            finally:
                line.close()
        return "nobody"

    def finish(self) -> Counter[Any]:
        self.over.set()
        for thread in self.threads:
            thread.join()
        return self.answers


@pytest.mark.parametrize("store_kind", ["postgresql"], indirect=True)
def test_units_restarted_one_after_the_other_turn_nobody_away(
    tmp_path: Path, fresh_store: str
) -> None:
    """Both start at one moment on an empty database: one of them makes the first account."""
    shared = {"DATABASE_URL": fresh_store, "REDIS_URL": lanes.redis_url(), "WEB_WORKERS": "1"}
    ports = [free_port(), free_port()]

    def web(port: int) -> Site:
        return Site(tmp_path / "data", port, "--only", "web", **shared)

    sites = [web(port) for port in ports]
    others = Site(tmp_path / "data", free_port(), "--only", "worker", "--only", "scheduler",
                  **shared)  # fmt: skip
    try:
        for site in sites:
            up(site)
        until(lambda: "ready: scheduler, worker" in others.said(), "the others run", PATIENCE)
        proxy = Proxy(ports)
        try:
            for number, port in enumerate(ports):
                assert sites[number].stop(signal.SIGTERM) == 0
                sites[number] = web(port)
                up(sites[number])
        finally:
            answers = proxy.finish()
        print(answers)
        left = sum(count for answer, count in answers.items() if str(answer).startswith("left:"))
        assert answers[200], answers
        assert not answers.keys() & {503, "nobody"}, answers
        assert left <= 3 * len(ports), "at most what each thread had on its way to each server"
        assert [one.stop(signal.SIGTERM) for one in (*sites, others)] == [0, 0, 0]
    finally:
        for one in (*sites, others):
            if one.process.poll() is None:
                one.process.kill()
                one.process.wait()
