"""Rows of a backup into empty tables of the same shape, on either database."""

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from roundtag.backups import dumping
from roundtag.backups.manifest import NoBackup

AT_ONCE = 500


def load(store: Any, rows: Path) -> dict[str, int]:
    """Puts every row where it belongs; returns rows per table. Call it inside a transaction."""
    loaded: dict[str, int] = {}
    with unbound(store):
        for table, columns, lines in _tables(rows):
            loaded[table] = _fill(store, table, columns, lines)
    return loaded


def _tables(rows: Path) -> Iterator[tuple[str, list[str], Iterator[Sequence[Any]]]]:
    with gzip.open(rows, "rb") as file:
        line = file.readline()
        while line:
            head = json.loads(line)
            following: list[bytes] = []
            yield head["table"], head["columns"], _lines(file, following)
            line = following[0] if following else b""


def _lines(file: gzip.GzipFile, following: list[bytes]) -> Iterator[Sequence[Any]]:
    for line in iter(file.readline, b""):
        if line.startswith(b"{"):
            following.append(line)
            return
        yield json.loads(line)


def _fill(store: Any, table: str, columns: list[str], lines: Iterator[Sequence[Any]]) -> int:
    shape = dumping.shape_of(store, table)
    if set(shape.columns) != set(columns):
        raise NoBackup(f"The table {table} of this backup has other columns than its release had.")
    store.execute_sql(f'DELETE FROM "{table}"')  # noqa: S608 - our own tables; migrations may fill
    return add(store, table, columns, lines)


def add(store: Any, table: str, columns: list[str], lines: Iterator[Sequence[Any]]) -> int:
    """Puts rows into a table beside those that are there; returns how many."""
    count = 0
    if dumping.is_postgresql(store):
        count = _copy(store, table, columns, lines)
        _go_on_counting(store, table, columns)
        return count
    marks = ", ".join("?" * len(columns))
    named = ", ".join(f'"{name}"' for name in columns)
    cursor = store.cursor()
    while some := list(islice(lines, AT_ONCE)):
        cursor.executemany(f'INSERT INTO "{table}" ({named}) VALUES ({marks})', some)  # noqa: S608
        count += len(some)
    return count


def _copy(store: Any, table: str, columns: list[str], lines: Iterable[Sequence[Any]]) -> int:
    named, count = ", ".join(f'"{name}"' for name in columns), 0
    with (
        store.connection().cursor() as cursor,
        cursor.copy(f'COPY "{table}" ({named}) FROM STDIN') as target,
    ):
        for row in lines:
            target.write_row(row)
            count += 1
    return count


def _go_on_counting(store: Any, table: str, columns: list[str]) -> None:
    """The next row of a table with numbers of its own gets the one after the highest."""
    if "id" not in columns:
        return
    sequence = store.execute_sql("SELECT pg_get_serial_sequence(%s, 'id')", (f'"{table}"',))
    if name := sequence.fetchone()[0]:
        store.execute_sql(
            f'SELECT setval(%s, COALESCE(MAX(id), 1), MAX(id) IS NOT NULL) FROM "{table}"',  # noqa: S608
            (name,),
        )


@contextmanager
def unbound(store: Any) -> Iterator[None]:
    """Tables are filled in any order: what refers to what is checked once all are there."""
    if not dumping.is_postgresql(store):
        yield
        if broken := store.execute_sql("PRAGMA foreign_key_check").fetchone():
            raise NoBackup(f"The table {broken[0]} refers to a row that is not in this backup.")
        return
    keys = foreign_keys(store)
    for table, name, _ in keys:
        store.execute_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    yield
    for table, name, meaning in keys:
        store.execute_sql(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {meaning}')


def foreign_keys(store: Any) -> list[tuple[str, str, str]]:
    """What refers to what in a PostgreSQL: table, name of the constraint, and its meaning."""
    return list(store.execute_sql(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    ).fetchall())  # fmt: skip
