"""Attacks on a log's leaves. Each works on the open database, with the triggers gone, and says
whether it could be carried out."""

import json
import random
from typing import Any

from roundtag import ledger
from roundtag.models import Leaf, Log


def edit(rng: random.Random, log: Log) -> bool:
    leaf = _leaf(rng, log)
    text = json.loads(leaf.text)
    key = rng.choice(sorted(text))
    text[key] = _other(text[key])
    return store(leaf, text)


def edit_image(rng: random.Random, log: Log) -> bool:
    """The history is rewritten and the record beside it left as it is."""
    leaf = _leaf(rng, log)
    text = json.loads(leaf.text)
    images = [one["after"] for one in text["changes"] if one["after"]]
    if not images:
        return False
    image = rng.choice(images)
    name = rng.choice(sorted(image))
    image[name] = _other(image[name])
    return store(leaf, text)


def edit_letter(rng: random.Random, log: Log) -> bool:
    """One character of the text as it lies in the database."""
    leaf = _leaf(rng, log)
    at = rng.randrange(len(leaf.text))
    put = chr(ord(leaf.text[at]) ^ 1)
    _update(leaf, text=leaf.text[:at] + put + leaf.text[at + 1 :])
    return True


def edit_hash(rng: random.Random, log: Log) -> bool:
    leaf = _leaf(rng, log)
    _update(leaf, hash=ledger.leaf_hash(rng.randbytes(8)))
    return True


def store(leaf: Leaf, text: dict[str, Any]) -> bool:
    fresh = ledger.canonical(text).decode()
    _update(leaf, text=fresh)
    return fresh != leaf.text


def delete(rng: random.Random, log: Log) -> bool:
    leaf = _leaf(rng, log)
    Leaf.delete().where(leaf._pk_expr()).execute()
    if rng.random() < 0.8:
        _close_up(log)
    return True


def truncate(rng: random.Random, log: Log) -> bool:
    left = rng.randrange(log.size)
    Leaf.delete().where((Leaf.log == log.id) & (Leaf.leaf_index >= left)).execute()
    Log.update(size=left).where(Log.id == log.id).execute()
    return True


def insert(rng: random.Random, log: Log) -> bool:
    """A deed that never was, before the head that somebody keeps: after it, with the key and with a
    submission made up as well, it is what an honest log looks like."""
    leaf = _leaf(rng, log)
    text = json.loads(leaf.text)
    text["id"] = f"{rng.getrandbits(64):x}"
    Leaf.create(log=log.id, leaf_index=log.size, text=ledger.canonical(text).decode(),
                hash=leaf.hash, received_at=leaf.received_at)  # fmt: skip
    Log.update(size=log.size + 1).where(Log.id == log.id).execute()
    _swap(log, leaf.leaf_index, log.size)
    return True


def reorder(rng: random.Random, log: Log) -> bool:
    _swap(log, *rng.sample(range(log.size), 2))
    return True


def rehash(log: Log) -> None:
    """Every hash made anew from its text."""
    for leaf in Leaf.select().where(Leaf.log == log.id):
        fresh = ledger.leaf_hash(leaf.text.encode())
        if fresh != leaf.hash:
            _update(leaf, hash=fresh)


def _other(value: Any) -> Any:
    return "altered" if value != "altered" else "otherwise"


def _leaf(rng: random.Random, log: Log) -> Leaf:
    return Leaf.get((Leaf.log == log.id) & (Leaf.leaf_index == rng.randrange(log.size)))


def _update(leaf: Leaf, **values: Any) -> None:
    Leaf.update(**values).where(leaf._pk_expr()).execute()


def _swap(log: Log, first: int, second: int) -> None:
    mine = Leaf.log == log.id
    for source, target in ((first, -1), (second, first), (-1, second)):
        Leaf.update(leaf_index=target).where(mine & (Leaf.leaf_index == source)).execute()


def _close_up(log: Log) -> None:
    rows = Leaf.select(Leaf.leaf_index).where(Leaf.log == log.id).order_by(Leaf.leaf_index)
    for place, (index,) in enumerate(list(rows.tuples())):
        if place != index:
            Leaf.update(leaf_index=place).where(
                (Leaf.log == log.id) & (Leaf.leaf_index == index)
            ).execute()
    Log.update(size=rows.count()).where(Log.id == log.id).execute()
