"""Several processes on one PostgreSQL and one Redis: one scheduler, any web server, no loss."""

import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask

from app import create_app
from roundtag import db, ledger
from roundtag.models import Fault, Submission
from tags import codes
from tests.crashes.fleet import fleet
from tests.e2e.client import Client
from tests.house import lanes
from tests.house.processes import environment, free_port, until
from tests.house.ticking import TABLES
from tests.roundtag.test_g1_servers import Clients, answers, kill
from tests.world import PASSWORD, World

ROOT = Path(__file__).parents[2]
OTHERS = (
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'"
)
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.parametrize("store_kind", ["postgresql"], indirect=True),
]


def ask(url: str, statement: str) -> list[Any]:
    with psycopg.connect(url, autocommit=True) as line:
        found = line.execute(statement)
        return found.fetchall() if found.description else []


def others_end(url: str) -> int:
    """What a restart of PostgreSQL does to everybody who is connected."""
    return int(ask(url, f"SELECT count(pg_terminate_backend(pid)) {OTHERS}")[0][0])


# One scheduler


@pytest.fixture
def schedule(fresh_store: str, data_dir: Path) -> Iterator[Callable[..., Any]]:
    started: list[subprocess.Popen[bytes]] = []
    ask(fresh_store, TABLES)

    def start(*flaw: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.house.ticking", *flaw]
        values = environment(DATABASE_URL=fresh_store, DATA_DIR=str(data_dir))
        started.append(subprocess.Popen(command, cwd=ROOT, env=values))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def calls(url: str) -> list[tuple[int, float, float]]:
    return ask(url, "SELECT pid, EXTRACT(EPOCH FROM began)::float8, "
                    "EXTRACT(EPOCH FROM ended)::float8 FROM call ORDER BY began")  # fmt: skip


def overlap(seen: list[tuple[int, float, float]]) -> bool:
    return any(later[1] < former[2] for former, later in itertools.pairwise(seen))


def by(url: str, pid: int, more_than: int = 0) -> bool:
    return sum(one[0] == pid for one in calls(url)) > more_than


def test_one_scheduler_works_and_another_goes_on(fresh_store: str, schedule: Callable) -> None:
    first = schedule()
    until(lambda: by(fresh_store, first.pid), "the first works")
    second = schedule()
    until(lambda: waits(fresh_store, 3), "both are connected")
    until(lambda: by(fresh_store, first.pid, 10), "the first works on")
    assert not by(fresh_store, second.pid)
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: by(fresh_store, second.pid, 3), "the second goes on")
    assert others_end(fresh_store) >= 1
    reached = len(calls(fresh_store))
    until(lambda: by(fresh_store, second.pid, reached), "it finds its database again")
    seen = calls(fresh_store)
    pids = [pid for pid, _ in itertools.groupby(pid for pid, _, _ in seen)]
    assert pids == [first.pid, second.pid]
    assert not overlap(seen)
    last = max(ended for pid, _, ended in seen if pid == first.pid)
    pause = min(began for pid, began, _ in seen if pid == second.pid) - last
    print(f"without a scheduler for {pause:.2f} s")
    assert pause < 10  # 0.3 s by itself (scheduler.WAIT_FOR_LOCK of ticking.py)


def waits(url: str, count: int) -> bool:
    """So many schedulers are connected."""
    return int(ask(url, f"SELECT count(*) {OTHERS}")[0][0]) >= count


def test_without_the_lock_two_would_work(fresh_store: str, schedule: Callable) -> None:
    """A test of the test above."""
    both = [schedule("unlocked"), schedule("unlocked")]
    until(lambda: all(by(fresh_store, one.pid, 5) for one in both), "both work")
    until(lambda: overlap(calls(fresh_store)), "they meet")


# The database comes back


def in_a_thread(question: Callable[[], int]) -> int:
    answer: list[int] = []
    thread = threading.Thread(target=lambda: answer.append(question()))
    thread.start()
    thread.join()
    return answer[0]


def scanned(app: Flask) -> int:
    """The status of a page that has to ask the database."""
    return in_a_thread(lambda: app.test_client().get(f"/t/{codes.new()}").status_code)


