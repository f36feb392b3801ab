"""Brings a backup back: everything is checked first, and the present data is replaced last."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from peewee import DatabaseError, PeeweeException

from roundtag import (
    bytestore,
    clock,
    commands,
    db,
    disk,
    erasure,
    journal,
    ledger,
    schema,
    search,
    stock,
)
from roundtag.access import SYSTEM
from roundtag.backups import checking, damage, declaring, dumping, loading, replaying, store
from roundtag.backups.manifest import ROWS, STAMP, LogState, Manifest, NoBackup
from roundtag.backups.store import Found
from roundtag.bytestore import sending
from roundtag.journal.choosing import Chosen
from roundtag.models import Blob, Log, tuples
from roundtag.settings import current

SUFFIXES = ("", "-wal", "-shm")


class NotEmpty(RuntimeError):
    """What lies there would be replaced; the message says what, and how to allow it."""


class Failed(RuntimeError):
    """The database refused; nothing was changed."""


@dataclass(frozen=True)
class Restored:
    """`until`: of which moment the data are. `leaves`: how many the journal had beyond the backup;
    `stopped`: why it was not read to its end; `absent`: photos that are nowhere."""

    manifest: Manifest
    until: datetime
    leaves: int = 0
    stopped: str = ""
    absent: tuple[str, ...] = ()
    read: bool = False
    """Whether there was a journal to read."""


def restore(found: Found, reason: str = "", force: bool = False,
            with_journal: bool = True) -> Restored:  # fmt: skip
    """Puts a backup into the database and the photos of the settings, and what the journal has
    beyond it.

    Raises NoBackup for what is damaged, schema.NewerSchema, NotEmpty, Failed. Nothing was changed
    then.
    """
    checking.require_whole(found)
    schema.refuse_newer(found.manifest.schema, "What this backup was made of")
    if not force:
        _require_empty()
    damage.clear()  # the next start finds out again, should this fail
    try:
        with _beside() if db.kind() == "sqlite" else _in_one_piece():
            rebuild(found)
            done = _go_on(found.manifest, with_journal)
            commands.run(str(uuid.uuid4()), declaring.declare_restored,
                         declaring.of(done.until, states(), reason), SYSTEM)  # fmt: skip
            _bring_photos(found)
            done = replace(done, absent=_bring_later_photos())
            erasure.replay(found.folder.parent)
    except PeeweeException as refused:
        raise Failed(f"The database refused ({refused}). Nothing was changed.") from refused
    _complete()
    return done


def _complete() -> None:
    """The journal goes on from here: the restored database's own first leaves go into it."""
    kept = journal.of_settings()
    if kept:
        with _connected():
            journal.complete(kept)


def _go_on(manifest: Manifest, with_journal: bool) -> Restored:
    """What the journal has beyond the backup. It hears where the logs fork, if they do."""
    kept = journal.of_settings()
    if kept is None:
        return Restored(manifest, manifest.made_at)
    seen = Chosen()
    if with_journal:
        with db.database.atomic():
            seen = replaying.replay(kept, manifest.made_at)
    require_logs(states())
    if wrong := stock.problems():
        raise NoBackup(f"The stock does not add up after the journal: {wrong[0]}")
    sizes = {log.origin: log.size for log in Log.select()}
    kept.append(journal.Line(clock.to_text(clock.now()), fork=sizes))
    until = seen.until or manifest.made_at
    return Restored(manifest, until, seen.leaves, seen.stopped, read=with_journal)


def _bring_later_photos() -> tuple[str, ...]:
    """Photos that rows speak of and the disk has not, from beside the journal; of a bucket, also
    from where they lay before."""
    kept, photos = journal.of_settings(), bytestore.of_settings()
    wanted = tuples(Blob.select(Blob.sha256, Blob.size))
    if photos.elsewhere:
        source = kept.blobs if kept else current().blob_dir
        return tuple(sending.bring(photos, wanted, source)[1])
    if kept is None:
        return ()
    _, absent = store.copy_blobs(wanted, current().blob_dir, kept.blobs)
    return tuple(absent)


def _require_empty() -> None:
    try:
        with _connected():
            tables = db.database.get_tables()
            held = {table: _count(table) for table in ("person", "submission") if table in tables}
    except DatabaseError as broken:
        raise NotEmpty(
            f"There are data already, and they cannot be read ({broken}). --force replaces them; "
            "the embedded database stays under another name."
        ) from broken
    if any(held.values()):
        raise NotEmpty(
            f"There are data already: {held.get('person', 0)} accounts, "
            f"{held.get('submission', 0)} entries. A restore replaces all of it. Make a backup "
            "first (`roundtag backup --to FILE`); --force then goes on."
        )


