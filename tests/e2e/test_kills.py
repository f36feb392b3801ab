"""G1: what was acknowledged survives kill -9, at random moments, of any process or of all.

Eight clients report faults without a pause; each sends the same entry again until it has a
receipt. A run prints its seed: ROUNDTAG_SEED=… draws the same victims and pauses again.
"""

import http.client
import os
import random
import signal
import threading
from contextlib import suppress
from typing import Any

import pytest

from roundtag.models import Fault, Submission
from tests.e2e.client import Client, Forms, Pairs, envelope
from tests.e2e.server import PASSWORD, Server
from tests.e2e.test_kill import site  # noqa: F401 - the fixture
from tests.house.processes import family, names, until
from tests.house.seeds import seed

CLIENTS = 8
AWAY = {429, 502, 503, 504}
EVERYTHING = 0.04
"""How often all processes die at one moment; else one does, mostly one that answers requests."""


class Senders:
    def __init__(self, client: Client, forms: list[Pairs], owner: int) -> None:
        self.client, self.forms, self.owner = client, forms, owner
        self.over, self.pause = threading.Event(), threading.Event()
        self.sent: set[str] = set()
        self.receipts: dict[str, dict[str, Any]] = {}
        self.refused: list[Any] = []
        self.threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(CLIENTS)
        ]

    def _work(self, number: int) -> None:
        seq = number
        while not self.over.is_set() and not self.refused:
            each = envelope("fault", self.forms[seq % len(self.forms)], self.owner, seq + 1)
            self.sent.add(each["id"])
            self._until_acknowledged(each)
            seq += CLIENTS

    def _until_acknowledged(self, each: dict[str, Any]) -> None:
        while each["id"] not in self.receipts and not self.refused:
            try:
                reply = self.client.send(each)
            except (OSError, http.client.HTTPException):
                self.pause.wait(0.05)
                continue
            if reply.status in (200, 201):
                self.receipts[each["id"]] = reply.json
            elif reply.status not in AWAY:
                self.refused.append((reply.status, reply.data))

    def finish(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(90)
        assert not self.refused


def victim(server: Server, chance: random.Random) -> int:
    """One of the processes that answer, or now and then the worker, the scheduler, the queue."""
    web = sorted(until(server.web_workers, "somebody answers requests again", 60))
    if chance.random() < 0.8:
        return chance.choice(web)
    assert server.process is not None
    called = names()
    fronts = {pid for pid in called if called[pid] == "roundtag-web"}
    others = family(server.process.pid) - {server.process.pid} - fronts
    return chance.choice(sorted(others & set(called)) or web)


def strike(server: Server, senders: Senders, chance: random.Random) -> None:
    """Something was acknowledged since the last one, and more is on its way."""
    before = len(senders.receipts)
    until(lambda: len(senders.receipts) > before or senders.refused, "an entry is taken", 60)
    senders.pause.wait(chance.uniform(0.02, 0.35))
    if chance.random() < EVERYTHING:
        server.kill()
        server.start()
        return
    with suppress(ProcessLookupError):
        os.kill(victim(server, chance), signal.SIGKILL)


@pytest.mark.parametrize("kills", [10, pytest.param(2_500, marks=pytest.mark.soak)])
def test_g1_nothing_acknowledged_is_lost_or_doubled_by_random_kills(
    site: Server,  # noqa: F811
    kills: int,
) -> None:
    """Mutation: `synchronous = OFF` is not seen here (the kernel lives on); a receipt that is
    sent before the commit is."""
    chance, client = random.Random(seed()), Client(site.url).sign_in("engineer", PASSWORD)
    pages = [client.ask("GET", f"/t/{tag['code']}").data.decode() for tag in site.tags()[:8]]
    senders = Senders(client, [Forms(page).filled["fault"] for page in pages], client.whoami())
    for thread in senders.threads:
        thread.start()
    for _ in range(kills):
        strike(site, senders, chance)
        assert not senders.refused
    senders.finish()
    with site.records():
        stored = [row.id for row in Submission.select().where(Submission.install_id != "")]
        made = sorted(row.submission for row in Fault.select() if row.submission in senders.sent)
    assert set(stored) == senders.sent == set(senders.receipts)
    assert made == sorted(senders.sent)
    assert {each["outcome"] for each in senders.receipts.values()} == {"done"}
    print(f"{kills} kills, {len(stored)} entries")
    assert len(stored) >= kills
    assert "NOT" not in site.command("ledger", "verify")
