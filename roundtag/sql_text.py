"""Writes the text of queries as peewee does, with a short way for what they are full of.

A third of what a page takes of the processor went into the text of its statements, most of it into
columns and comparisons: peewee makes ten calls and three objects of each, hundreds of times a page.
"""

from datetime import date, datetime
from typing import Any

from peewee import OP, SCOPE_VALUES, Context, Expression, Field, FieldAlias

PLAIN = frozenset({str, int, bool, float, bytes, date, datetime})
COMPARED = frozenset({OP.EQ, OP.NE, OP.LT, OP.LTE, OP.GT, OP.GTE})
"""Spelt alike in all databases."""
_long_way: Any = Context.sql


class ShortWay(Context):
    """The same text and values as peewee's own: tests/roundtag/test_sql_text.py compares them."""

    __slots__ = ()

    def sql(self, obj: Any) -> Any:
        if isinstance(obj, Field):
            return self.literal(self._column(obj))
        if type(obj) is Expression and obj.op in COMPARED and isinstance(obj.lhs, Field):
            return self._comparison(obj)
        return self.value(obj) if type(obj) in PLAIN else _long_way(self, obj)

    def _column(self, field: Any) -> str:
        name = f'"{field.column_name}"'
        if self.state.scope == SCOPE_VALUES:
            return name
        aliased = isinstance(field, FieldAlias)
        source = field.source if aliased else field.model._meta.table
        if given := source.alias if aliased else source._alias:
            self.alias_manager[source] = given
        return f'"{self.alias_manager.get(source)}".{name}'

    def _comparison(self, found: Any) -> Any:
        other, known = found.rhs, isinstance(found.rhs, Field)
        if not known and type(other) not in PLAIN:
            return _long_way(self, found)
        self.literal(f"{'' if found.flat else '('}{self._column(found.lhs)} {found.op} ")
        _ = self.literal(self._column(other)) if known else self.value(other, found.lhs.db_value)
        return self if found.flat else self.literal(")")
