"""G1: 200 random kill -9 of web server and worker while eight clients send faults with photos.

Real granian, real worker, real queue server; only the start is cheap (tests/crashes/fleet.py).
ROUNDTAG_SEED=… draws the same pauses again.
"""

import hashlib
import http.client
import os
import random
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from roundtag import blobs, db, ledger
from roundtag.models import Blob, Fault, Submission, SubmissionBlob
from roundtag.supervisor import children, valkey
from tests.conftest import one_kind
from tests.crashes.fleet import Fleet, fleet
from tests.e2e.client import Client, Reply
from tests.house.processes import free_port, until
from tests.house.seeds import seed
from tests.web.phone import phone
from tests.world import PASSWORD, World, fault_form, jpeg

CLIENTS = 8
AWAY = {429, 502, 503, 504}


class Clients:
    """Eight threads; each sends an entry, then its photo, until both have been acknowledged."""

    def __init__(self, client: Client, world: World) -> None:
        self.client, self.world = client, world
        self.entries: dict[str, str] = {}
        self.photos: set[str] = set()
        self.refused: list[Any] = []
        self.put_off: Counter[str] = Counter()
        """Answers that say to come again, by what they say is away."""
        self.over, self.moved = threading.Event(), threading.Condition()
        self.threads = [threading.Thread(target=self._work, args=(n,)) for n in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def _work(self, number: int) -> None:
        while not self.over.is_set():
            data, photo = jpeg(f"#{number:06x}", (16, 16 + number // 4096))
            form = fault_form(self.world, number % 2, photo=f"blob:{photo.sha256}")
            sent = phone("fault", form, self.world.engineer.person_id, photos=(photo,))
            self._deliver(lambda sent=sent: self.client.send(sent))
            self._acknowledge(lambda s=sent, p=photo: self.entries.update({s["id"]: p.sha256}))
            kind, path = {"Content-Type": "image/jpeg"}, f"/sync/photos/{photo.sha256}"
            self._deliver(lambda p=path, d=data, k=kind: self.client.ask("PUT", p, d, **k))
            self._acknowledge(lambda p=photo: self.photos.add(p.sha256))
            number += 97 * CLIENTS

    def _acknowledge(self, note: Callable[[], None]) -> None:
        with self.moved:
            if not self.over.is_set() or not self.refused:
                note()
            self.moved.notify_all()

    def _deliver(self, send: Callable[[], Reply]) -> None:
        while not self.refused:
            try:
                reply = send()
            except (OSError, http.client.HTTPException):
                self.over.wait(0.02)
                continue
            if reply.status in (200, 201):
                return
            if reply.status not in AWAY:
                self.refused.append((reply.status, reply.data))
            self.put_off[reply.json.get("type", "") if reply.data[:1] == b"{" else ""] += 1

    def wait_for_more(self) -> None:
        """Until something is acknowledged that was not before."""
        with self.moved:
            before = len(self.entries) + len(self.photos)
            more = lambda: self.refused or len(self.entries) + len(self.photos) > before  # noqa: E731
            assert self.moved.wait_for(more, 60)

    def finish(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(60)


def free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def kill(group: int, port: int) -> None:
    os.killpg(group, signal.SIGKILL)
    until(lambda: free(port), "all of them are gone")


def killed(world: World, ships: Fleet, port: int, kills: int, chance: random.Random) -> Clients:
    """What eight clients were told while all processes died so many times."""
    group = ships.start()
    until(lambda: answers(port), "the server answers", 60)
    client = Client(f"http://localhost:{port}").sign_in("engineer-a", PASSWORD)
    clients, pause = Clients(client, world), threading.Event()
    try:
        for _ in range(kills):
            clients.wait_for_more()
            pause.wait(chance.uniform(0, 0.1))
            kill(group, port)
            group = ships.start()
            if clients.refused:
                break
    finally:
        clients.finish()
        kill(group, port)
    return clients


@pytest.fixture
def settings(fresh_world: World, data_dir: Path) -> Iterator[dict[str, str]]:
    data_dir.mkdir(exist_ok=True)
    queue_server, port = valkey.child(data_dir), str(free_port())
    queue_server.start()
    yield {"DATA_DIR": str(data_dir), "DATABASE_URL": db.address(), "PORT": port,
           "BASE_URL": f"http://localhost:{port}", "HOST": "127.0.0.1"}  # fmt: skip
    children.stop([queue_server])


@pytest.mark.parametrize("kills", [20, pytest.param(2_500, marks=pytest.mark.soak)])
def test_g1_what_was_acknowledged_survives_the_kill_of_everything(
    fresh_world: World, settings: dict[str, str], kills: int
) -> None:
    """20 on each database, thousands in `make soak`."""
    with fleet(**settings) as ships:
        clients = killed(fresh_world, ships, int(settings["PORT"]), kills, random.Random(seed()))
    assert clients.refused == []
    print(f"{kills} kills, {len(clients.entries)} entries, {len(clients.photos)} photos")
    stored = [row.id for row in Submission.select().where(Submission.form == "fault")]
    assert set(clients.entries) <= set(stored)
    assert sorted(stored) == sorted(row.submission for row in Fault.select())
    kept = {row.sha256 for row in Blob.select()}
    assert clients.photos <= kept
    assert all(digest_on_disk(one) == one for one in kept)
    named = {(row.submission_id, row.sha256) for row in SubmissionBlob.select()}
    assert set(clients.entries.items()) <= named
    assert len(clients.entries) + len(clients.photos) >= kills
    assert [ledger.verify(key) for _, key in ledger.logs()] == [[] for _ in ledger.logs()]
    if db.kind() == "sqlite":
        assert db.database.execute_sql("PRAGMA integrity_check").fetchone() == ("ok",)


def digest_on_disk(digest: str) -> str:
    return hashlib.sha256(blobs.path_of(digest).read_bytes()).hexdigest()


@one_kind
def test_a_receipt_before_the_commit_is_seen(fresh_world: World, settings: dict[str, str]) -> None:
    with fleet("told before the commit", **settings) as ships:
        clients = killed(fresh_world, ships, int(settings["PORT"]), 10, random.Random(seed()))
    stored = {row.id for row in Submission.select().where(Submission.form == "fault")}
    unknown = {status for status, _ in clients.refused} == {404}  # to a photo of a known entry
    assert unknown or not set(clients.entries) <= stored
