"""G2: what was acknowledged survives the loss of power, photos included.

The product's own writes are recorded by strace, then the plug is pulled at every one of them: what
was not synced is lost, torn or kept, as chance will have it.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crashes import power
from tests.crashes.disk import SECTOR, Disk, File, remains
from tests.crashes.trace import Event
from tests.house import lanes
from tests.house.seeds import seed

pytestmark = pytest.mark.embedded("the system calls of SQLite's own files are played")

FLAWS = ("no sync at commit", "photo not synced", "folder not synced", "told before the commit")
IMAGES = 5_000
Played = tuple[Path, dict[str, list[Event]]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    lanes.need("strace")
    folder = tmp_path_factory.mktemp("power")
    wanted = [("sound", power.ENTRIES, "")]
    wanted += [(flaw.replace(" ", "-"), 4, flaw) for flaw in FLAWS]
    with power.recordings(folder, wanted) as found:
        yield folder, dict(zip([name for name, _, _ in wanted], found, strict=True))


def test_g2_no_crash_loses_or_tears_what_was_acknowledged(played: Played, store: str) -> None:
    folder, events = played[0], played[1]["sound"]
    assert sum(event.what == "ack" for event in events) == 2 * power.ENTRIES
    found = power.judge(folder, "sound", events, IMAGES, seed())
    assert found.wrong[:10] == []
    assert found.images == IMAGES
    assert found.states


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_broken_promise_is_seen(played: Played, store: str, flaw: str) -> None:
    name = flaw.replace(" ", "-")
    found = power.judge(played[0], name, played[1][name], 300, seed())
    assert len(found.wrong) > 10


@pytest.fixture
def store_kind() -> str:
    """Only the embedded database writes its own files."""
    return "sqlite"


def test_a_crash_takes_only_what_was_not_synced() -> None:
    disk = Disk({"/t": None, "/t/d": None}, {"/t": None, "/t/d": None})
    for what, path in (("make", "/t/d/a"), ("write", "/t/d/a"), ("sync", "/t/d/a")):
        disk.happen(Event(what, path, data=b"safe"))
    chance = random.Random(1)
    assert {"/t/d/a" in disk.surviving(chance) for _ in range(50)} == {True, False}
    assert not disk.settled("/t/d/a")
    disk.happen(Event("sync", "/t/d"))
    assert disk.settled("/t/d/a")
    disk.happen(Event("write", "/t/d/a", 2, b"!!"))
    file = disk.names["/t/d/a"]
    assert file
    assert {file.with_patches(remains(file.open, chance)) for _ in range(50)} == {b"safe", b"sa!!"}


def test_a_write_is_torn_at_sectors() -> None:
    file, chance = File(bytearray(), [(100, b"x" * 2000)]), random.Random(1)
    pieces = {piece for _ in range(200) for piece in remains(file.open, chance)}
    edges = {start for start, _ in pieces}
    assert edges == {100, *(n * SECTOR for n in (1, 2, 3, 4))}
