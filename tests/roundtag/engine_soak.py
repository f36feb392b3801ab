"""Two web units on PostgreSQL, Redis and S3, and all that may befall them while eight clients send
faults with photos: `python -m tests.roundtag.engine_soak --minutes 12 --results docs/soak.md`.

Each unit is web server and worker with a DATA_DIR of its own, as on a host of its own; they share
the engines and the ledger's key. Clients go to each by turns, as through a proxy.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from roundtag import bytestore, clock, db, jobs, ledger, settings
from roundtag.models import Blob, Fault, Job, Submission, SubmissionBlob
from tests import conftest
from tests import world as worlds
from tests.crashes.fleet import Fleet, fleet
from tests.crashes.power import add
from tests.house import lanes, swift
from tests.house.processes import free_port, until
from tests.house.redis_server import RedisServer
from tests.roundtag.test_g1_servers import Clients, answers, kill
from tests.roundtag.test_several import Between, others_end
from tests.world import PASSWORD, World

PATIENCE, WORK = 120, 10
MARKER = "| Engine seed"


@dataclass
class Unit:
    ship: Fleet
    port: int
    group: int = 0

    def start(self) -> None:
        self.group = self.ship.start()
        until(lambda: answers(self.port), "it answers", PATIENCE)

    def kill(self) -> None:
        kill(self.group, self.port)


@dataclass
class Scene:
    """What runs, and what has befallen it so far."""

    url: str
    units: list[Unit]
    redis: RedisServer
    swift: swift.Swift
    clients: Clients
    chance: random.Random
    befallen: Counter[str] = field(default_factory=Counter)

    def befall(self, name: str) -> None:
        give_work()
        threading.Event().wait(self.chance.uniform(0, 0.1))
        MISFORTUNES[name](self)
        self.befallen[name] += 1
        self.clients.wait_for_more()

    def kill_a_unit(self) -> None:
        """The other one than last time; the one that is left goes on alone meanwhile."""
        unit = self.units[self.befallen["a web unit killed"] % 2]
        unit.kill()
        self.clients.wait_for_more()
        unit.start()

    def empty_redis(self) -> None:
        self.redis.door().flushall()

    def kill_redis(self) -> None:
        self.redis.kill()
        self.clients.wait_for_more()
        self.redis.start()

    def kill_bucket(self) -> None:
        """Until somebody has been told that their photo cannot be taken."""
        told = self.clients.put_off["/problems/photos-away"]
        self.swift.kill()
        until(lambda: self.clients.put_off["/problems/photos-away"] > told or self.clients.refused,
              "a photo is put off", PATIENCE)  # fmt: skip
        self.swift.start()

    def end_connections(self) -> None:
        until(lambda: others_end(self.url), "some were connected", PATIENCE)


def give_work() -> None:
    """Jobs of no consequence, some of which will be in Redis when it forgets them."""
    with db.database.connection_context(), db.write():
        for _ in range(WORK):
            jobs.enqueue("accounts.reset", typed="nobody")


MISFORTUNES: dict[str, Callable[[Scene], None]] = {
    "a web unit killed": Scene.kill_a_unit,
    "Redis emptied": Scene.empty_redis,
    "Redis killed": Scene.kill_redis,
    "the S3 server killed": Scene.kill_bucket,
    "PostgreSQL's connections ended": Scene.end_connections,
}


@contextmanager
def shared(url: str, folder: Path) -> Iterator[tuple[dict[str, str], RedisServer, swift.Swift]]:
    """Settings of all units, seen by this process too."""
    with ExitStack() as stack:
        redis, photos = RedisServer(folder), swift.Swift(folder)
        stack.callback(lambda: redis.kill())
        stack.callback(lambda: photos.kill())
        given = {"DATABASE_URL": url, "REDIS_URL": redis.url(), "BLOB_URL": photos.url("soak"),
                 "SECRET_KEY": "of-all-units" * 4, "LEDGER_KEY": str(folder / "ledger.key"),
                 **swift.KEYS}  # fmt: skip
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in {**given, "DATA_DIR": str(folder / "here")}.items():
            patch.setenv(name, value)
        settings.current.cache_clear()
        stack.callback(settings.current.cache_clear)
        swift.chosen().client.create_bucket(Bucket="soak")
        yield given, redis, photos


@contextmanager
def scene(url: str, world: World, folder: Path, chance: random.Random) -> Iterator[Scene]:
    with ExitStack() as stack:
        given, redis, photos = stack.enter_context(shared(url, folder))
        units = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            port = free_port()
            own = {"DATA_DIR": str(folder / name), "PORT": str(port), "HOST": "127.0.0.1"}
            ship = stack.enter_context(fleet(**own, **given, BASE_URL="http://localhost"))
            units.append(Unit(ship, port))
        for unit in units:
            unit.start()
            stack.callback(unit.kill)
        line = Between("http://localhost", [unit.port for unit in units])
        clients = Clients(line.sign_in("engineer-a", PASSWORD), world)
        stack.callback(clients.finish)
        yield Scene(url, units, redis, photos, clients, chance)


def judged(found: Scene) -> Counter[str]:
    """Once nobody sends any more: all that was acknowledged is there once, and nothing twice."""
    found.clients.finish()
    assert not found.clients.refused, found.clients.refused
    with db.database.connection_context():
        until(lambda: swept("queued"), "every job is done, though Redis forgot it", PATIENCE)
        lost = Job.state == "running"  # their workers were killed: long afterwards …
        Job.update(run_after=clock.now()).where(lost).execute()
        until(lambda: swept("queued", "running"), "those of killed workers are as well", PATIENCE)
        assert not Job.select().where(Job.state == "failed").exists(), "a job failed"
        clients = found.clients
        stored = [row.id for row in Submission.select().where(Submission.form == "fault")]
        assert set(clients.entries) == set(stored)
        assert sorted(stored) == sorted(filed()), "entries and faults are not the same"
        named = [(row.submission_id, row.sha256) for row in SubmissionBlob.select()]
        assert sorted(named) == sorted(clients.entries.items())
        kept, store = {row.sha256 for row in Blob.select()}, bytestore.of_settings()
        assert clients.photos == kept == set(store.sizes()), "photos are not those that were sent"
        assert all(store.is_whole(digest) for digest in kept)
        assert [ledger.verify(key) for _, key in ledger.logs()] == [[] for _ in ledger.logs()]
        done = Job.select().where(Job.state == "done").count()
    return Counter(entries=len(stored), photos=len(kept), jobs=done, **clients.put_off)


def filed() -> list[str]:
    """The entry of each fault."""
    return [str(row.submission) for row in Fault.select()]


def swept(*states: str) -> bool:
    """Whether no job is in these states; the sweep is the scheduler's, and none runs here."""
    jobs.sweep()
    return not Job.select().where(Job.state.in_(states)).exists()


