"""G1 on PostgreSQL: its backends are killed and the whole cluster stopped at once, under load.

A throw-away cluster of its own; left out where PostgreSQL's programs are missing.
"""

import os
import pwd
import random
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from peewee import PeeweeException

from roundtag import db, ledger, sync
from roundtag.commands import Envelope
from roundtag.models import Fault, Submission
from tests import conftest
from tests import world as worlds
from tests.house.processes import free_port, until
from tests.world import World, envelope, fault_form

WRITERS = 4
NEEDED = ("initdb", "pg_ctl")


@dataclass
class Cluster:
    """Programs run as `account` where we are root, whom PostgreSQL refuses."""

    folder: Path
    port: int
    account: str | None

    def run(self, program: str, *words: str) -> None:
        command = [str(programs()[program]), "-D", str(self.folder / "data"), *words]
        subprocess.run(command, check=True, user=self.account, stdout=subprocess.DEVNULL,
                       cwd=self.folder, env={**os.environ, "HOME": str(self.folder)})  # fmt: skip

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self.run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def kill_a_backend(self, chance: random.Random) -> None:
        """SIGKILL: the postmaster ends all others as well and recovers from the log."""
        query = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
        with psycopg.connect(self.url) as door:
            mine = door.info.backend_pid
            others = [pid for (pid,) in door.execute(query) if pid != mine]
        with suppress(ProcessLookupError):
            os.kill(chance.choice(others or [mine]), signal.SIGKILL)

    def stop_at_once(self) -> None:
        self.run("pg_ctl", "-m", "immediate", "stop")
        self.start()


def programs() -> dict[str, Path]:
    """Where the distribution keeps them, or on the path."""
    found = {}
    for name in NEEDED:
        places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        if path := (places[-1] if places else shutil.which(name)):
            found[name] = Path(path)
    return found


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    if len(programs()) < len(NEEDED):
        pytest.skip("no initdb and pg_ctl here")
    root = os.getuid() == 0
    with tempfile.TemporaryDirectory(prefix="roundtag-pg-") as place:
        folder = Path(place)
        if root:
            try:
                owner = pwd.getpwnam("postgres")
            except KeyError:
                pytest.skip("root may not run PostgreSQL, and there is no account postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        made = Cluster(folder, free_port(), "postgres" if root else None)
        made.run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        made.start()
        try:
            yield made
        finally:
            made.run("pg_ctl", "-m", "immediate", "stop")


@dataclass
class Writers:
    """Threads that submit; each sends an entry again until it has a receipt."""

    world: World
    acknowledged: list[str] = field(default_factory=list)
    broken: list[BaseException] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    moved: threading.Condition = field(default_factory=threading.Condition)

    def start(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._work) for _ in range(WRITERS)]
        for thread in threads:
            thread.start()
        return threads

    def _work(self) -> None:
        while not self.over.is_set() and not self.broken:
            sent = envelope("fault", fault_form(self.world), self.world.engineer.person_id)
            while not self._acknowledged(sent) and not self.broken:
                self.over.wait(0.05)

    def _acknowledged(self, sent: Envelope) -> bool:
        """As a request does it: a connection from the pool, given back."""
        try:
            with db.database.connection_context():
                receipt = sync.submit(sent, self.world.engineer)
        except (PeeweeException, psycopg.Error) as error:
            if not db.is_passing(error):
                self.broken.append(error)
            return False
        with self.moved:
            self.acknowledged.append(receipt.id)
            self.moved.notify_all()
        return True

    def wait_for_more(self, count: int) -> None:
        with self.moved:
            wanted = len(self.acknowledged) + count
            more = lambda: self.broken or len(self.acknowledged) >= wanted  # noqa: E731
            assert self.moved.wait_for(more, 60)


@pytest.mark.parametrize("falls", [6, pytest.param(200, marks=pytest.mark.soak)])
def test_g1_postgresql_may_fall_at_any_moment(cluster: Cluster, data_dir: Path, falls: int) -> None:
    seed = int(os.environ.get("ROUNDTAG_SEED") or random.randrange(1 << 32))
    print(f"ROUNDTAG_SEED={seed}")
    chance = random.Random(seed)
    conftest._migrated(cluster.url)
    with db.database.connection_context():
        worlds.open_provider()
        world = worlds.build("A")
    writers, pause = Writers(world), threading.Event()
    threads = writers.start()
    for number in range(falls):
        writers.wait_for_more(chance.randint(1, 8))
        pause.wait(chance.uniform(0, 0.05))
        if number % 2:
            cluster.stop_at_once()
        else:
            cluster.kill_a_backend(chance)
            until(lambda: not is_away(cluster), "it has recovered")
    writers.wait_for_more(1)
    writers.over.set()
    for thread in threads:
        thread.join(60)
    assert writers.broken == []
    with db.database.connection_context():
        stored = [row.id for row in Submission.select().where(Submission.form == "fault")]
        assert set(writers.acknowledged) <= set(stored)
        assert sorted(stored) == sorted(row.submission for row in Fault.select())
        assert [ledger.verify(key) for _, key in ledger.logs()] == [[] for _ in ledger.logs()]
    db.database.close_all()
    print(f"{falls} falls, {len(stored)} entries")


def is_away(cluster: Cluster) -> bool:
    try:
        psycopg.connect(cluster.url, connect_timeout=3).close()
    except psycopg.Error:
        return True
    return False
