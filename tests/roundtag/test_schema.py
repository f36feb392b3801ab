"""What the migrations make is what the models say: tables, columns, indexes.

A table without row ids is the index of its own key; others list one.
"""

from typing import Any

from peewee import SqliteDatabase

from roundtag import models
from roundtag.db import database


def shape(store: Any, model: type[models.Base]) -> tuple[Any, ...]:
    table = model._meta.table_name
    columns = {(c.name, c.null, c.primary_key) for c in store.get_columns(table)}
    # A table that lies in the order of its key has no index of it.
    key = tuple(store.get_primary_keys(table))
    indexes = {(tuple(i.columns), i.unique) for i in store.get_indexes(table)} - {(key, True)}
    keys = {(k.column, k.dest_table) for k in store.get_foreign_keys(table)}
    return columns, indexes, keys


def test_migrated_tables_are_the_models(store: str) -> None:
    migrated = {model: shape(database.obj, model) for model in models.ALL}
    made = migrated
    if store == "sqlite":
        plain = SqliteDatabase(":memory:")
        with plain.bind_ctx(models.ALL):
            plain.create_tables(models.ALL)
            made = {model: shape(plain, model) for model in models.ALL}
        plain.close()
    for model in models.ALL:
        assert migrated[model] == made[model], model.__name__
        named = {name for name, *_ in migrated[model][0]}
        assert named == {field.column_name for field in model._meta.sorted_fields}
