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
from sys import intern
from typing import Any

import rfc8785
from peewee import chunked

from roundtag import bulk_rows, clock
from roundtag.db import database
from roundtag.models import PROTECTED, Base, Client, Leaf, Log, Submission, tuples
from roundtag.models.base import DayField, JsonField, UtcField

PROVIDER = None
READ = 1_000
"""Bodies of submissions in memory."""


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
    """The change of a row that was written in bulk: all its values by field, with the salts of
    those that are sealed."""
    client_id = values["client"] if model.LOG == "client" else PROVIDER
    key: Any = model._meta.primary_key
    names, pick, said = _spoken(model)
    shown = dict(zip(names, pick(values), strict=True))
    for name, say in said:
        if shown[name] is not None:
            shown[name] = say(shown[name])
    for name in model.SEALED:
        if shown[name] is not None:
            shown[name] = {"hmac-sha256": commitment(values["salts"][name], str(shown[name]))}
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


def append(deed: dict[str, Any], changes: list[Change], received_at: datetime,
           also: Iterable[int | None] = ()) -> None:  # fmt: skip
    """Writes one leaf per log that the changes touch, and to those in `also`. Call last in the
    transaction."""
    touched = {*(c.client_id for c in changes), *also}
    for client_id in sorted(touched, key=lambda c: (c is None, c)):
        rows = [
            {"table": c.table, "key": c.key, "after": c.image}
            for c in changes
            if c.client_id == client_id
        ]
        _append_one(client_id, {"v": 1, **deed, "changes": rows}, received_at)


def append_all(deeds: Iterable[tuple[dict[str, Any], list[Change], datetime]]) -> None:
    """As `append` for many deeds in turn, in few statements."""
    waiting: dict[int | None, list[tuple[dict[str, Any], datetime]]] = {}
    for deed, changes, at in deeds:
        found: dict[int | None, list[dict[str, Any]]] = {}
        for c in changes:
            row = {"table": c.table, "key": c.key, "after": c.image}
            found.setdefault(c.client_id, []).append(row)
        for client_id, rows in found.items():
            waiting.setdefault(client_id, []).append(({"v": 1, **deed, "changes": rows}, at))
    for client_id, leaves in waiting.items():
        _append_many(client_id, leaves)


def _append_many(client_id: int | None, leaves: list[tuple[dict[str, Any], datetime]]) -> None:
    size = len(leaves)
    taken = Log.update(size=Log.size + size).where(whose(client_id)).returning(Log.id, Log.size)
    log = _the_one(taken.execute(), client_id)
    texts = [(canonical(leaf), at) for leaf, at in leaves]
    bulk_rows.insert(Leaf, (
        {"log": log.id, "leaf_index": log.size - size + n, "text": data.decode(),
         "hash": leaf_hash(data), "received_at": at}
        for n, (data, at) in enumerate(texts)
    ))  # fmt: skip


def _append_one(client_id: int | None, leaf: dict[str, Any], received_at: datetime) -> None:
    taken = Log.update(size=Log.size + 1).where(whose(client_id)).returning(Log.id, Log.size)
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
GONE = "null"
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


def knowing(sent: Submission) -> set[int | None]:
    """The clients in whose logs a leaf tells of a submission; None is the provider's."""
    mark = f'"id":{json.dumps(sent.id)}'
    told = (Leaf.received_at == sent.received_at) & Leaf.text.contains(mark)
    found = Leaf.select(Log.client).join(Log).where(told).distinct()
    return {client_id for (client_id,) in tuples(found)}


def log_of(client_id: int | None) -> Log:
    return _the_one(Log.select().where(whose(client_id)), client_id)


def whose(client_id: int | None) -> Any:
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

    Checks gap-free indexes, leaf hashes, every protected row against its last image, and what was
    sent against the hash of it: missing, extra and changed rows are named.
    """
    log, problems = log_of(client_id), []
    last: dict[tuple[str, Any], str] = {}
    bodies: dict[str, tuple[str, str]] = {}
    leaves = Leaf.select().where(Leaf.log == log.id).order_by(Leaf.leaf_index)
    expected = 0
    for leaf in leaves.iterator():
        if leaf.leaf_index != expected:
            problems.append(f"leaf {expected} is missing")
        expected = leaf.leaf_index + 1
        if leaf_hash(leaf.text.encode()) != leaf.hash:
            problems.append(f"leaf {leaf.leaf_index} was altered")
        try:
            said = json.loads(leaf.text)
            last.update(_images(said))
            bodies[said["id"]] = (said["body_sha256"], said["body_sha256"])
            for key, digest in said.get("erased", {}).items():
                if key in bodies:  # else another log tells of it
                    bodies[key] = (bodies[key][0], digest)
        except (ValueError, KeyError, TypeError):
            problems.append(f"leaf {leaf.leaf_index} cannot be read")
    if expected != log.size:
        problems.append(f"log says {log.size} leaves, {expected} were found")
    return [*problems, *_compare_rows(client_id, last), *_compare_bodies(bodies)]


def _images(leaf: dict[str, Any]) -> dict[tuple[str, Any], str]:
    """As text: a client of a million rows has a million of them in memory."""
    return {(intern(e["table"]), e["key"]): _plain_json(e["after"]) for e in leaf["changes"]}


def _compare_bodies(bodies: dict[str, tuple[str, str]]) -> Iterator[str]:
    """What was sent, beside what the leaves say of it: the hash of all that was sent and, after an
    erasure, of what stayed."""
    sent = Submission.select(Submission.id, Submission.sha256, Submission.body)
    for some in chunked(bodies, READ):
        found = {key: cells for key, *cells in tuples(sent.where(Submission.id << some))}
        for key in some:
            if wrong := _wrong_body(found.get(key), *bodies[key]):
                yield f"submission {key} {wrong}"


def _wrong_body(cells: list[Any] | None, told: str, left: str) -> str:
    if cells is None:
        return "is missing"
    digest, body = cells
    if body is None:
        return "was deleted without erasure"
    return "" if digest == told and body_hash(body) == left else "differs from its leaf"


def body_hash(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def _compare_rows(client_id: int | None, last: dict[tuple[str, Any], str]) -> Iterator[str]:
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
            elif not _agrees(model, cells, after := json.loads(last.pop(where))):
                gone = _deleted(model, cells, after)
                said = f"was deleted without erasure ({gone})" if gone else "differs from its leaf"
                yield f"{where[0]} {where[1]} {said}"
    for (table, key), text in last.items():
        if text != GONE:
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
        return image(row) == {**added(model), **after} and all(map(_spelt_alike, fields, cells))
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _deleted(model: type[Base], cells: tuple[Any, ...], after: Any) -> str:
    """The sealed columns that the leaf holds a value of and the row none."""
    values = {f.name: c for f, c in zip(model._meta.sorted_fields, cells, strict=True)}
    return ", ".join(
        name for name in model.SEALED if values[name] is None and (after or {}).get(name)
    )


def added(model: type[Base]) -> dict[str, Any]:
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