def _count(table: str) -> int:
    return int(db.database.execute_sql(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0])  # noqa: S608


def rebuild(found: Found) -> None:
    """The rows of a backup in the empty database that is connected; then this release's shape.

    Raises NoBackup when they are not what the manifest says, or the ledger does not bear them out.
    """
    schema.migrate(db.database.obj, found.manifest.schema)
    with db.database.atomic():
        loaded = loading.load(db.database.obj, found.folder / ROWS)
    if loaded != found.manifest.tables:
        raise NoBackup("The rows of this backup are not as many as its manifest says.")
    schema.migrate(db.database.obj)
    search.rebuild()
    require_logs(found.manifest.logs)


def require_logs(promised: tuple[LogState, ...]) -> None:
    """Each log as long as the manifest says, of the same leaves, and true to its rows."""
    wrong = [] if states() == promised else ["the logs are not those of the manifest"]
    for name, client_id in ledger.logs():
        wrong += [f"{name}: {problem}" for problem in ledger.verify(client_id)]
    if wrong:
        raise NoBackup(f"The ledger does not bear out this backup: {'; '.join(wrong[:5])}")


def states() -> tuple[LogState, ...]:
    """The logs as they are now, told as a manifest tells them."""
    notes = dumping.Notes()
    for log in Log.select().order_by(Log.id):
        notes.take_log(log.id, log.client_id, log.origin, log.size)
    query = "SELECT log_id, hash FROM leaf ORDER BY log_id, leaf_index"
    with db.database.atomic():
        for log_id, digest in dumping.stream(db.database.obj, query):
            notes.take_leaf(log_id, digest)
    return notes.logs()


def _bring_photos(found: Found) -> None:
    """Only what is not there yet; names are hashes, so nothing can be overwritten. What was in a
    bucket is there still."""
    photos = bytestore.of_settings()
    if found.manifest.elsewhere:
        return
    if photos.elsewhere:
        _, absent = sending.bring(photos, found.blobs(), found.blob_dir)
    else:
        _, absent = store.copy_blobs(found.blobs(), current().blob_dir, found.blob_dir)
    if absent:
        raise NoBackup(f"Photos could not be copied: {', '.join(absent[:5])}")


@contextmanager
def _beside() -> Iterator[None]:
    """The models see a new database beside the old one, which it replaces at the end.

    The old one stays under another name.
    """
    target = Path(db.database.database)
    draft = target.with_name(f"{target.name}.restoring")
    _remove(draft)
    _hold_still(target)
    with bound(f"sqlite:///{draft}"):
        yield
    set_aside(target, "replaced")
    os.rename(draft, target)
    _remove(draft)
    disk.sync(target.parent)


def set_aside(target: Path, why: str) -> Path:
    """Gives an embedded database another name, beside its old one; returns it."""
    name = f"{target}.{why}-{clock.now().strftime(STAMP)}"
    for suffix in SUFFIXES:
        if (path := Path(f"{target}{suffix}")).exists():
            os.rename(path, f"{name}{suffix}")
    return Path(name)


def _hold_still(target: Path) -> None:
    """What the old database has in its log goes into its file, if it can still be read."""
    if target.exists():
        try:
            with _connected():
                db.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        except PeeweeException:
            return
        finally:
            db.database.close_idle()


@contextmanager
def bound(url: str) -> Iterator[None]:
    """Binds the models to another SQLite database for a while; afterwards it is one file."""
    with db.elsewhere(url) as opened, opened.connection_context():
        opened.pragma("foreign_keys", 0)
        yield
        opened.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _connected() -> Iterator[None]:
    opened = db.database.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if opened:
            db.database.close()


def _remove(path: Path) -> None:
    for suffix in (*SUFFIXES, ".lock"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


@contextmanager
def _in_one_piece() -> Iterator[None]:
    """PostgreSQL changes tables in transactions too: all of it becomes true at once, or nothing."""
    with _connected(), db.write():
        _clear(db.database.obj)
        yield


def _clear(opened: Any) -> None:
    for table in opened.get_tables():
        opened.execute_sql(f'DROP TABLE "{table}" CASCADE')
    left = opened.execute_sql(
        "SELECT proname FROM pg_proc AS p WHERE pronamespace = current_schema()::regnamespace "
        "AND prorettype = 'trigger'::regtype "
        "AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')"
    ).fetchall()  # all but what an extension brought
    for (name,) in left:
        opened.execute_sql(f'DROP FUNCTION "{name}"')
