"""Databases for tests of the library and the web layer.

`store` runs a test on SQLite and on PostgreSQL, inside a transaction that is rolled back.
`fresh_store` gives a database of its own, for tests that need real commits, several connections
or several processes.
"""

import re
import shutil
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from playhouse.migrations import Runner

import roundtag
from roundtag import db, queue, settings
from tests.house import lanes

pytest_plugins = ["tests.house.chromium", "tests.house.swift", "tests.house.engines",
                  "tests.house.witness"]  # fmt: skip
KINDS = ("postgresql",) if lanes.engines() else ("sqlite", "postgresql")
one_kind = pytest.mark.parametrize("store_kind", KINDS[:1], indirect=True)
"""For what the other database cannot make different."""
HERE = Path(__file__).parent
GUARANTEES = (HERE.parent / "docs" / "guarantees.md").read_text(encoding="utf-8")
BOTH = set(re.findall(r"test_\w+\.py", GUARANTEES))
"""Files whose tests all run on both databases, whoever waits."""
MIGRATIONS = str(Path(roundtag.__path__[0], "migrations"))


hypothesis.settings.register_profile("gate", derandomize=True)


def pytest_configure(config: pytest.Config) -> None:
    """What everybody waits for tries the same examples each time; the long counts look for new."""
    if config.option.markexpr != "soak":
        hypothesis.settings.load_profile("gate")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Much of what runs on SQLite waits with its twin on PostgreSQL for the long counts."""
    known = {item.nodeid for item in items}
    for item in items:
        twin = item.nodeid.replace("postgresql", "sqlite")
        if twin != item.nodeid and twin in known and _waits(item):
            item.add_marker("soak")


def _waits(item: pytest.Item) -> bool:
    """Tests of pages, which test_axe.py asks for on PostgreSQL; every other one of the library."""
    if item.path.name in BOTH or HERE not in item.path.parents:
        return False
    part = item.path.relative_to(HERE).parts[0]
    return part == "web" or (part == "roundtag" and zlib.crc32(item.nodeid.encode()) % 2 == 1)


@pytest.fixture(scope="session", autouse=True)
def counted_somewhere(counts: str) -> Iterator[None]:
    """All applications of a process share one limiter: the last one made says where it counts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queue, "limits_url", lambda: counts)
        yield


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A migrated template per kind, made on first use: kind → URL."""
    made: dict[str, str] = {}
    yield made
    for url in made.values():
        if url.startswith("postgresql"):
            _postgresql(f'DROP DATABASE IF EXISTS "{url.rsplit("/", 1)[1]}" WITH (FORCE)')


def _server() -> str:
    return lanes.postgresql_url().rsplit("/", 1)[0]


def _postgresql(statement: str) -> None:
    with psycopg.connect(lanes.postgresql_url(), autocommit=True) as connection:
        connection.execute(statement)


def _template(
    kind: str, databases: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> str:
    if kind not in databases:
        databases[kind] = _migrated(_empty(kind, tmp_path_factory.mktemp("template")))
    return databases[kind]


def _empty(kind: str, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder / 'roundtag.db'}"
    name = f"roundtag_test_{uuid.uuid4().hex[:12]}"
    _postgresql(f'CREATE DATABASE "{name}"')
    return f"{_server()}/{name}"


def _migrated(url: str) -> str:
    db.connect(url)
    with db.database.connection_context():
        Runner(db.database.obj, MIGRATIONS).up()
    db.database.close_all()
    return url


@pytest.fixture(params=KINDS)
def store_kind(request: pytest.FixtureRequest) -> str:
    if request.param == "postgresql":
        lanes.need("postgresql")
    return request.param


@pytest.fixture
def data_dir(
    tmp_path: Path, keepers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A DATA_DIR of the test's own, seen by `settings.current()`."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    for name, value in keepers.items():
        monkeypatch.setenv(name, value)
    settings.current.cache_clear()
    yield tmp_path / "data"
    settings.current.cache_clear()


@pytest.fixture
def store(store_kind: str, databases: dict[str, str], data_dir: Path,
          tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # fmt: skip
    """An empty migrated database, bound to the models; everything written is rolled back."""
    db.connect(_template(store_kind, databases, tmp_path_factory))
    db.database.connect()
    with db.database.atomic() as outer:
        yield store_kind
        outer.rollback()
    db.database.close_all()


@pytest.fixture
def fresh_store(store_kind: str, databases: dict[str, str], data_dir: Path,
                tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # fmt: skip
    """A migrated database of the test's own; yields its URL with the models bound to it."""
    url = _copy(store_kind, _template(store_kind, databases, tmp_path_factory), data_dir)
    db.connect(url)
    with db.database.connection_context():
        yield url
    db.database.close_all()
    if store_kind == "postgresql":
        _postgresql(f'DROP DATABASE IF EXISTS "{url.rsplit("/", 1)[1]}" WITH (FORCE)')


def _copy(kind: str, template: str, data_dir: Path) -> str:
    data_dir.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        target = data_dir / "roundtag.db"
        shutil.copy(template.removeprefix("sqlite:///"), target)
        return f"sqlite:///{target}"
    name = f"roundtag_test_{uuid.uuid4().hex[:12]}"
    _postgresql(f'CREATE DATABASE "{name}" TEMPLATE "{template.rsplit("/", 1)[1]}"')
    return f"{_server()}/{name}"
