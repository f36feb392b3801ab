"""The database: opened by URL, written in short durable turns.

SQLite runs in WAL mode with synchronous=FULL through a library version outside the WAL-reset
corruption range (3.7.0–3.51.2); PostgreSQL through psycopg 3 and peewee's pool.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from peewee import Database, DatabaseProxy, InterfaceError, OperationalError
from playhouse.db_url import parse as parse_url
from playhouse.pool import PooledDatabase, PooledPostgresqlDatabase, PooledSqliteDatabase

SAFE_SQLITE = (3, 51, 3)
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 10_000,
    "cache_size": -16_000,
    "secure_delete": 1,
}
POOL: dict[str, Any] = {"max_connections": 16, "timeout": 10}

database = DatabaseProxy()
_turn = threading.local()


class UnsafeDatabase(RuntimeError):
    """The SQLite library at hand may corrupt a write-ahead log; the message names the way out."""


def connect(url: str) -> Database:
    """Binds all models to the database of `url`. Opens no connection yet."""
    scheme = url.split(":", 1)[0]
    opened = _sqlite(url) if scheme == "sqlite" else _postgresql(url)
    if database.obj is not None:
        database.close()
    database.initialize(opened)
    return opened


def kind() -> str:
    """`sqlite` or `postgresql`."""
    return "postgresql" if isinstance(database.obj, PooledPostgresqlDatabase) else "sqlite"


def _sqlite(url: str) -> Database:
    path = url.removeprefix("sqlite:///")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        return PooledSqliteDatabase(
            path, pragmas=PRAGMAS, lock_type="IMMEDIATE", check_same_thread=False, **POOL
        )
    return _apsw_class()(path, pragmas=PRAGMAS, lock_type="IMMEDIATE", **POOL)


def _apsw_class() -> type[Database]:
    try:
        import apsw
        from playhouse.apsw_ext import APSWDatabase
    except ImportError as missing:
        raise UnsafeDatabase(_advice(sqlite3.sqlite_version)) from missing
    if tuple(map(int, apsw.sqlite_lib_version().split("."))) < SAFE_SQLITE:
        raise UnsafeDatabase(_advice(apsw.sqlite_lib_version()))

    class PooledApswDatabase(PooledDatabase, APSWDatabase):
        def _add_conn_hooks(self, conn: Any) -> None:
            conn.convert_binding = _as_sqlite_text
            super()._add_conn_hooks(conn)

        def _can_reuse(self, conn: Any) -> bool:
            return not conn.in_transaction

    return PooledApswDatabase


def _as_sqlite_text(cursor: Any, number: int, value: object) -> str:
    """Binds what apsw itself does not know: dates and times, as Python's own driver does."""
    if isinstance(value, date):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    raise TypeError(f"binding {number}: SQLite stores no {type(value).__name__}")


def _advice(version: str) -> str:
    return (
        f"SQLite {version} can corrupt its write-ahead log (fixed in 3.51.3). "
        "Install apsw, or set DATABASE_URL to a PostgreSQL database."
    )


def is_outage(error: BaseException) -> bool:
    """Whether an error says that the database is away or busy, not that a statement was wrong."""
    return isinstance(error, OperationalError | InterfaceError)


def sqlite_library() -> str:
    """The version of SQLite that writes would go through, e.g. '3.54.1 (apsw)'."""
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        return f"{sqlite3.sqlite_version} (python)"
    return f"{'.'.join(map(str, _apsw_class().server_version))} (apsw)"


def _postgresql(url: str) -> Database:
    scheme, rest = url.split(":", 1)
    if scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must start with sqlite:/// or postgresql://")
    parts = parse_url(f"postgresql:{rest}")
    name = parts.pop("database")
    return PooledPostgresqlDatabase(
        name, prefer_psycopg3=True, options="-c synchronous_commit=on", **parts, **POOL
    )


@contextmanager
def write() -> Iterator[None]:
    """One durable transaction; nested calls are savepoints. Hooks of `after_commit` run at the end.

    On SQLite the outermost call waits its turn on a file lock shared by all processes, because
    SQLite's own busy wait is unfair (p99 of writes 535 ms without, 27 ms with the lock).
    """
    if getattr(_turn, "depth", 0):
        with database.atomic():
            yield
        return
    _turn.depth, _turn.hooks = 1, []
    try:
        with _files.turn(_lock_path()), database.atomic():
            yield
    finally:
        hooks, _turn.depth, _turn.hooks = _turn.hooks, 0, []
    for hook in hooks:
        hook()


def _lock_path() -> Path | None:
    return Path(f"{database.database}.lock") if kind() == "sqlite" else None


def after_commit(hook: Callable[[], None]) -> None:
    """Runs `hook` once the present transaction is durable; at once when there is none."""
    if getattr(_turn, "depth", 0):
        _turn.hooks.append(hook)
    else:
        hook()


class _FileLock:
    """An OS lock per process plus a thread lock within it (threads share a file descriptor)."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        self._threads = threading.Lock()
        self._opened: tuple[Path, int] | None = None

    @contextmanager
    def turn(self, path: Path | None) -> Iterator[None]:
        if path is None:
            yield
            return
        with self._threads:
            handle = self._handle(path)
            fcntl.flock(handle, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(handle, fcntl.LOCK_UN)

    def _handle(self, path: Path) -> int:
        if self._opened is None or self._opened[0] != path:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._opened = (path, handle)
        return self._opened[1]


_files = _FileLock()
os.register_at_fork(after_in_child=_files.renew)
