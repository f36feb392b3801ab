"""The append-only history of every change: one log per client and one for the provider.

A leaf is the RFC 8785 canonical JSON of one deed; its hash is the RFC 9162 leaf hash,
SHA-256(0x00 || leaf). Indexes are gap-free: a locked row of `log` hands them out inside the same
transaction as the change itself. Personal data and free text appear as salted commitments only.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any

import rfc8785

from roundtag import clock
from roundtag.db import database
from roundtag.models import PROTECTED, Base, Client, Leaf, Log
from roundtag.models.base import DayField, JsonField, UtcField

PROVIDER = None


@dataclass(frozen=True)
class Change:
    """One protected row as it stood after a deed. `image` is None when the row was deleted."""

    client_id: int | None
    table: str
    key: int | str
    image: dict[str, Any] | None


def change(row: "Base | Change") -> Change:
    """The change that a row stands for; one made by `of_values` already is one."""
    if isinstance(row, Change):
        return row
    return Change(client_of(row), row._meta.table_name, row._pk, image(row))


def of_values(model: type[Base], values: dict[str, Any]) -> Change:
    """The change of a row that was written in bulk: all its values by field. None is sealed."""
    client_id = values["client"] if model.LOG == "client" else PROVIDER
    key: Any = model._meta.primary_key
    names, pick, said = _spoken(model)
    shown = dict(zip(names, pick(values), strict=True))
    for name, say in said:
        if shown[name] is not None:
            shown[name] = say(shown[name])
    return Change(client_id, model._meta.table_name, values[key.name], shown)


@cache
def _spoken(model: type[Base]) -> tuple[tuple[str, ...], Callable[..., Any], list[Any]]:
    """The fields of an image, what picks their values, and what makes text of moments and days."""
    fields = [field for field in model._meta.sorted_fields if field.name not in model.UNLOGGED]
    names = tuple(field.name for field in fields)
    said = [(f.name, f.db_value) for f in fields if isinstance(f, UtcField | DayField)]
    return names, itemgetter(*names), said


def client_of(row: Base) -> int | None:
    return row.client_id if row.LOG == "client" else PROVIDER


def image(row: Base) -> dict[str, Any]:
    """The row's columns as canonical JSON values, sealed ones as commitments."""
    return {
        name: _commit(row, name, value) if name in row.SEALED else value
        for name, value in _stored(row)
        if name not in row.UNLOGGED
    }


def _stored(row: Base) -> Iterator[tuple[str, Any]]:
    for field in row._meta.sorted_fields:
        value = row.__data__.get(field.name)
        if value is not None and isinstance(field, UtcField | DayField):
            value = field.db_value(value)
        yield field.name, value


def _commit(row: Base, name: str, value: Any) -> dict[str, str] | None:
    if value is None:
        return None
    return {"hmac-sha256": commitment(row.salts[name], str(value))}


def commitment(salt: str, value: str) -> str:
    return hmac.new(bytes.fromhex(salt), value.encode(), hashlib.sha256).hexdigest()


def seal(row: Base, names: Iterable[str]) -> None:
    """Gives each named sealed column that holds a value a fresh random salt of 32 bytes."""
    fresh = {
        name: secrets.token_hex(32)
        for name in names
        if name in row.SEALED and getattr(row, name) is not None
    }
    if fresh:
        row.salts = {**(row.salts or {}), **fresh}


def append(deed: dict[str, Any], changes: list[Change], received_at: datetime) -> None:
    """Writes one leaf per log that the changes touch. Call last in the transaction."""
    for client_id in sorted({c.client_id for c in changes}, key=lambda c: (c is None, c)):
        rows = [
            {"table": c.table, "key": c.key, "after": c.image}
            for c in changes
            if c.client_id == client_id
        ]
        _append_one(client_id, {"v": 1, **deed, "changes": rows}, received_at)


def _append_one(client_id: int | None, leaf: dict[str, Any], received_at: datetime) -> None:
    taken = Log.update(size=Log.size + 1).where(_whose(client_id)).returning(Log.id, Log.size)
    log = _the_one(taken.execute(), client_id)
    data = canonical(leaf)
    Leaf.insert(
        log=log.id,
        leaf_index=log.size - 1,
        text=data.decode(),
        hash=leaf_hash(data),
        received_at=received_at,
    ).execute()


