"""Guarantees §7: random flipped bits in the database, its log and photos are found, or change
nothing.

Found: SQLite's own check, an unreadable file, the ledger against its rows, or a log that no longer
holds a head that had left the house. Tables outside the ledger (jobs, notices, indexes …) have no
such witness: what they lose is made again or was never promised.
"""

import random
import shutil
from pathlib import Path

import pytest
from peewee import PeeweeException

from roundtag import blobs, db, ledger
from roundtag.backups import making, restoring
from roundtag.backups.manifest import LogState
from roundtag.models import PROTECTED, Leaf
from tests.conftest import one_kind
from tests.seeing import snapshot
from tests.world import World, deliver, fault_form, jpeg

MANY = [300, pytest.param(10_000, marks=pytest.mark.soak)]


def content() -> dict[str, list[tuple]]:
    """What the ledger answers for."""
    kept = {model._meta.table_name for model in (*PROTECTED, Leaf)}
    return {table: rows for table, rows in snapshot().items() if table in kept}


@pytest.fixture
def torn(fresh_world: World, tmp_path: Path) -> Path:
    """A copy of the database as it lies on the disk, its newest part in the log still."""
    db.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.database.execute_sql("PRAGMA wal_autocheckpoint = 0")
    for _ in range(5):
        deliver("fault", fault_form(fresh_world), fresh_world.engineer)
    source = Path(db.database.database)
    for suffix in ("", "-wal"):
        shutil.copy(f"{source}{suffix}", tmp_path / f"whole.db{suffix}")
    return tmp_path


def verdict(folder: Path, suffix: str, chance: random.Random, sound: dict,
            heads: tuple[LogState, ...]) -> str:  # fmt: skip
    """Flips one bit of one file: `found`, `harmless`, or `missed`."""
    for one in ("", "-wal", "-shm"):
        (folder / f"try.db{one}").unlink(missing_ok=True)
    for one in ("", "-wal"):
        shutil.copy(folder / f"whole.db{one}", folder / f"try.db{one}")
    path = folder / f"try.db{suffix}"
    data = bytearray(path.read_bytes())
    place = chance.randrange(len(data) * 8)
    data[place // 8] ^= 1 << place % 8
    path.write_bytes(data)
    with db.elsewhere(f"sqlite:///{folder / 'try.db'}"):
        try:
            return _judged(sound, heads)
        except (PeeweeException, ValueError, OverflowError, LookupError, TypeError):
            return "found"  # it cannot be read, which nobody misses


def _judged(sound: dict, heads: tuple[LogState, ...]) -> str:
    if db.database.execute_sql("PRAGMA integrity_check").fetchall() != [("ok",)]:
        return "found"
    if content() == sound:
        return "harmless"
    if any(ledger.verify(key) for _, key in ledger.logs()) or restoring.states() != heads:
        return "found"
    return "missed"


@pytest.mark.embedded("bits of SQLite's own file are flipped")
@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("many", MANY)
def test_no_flipped_bit_changes_a_record_unseen(torn: Path, many: int) -> None:
    """Mutation: leave out ledger.verify() and texts that changed are missed."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance, seen = random.Random(seed), []
    sound, heads = content(), restoring.states()
    for number in range(many):
        suffix = "-wal" if number % 3 == 0 else ""
        seen.append(verdict(torn, suffix, chance, sound, heads))
    assert seen.count("missed") == 0, seed
    assert seen.count("found") > many // 20


@one_kind
@pytest.mark.parametrize("many", MANY)
def test_every_flipped_bit_of_a_photo_is_found(
    fresh_world: World, tmp_path: Path, many: int
) -> None:
    data, photo = jpeg("teal")
    blobs.put_photo(data)
    path = blobs.path_of(photo.sha256)
    for place in random.sample(range(len(data) * 8), min(many, len(data) * 8)):
        torn = bytearray(data)
        torn[place // 8] ^= 1 << place % 8
        path.write_bytes(torn)
        absent = making.store.copy_blobs([(photo.sha256, len(data))], tmp_path / "to",
                                         path.parents[1])[1]  # fmt: skip
        assert absent == [photo.sha256]
