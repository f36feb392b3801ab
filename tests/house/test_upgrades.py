"""Upgrades: interrupted at any statement they have not happened; what is older comes along; what
is newer is left alone."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from roundtag import db, schema, settings
from roundtag.backups import checking, store
from roundtag.supervisor import preparation
from tests import conftest
from tests.conftest import one_kind

CHANGES = re.compile(r"\s*(CREATE|ALTER|DROP|INSERT|UPDATE|DELETE|PRAGMA|REINDEX|COMMIT)", re.I)
LENGTHS: dict[str, int] = {}
RELEASES = ("0001_initial", "0010_stocktake", "0019_knowledge", "0024_fault_papers")


class PulledOutError(Exception):
    """The plug, after a statement."""


@pytest.fixture
def empty(store_kind: str, data_dir: Path, tmp_path: Path) -> Iterator[str]:
    url = conftest._empty(store_kind, tmp_path)
    data_dir.mkdir()
    with db.elsewhere(url) if db.database.obj else connected(url):
        db.database.connect()
        yield store_kind
        db.database.close_all()
    if store_kind == "postgresql":
        conftest._postgresql(f'DROP DATABASE "{url.rsplit("/", 1)[1]}" WITH (FORCE)')


@contextmanager
def connected(url: str) -> Iterator[None]:
    db.connect(url)
    yield


def shape() -> list[tuple[Any, ...]]:
    """Everything that the database says of its tables, and which migrations it has had."""
    if db.kind() == "sqlite":
        query = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
        return [*db.database.execute_sql(query).fetchall(), *done()]
    queries = (
        "SELECT table_name, column_name, data_type, is_nullable, column_default "
        "FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1",
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2",
        "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
        "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace "
        "ORDER BY 1",
    )
    return [row for query in queries for row in db.database.execute_sql(query).fetchall()] + done()


def done() -> list[tuple[Any, ...]]:
    return [(name,) for name in schema.applied(db.database.obj)]


@contextmanager
def after(number: int, end: Callable[[], None]) -> Iterator[list[str]]:
    """Calls `end` after the nth statement that changes anything; the statements so far."""
    opened, seen = db.database.obj, []
    real = opened.execute_sql

    def counting(sql: str, *args: Any, **more: Any) -> Any:
        answer = real(sql, *args, **more)
        if CHANGES.match(sql):
            seen.append(sql)
            if len(seen) == number:
                end()
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opened, "execute_sql", counting)
        yield seen


def pull_out() -> None:
    raise PulledOutError


def steps(many: int | None) -> Iterator[tuple[str, list[str], Iterator[int]]]:
    """Each migration, all up to it, and where to break it off: everywhere, or at `many` places."""
    schema.migrate(db.database.obj, [])
    known = schema.known()
    for number, name in enumerate(known):
        length = LENGTHS[name]
        stride = 1 if many is None else max(1, length // many)
        yield name, known[: number + 1], iter(range(1 + number % stride, length + 1, stride))


@pytest.fixture(scope="session", autouse=True)
def lengths(tmp_path_factory: pytest.TempPathFactory) -> None:
    """How many statements each migration is (much the same on both databases)."""
    url = f"sqlite:///{tmp_path_factory.mktemp('lengths') / 'a.db'}"
    with db.elsewhere(url) if db.database.obj else connected(url):
        for number, name in enumerate(schema.known()):
            with after(0, pull_out) as seen:
                schema.migrate(db.database.obj, schema.known()[: number + 1])
            LENGTHS[name] = len(seen)


@pytest.mark.parametrize("many", [3, pytest.param(None, marks=pytest.mark.soak)])
def test_a_migration_that_breaks_off_anywhere_has_not_happened(
    empty: str, many: int | None
) -> None:
    """Every migration on both databases. Mutation: `atomic = False` in one of them."""
    opened, broken = db.database.obj, 0
    for name, upto, places in steps(many):
        before = shape()
        for place in places:
            with after(place, pull_out), suppress(PulledOutError):
                schema.migrate(opened, upto)
            if name in schema.applied(opened):
                break
            assert shape() == before, f"{name}, after statement {place}"
            broken += 1
        schema.migrate(opened, upto)
    assert broken > 40
    if empty == "sqlite":
        assert opened.execute_sql("PRAGMA foreign_key_check").fetchall() == []


@one_kind
@pytest.mark.parametrize("many", [2, pytest.param(None, marks=pytest.mark.soak)])
def test_a_kill_at_any_statement_of_an_upgrade_is_made_good_by_the_next_start(
    empty: str, many: int | None
) -> None:
    """kill -9 of the process itself, so that the file lies as the kernel has it."""
    kills = 0
    for name, upto, places in steps(many):
        before = shape()
        for place in places:
            db.database.close_all()
            child = os.fork()
            if not child:
                with after(place, lambda: os.kill(os.getpid(), signal.SIGKILL)):
                    schema.migrate(db.database.obj, upto)
                os._exit(0)
            kills += os.waitpid(child, 0)[1] == signal.SIGKILL
            if name in schema.applied(db.database.obj):
                break
            assert shape() == before
        schema.migrate(db.database.obj, upto)
    assert kills > 20
    db.database.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", db.address())
        settings.current.cache_clear()
        preparation.open_database(settings.current())
    db.database.connect(reuse_if_open=True)
    assert schema.pending(db.database.obj) == []
    assert db.database.execute_sql("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.fixture
def chosen(empty: str, monkeypatch: pytest.MonkeyPatch) -> settings.Settings:
    monkeypatch.setenv("DATABASE_URL", db.address())
    settings.current.cache_clear()
    return settings.current()


@pytest.mark.parametrize("release", [RELEASES[0], RELEASES[-1], *(
    pytest.param(one, marks=pytest.mark.soak) for one in RELEASES[1:-1])])  # fmt: skip
def test_each_past_release_comes_along_with_a_backup_first(
    empty: str, chosen: settings.Settings, release: str
) -> None:
    """As its migrations left it, with rows in it; the embedded database is put aside before."""
    upto = schema.known()[: schema.known().index(release) + 1]
    schema.migrate(db.database.obj, upto)
    fill()
    db.database.close()
    preparation.open_database(chosen)
    db.database.connect(reuse_if_open=True)
    assert schema.pending(db.database.obj) == []
    assert held() == [("HH", "客户", 1)]
    backups = store.listed(chosen.backups)
    assert len(backups) == (empty == "sqlite")
    for one in backups:
        assert (one.manifest.why, one.manifest.schema) == ("before-upgrade", tuple(upto))
        assert checking.problems(one) == []
        assert one.manifest.tables["client"] == 1


def fill() -> None:
    for statement in (
        "INSERT INTO client (code, name) VALUES ('HH', '客户')",
        "INSERT INTO log (client_id, origin, size) VALUES (NULL, 'roundtag/x/provider', 1)",
        "INSERT INTO leaf (log_id, leaf_index, text, hash, received_at) "
        "VALUES (1, 0, '{}', 'abc', '2026-01-01T00:00:00.000000Z')",
    ):
        db.database.execute_sql(statement)


def held() -> list[tuple[Any, ...]]:
    query = "SELECT code, name, (SELECT COUNT(*) FROM leaf) FROM client"
    return list(db.database.execute_sql(query).fetchall())


def test_old_code_refuses_a_newer_schema_and_says_what_to_do(
    empty: str, chosen: settings.Settings
) -> None:
    schema.migrate(db.database.obj)
    db.database.execute_sql(
        "INSERT INTO schema_migration (name, applied) VALUES ('9999_future', '2030-01-01 00:00')"
    )
    before = shape()
    with pytest.raises(preparation.Refused, match=r"newer release .*9999_future.*restore"):
        preparation.open_database(chosen)
    db.database.connect(reuse_if_open=True)
    assert shape() == before


def test_no_backup_no_upgrade(empty: str, chosen: settings.Settings) -> None:
    """Where the backup cannot be made, for a full disk say, the database stays as it was."""
    if empty == "postgresql":
        return
    schema.migrate(db.database.obj, schema.known()[:-1])
    fill()
    chosen.backups.write_text("a file lies in the way")
    db.database.close()
    with pytest.raises(preparation.Refused):
        preparation.open_database(chosen)
    db.database.connect(reuse_if_open=True)
    assert schema.pending(db.database.obj) == schema.known()[-1:]