WORDS = frozenset({str})
PLAIN = frozenset({str, int, bool, type(None)})
_plain_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def canonical(leaf: dict[str, Any]) -> bytes:
    """RFC 8785. Only its numbers and its order of rare keys differ from Python's own JSON, which
    is some twenty times as fast: an import of 10,000 devices leaves 60,000 images."""
    return _plain_json(leaf).encode() if _is_plain(leaf) else rfc8785.dumps(leaf)


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        return WORDS.issuperset(map(type, value)) and "".join(value).isascii() and (
            PLAIN.issuperset(map(type, value.values())) or all(map(_is_plain, value.values()))
        )  # fmt: skip
    return all(map(_is_plain, value)) if kind is list else kind in PLAIN


def leaf_hash(data: bytes) -> str:
    return hashlib.sha256(b"\x00" + data).hexdigest()


def log_of(client_id: int | None) -> Log:
    return _the_one(Log.select().where(_whose(client_id)), client_id)


def _whose(client_id: int | None) -> Any:
    return Log.client.is_null() if client_id is None else Log.client == client_id


def _the_one(found: Iterable[Log], client_id: int | None) -> Log:
    for log in found:
        return log
    raise LookupError(f"no log was opened for client {client_id}")


def open_log(client_id: int | None) -> None:
    origin = f"roundtag/{secrets.token_hex(8)}/{client_id or 'provider'}"
    Log.create(client=client_id, origin=origin)


def verify(client_id: int | None) -> list[str]:
    """What is wrong with one log and the rows it protects; an empty list when all is well.

    Checks gap-free indexes, leaf hashes, and every protected row against its last image: missing,
    extra and changed rows are named.
    """
    log, problems = log_of(client_id), []
    last: dict[tuple[str, Any], Any] = {}
    leaves = Leaf.select().where(Leaf.log == log.id).order_by(Leaf.leaf_index)
    expected = 0
    for leaf in leaves.iterator():
        if leaf.leaf_index != expected:
            problems.append(f"leaf {expected} is missing")
        expected = leaf.leaf_index + 1
        if leaf_hash(leaf.text.encode()) != leaf.hash:
            problems.append(f"leaf {leaf.leaf_index} was altered")
        try:
            last.update(_images(leaf.text))
        except (ValueError, KeyError, TypeError):
            problems.append(f"leaf {leaf.leaf_index} cannot be read")
    if expected != log.size:
        problems.append(f"log says {log.size} leaves, {expected} were found")
    return problems + list(_compare_rows(client_id, last))


def _images(text: str) -> dict[tuple[str, Any], Any]:
    return {(e["table"], e["key"]): e["after"] for e in json.loads(text)["changes"]}


def _compare_rows(client_id: int | None, last: dict[tuple[str, Any], Any]) -> Iterator[str]:
    for model in PROTECTED:
        if (model.LOG == "client") != (client_id is not None):
            continue
        query = model.select()
        if client_id is not None:
            query = query.where(model.client == client_id)
        for cells in database.execute(query):
            where = (model._meta.table_name, cells[_key_place(model)])
            if where not in last:
                yield f"{where[0]} {where[1]} has no leaf"
            elif not _agrees(model, cells, last.pop(where)):
                yield f"{where[0]} {where[1]} differs from its leaf"
    for (table, key), after in last.items():
        if after is not None:
            yield f"{table} {key} is missing"


def logs() -> list[tuple[str, int | None]]:
    """Every log: its client's code (`provider` for the provider's own) and the client's key."""
    rows = Log.select(Log, Client).left_outer_join(Client).order_by(Log.id)
    return [(row.client.code if row.client else "provider", row.client_id) for row in rows]


def _key_place(model: type[Base]) -> int:
    return model._meta.sorted_fields.index(model._meta.primary_key)


def _agrees(model: type[Base], cells: tuple[Any, ...], after: Any) -> bool:
    """Whether stored cells are what the leaf says; a cell or salt nobody can read is not."""
    fields = model._meta.sorted_fields
    try:
        row = model(**{f.name: f.python_value(c) for f, c in zip(fields, cells, strict=True)})
        return image(row) == {**_added(model), **after} and all(map(_spelt_alike, fields, cells))
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _added(model: type[Base]) -> dict[str, Any]:
    """What an image says of columns that its table got later: that they hold their default."""
    found = {f.name: f.default() if callable(f.default) else f.default
             for f in model._meta.sorted_fields}  # fmt: skip
    return {name: value for name, value in found.items() if name not in model.UNLOGGED}


def _spelt_alike(field: Any, cell: Any) -> bool:
    """Moments, days and JSON have one spelling in the database; another one was not ours."""
    fixed = isinstance(field, UtcField | DayField | JsonField)
    return not fixed or cell is None or field.db_value(field.python_value(cell)) == cell


def head(client_id: int | None) -> dict[str, Any]:
    log = log_of(client_id)
    return {"origin": log.origin, "size": log.size, "as_of": clock.to_text(clock.now())}
