"""The database: opened by URL, written in short durable turns.

SQLite runs in WAL mode with synchronous=FULL through a library of 3.53 or later: outside the
WAL-reset corruption range (3.7.0–3.51.2), and able to drop a column's NOT NULL as PostgreSQL does.
PostgreSQL goes through psycopg 3 and peewee's pool.
"""

import errno
import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from peewee import (
    Database,
    DatabaseProxy,
    InterfaceError,
    OperationalError,
    PeeweeException,
    _WriteQuery,
)
from playhouse.db_url import parse as parse_url
from playhouse.pool import (
    MaxConnectionsExceeded,
    PooledDatabase,
    PooledPostgresqlDatabase,
    PooledSqliteDatabase,
)

from roundtag.settings import current
from roundtag.sql_text import ShortWay

NEEDED_SQLITE = (3, 53, 0)
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 10_000,
    "cache_size": -16_000,
    "secure_delete": 1,
}
REWRITE_WAITS = 5_000
"""Milliseconds for which a table's rewriting waits for others, who wait behind it meanwhile."""
POOL: dict[str, Any] = {"max_connections": 16, "timeout": 10}
"""A connection is asked whether it still lives each time the pool gives it out."""
QUICK_TO_NOTICE: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""A database host that died without a word is given up after 25 s; DATABASE_URL may differ."""
AS_QUICK = {
    "synchronous_commit": "on",
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""The same from the other end: a host of ours that died keeps no lock for longer."""

DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}

database = DatabaseProxy()
_url: list[str] = []
_guards: list[Callable[[], None]] = []
_turn = threading.local()


class Touched(dict[tuple[Any, Any], None]):
    """The rows that a transaction has written, by model and key, in their order. `line`: what the
    witness has put down of it."""

    line = ""


class Witness:
    """Who sees what is written. `watch` does one writing query; `before_commit` may still refuse
    the transaction, and `failed` hears that it was not committed after all."""

    def watch(self, query: Any, do: Callable[[], Any], touched: Touched) -> Any:
        return do()

    def before_commit(self, touched: Touched) -> None:
        """Called inside the transaction, once, when all is written."""

    def failed(self, touched: Touched) -> None:
        """Called where the transaction was not committed after all."""


_witness: list[Witness] = [Witness()]


class UnsafeDatabase(RuntimeError):
    """The SQLite library at hand may corrupt a write-ahead log; the message names the way out."""


def connect(url: str) -> Database:
    """Binds all models to the database of `url`. Opens no connection yet."""
    opened = _made(url)
    if database.obj is not None:
        database.close()
    database.initialize(opened)
    _url[:] = [url]
    return opened


@contextmanager
def elsewhere(url: str) -> Iterator[Any]:
    """Binds all models to another database for a while; connections to the first one stay."""
    before, there = database.obj, _url[0]
    opened: Any = _made(url)
    database.initialize(opened)
    _url[:] = [url]
    try:
        yield opened
    finally:
        opened.close_all()
        database.initialize(before)
        _url[:] = [there]


def address() -> str:
    """The URL of the database that the models are bound to."""
    return _url[0]


def _made(url: str) -> Database:
    return _sqlite(url) if url.split(":", 1)[0] == "sqlite" else _postgresql(url)


@contextmanager
def snapshot() -> Iterator[Any]:
    """A connection of its own that sees the database as it is now, whatever others write while it
    reads. It holds nobody up, and writes nothing."""
    begin = "BEGIN DEFERRED"
    if kind() == "postgresql":
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    store: Any = _made(_url[0])
    store.connect()
    try:
        store.execute_sql(begin)
        store.get_tables()  # SQLite takes its snapshot with the first read
        yield store
    finally:
        with suppress(PeeweeException):
            store.execute_sql("ROLLBACK")
        store.close_all()


def kind() -> str:
    """`sqlite` or `postgresql`."""
    return "postgresql" if isinstance(database.obj, PooledPostgresqlDatabase) else "sqlite"


class _Watched(Database):
    """Shows every writing query of a transaction to the witness."""

    context_class = ShortWay

    def execute(self, query: Any, **options: Any) -> Any:
        run: Any = super().execute
        if getattr(_turn, "depth", 0) and isinstance(query, _WriteQuery):
            return _witness[0].watch(query, lambda: run(query, **options), _turn.touched)
        return run(query, **options)


class _Sqlite(_Watched, PooledSqliteDatabase):
    pass


class _Postgresql(_Watched, PooledPostgresqlDatabase):
    pass


def _sqlite(url: str) -> Database:
    path = url.removeprefix("sqlite:///")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    if sqlite3.sqlite_version_info >= NEEDED_SQLITE:
        return _Sqlite(
            path, pragmas=PRAGMAS, lock_type="IMMEDIATE", check_same_thread=False, **POOL
        )
    return _apsw_class()(path, pragmas=PRAGMAS, lock_type="IMMEDIATE", **POOL)


def _apsw_class() -> type[Database]:
    try:
        import apsw
        from playhouse.apsw_ext import APSWDatabase
    except ImportError as missing:
        raise UnsafeDatabase(_advice(sqlite3.sqlite_version)) from missing
    if tuple(map(int, apsw.sqlite_lib_version().split("."))) < NEEDED_SQLITE:
        raise UnsafeDatabase(_advice(apsw.sqlite_lib_version()))

    class PooledApswDatabase(_Watched, PooledDatabase, APSWDatabase):
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
        f"SQLite {version} is too old (3.53 is needed). Install apsw, or "
        "set DATABASE_URL to a PostgreSQL database."
    )


