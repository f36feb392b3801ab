"""What the journal has of the time after a backup, put over the restored rows.

The last line about a row is what it was; so all rows that lines speak of are taken out and put in
once, as they stood in the end. The ledger is verified over the result by who calls.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from roundtag import db, search
from roundtag.backups import dumping, loading
from roundtag.backups.manifest import NoBackup
from roundtag.journal import Journal, Line
from roundtag.journal.choosing import Chosen, Heads, choose
from roundtag.journal.lines import Cells, Table
from roundtag.models import APPEND_ONLY, Leaf, Log, tuples

Key = tuple[Any, ...]
FIXED = {model._meta.table_name for model in APPEND_ONLY}
"""Rows that never change: one that is there already is the same one."""


@dataclass
class Final:
    """The rows of a table as the journal leaves them; None for one that is gone."""

    columns: list[str]
    key: list[str]
    rows: dict[Key, Cells | None] = field(default_factory=dict)


def replay(journal: Journal, made_at: datetime) -> Chosen:
    """Does again what the journal has since `made_at`. Call it inside a transaction."""
    chosen = choose(journal.read(), _heads(), made_at)
    store = db.database.obj
    finals = _merge(chosen.lines)
    with loading.unbound(store):
        for name, final in finals.items():
            _put(store, name, final)
    if finals:
        search.rebuild()
    return chosen


def _heads() -> Heads:
    last: dict[str, tuple[int, str]] = {}
    for key, origin, size in tuples(Log.select(Log.id, Log.origin, Log.size)):
        end = tuples(Leaf.select(Leaf.hash).where(
            (Leaf.log == key) & (Leaf.leaf_index == size - 1)
        ))  # fmt: skip
        last[origin] = (size, end[0][0] if end else "")
    return Heads(last, _hash_at)


def _hash_at(origin: str, index: int) -> str | None:
    found = Leaf.select(Leaf.hash).join(Log).where(
        (Log.origin == origin) & (Leaf.leaf_index == index)
    )  # fmt: skip
    for (digest,) in tuples(found):
        return str(digest)
    return None


def _merge(lines: Iterable[Line]) -> dict[str, Final]:
    finals: dict[str, Final] = {}
    for line in lines:
        for name, table in line.tables.items():
            _add(finals.setdefault(name, Final(table.columns, table.key)), name, table)
    return finals


def _add(final: Final, name: str, table: Table) -> None:
    if final.columns != table.columns:
        raise NoBackup(f"The journal speaks of {name} in two shapes: make a backup after upgrades.")
    for key, row in table.keyed():
        final.rows.pop(key, None)
        final.rows[key] = row


def _put(store: Any, name: str, final: Final) -> None:
    if unknown := set(final.columns) - set(dumping.shape_of(store, name).columns):
        raise NoBackup(f"The journal has columns of {name} that are unknown here: {unknown}.")
    there = final.rows
    if name in FIXED:
        there = {key: row for key, row in there.items() if not _has(store, name, final.key, key)}
    else:
        _remove(store, name, final.key, list(there))
    loading.add(store, name, final.columns, iter([row for row in there.values() if row]))


def _has(store: Any, name: str, names: list[str], key: Key) -> bool:
    query = f'SELECT 1 FROM "{name}" WHERE {_where(store, names)}'  # noqa: S608 - our own tables
    return store.execute_sql(query, key).fetchone() is not None


def _remove(store: Any, name: str, names: list[str], keys: list[Key]) -> None:
    query = f'DELETE FROM "{name}" WHERE {_where(store, names)}'  # noqa: S608 - our own tables
    for some in _batches(keys):
        store.cursor().executemany(query, some)


def _batches(keys: list[Key]) -> Iterator[list[Key]]:
    rest = iter(keys)
    while some := list(itertools.islice(rest, loading.AT_ONCE)):
        yield some


def _where(store: Any, names: list[str]) -> str:
    mark = "%s" if dumping.is_postgresql(store) else "?"
    return " AND ".join(f'"{name}" = {mark}' for name in names)
