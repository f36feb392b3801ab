"""The plug is pulled at the server while fifty submissions arrive: none lost, none doubled."""

import http.client
import os
import queue
import signal
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from roundtag.models import Fault, Inspection, RoundDevice, Submission
from tests.e2e.client import Client, Forms, envelope
from tests.e2e.server import PASSWORD, Server
from tests.house import lanes

DEVICES = 25
SENDERS = 4
WORKER_DIES_AT, ALL_DIE_AT = 10, 25


@contextmanager
def empty_postgresql() -> Iterator[str]:
    door = lanes.postgresql_url()
    name = f"roundtag_e2e_{uuid.uuid4().hex[:12]}"
    with closing(psycopg.connect(door, autocommit=True)) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield f"{door.rsplit('/', 1)[0]}/{name}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.soak])]
)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    with ExitStack() as stack:
        settings = {}
        if request.param == "postgresql":
            settings["DATABASE_URL"] = stack.enter_context(empty_postgresql())
        server = Server(tmp_path / "data", **settings).start()
        stack.callback(server.kill)
        yield server


class Delivery:
    """Several senders empty one queue; what got no receipt goes back to its end."""

    def __init__(self, client: Client, envelopes: list[dict[str, Any]]) -> None:
        self.client = client
        self.waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        for each in envelopes:
            self.waiting.put(each)
        self.receipts: dict[str, dict[str, Any]] = {}
        self.refused: list[Any] = []
        self.cut = 0
        self.changed = threading.Condition()
        self.reachable = threading.Event()
        self.reachable.set()
        self.senders = [threading.Thread(target=self._work, daemon=True) for _ in range(SENDERS)]
        for sender in self.senders:
            sender.start()

    def _work(self) -> None:
        while True:
            try:
                self._deliver(self.waiting.get_nowait())
            except queue.Empty:
                return

    def _deliver(self, each: dict[str, Any]) -> None:
        self.reachable.wait(60)
        try:
            reply = self.client.send(each)
        except (OSError, http.client.HTTPException):
            self.waiting.put(each)
            with self.changed:
                self.cut += 1
            return
        with self.changed:
            if reply.status in (200, 201):
                self.receipts[each["id"]] = reply.json
            else:
                self.refused.append((reply.status, reply.data))
            self.changed.notify_all()

    def wait_for(self, receipts: int) -> None:
        with self.changed:
            done = self.changed.wait_for(
                lambda: self.refused or len(self.receipts) >= receipts, timeout=60
            )
        assert done, f"{len(self.receipts)} receipts, {self.cut} cut off"
        assert not self.refused

    def finish(self) -> None:
        for sender in self.senders:
            sender.join(60)
        assert not self.refused


def filled_forms(client: Client, server: Server) -> list[dict[str, Any]]:
    """A check and a fault for each of 25 devices, as their pages offer them."""
    me, made = client.whoami(), []
    for tag in server.tags()[:DEVICES]:
        page = client.ask("GET", f"/t/{tag['code']}").data.decode()
        for form in ("inspection", "fault"):
            made.append(envelope(form, Forms(page).filled[form], me, len(made) + 1))
    return made


def stored(server: Server) -> set[str]:
    with server.records():
        return {row.id for row in Submission.select().where(Submission.install_id != "")}


def records(server: Server) -> dict[str, list[str]]:
    """Ids of the submissions from which each kind of record was made."""
    with server.records():
        return {
            "inspection": [row.submission for row in Inspection.select()],
            "fault": [row.submission for row in Fault.select()],
            "round": [row.device_id for row in RoundDevice.select() if row.done_at],
        }


def test_kill_in_the_middle_of_fifty_loses_and_doubles_nothing(site: Server) -> None:
    client = Client(site.url).sign_in("engineer", PASSWORD)
    envelopes = filled_forms(client, site)
    victim = min(site.web_workers())
    delivery = Delivery(client, envelopes)

    delivery.wait_for(WORKER_DIES_AT)
    os.kill(victim, signal.SIGKILL)

    delivery.wait_for(ALL_DIE_AT)
    delivery.reachable.clear()
    site.kill()
    acknowledged = set(delivery.receipts)
    assert len(acknowledged) < len(envelopes)
    assert acknowledged <= stored(site)

    site.start()
    delivery.reachable.set()
    delivery.finish()
    assert len(delivery.receipts) == len(envelopes) == 50

    sent = {each["id"]: each for each in envelopes}
    assert stored(site) == set(sent)
    made = records(site)
    assert len(made["round"]) == DEVICES
    for form in ("inspection", "fault"):
        ids = sorted(key for key, each in sent.items() if each["form"] == form)
        assert sorted(made[form]) == ids
    for each in envelopes:
        again = client.send(each)
        first = delivery.receipts[each["id"]]
        assert (again.status, again.json | {"heads": 0}) == (200, first | {"heads": 0}), "but heads"
    assert records(site) == made
    assert "NOT" not in site.command("ledger", "verify")