def befalls(found: Scene, ended: Callable[[], bool]) -> None:
    """Each misfortune as often as the others, in the order that chance wills."""
    while not ended():
        names = list(MISFORTUNES) + ["a web unit killed"] * 2
        found.chance.shuffle(names)
        for name in names:
            found.befall(name)


def soak(seed: int, minutes: float) -> str:
    began, end = time.monotonic(), time.monotonic() + 60 * minutes
    with tempfile.TemporaryDirectory(prefix="roundtag-") as place:
        url = conftest._migrated(conftest._empty("postgresql", Path(place)))
        with db.database.connection_context():
            worlds.open_provider()
            world = worlds.build("A")
        try:
            with scene(url, world, Path(place), random.Random(seed)) as found:
                befalls(found, lambda: time.monotonic() > end)
                told = judged(found)
        finally:
            db.database.close_all()
            conftest._postgresql(f'DROP DATABASE "{url.rsplit("/", 1)[1]}" WITH (FORCE)')
    cells = (f"engines {seed}", *(found.befallen[name] for name in MISFORTUNES), told["entries"],
             told["photos"], told["jobs"], 0, f"{datetime.now(UTC):%Y-%m-%d}",
             round(time.monotonic() - began))  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |\n"


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    words.add_argument("--minutes", type=float, default=12)
    words.add_argument("--results", type=Path)
    given = words.parse_args()
    for lane in ("postgresql", "s3"):
        if why := lanes.missing(lane):
            sys.exit(why)
    add(soak(given.seed, given.minutes), given.results, MARKER)


if __name__ == "__main__":
    main()
