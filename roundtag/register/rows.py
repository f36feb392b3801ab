"""Rows that an import changes, read in few queries."""

from collections.abc import Iterable
from typing import Any, TypeVar

from roundtag.bulk_rows import of_keys
from roundtag.models import Base

Row = TypeVar("Row", bound=Base)


def by_key(model: type[Row], column: Any, keys: Iterable[int | None]) -> dict[int | None, Row]:
    """The rows whose column holds one of the keys, by that key."""
    return {row.__data__[column.name]: row for row in of_keys(model, column, keys)}
