"""Two clients' worlds, built once per database kind, for every test of the library.

`world` runs a test inside a transaction on that database and rolls it back; `fresh_world` is a
copy of it with real commits, for several connections or processes. `other` is the second client.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from roundtag import db, stock
from tests import world as building
from tests.conftest import _copy, _postgresql, _template
from tests.roundtag import journaling
from tests.world import World


@dataclass(frozen=True)
class Settled:
    """A database that holds the provider and the clients A and B."""

    url: str
    worlds: tuple[World, World]


@pytest.fixture(scope="session")
def settled(databases: dict[str, str]) -> Iterator[dict[str, Settled]]:
    made: dict[str, Settled] = {}
    yield made
    if "postgresql" in made:
        _drop(made["postgresql"].url)


def _drop(url: str) -> None:
    if url.startswith("postgresql"):
        _postgresql(f'DROP DATABASE IF EXISTS "{url.rsplit("/", 1)[1]}" WITH (FORCE)')


def _settle(kind: str, databases: dict[str, str], factory: pytest.TempPathFactory) -> Settled:
    url = _copy(kind, _template(kind, databases, factory), factory.mktemp("settled"))
    db.connect(url)
    with db.database.connection_context():
        building.open_provider()
        worlds = building.build("A"), building.build("B")
    db.database.close_all()
    return Settled(url, worlds)


@pytest.fixture
def ready(store_kind: str, databases: dict[str, str], data_dir: Path, settled: dict[str, Settled],
          tmp_path_factory: pytest.TempPathFactory) -> Settled:  # fmt: skip
    if store_kind not in settled:
        settled[store_kind] = _settle(store_kind, databases, tmp_path_factory)
    return settled[store_kind]


@pytest.fixture
def world(ready: Settled) -> Iterator[World]:
    """Client A's world; everything written is rolled back."""
    db.connect(ready.url)
    db.database.connect()
    with db.database.atomic() as outer:
        yield copy.deepcopy(ready.worlds[0])
        outer.rollback()
    db.database.close_all()


@pytest.fixture
def other(world: World, ready: Settled) -> World:
    """Client B's world beside A's."""
    return copy.deepcopy(ready.worlds[1])


@pytest.fixture
def fresh_world(ready: Settled, store_kind: str, data_dir: Path) -> Iterator[World]:
    """Client A's world in a database of the test's own, committed."""
    url = _copy(store_kind, ready.url, data_dir)
    db.connect(url)
    with db.database.connection_context():
        yield copy.deepcopy(ready.worlds[0])
    db.database.close_all()
    _drop(url)


@pytest.fixture
def place(fresh_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a journal that is in use."""
    with journaling.in_use(tmp_path / "journal", db.address()):
        yield tmp_path / "journal"


@pytest.fixture
def books_agree(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that moved something, everything still adds up."""
    worlds = {"world", "fresh_world"} & set(request.fixturenames)
    for name in worlds:  # set up before, so that the database is still there afterwards
        request.getfixturevalue(name)
    yield
    if worlds:
        assert stock.problems() == []
