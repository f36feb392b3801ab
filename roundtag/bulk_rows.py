"""Many rows in few statements: what a deed writes when it writes thousands.

Rows are written as peewee writes them one by one; what is spared is a statement and a model for
each of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

from peewee import AutoField, ForeignKeyField, __exception_wrapper__  # type: ignore[attr-defined]

from roundtag.db import database
from roundtag.models.base import Base, DayField, JsonField, UtcField

BOUND = 15_000
"""Values of one statement: SQLite takes 32,766, PostgreSQL 65,535."""
READ = 10_000
"""Keys that one statement asks for."""
AS_TEXT = (UtcField, DayField, JsonField)

Row = TypeVar("Row", bound=Base)
Values = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """A table as statements need it, the key left out where the database hands it out."""

    model: type[Base]
    names: tuple[str, ...]
    columns: tuple[str, ...]
    pick: Callable[[Values], tuple[Any, ...]]
    """The values of all columns, in their order."""
    converters: tuple[tuple[int, Callable[[Any], Any]], ...]
    """Of the few columns that are kept as text: place and what makes it."""
    links: tuple[str, ...]
    defaults: Values
    makers: tuple[tuple[str, Callable[[], Any]], ...]
    key: str
    numbered: bool

    def complete(self, values: Values) -> Values:
        """The values of all columns, by field; rows that were given become their keys."""
        full = {**self.defaults, **values}
        for name, make in self.makers:
            if name not in values:
                full[name] = make()
        for name in self.links:
            if isinstance(full[name], Base):
                full[name] = full[name]._pk
        return full

    def bound(self, full: Values) -> list[Any]:
        """The values as the database takes them, in the order of the columns."""
        row = list(self.pick(full))
        for place, convert in self.converters:
            if row[place] is not None:
                row[place] = convert(row[place])
        return row


@cache
def shape_of(model: type[Base]) -> Shape:
    key: Any = model._meta.primary_key
    numbered = isinstance(key, AutoField)
    fields = [f for f in model._meta.sorted_fields if not (numbered and f is key)]
    names = tuple(f.name for f in fields)
    return Shape(
        model,
        names,
        tuple(f.column_name for f in fields),
        itemgetter(*names),
        tuple((n, f.db_value) for n, f in enumerate(fields) if isinstance(f, AS_TEXT)),
        tuple(f.name for f in fields if isinstance(f, ForeignKeyField)),
        {f.name: None if callable(f.default) else f.default for f in fields},
        tuple((f.name, f.default) for f in fields if callable(f.default)),
        key.name,
        numbered,
    )


def insert(model: type[Base], rows: Iterable[Values]) -> list[Values]:
    """Inserts the rows; returns all their values by field, the key first, in the same order."""
    shape = shape_of(model)
    full = [shape.complete(values) for values in rows]
    for part in _parts(full, max(1, BOUND // len(shape.names))):
        keys = _insert(shape, [shape.bound(values) for values in part])
        for values, key in zip(part, keys, strict=False):
            values[shape.key] = key
    return full


def _parts(rows: list[Values], size: int) -> Iterator[list[Values]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _insert(shape: Shape, rows: list[list[Any]]) -> list[int]:
    """The keys that the database handed out: in ascending order, whatever order it answers in."""
    places = f"({', '.join([database.param] * len(shape.columns))})"
    sql = (
        f"INSERT INTO {_quoted(shape.model._meta.table_name)} "  # noqa: S608 - names of our own
        f"({', '.join(map(_quoted, shape.columns))}) VALUES {', '.join([places] * len(rows))}"
    )
    if shape.numbered:
        sql += f" RETURNING {_quoted(shape.key)}"
    cursor = database.execute_sql(sql, [value for row in rows for value in row])
    return sorted(key for (key,) in cursor.fetchall()) if shape.numbered else []


def update(model: type[Base], names: Sequence[str], rows: Iterable[Base]) -> None:
    """Writes the named fields of rows of one table, by one prepared statement."""
    fields = [model._meta.fields[name] for name in names]
    key: Any = model._meta.primary_key
    sets = ", ".join(f"{_quoted(field.column_name)} = {database.param}" for field in fields)
    sql = (
        f"UPDATE {_quoted(model._meta.table_name)} SET {sets} "  # noqa: S608 - names of our own
        f"WHERE {_quoted(key.column_name)} = {database.param}"
    )
    values = [
        [*(field.db_value(row.__data__[field.name]) for field in fields), row._pk] for row in rows
    ]
    if values:
        with __exception_wrapper__:  # the driver's own errors, as peewee names them
            database.cursor().executemany(sql, values)


def of_keys(model: type[Row], column: Any, keys: Iterable[int | None]) -> Iterator[Row]:
    """The rows whose column holds one of the keys, in few queries."""
    wanted = list(keys)
    for start in range(0, len(wanted), READ):
        yield from model.select().where(column.in_(wanted[start : start + READ]))


def _quoted(name: str) -> str:
    return f'"{name}"'
