"""The migrations make the tables that the models speak of, on both databases."""

from typing import Any

import pytest

from roundtag.db import database
from roundtag.models import ALL, Base


def _wanted(model: type[Base]) -> set[tuple[tuple[str, ...], bool]]:
    """Columns and uniqueness of every index that a model declares."""
    found = set()
    for index in model._meta.fields_to_index():
        names = tuple(getattr(one, "column_name", None) or str(one) for one in index._expressions)
        found.add((names, bool(index._unique)))
    return found


def _there(table: str) -> set[tuple[tuple[str, ...], bool]]:
    return {(tuple(one.columns), bool(one.unique)) for one in database.get_indexes(table)}


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.__name__)
def test_a_table_is_as_its_model_says(store: str, model: Any) -> None:
    table = model._meta.table_name
    columns = {one.name: one.null for one in database.get_columns(table)}
    assert columns == {one.column_name: one.null for one in model._meta.sorted_fields}
    assert _wanted(model) <= _there(table)
