"""All rows as JSON lines, the same for both databases: a line of names, then a line per row.

Left out: tables that are made from others again, sessions (who was signed out stays signed out),
and the record of migrations, which the manifest has.
"""

import gzip
import hashlib
import json
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from peewee import PostgresqlDatabase

from roundtag.backups.manifest import LogState
from roundtag.journal.witness import DERIVED
from roundtag.models import Session

HISTORY = "schema_migration"
LEFT_OUT = {HISTORY, *(model._meta.table_name for model in (*DERIVED, Session))}
AT_ONCE = 2_000
Row = tuple[Any, ...]


@dataclass
class Dumped:
    """What went by: rows per table, the logs, and the blobs that rows speak of, with sizes."""

    tables: dict[str, int] = field(default_factory=dict)
    logs: tuple[LogState, ...] = ()
    blobs: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Shape:
    table: str
    columns: tuple[str, ...]
    truths: tuple[int, ...]
    order: tuple[str, ...]
    texts: frozenset[str] = frozenset()


def is_postgresql(store: Any) -> bool:
    return isinstance(store, PostgresqlDatabase)


def tables_of(store: Any) -> list[str]:
    return sorted(
        name for name in store.get_tables()
        if name not in LEFT_OUT and not name.startswith("sqlite_")
    )  # fmt: skip


def shape_of(store: Any, table: str) -> Shape:
    found = store.get_columns(table)
    truths = tuple(n for n, one in enumerate(found) if one.data_type.lower().startswith("bool"))
    texts = frozenset(c.name for c in found if c.data_type.lower().startswith(("text", "char")))
    return Shape(table, tuple(c.name for c in found), truths,
                 tuple(store.get_primary_keys(table)), texts)  # fmt: skip


def write(store: Any, target: Path) -> Dumped:
    """Writes every row that `store` shows into a compressed file."""
    seen, notes = Dumped(), Notes()
    with open(target, "wb") as raw, gzip.GzipFile("", "wb", 4, raw, mtime=0) as file:
        for table in tables_of(store):
            shape = shape_of(store, table)
            _line(file, {"table": table, "columns": shape.columns})
            seen.tables[table] = 0
            for row in rows(store, shape):
                _line(file, row)
                seen.tables[table] += 1
                notes.take(shape, row)
    seen.logs, seen.blobs = notes.logs(), sorted(notes.blobs)
    return seen


def _line(file: BinaryIO | gzip.GzipFile, value: Any) -> None:
    file.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def rows(store: Any, shape: Shape, bytewise: bool = False) -> Generator[Row, None, None]:
    """A table's rows by their keys, with the same values from either database; `bytewise`: in the
    same order too, which PostgreSQL has to sort for."""
    names = ", ".join(f'"{name}"' for name in shape.columns)
    sort = frozenset[str]() if not bytewise or not is_postgresql(store) else shape.texts
    order = ", ".join(f'"{name}"' + ' COLLATE "C"' * (name in sort) for name in shape.order)
    query = f'SELECT {names} FROM "{shape.table}"' + (f" ORDER BY {order}" if order else "")  # noqa: S608 - names of our own tables
    if not shape.truths:
        yield from stream(store, query)
        return
    for cells in stream(store, query):
        row = list(cells)
        for place in shape.truths:
            row[place] = None if row[place] is None else int(row[place])  # as SQLite has them
        yield tuple(row)


def stream(store: Any, query: str) -> Iterator[Row]:
    """The rows of a query, few of them in memory. Call it inside a transaction."""
    if not is_postgresql(store):
        yield from store.execute_sql(query)
        return
    with store.connection().cursor(name="backup") as cursor:  # else all rows come at once
        cursor.itersize = AT_ONCE
        cursor.execute(query)
        yield from cursor


class Notes:
    """What a manifest says of the logs and blobs, from the very rows that are written."""

    def __init__(self) -> None:
        self.opened: dict[int, tuple[int | None, str, int]] = {}
        self.leaves: dict[int, Any] = {}
        self.blobs: list[tuple[str, int]] = []

    def take(self, shape: Shape, row: Iterable[Any]) -> None:
        if shape.table not in ("leaf", "log", "blob"):
            return
        cell = dict(zip(shape.columns, row, strict=True))
        if shape.table == "leaf":
            self.take_leaf(cell["log_id"], cell["hash"])
        elif shape.table == "log":
            self.take_log(cell["id"], cell["client_id"], cell["origin"], cell["size"])
        else:
            self.blobs.append((cell["sha256"], cell["size"]))

    def take_log(self, key: int, client_id: int | None, origin: str, size: int) -> None:
        self.opened[key] = (client_id, origin, size)

    def take_leaf(self, log_id: int, digest: str) -> None:
        """Leaves must come in their order."""
        self.leaves.setdefault(log_id, hashlib.sha256()).update(digest.encode() + b"\n")

    def logs(self) -> tuple[LogState, ...]:
        empty = hashlib.sha256()
        return tuple(
            LogState(*opened, self.leaves.get(key, empty).hexdigest())
            for key, opened in sorted(self.opened.items())
        )