@pytest.mark.parametrize("asked", [True, False])
def test_a_restarted_database_costs_no_request(
    fresh_store: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    """Unless connections were given out unasked: then one request finds out for each."""
    app = create_app()
    if not asked:
        monkeypatch.setattr(type(db.database.obj), "_is_closed", lambda *_: False)
    assert scanned(app) == 404
    assert others_end(fresh_store) == 2
    assert [scanned(app) for _ in range(3)] == [404 if asked else 503, 404, 404]


def test_a_request_that_loses_its_database_is_told_to_come_again(
    fresh_store: str, data_dir: Path
) -> None:
    app, ended = create_app(), []

    @app.before_request
    def restart() -> None:
        if not ended:
            ended.append(others_end(fresh_store))

    assert [scanned(app) for _ in range(2)] == [503, 404]
    assert ended == [2]


def test_no_more_connections_than_allowed(
    fresh_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_POOL", "3")
    db.current.cache_clear()
    made = db._made(fresh_store)
    assert made._max_connections == 3
    monkeypatch.setattr(made, "_wait_timeout", 0.1)
    over, full = threading.Event(), threading.Barrier(4)

    def hold() -> None:
        with made.connection_context():
            full.wait(20)
            over.wait(20)

    threads = [threading.Thread(target=hold) for _ in range(3)]
    for thread in threads:
        thread.start()
    full.wait(20)
    with pytest.raises(db.MaxConnectionsExceeded) as refused:
        made.connect()
    over.set()
    for thread in threads:
        thread.join()
    made.close_all()
    db.current.cache_clear()
    assert db.is_outage(refused.value)


# Two web servers


class Between(Client):
    """Goes to each server in turn, as a proxy does; the address that it asks for is one."""

    def __init__(self, url: str, ports: list[int]) -> None:
        super().__init__(url)
        self.turn = itertools.cycle(ports)

    def _connect(self) -> Any:
        line: Any = super()._connect()
        port = next(self.turn)
        line._create_connection = lambda _, *rest: socket.create_connection(("localhost", port),
                                                                            *rest)  # fmt: skip
        return line


@pytest.mark.redis
def test_two_servers_killed_in_turn_lose_nothing(fresh_world: World, data_dir: Path) -> None:
    data_dir.mkdir(exist_ok=True)
    ports = [free_port(), free_port()]
    url = f"http://localhost:{ports[0]}"
    shared = {"DATA_DIR": str(data_dir), "DATABASE_URL": db.address(), "BASE_URL": url,
              "REDIS_URL": lanes.redis_url(), "HOST": "127.0.0.1"}  # fmt: skip
    chance = random.Random(seed := random.randrange(1 << 32))
    print(f"seed {seed}")
    with fleet(PORT=str(ports[0]), **shared) as one, fleet(PORT=str(ports[1]), **shared) as two:
        ships = [one, two]
        groups = [ship.start() for ship in ships]
        for port in ports:
            until(lambda port=port: answers(port), "both answer", 60)
        clients, pause = (
            Clients(Between(url, ports).sign_in("engineer-a", PASSWORD), fresh_world),
            threading.Event(),
        )
        try:
            for number in range(10):
                clients.wait_for_more()
                pause.wait(chance.uniform(0, 0.1))
                kill(groups[number % 2], ports[number % 2])
                clients.wait_for_more()  # by the other one alone
                groups[number % 2] = ships[number % 2].start()
                until(lambda port=ports[number % 2]: answers(port), "it answers again", 60)
        finally:
            clients.finish()
            for group, port in zip(groups, ports, strict=True):
                kill(group, port)
    assert clients.refused == []
    stored = [row.id for row in Submission.select().where(Submission.form == "fault")]
    print(f"{len(clients.entries)} entries, {len(clients.photos)} photos")
    assert set(clients.entries) <= set(stored)
    assert sorted(stored) == sorted(row.submission for row in Fault.select())
    assert [ledger.verify(key) for _, key in ledger.logs()] == [[] for _ in ledger.logs()]
