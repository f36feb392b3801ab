"""What must be true before the first process starts. Each refusal says what to do about it."""

import fcntl
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peewee import PeeweeException

from roundtag import db, journal, schema, search
from roundtag.backups import damage, making
from roundtag.schema import MIGRATIONS
from roundtag.settings import Settings

__all__ = ["MIGRATIONS", "Refused", "alone", "close_database", "one_at_a_time",
           "open_database", "port_is_free", "private"]  # fmt: skip
MIGRATION_LOCK = 7_203_610
_held: list[int] = []


class Refused(RuntimeError):
    """The installation cannot start; the message tells a person why and what to do."""


def private(data_dir: Path) -> None:
    """Makes DATA_DIR, closed to other accounts. Raises Refused where nothing can be written."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in data_dir.glob("roundtag.db*"):
            path.chmod(0o600)
        with tempfile.TemporaryFile(dir=data_dir):
            pass
    except OSError as closed:
        raise Refused(
            f"The data folder {data_dir} cannot be used: {closed.strerror}. "
            "Choose another: --data-dir or DATA_DIR."
        ) from closed


@contextmanager
def alone(data_dir: Path, others: bool = False) -> Iterator[None]:
    """Holds DATA_DIR for one supervisor at a time; what its children write there is private.

    `others`: several may hold it together; who holds it alone (a restore, a move) waits for none
    and is refused, as they are meanwhile.
    """
    os.umask(0o077)
    private(data_dir)
    handle = os.open(data_dir / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if others else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        raise Refused(
            f"Roundtag already runs with the data folder {data_dir}. Stop it first, "
            "or choose another folder: --data-dir or DATA_DIR."
        ) from taken
    _held.append(handle)
    try:
        yield
    finally:
        os.close(_held.pop(_held.index(handle)))


def _let_go() -> None:
    """A fork would hold it too, for as long as it outlives who took it."""
    while _held:
        os.close(_held.pop())


os.register_at_fork(after_in_child=_let_go)


def port_is_free(host: str, port: int, name: str = "PORT") -> None:
    option = "--" + name.lower().replace("_", "-")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as busy:
            raise Refused(
                f"Cannot listen on {host}, port {port}: {busy.strerror}. "
                f"Choose another: {option} or {name} (and --host or HOST)."
            ) from busy


def open_database(settings: Settings) -> None:
    """Opens the database and brings its tables up to date. One process at a time does this."""
    try:
        db.connect(settings.database_url)
        with db.database.connection_context(), one_at_a_time(settings.data_dir):
            _refuse_forgetful()
            _refuse_half_moved()
            _upgrade(settings)
            _complete_journal()
    except (db.UnsafeDatabase, schema.NewerSchema) as unsafe:
        raise Refused(str(unsafe)) from unsafe
    except damage.Stopped as stopped:
        raise Refused(_restore_it(settings)) from stopped
    except (OSError, ValueError, PeeweeException) as broken:
        if damage.note(broken):
            raise Refused(_restore_it(settings)) from broken
        raise Refused(f"The database cannot be used ({broken}). Check DATABASE_URL.") from broken


def _refuse_forgetful() -> None:
    if name := db.forgets():
        raise Refused(
            f"PostgreSQL runs with {name} = off and would lose acknowledged entries when the power "
            "fails. Set it to on."
        )


def _complete_journal() -> None:
    kept = journal.of_settings()
    try:
        if kept:
            journal.complete(kept)
    except OSError as closed:
        raise Refused(
            f"The journal in JOURNAL_DIR cannot be used: {closed}. Nothing would be acknowledged."
        ) from closed


def _upgrade(settings: Settings) -> None:
    """With the embedded database what is about to change is put aside first."""
    had = schema.applied(db.database.obj)
    schema.refuse_newer(had)
    if not schema.pending(db.database.obj):
        search.ensure()
        return
    if had and settings.embedded_database:
        made = making.into_folder(settings.backups, making.BEFORE_UPGRADE)
        print(f"Backup before the upgrade: {made.path}", file=sys.stderr)
    schema.migrate(db.database.obj)
    search.ensure()


def _restore_it(settings: Settings) -> str:
    found = damage.trouble()
    last = found.backup if found and found.backup else "none was found"
    return (
        f"The data in {settings.data_dir} are damaged; nothing is written any more. The last good "
        f"backup: {last}. `roundtag restore BACKUP --force` brings it back and keeps what is there "
        f"under another name (docs/operate.md). {damage.path()} says what was seen."
    )


def _refuse_half_moved() -> None:
    if schema.half_moved(db.database.obj):
        raise Refused(
            "`roundtag migrate-to` has begun to fill this database and was cut short. Run it again "
            "with the settings of the embedded database; it goes on where it was."
        )


@contextmanager
def one_at_a_time(data_dir: Path) -> Iterator[None]:
    """Of all processes that prepare this database, on any machine, one is in here. Call it with an
    open connection."""
    with open(data_dir / "migrate.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if db.kind() == "postgresql":
            db.database.execute_sql("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
        try:
            yield
        finally:
            if db.kind() == "postgresql":
                db.database.execute_sql("SELECT pg_advisory_unlock(%s)", (MIGRATION_LOCK,))


def close_database() -> None:
    """The supervisor keeps no connection: its children open their own."""
    db.database.close_all()
