"""Moves an embedded installation to PostgreSQL: table by table, then compared row by row. With a
bucket, its photos and papers too, each read back there.

A table that holds the very same rows already is passed over. So a move that was cut short goes on
when it is begun again, and a table that was written to in between is copied anew. Until the end
the target bears a mark (schema.MOVING) under which no server starts on it. Keys stay where they
are, and so do the photos on this disk.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from peewee import PeeweeException

from roundtag import bytestore, db, schema, search, stock, vault
from roundtag.backups import dumping, loading, loosening, restoring
from roundtag.backups.dumping import Shape
from roundtag.backups.manifest import LogState
from roundtag.backups.restoring import Failed, NotEmpty
from roundtag.bytestore import sending
from roundtag.models import Session
from roundtag.settings import current

TOLD_EACH = 100_000
PURPOSE = "migrate-to"
PHOTOS = "photos"
Tell = Callable[[str, int], None]


@dataclass(frozen=True)
class Moved:
    """`tables`: rows per table. `logs`: the logs, the same in both. `photos`: in the bucket now.
    `absent`: those that were lost before. `kept`: the old database."""

    tables: dict[str, int]
    logs: tuple[LogState, ...]
    photos: int
    absent: tuple[str, ...]
    kept: Path


class Different(RuntimeError):
    """The target does not hold what the source has; the message names the first rows."""


def move(target: str, tell: Tell = lambda table, rows: None) -> Moved:
    """From the embedded database that the models are bound to, and that nobody else uses.

    `tell` hears a table and how many of its rows are there. Raises NotEmpty, Failed, Different,
    NoBackup; the source is as it was then, and the same call again goes on.
    """
    path = Path(str(db.database.database))
    try:
        with db.database.connection_context():
            _require_embedded(target)
            done = _moved(target, tell, path)
    except PeeweeException as refused:
        raise Failed(f"The database refused ({refused}). Run it again to go on.") from refused
    except bytestore.Unreachable as away:
        raise Failed("The bucket of BLOB_URL is away. Run it again to go on.") from away
    db.database.close_idle()
    return replace(done, kept=restoring.set_aside(path, "moved"))


def _moved(target: str, tell: Tell, path: Path) -> Moved:
    logs = restoring.states()
    with db.snapshot() as source, db.elsewhere(target) as there, there.connection_context():
        _begin(there)
        shapes = [_shape(source, there, table) for table in _tables(source)]
        tables, fresh = {}, []
        for shape in shapes:
            tables[shape.table], copied = _bring(source, there, shape, tell)
            fresh += [shape] * copied
        tables |= verify(source, there, fresh)
        photos, absent = _bring_photos(source, tell)
        _finish(there, logs)
    return Moved(tables, logs, photos, absent, path)


def _require_embedded(target: str) -> None:
    if db.kind() != "sqlite" or not target.startswith(("postgresql://", "postgres://")):
        raise Failed("This moves the embedded database to postgresql://…, and nothing else.")
    if schema.pending(db.database.obj):
        raise Failed("Start this release once with the embedded database, then move it.")


def _tables(source: Any) -> list[str]:
    """Sessions too: nobody has to sign in again."""
    return sorted([*dumping.tables_of(source), Session._meta.table_name])


def _shape(source: Any, there: Any, table: str) -> Shape:
    here, shape = dumping.shape_of(source, table), dumping.shape_of(there, table)
    if set(here.columns) != set(shape.columns):
        raise Different(f"The table {table} has other columns there.")
    return replace(shape, order=shape.order or shape.columns)


def _begin(there: Any) -> None:
    """The mark first: whatever ends us from here on, the next call knows what it finds."""
    mark, tables = vault.mark(PURPOSE, PURPOSE), there.get_tables()
    if schema.MOVING not in tables:
        if tables:
            raise NotEmpty("There are tables in that database already. Give an empty one.")
        with there.atomic():
            loosening.prepare(there, mark)
    elif loosening.mark_of(there) != mark:
        raise NotEmpty("Another installation is being moved to that database. Give an empty one.")
    schema.migrate(there)


def _bring(source: Any, there: Any, shape: Shape, tell: Tell) -> tuple[int, bool]:
    """One transaction per table: it is there, or it is not. How many rows, and whether they were
    copied just now; what was there already has been compared."""
    count, differing = compare(source, there, shape)
    if differing:
        with there.atomic():
            loosening.loosen(there, shape.table)
            _empty(there, shape.table)
            rows = _told(dumping.rows(source, shape), shape.table, tell)
            count = loading.add(there, shape.table, list(shape.columns), rows)
    tell(shape.table, count)
    return count, bool(differing)


def _told(rows: Iterable[Any], table: str, tell: Tell) -> Iterator[Any]:
    for count, row in enumerate(rows):
        if count and count % TOLD_EACH == 0:
            tell(table, count)
        yield row


def _empty(there: Any, table: str) -> None:
    """What migrations filled in, or an earlier try; append-only tables refuse it otherwise."""
    there.execute_sql(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    there.execute_sql(f'TRUNCATE "{table}"')
    there.execute_sql(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def compare(source: Any, there: Any, shape: Shape) -> tuple[int, str]:
    """How many rows agree before the first that does not, and the key of that one, or nothing."""
    count = 0
    with (
        there.atomic(),
        closing(dumping.rows(source, shape, bytewise=True)) as ours,
        closing(dumping.rows(there, shape, bytewise=True)) as theirs,
    ):
        for one, other in zip_longest(ours, theirs):
            if one != other:
                return count, _key(shape, one or other or ())
            count += 1
    return count, ""


def _key(shape: Shape, row: tuple[Any, ...]) -> str:
    cell = dict(zip(shape.columns, row, strict=True))
    return f"{shape.table} {', '.join(str(cell[name]) for name in shape.order)}"


def verify(source: Any, there: Any, shapes: list[Shape]) -> dict[str, int]:
    """Rows per table, every one compared. Raises Different."""
    found = {shape.table: compare(source, there, shape) for shape in shapes}
    if wrong := [key for _, key in found.values() if key]:
        raise Different(f"Rows differ: {'; '.join(wrong[:10])}. Run it again to copy them anew.")
    return {table: count for table, (count, _) in found.items()}


def _bring_photos(source: Any, tell: Tell) -> tuple[int, tuple[str, ...]]:
    """How many lie in the bucket, every one read back there, and those that are nowhere; without a
    bucket nothing is done. Raises Different."""
    photos, found = bytestore.of_settings(), dict[str, list[str]]()
    if not photos.elsewhere:
        return 0, ()
    photos.ping()
    count, named = 0, source.execute_sql("SELECT sha256 FROM blob ORDER BY sha256")
    secured = sending.secure(photos, (name for (name,) in named), current().blob_dir)
    for digest, fate in _told(secured, PHOTOS, tell):
        count += fate == sending.THERE
        if fate != sending.THERE:
            found.setdefault(fate, []).append(digest)
    if wrong := found.get(sending.CHANGED):
        raise Different(f"The bucket holds other bytes than were sent: {', '.join(wrong[:10])}")
    tell(PHOTOS, count)
    return count, tuple(found.get(sending.LOST, ()))


def _finish(there: Any, logs: tuple[LogState, ...]) -> None:
    """What refers to what, what is made from other tables, and the logs to their last leaf."""
    loosening.tighten(there)
    there.execute_sql("ANALYZE")
    search.rebuild()
    restoring.require_logs(logs)
    if wrong := stock.problems():
        raise Different(f"The stock does not add up there: {wrong[0]}")
    there.execute_sql("ANALYZE")
    there.execute_sql(f"DROP TABLE {schema.MOVING}")
