"""What the journal costs per submission, and how long a restore takes with it.

`python -m tests.bench.journal 10000` (deeds in the journal); on an embedded database.
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from roundtag import db, journal, settings
from roundtag.backups import making, restoring, store
from roundtag.models import Leaf, Submission
from roundtag.supervisor.preparation import MIGRATIONS
from tests import world as building
from tests.world import World, deliver, fault_form

ROUNDS, EACH = 6, 40


def main(deeds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="journal-") as name:
        folder = Path(name)
        os.environ.update(DATA_DIR=str(folder / "data"))
        (folder / "data").mkdir()
        db.connect(settings.current().database_url)
        with db.database.connection_context():
            world = _world()
            _cost(world, folder / "journal")
            made = making.into_folder(folder / "b", "asked")
            _use(folder / "journal")
            size = _fill(world, deeds)
        db.database.close_all()
        began = time.monotonic()
        done = restoring.restore(store.found_at(made.path), force=True)
        took = time.monotonic() - began
        with db.database.connection_context():
            assert Submission.select().count() >= deeds
            print(f"restore: {done.leaves} leaves of the journal in {took:.1f} s")
            print(f"{size / deeds / 1000:.1f} kB a deed; {Leaf.select().count()} leaves in all")


def _world() -> World:
    from playhouse.migrations import Runner

    Runner(db.database.obj, str(MIGRATIONS)).up()
    building.open_provider()
    return building.build("A")


def _use(folder: Path | None) -> None:
    os.environ.pop("JOURNAL_DIR", None)
    if folder:
        os.environ["JOURNAL_DIR"] = str(folder)
    settings.current.cache_clear()


def _cost(world: World, folder: Path) -> None:
    """In turns, so that a busy machine is busy for both."""
    times: dict[bool, list[float]] = {False: [], True: []}
    for number in range(ROUNDS * 2):
        _use(folder if number % 2 else None)
        for _ in range(EACH):
            began = time.perf_counter()
            deliver("fault", fault_form(world), world.engineer)
            times[bool(number % 2)].append(time.perf_counter() - began)
    plain, both = (statistics.median(times[way]) * 1000 for way in (False, True))
    print(f"a submission: {plain:.1f} ms without, {both:.1f} ms with a journal: {both / plain:.2f}")
    shutil.rmtree(folder)


def _fill(world: World, deeds: int) -> int:
    for _ in range(deeds):
        deliver("fault", fault_form(world), world.engineer)
    kept = journal.of_settings()
    return sum(path.stat().st_size for path in kept.files()) if kept else 0


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
