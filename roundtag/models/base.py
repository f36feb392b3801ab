"""What all tables share: column types that read the same on both databases, and log membership.

A table with LOG = "client" or "provider" is protected: its rows are written through a deed only,
and every write leaves an after-image in that log. Columns in SEALED hold personal data or free
text: an image holds only HMAC-SHA256(salt, value), the salt lies in the row's erasable `salts`.
Columns in UNLOGGED never reach a log.
"""

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from peewee import Model, TextField

from roundtag import clock
from roundtag.db import database


def dicts(query: Any) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries."""
    return list(query.dicts())


def tuples(query: Any) -> list[tuple[Any, ...]]:
    """The rows of a query as tuples."""
    return list(query.tuples())


class UtcField(TextField):
    """An aware datetime, kept as fixed-width ISO 8601 text in UTC (see ADR 0005)."""

    def db_value(self, value: datetime | str | None) -> str | None:
        return clock.to_text(value) if isinstance(value, datetime) else value

    def python_value(self, value: str | None) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value).astimezone(UTC)


class DayField(TextField):
    """A calendar day as YYYY-MM-DD."""

    def db_value(self, value: date | str | None) -> str | None:
        return value.isoformat() if isinstance(value, date) else value

    def python_value(self, value: str | None) -> date | None:
        return None if value is None else date.fromisoformat(value)


class JsonField(TextField):
    """JSON kept as text: the same bytes on both databases."""

    def db_value(self, value: Any) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def python_value(self, value: str | None) -> Any:
        return None if value is None else json.loads(value)


class Base(Model):
    LOG: ClassVar[str | None] = None
    SEALED: ClassVar[tuple[str, ...]] = ()
    UNLOGGED: ClassVar[tuple[str, ...]] = ("salts",)

    if TYPE_CHECKING:  # peewee adds `id`, `<key>_id`, aliases of a query … at run time
        id: Any
        client: Any
        salts: Any

        def __getattr__(self, name: str) -> Any: ...

    class Meta:
        database = database
        legacy_table_names = False
