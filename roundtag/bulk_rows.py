"""Many rows in few statements: what a deed writes when it writes thousands.

Rows are written as peewee writes them one by one; what is spared is a statement and a model for
each of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from peewee import AutoField

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
    converters: tuple[Callable[[Any], Any] | None, ...]
    defaults: tuple[tuple[str, Any], ...]
    key: str
    numbered: bool

    def complete(self, values: Values) -> Values:
        """The values of all columns, by field; rows that were given become their keys."""
        full = {name: made() if callable(made) else made for name, made in self.defaults}
        for name, value in values.items():
            full[name] = value._pk if isinstance(value, Base) else value
        return full

    def bound(self, full: Values) -> list[Any]:
        """The values as the database takes them, in the order of the columns."""
        return [
            value if convert is None or value is None else convert(value)
            for convert, value in zip(self.converters, map(full.__getitem__, self.names),
                                      strict=True)
        ]  # fmt: skip


@cache
def shape_of(model: type[Base]) -> Shape:
    key: Any = model._meta.primary_key
    numbered = isinstance(key, AutoField)
    fields = [f for f in model._meta.sorted_fields if not (numbered and f is key)]
    return Shape(
        model,
        tuple(f.name for f in fields),
        tuple(f.column_name for f in fields),
        tuple(f.db_value if isinstance(f, AS_TEXT) else None for f in fields),
        tuple((f.name, f.default) for f in fields),
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
        database.cursor().executemany(sql, values)


def of_keys(model: type[Row], column: Any, keys: Iterable[int | None]) -> Iterator[Row]:
    """The rows whose column holds one of the keys, in few queries."""
    wanted = list(keys)
    for start in range(0, len(wanted), READ):
        yield from model.select().where(column.in_(wanted[start : start + READ]))


def _quoted(name: str) -> str:
    return f'"{name}"'
