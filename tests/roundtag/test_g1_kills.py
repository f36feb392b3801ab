"""G1, quickly: 200 random kill -9 of processes that write through the one door, eight at a time.

Each process tells an id only after `sync.submit` has returned, as a web worker answers only then.
Whole servers, their queue and their supervisor die in tests/e2e/test_kills.py.
"""

import os
import random
import select
import signal

import pytest

from roundtag import db, ledger, sync
from roundtag.backups import restoring
from roundtag.models import Fault, Submission
from tests.house.seeds import seed
from tests.world import World, envelope, fault_form

CLIENTS = 8
ID = 36


class Writers:
    """Eight children on one database; who dies is followed by another."""

    def __init__(self, world: World) -> None:
        self.world, self.url = world, db.address()
        self.heard, self.told = os.pipe()
        os.set_blocking(self.heard, False)
        self.pids: list[int] = [self._start() for _ in range(CLIENTS)]
        self.acknowledged: list[str] = []

    def _start(self) -> int:
        child = os.fork()
        if not child:
            try:
                self._write()
            finally:
                os._exit(1)
        return child

    def _write(self) -> None:
        with db.elsewhere(self.url) as opened:
            opened.connect()
            while True:
                form, owner = fault_form(self.world), self.world.engineer.person_id
                receipt = sync.submit(envelope("fault", form, owner), self.world.engineer)
                os.write(self.told, receipt.id.encode())

    def kill(self, place: int) -> None:
        os.kill(self.pids[place], signal.SIGKILL)
        ended = os.waitpid(self.pids[place], 0)[1]
        assert ended == signal.SIGKILL, f"a writer ended by itself ({ended})"
        self.listen()

    def replace(self, place: int) -> None:
        self.pids[place] = self._start()

    def listen(self) -> int:
        try:
            data = os.read(self.heard, 1 << 16).decode()
        except BlockingIOError:
            data = ""
        self.acknowledged += [data[n : n + ID] for n in range(0, len(data), ID)]
        return len(data)


@pytest.mark.parametrize("kills", [20, pytest.param(2_500, marks=pytest.mark.soak)])
def test_g1_what_was_acknowledged_survives_the_kill_of_its_writer(
    fresh_world: World, kills: int
) -> None:
    """20 on each database, thousands in `make soak`. Mutation: tell the id before `sync.submit`,
    and ids are lost."""
    drawn = seed()
    chance, writers = random.Random(drawn), Writers(fresh_world)
    for _ in range(kills):
        wanted = len(writers.acknowledged) + chance.randrange(3)
        while len(writers.acknowledged) < wanted:
            assert select.select([writers.heard], [], [], 60)[0], drawn
            writers.listen()
        for _ in range(chance.randrange(20_000)):  # somewhere inside a submission
            continue
        place = chance.randrange(CLIENTS)
        writers.kill(place)
        writers.replace(place)
    for place in range(CLIENTS):
        writers.kill(place)
    while writers.listen():
        continue
    stored = [row.id for row in Submission.select().where(Submission.install_id != "")]
    faults = [row.submission for row in Fault.select()]
    assert set(writers.acknowledged) <= set(stored), drawn
    assert sorted(stored) == sorted(faults), drawn
    assert len(writers.acknowledged) >= kills // 2
    assert len(stored) <= len(writers.acknowledged) + kills + CLIENTS
    assert [ledger.verify(key) for _, key in ledger.logs()] == [[] for _ in ledger.logs()]
    assert restoring.states()
    if db.kind() == "sqlite":
        assert db.database.execute_sql("PRAGMA integrity_check").fetchone() == ("ok",)
