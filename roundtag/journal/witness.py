"""Sees which rows a transaction writes, and puts them into the journal before it is committed.

The line comes first and the commit second: a deed that was acknowledged is in both. Where the
commit fails after all, the line is taken back by another; and should a crash come between the two,
`completing` finds at the next start which of them counts.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from peewee import AutoField, CompositeKey, Expression, Insert, Update

from roundtag import db
from roundtag.db import Touched
from roundtag.journal.files import Journal, line_at, of_settings
from roundtag.journal.lines import LeafAt, Line, Table, fresh_id
from roundtag.models import (
    ArticleIndex,
    Base,
    DeviceIndex,
    FirstSeen,
    Job,
    KnownBrowser,
    Leaf,
    Log,
    LogCheck,
    Posting,
    PrintFile,
    RoomIndex,
    RoundFigure,
    Session,
    Setting,
    SignInDelay,
    SignInStep,
    tuples,
)
from roundtag.settings import current

DERIVED = (DeviceIndex, Posting, RoomIndex, RoundFigure, ArticleIndex, FirstSeen)
UNSEEN = frozenset({*DERIVED, Session, SignInDelay, SignInStep, LogCheck, PrintFile})
"""Made from others again, or over within minutes: a restore is the poorer for none of them."""
LAZY = frozenset({Job, Setting, KnownBrowser})
"""A queue's own notes: no disk is waited for where a transaction writes nothing else."""
AT_ONCE = 200


class Recorder(db.Witness):
    def watch(self, query: Any, do: Callable[[], Any], touched: Touched) -> Any:
        model = query.table
        if model in UNSEEN or not _is_ours(model) or _in_use() is None:
            return do()
        if isinstance(query, Insert):
            cursor = do()
            found = [*_given(query), *_numbered(query, cursor)]
        else:
            found = list(_meant(query))
            cursor = do()
        touched.update(((model, key), None) for key in found)
        return cursor

    def before_commit(self, touched: Touched) -> None:
        journal = _in_use()
        wanted = [one for one in touched if one[0] not in UNSEEN]
        if journal is None or not wanted:
            return
        line = line_of(wanted)
        touched.line = line.id
        journal.append(line, durably=not all(model in LAZY for model, _ in wanted))

    def failed(self, touched: Touched) -> None:
        journal = _in_use()
        if journal and touched.line:
            with suppress(OSError):  # then the next start takes it back
                journal.append(Line(line_at(), undo=[touched.line]))


def _in_use() -> Journal | None:
    """The journal, unless the models look at another database than the installation's own."""
    return of_settings() if db.address() == current().database_url else None


def _is_ours(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, Base)


def _given(query: Any) -> Iterator[Any]:
    """The keys of rows that an insert names itself."""
    names = _key_names(query.table)
    for row in _inserted(query):
        values = row if isinstance(row, dict) else dict(zip(query._columns or (), row, strict=True))
        plain = {getattr(name, "name", name): _plain(value) for name, value in values.items()}
        key = tuple(plain.get(name, plain.get(f"{name}_id")) for name in names)
        if None not in key:
            yield key if len(key) > 1 else key[0]


def _inserted(query: Any) -> list[Any]:
    """The rows of an insert. Raises TypeError for rows that only the database knows: a statement
    that takes them from a query could not be seen, so it must not be written."""
    rows = query._insert
    found = list(rows) if isinstance(rows, list | tuple) else [rows]
    if not all(isinstance(row, dict | list | tuple) for row in found):
        raise TypeError(f"the journal cannot see what is inserted into {query.table.__name__}")
    return found


def _plain(value: Any) -> Any:
    return value._pk if isinstance(value, Base) else value


def _numbered(query: Any, cursor: Any) -> list[Any]:
    """The keys that the database has handed out; some of before, where rows were there already."""
    model = query.table
    if not isinstance(model._meta.primary_key, AutoField):
        return []
    if db.kind() == "sqlite":
        last = db.database.last_insert_id(cursor)
        return list(range(last - len(_inserted(query)) + 1, last + 1)) if last else []
    columns = [one.name for one in cursor.description or ()]
    if model._meta.primary_key.column_name not in columns:
        return []
    place = columns.index(model._meta.primary_key.column_name)
    keys = [row[place] for row in cursor.fetchall()]
    if keys:
        cursor.scroll(0, mode="absolute")
    return keys


