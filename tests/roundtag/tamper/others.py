"""Attacks on what stands around a log: what was sent, the heads, the size, photos, triggers."""

import json
import random

from roundtag import blobs, db
from roundtag.db import database
from roundtag.models import APPEND_ONLY, ArticleVersion, Leaf, Log, LogHead, Submission


def disarm() -> None:
    """Nothing refuses to rewrite any more: triggers and references are off."""
    if db.kind() == "postgresql":
        database.execute_sql("SET LOCAL session_replication_role = replica")
        return
    database.execute_sql("PRAGMA defer_foreign_keys = ON")
    for model in (*APPEND_ONLY, ArticleVersion):
        for event in ("update", "delete"):
            database.execute_sql(f"DROP TRIGGER IF EXISTS {model._meta.table_name}_no_{event}")


def drop_trigger(rng: random.Random) -> None:
    table = rng.choice(APPEND_ONLY)._meta.table_name
    if db.kind() == "postgresql":
        database.execute_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    else:
        database.execute_sql(f"DROP TRIGGER {table}_no_{rng.choice(['update', 'delete'])}")


def body(rng: random.Random, log: Log) -> bool:
    """What somebody sent, altered, emptied or taken out."""
    leaf = Leaf.get((Leaf.log == log.id) & (Leaf.leaf_index == rng.randrange(log.size)))
    key = json.loads(leaf.text)["id"]
    row = Submission.get_by_id(key)
    way = rng.choice(["edit", "null", "hash", "delete"])
    if way == "delete":
        return bool(Submission.delete().where(Submission.id == key).execute())
    values = {"edit": {"body": row.body + " "}, "null": {"body": None},
              "hash": {"sha256": row.sha256[::-1]}}[way]  # fmt: skip
    return bool(Submission.update(**values).where(Submission.id == key).execute())


def size(rng: random.Random, log: Log) -> bool:
    other = rng.choice([log.size - 1, log.size + 1, 0, log.size + rng.randrange(2, 99)])
    return bool(Log.update(size=other).where(Log.id == log.id).execute())


def head(rng: random.Random, log: Log) -> bool:
    """One of the heads that are kept here."""
    row = rng.choice(list(LogHead.select().where(LogHead.log == log.id)))
    values = {"root": row.root[::-1], "note": row.note.replace("\n", "\n ", 1),
              "peaks": row.peaks[:-1], "size": row.size + rng.choice([-1, 1])}  # fmt: skip
    name = rng.choice(sorted(values))
    return bool(LogHead.update({name: values[name]}).where(row._pk_expr()).execute())


def photo(rng: random.Random, digest: str) -> bool:
    """One bit of a photo, or the whole of it."""
    path = blobs.path_of(digest)
    data = bytearray(path.read_bytes())
    if rng.random() < 0.1:
        path.unlink()
    else:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
    return True
