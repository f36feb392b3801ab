"""`roundtag serve` as a user runs it: real processes, a folder and a port of the test's own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from rq import Worker

from roundtag.queue import socket_path
from tests.house.processes import environment, family, free_port, running, until

ROOT = Path(__file__).parents[2]
SERVE = [sys.executable, "-c", "from blueprints.cli import main; main()", "serve"]
ADMIN = {"ROUNDTAG_ADMIN": "first", "ROUNDTAG_ADMIN_PASSWORD": "a long enough one"}


class Site:
    """One start of the program; what it says goes to a file."""

    def __init__(self, data_dir: Path, port: int, *options: str, **values: str) -> None:
        self.data_dir, self.port = data_dir, port
        self.log = data_dir.with_name(f"{uuid.uuid4().hex}.log")
        self.began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*SERVE, "--host", "127.0.0.1", "--port", str(port), *options],
                cwd=ROOT,
                env=environment(DATA_DIR=str(data_dir), **{**ADMIN, **values}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def wait(self) -> float:
        """Seconds from the start of the program to its first answer on /healthz."""
        until(self._answers, f"the site answers; it said: {self.said()}", 60)
        return time.monotonic() - self.began

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.said()
        try:
            return bool(self.health())
        except OSError:
            return False

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as reply:
            return dict(json.load(reply))

    def said(self) -> str:
        return self.log.read_text()

    def ready(self) -> set[int]:
        """Waits for every process, and returns their ids."""
        until(lambda: "Ctrl-C" in self.said(), "it says that it is ready", 60)
        until(lambda: len(self.workers()) == 1, "the worker has registered", 60)
        return family(self.process.pid)

    def workers(self) -> list[int]:
        server = redis.Redis(unix_socket_path=str(socket_path(self.data_dir)))
        try:
            known = Worker.all(connection=server)
        except redis.RedisError:
            return []
        return [worker.pid for worker in known if running({worker.pid or 0})]

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    sites: list[Site] = []

    def begin(*options: str, **values: str) -> Site:
        port = sites[-1].port if sites else free_port()
        sites.append(Site(tmp_path / "data", port, *options, **values))
        return sites[-1]

    yield begin
    for site in sites:
        if site.process.poll() is None:
            site.process.kill()
            site.process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_stops_without_a_trace(start: Callable[..., Site], number: int) -> None:
    site = start()
    first = site.wait()
    pids = site.ready()
    assert len(pids) >= 6  # supervisor, web server and its two workers, worker, scheduler, queue
    began = time.monotonic()
    assert site.stop(number) == 0
    took = time.monotonic() - began
    assert not running(pids)
    again = start()
    second = again.wait()
    print(f"\nfirst start {first:.2f} s, stop {took:.2f} s, second start {second:.2f} s")
    assert again.stop() == 0


def test_health_names_database_queue_and_build(start: Callable[..., Site]) -> None:
    site = start()
    site.wait()
    words = json.dumps(site.health())
    assert "sqlite" in words
    assert "embedded" in words
    assert re.search(r'"build": "[0-9a-f]{12}"', words)


def test_a_killed_supervisor_leaves_no_orphan(start: Callable[..., Site]) -> None:
    site = start()
    pids = site.ready()
    site.process.kill()
    site.process.wait()
    until(lambda: not running(pids), "all processes have ended")
    again = start()
    again.wait()
    assert again.stop() == 0


def test_a_killed_child_comes_back(start: Callable[..., Site]) -> None:
    site = start()
    site.ready()
    first = site.workers()
    os.kill(first[0], signal.SIGKILL)
    until(lambda: site.workers() and site.workers() != first, "another worker works")
    assert site.stop() == 0


def test_a_killed_queue_server_comes_back(start: Callable[..., Site]) -> None:
    site = start()
    site.ready()
    server = redis.Redis(unix_socket_path=str(socket_path(site.data_dir)))
    first = server.info("server")["process_id"]
    os.kill(first, signal.SIGKILL)

    def other() -> bool:
        try:
            return bool(server.info("server")["process_id"] != first)
        except redis.RedisError:
            return False

    until(other, "another queue server answers")
    assert site.stop() == 0


def test_a_request_in_flight_is_finished(start: Callable[..., Site]) -> None:
    site, body = start(), b"username=nobody&password=nothing+at+all"
    site.ready()
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n"
        f"Origin: http://127.0.0.1:{site.port}\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", site.port), 5) as line:
        line.sendall(head.encode() + body[:10])
        line.settimeout(0.5)
        with pytest.raises(TimeoutError):
            line.recv(1)
        site.process.send_signal(signal.SIGTERM)
        line.settimeout(10)
        line.sendall(body[10:])
        assert line.recv(100).startswith(b"HTTP/1.1 ")
    assert site.process.wait(20) == 0


def test_the_demos_password_is_shown_once(start: Callable[..., Site]) -> None:
    site = start("--demo")
    site.ready()
    shown = re.search(r"shown this once: (\S+)", site.said())
    assert shown
    site.stop()
    again = start("--demo")
    again.ready()
    assert shown.group(1) not in again.said()
    assert "as shown at the first start" in again.said()
    assert again.stop() == 0


def refusal(site: Site) -> str:
    assert site.process.wait(30) == 1
    return site.said()


def test_a_busy_port_is_named(start: Callable[..., Site], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refusal(Site(tmp_path / "data", port))
    assert f"port {port}" in said
    assert "--port" in said
    assert "Traceback" not in said


def test_a_second_server_on_the_same_folder_is_refused(start: Callable[..., Site]) -> None:
    site = start()
    site.ready()
    said = refusal(Site(site.data_dir, free_port()))
    assert "already runs" in said
    assert site.health()
    assert site.stop() == 0


def test_without_administrator_and_terminal_it_says_how(start: Callable[..., Site]) -> None:
    said = refusal(start(ROUNDTAG_ADMIN="", ROUNDTAG_ADMIN_PASSWORD=""))
    assert "ROUNDTAG_ADMIN_PASSWORD" in said
    assert "--demo" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATABASE_URL", "mysql://x/y"), ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")],
)
def test_a_database_out_of_reach_is_named(
    start: Callable[..., Site], name: str, value: str
) -> None:
    said = refusal(start(**{name: value}))
    assert name in said
    assert "Traceback" not in said


def test_a_bad_port_is_named(start: Callable[..., Site], tmp_path: Path) -> None:
    run = subprocess.run(
        SERVE, cwd=ROOT, env=environment(PORT="http"), capture_output=True, text=True, timeout=30
    )
    assert run.returncode == 1
    assert "PORT must be a number" in run.stderr
