"""Attacks on the records beside a log: any cell of any protected table, rows taken out, put in and
exchanged, and a row together with the leaf that tells of it."""

import json
import random
from collections.abc import Iterator
from typing import Any

import peewee

from roundtag.db import database
from roundtag.models import PROTECTED, Base, Leaf, Log
from roundtag.models.base import DayField, JsonField, UtcField
from tests.roundtag.tamper import history, leaves

Column = tuple[type[Base], Any]


def columns() -> list[Column]:
    """Every column that a log answers for, and the salts that open what it committed to."""
    return [
        (model, field)
        for model in PROTECTED
        for field in model._meta.sorted_fields
        if field.name not in model.UNLOGGED or (field.name == "salts" and model.SEALED)
    ]


def tables(log: Log) -> list[type[Base]]:
    kind = "client" if log.client_id else "provider"
    return [model for model in PROTECTED if kind == model.LOG]


def cells(model: type[Base], client_id: int) -> list[dict[str, Any]]:
    """The rows of a table as the database holds them, by column."""
    query = model.select()
    if model.LOG == "client":
        query = query.where(model.client == client_id)
    names = [field.column_name for field in model._meta.sorted_fields]
    return [dict(zip(names, row, strict=True)) for row in database.execute(query)]


def edit_cell(rng: random.Random, column: Column, client_id: int) -> bool:
    """Another value in one cell of a column."""
    model, field = column
    found = cells(model, client_id)
    rng.shuffle(found)
    for row in found:
        for value in others(rng, field, row[field.column_name]):
            if put(model, row, {field.column_name: value}):
                return True
    return False


def put(model: type[Base], row: dict[str, Any], values: dict[str, Any]) -> bool:
    """Writes cells as they are given; False when the database refuses."""
    meta: Any = model._meta
    key = meta.primary_key.column_name
    sets = ", ".join(f'"{name}" = {database.param}' for name in values)
    sql = f'UPDATE "{meta.table_name}" SET {sets} WHERE "{key}" = {database.param}'
    try:
        with database.atomic():
            database.execute_sql(sql, [*values.values(), row[key]])
    except peewee.DatabaseError:
        return False
    return True


def others(rng: random.Random, field: Any, cell: Any) -> Iterator[Any]:
    """Values that say something else than `cell`, in a random order."""
    if field.name == "salts":
        yield from _other_salts(rng, cell)
        return
    found = [value for value in _alike(rng, field, cell) if value != cell]
    if field.null and cell is not None:
        found.append(None)
    rng.shuffle(found)
    yield from found


def _alike(rng: random.Random, field: Any, cell: Any) -> list[Any]:
    if isinstance(field, peewee.BooleanField):
        return [not cell]
    if isinstance(cell, int | float) or (cell is None and _is_number(field)):
        return [(cell or 0) + 1, (cell or 0) + rng.randrange(2, 10**6), -1 - (cell or 0)]
    if isinstance(field, UtcField):
        return ["2001-02-03T04:05:06.000007Z", *([_later(cell)] if cell else [])]
    if isinstance(field, DayField):
        return ["2001-02-03", "2099-12-31"]
    if isinstance(field, JsonField):
        return ['"altered"', '{"altered": 1}', "[]"]
    return ["altered", f"{cell or ''} ", _flipped(rng, cell or "x"), ""]


def _is_number(field: Any) -> bool:
    target = field.rel_field if isinstance(field, peewee.ForeignKeyField) else field
    return isinstance(target, peewee.IntegerField | peewee.FloatField | peewee.AutoField)


def _later(moment: str) -> str:
    """A second more or less."""
    digit = moment[18]
    return f"{moment[:18]}{(int(digit) + 1) % 10}{moment[19:]}"


def _flipped(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text))
    return text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]


def _other_salts(rng: random.Random, cell: str | None) -> Iterator[str]:
    """One salt altered, or all of them gone."""
    salts = json.loads(cell or "{}")
    if salts:
        name = rng.choice(sorted(salts))
        yield json.dumps(rng.choice([{}, {**salts, name: "0" * 64}]))


def delete(rng: random.Random, log: Log, client_id: int) -> bool:
    model = rng.choice(tables(log))
    row, key = rng.choice(cells(model, client_id)), model._meta.primary_key
    return bool(model.delete().where(key == row[key.column_name]).execute())


def insert(rng: random.Random, log: Log, client_id: int) -> bool:
    """A record that no deed has made."""
    model = rng.choice(tables(log))
    values = history.made_up(model, client_id, rng.randrange(10, 10**6))
    with database.atomic():
        model(**values).save(force_insert=True)
    return True


def exchange(rng: random.Random, log: Log, client_id: int) -> bool:
    """Two records of a table change places: all but the key."""
    model = rng.choice(tables(log))
    first, second = rng.sample(cells(model, client_id), 2)
    key = model._meta.primary_key.column_name
    one, two = ({n: v for n, v in row.items() if n != key} for row in (first, second))
    plain = [{n: v for n, v in row.items() if n != "salts"} for row in (one, two)]
    return plain[0] != plain[1] and put(model, first, two) and put(model, second, one)


def forge(rng: random.Random, log: Log, client_id: int) -> bool:
    """A record and what the log last said of it, both altered alike."""
    model = rng.choice(tables(log))
    row, name = rng.choice(cells(model, client_id)), model._meta.table_name
    texts = [f for f in model._meta.sorted_fields
             if type(f) is peewee.TextField and f.name not in model.SEALED
             and f is not model._meta.primary_key]  # fmt: skip
    if not texts:
        return False
    field, key = rng.choice(texts), row[model._meta.primary_key.column_name]
    for leaf in Leaf.select().where(Leaf.log == log.id).order_by(Leaf.leaf_index.desc()):
        text = json.loads(leaf.text)
        for change in text["changes"]:
            if (change["table"], change["key"]) == (name, key) and change["after"]:
                change["after"][field.name] = "forged"
                return leaves.store(leaf, text) and put(model, row, {field.column_name: "forged"})
    return False