def is_outage(error: BaseException) -> bool:
    """Whether an error says that the database is away or busy, not that a statement was wrong."""
    return isinstance(error, OperationalError | InterfaceError | MaxConnectionsExceeded)


def is_passing(error: BaseException) -> bool:
    """Whether the same again may well succeed later: the database or its disk is what failed."""
    return is_outage(error) or (isinstance(error, OSError) and error.errno in DISK)


def sqlite_library() -> str:
    """The version of SQLite that writes would go through, e.g. '3.54.1 (apsw)'."""
    if sqlite3.sqlite_version_info >= NEEDED_SQLITE:
        return f"{sqlite3.sqlite_version} (python)"
    return f"{'.'.join(map(str, _apsw_class().server_version))} (apsw)"


def _postgresql(url: str) -> Database:
    scheme, rest = url.split(":", 1)
    if scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must start with sqlite:/// or postgresql://")
    parts = parse_url(f"postgresql:{rest}")
    name = parts.pop("database")
    options = " ".join(f"-c {name}={value}" for name, value in AS_QUICK.items())
    chosen = {**POOL, "max_connections": current().database_pool, **QUICK_TO_NOTICE}
    return _Postgresql(name, prefer_psycopg3=True, **{**chosen, "options": options, **parts})


def forgets() -> str:
    """The setting under which PostgreSQL loses acknowledged commits with the power, or nothing.

    Our connections ask for synchronous_commit themselves, but a pooler in between may not listen.
    """
    if kind() != "postgresql":
        return ""
    for name in ("synchronous_commit", "fsync", "full_page_writes"):
        if database.execute_sql(f"SHOW {name}").fetchone() == ("off",):
            return name
    return ""


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
    for guard in _guards:
        guard()
    _turn.depth, _turn.hooks, _turn.touched = 1, [], Touched()
    try:
        with _files.turn(_lock_path()), _witnessed(), database.atomic():
            yield
            _witness[0].before_commit(_turn.touched)
    finally:
        hooks, _turn.depth, _turn.hooks = _turn.hooks, 0, []
    for hook in hooks:
        hook()


def rewrite(tables: Iterable[str]) -> bool:
    """Leaves nothing in the files of what was deleted: free pages, dead rows, the log of writes.

    Tables are rewritten on PostgreSQL (each is locked meanwhile), the file on SQLite. False when
    others were reading or writing for too long: ask again later.
    """
    store: Any = _made(_url[0])
    store.connect()
    try:
        return _rewritten_file(store) if kind() == "sqlite" else _rewritten_tables(store, tables)
    except OperationalError:
        return False
    finally:
        store.close_all()


def _rewritten_file(store: Any) -> bool:
    with _files.turn(_lock_path()):
        store.execute_sql("VACUUM")
        busy, _, _ = store.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _rewritten_tables(store: Any, tables: Iterable[str]) -> bool:
    """The planner's statistics quote values, so they are made anew as well. False while somebody's
    transaction is older than this moment: PostgreSQL keeps dead rows for it, rewritten or not."""
    if not _old_ones_ended(store):
        return False
    store.execute_sql(f"SET lock_timeout = {REWRITE_WAITS}")
    for table in sorted(tables):
        store.execute_sql(f'VACUUM (FULL, ANALYZE) "{table}"')
    store.execute_sql("VACUUM FULL pg_catalog.pg_statistic")
    return True


def _old_ones_ended(store: Any) -> bool:
    """Waits for the transactions that are open now, of the whole server, and for old readers."""
    (mark,) = store.execute_sql("SELECT pg_current_xact_id()::text::bigint").fetchone()
    until = time.monotonic() + REWRITE_WAITS / 1000
    while time.monotonic() < until:
        (oldest,) = store.execute_sql(
            "SELECT LEAST(pg_snapshot_xmin(pg_current_snapshot())::text::bigint, (SELECT %s - MAX("
            "age(backend_xmin)) + age((%s %% 4294967296)::text::xid) FROM pg_stat_activity WHERE "
            "datname = current_database() AND pid <> pg_backend_pid()))",
            (mark, mark),
        ).fetchone()
        if oldest >= mark:
            return True
        time.sleep(0.05)
    return False


@contextmanager
def _witnessed() -> Iterator[None]:
    try:
        yield
    except BaseException:
        _witness[0].failed(_turn.touched)
        raise


def touch(model: Any, key: Any) -> None:
    """Says that the present transaction has written a row by a way that shows no query."""
    if getattr(_turn, "depth", 0):
        _turn.touched[(model, key)] = None


def be_seen_by(witness: Witness) -> None:
    """`witness` sees what every later transaction of this process writes."""
    _witness[0] = witness


@contextmanager
def one_moment() -> Iterator[None]:
    """Reads of this connection that all see one moment, while others go on writing."""
    with database.atomic("DEFERRED" if kind() == "sqlite" else "REPEATABLE READ"):
        yield


def before_write(guard: Callable[[], None]) -> None:
    """`guard` is asked before every transaction; it raises where nothing may be written."""
    _guards.append(guard)


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
