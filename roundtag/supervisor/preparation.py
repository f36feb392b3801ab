"""What must be true before the first process starts. Each refusal says what to do about it."""

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peewee import PeeweeException
from playhouse.migrations import Runner

import roundtag
from roundtag import db, search
from roundtag.settings import Settings

MIGRATIONS = Path(roundtag.__path__[0], "migrations")
MIGRATION_LOCK = 7_203_610


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
def alone(data_dir: Path) -> Iterator[None]:
    """Holds DATA_DIR for one supervisor at a time; what its children write there is private."""
    os.umask(0o077)
    private(data_dir)
    handle = os.open(data_dir / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        raise Refused(
            f"Roundtag already runs with the data folder {data_dir}. Stop it first, "
            "or choose another folder: --data-dir or DATA_DIR."
        ) from taken
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def under_way(data_dir: Path) -> Iterator[None]:
    """While this holds, the web server has started and imports, but opens nothing yet."""
    with open(data_dir / "prepare.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def wait_until_over(data_dir: Path) -> None:
    with open(data_dir / "prepare.lock") as file:
        fcntl.flock(file, fcntl.LOCK_SH)


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
        with db.database.connection_context(), _migrating(settings.data_dir):
            Runner(db.database.obj, str(MIGRATIONS)).up()
            search.ensure()
    except db.UnsafeDatabase as unsafe:
        raise Refused(str(unsafe)) from unsafe
    except (OSError, ValueError, PeeweeException) as broken:
        raise Refused(f"The database cannot be used ({broken}). Check DATABASE_URL.") from broken


@contextmanager
def _migrating(data_dir: Path) -> Iterator[None]:
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
