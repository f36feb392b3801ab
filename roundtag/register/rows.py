"""Rows that an import changes, read in few queries."""

from collections.abc import Iterable
from typing import Any, TypeVar

from roundtag.models import Base

Row = TypeVar("Row", bound=Base)
AT_ONCE = 10_000


def by_key(model: type[Row], column: Any, keys: Iterable[int | None]) -> dict[int | None, Row]:
    """The rows whose column holds one of the keys, by that key."""
    wanted = list(keys)
    parts = (wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE))
    return {
        row.__data__[column.name]: row
        for part in parts
        for row in model.select().where(column.in_(part))
    }