def _meant(query: Any) -> list[Any]:
    """The keys of the rows that an update or a delete is about to change."""
    model, where = query.table, query._where
    if isinstance(query, Update) and all(field is to for field, to in _set_by(query)):
        return []  # only locks its rows
    key = model._meta.primary_key
    if isinstance(where, Expression) and where.lhs is key and where.op == "=":
        return [_plain(where.rhs)]
    names = [model._meta.fields[name] for name in _key_names(model)]
    chosen = model.select(*names)
    rows = tuples(chosen.where(where) if where is not None else chosen)
    return [row if len(row) > 1 else row[0] for row in rows]


def _set_by(query: Any) -> Any:
    return query._update.items()


def _key_names(model: Any) -> tuple[str, ...]:
    key = model._meta.primary_key
    return tuple(key.field_names) if isinstance(key, CompositeKey) else (key.name,)


def table_keys(model: Any) -> list[str]:
    return [model._meta.fields[name].column_name for name in _key_names(model)]


def line_of(wanted: list[tuple[Any, Any]]) -> Line:
    """A line of these rows as they stand now."""
    keys: dict[Any, list[Any]] = {}
    for model, key in wanted:
        keys.setdefault(model, []).append(_bare(key))
    tables = {model._meta.table_name: _table(model, held) for model, held in keys.items()}
    return Line(line_at(), fresh_id(), _leaves(keys.get(Leaf, [])), tables)


def _bare(key: Any) -> tuple[Any, ...]:
    parts = key if isinstance(key, tuple) else (key,)
    return tuple(map(_plain, parts))


def _table(model: Any, keys: list[tuple[Any, ...]]) -> Table:
    columns = [one.column_name for one in model._meta.sorted_fields]
    names, held, wanted = table_keys(model), Table(columns, table_keys(model)), dict.fromkeys(keys)
    listed = list(wanted)
    for start in range(0, len(listed), AT_ONCE):
        held.rows.extend(_rows(model, columns, names, listed[start : start + AT_ONCE]))
    there = {key for key, _ in held.keyed()}
    held.gone.extend(list(key) for key in listed if key not in there)
    return held


def _rows(model: Any, columns: list[str], names: list[str],
          keys: list[tuple[Any, ...]]) -> Iterator[list[Any]]:  # fmt: skip
    mark = "?" if db.kind() == "sqlite" else "%s"
    one = " AND ".join(f'"{name}" = {mark}' for name in names)
    where = " OR ".join([f"({one})"] * len(keys))
    if len(names) == 1:
        where = f'"{names[0]}" IN ({", ".join([mark] * len(keys))})'
    listed = ", ".join(f'"{name}"' for name in columns)
    query = f'SELECT {listed} FROM "{model._meta.table_name}" WHERE {where}'  # noqa: S608 - our own tables
    for row in db.database.execute_sql(query, [part for key in keys for part in key]):
        yield [int(cell) if isinstance(cell, bool) else cell for cell in row]


def _leaves(keys: list[tuple[Any, ...]]) -> list[LeafAt]:
    if not keys:
        return []
    found: dict[tuple[int, int], str] = {}
    for log, index in keys:
        near = Leaf.select(Leaf.log, Leaf.leaf_index, Leaf.hash).where(
            (Leaf.log == log) & Leaf.leaf_index.between(index - 1, index)
        )
        found |= {(held, place): digest for held, place, digest in tuples(near)}
    logs = Log.select(Log.id, Log.origin).where(Log.id.in_([log for log, _ in keys]))
    origins = dict(tuples(logs))
    return [
        LeafAt(origins[log], index, found[(log, index)], found.get((log, index - 1), ""))
        for log, index in sorted(keys)
        if (log, index) in found
    ]
