"""Databases for tests of the library and the web layer.

`store` runs a test on SQLite and on PostgreSQL, inside a transaction that is rolled back.
`fresh_store` gives a database of its own, for tests that need real commits, several connections
or several processes.
"""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from playhouse.migrations import Runner

import roundtag
from roundtag import db, settings
from tests.house import lanes

pytest_plugins = ["tests.house.chromium", "tests.house.witness"]
KINDS = ("sqlite", "postgresql")
MIGRATIONS = str(Path(roundtag.__path__[0], "migrations"))


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
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A DATA_DIR of the test's own, seen by `settings.current()`."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
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
