"""One attack of a seed, carried out, looked for and undone."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import peewee

from roundtag import blobs, clock, heads, ledger
from roundtag.db import database
from roundtag.heads.signing import Fork
from roundtag.models import Log, LogHead
from roundtag.settings import current
from tests.roundtag.tamper import alone, leaves, others, rows
from tests.roundtag.tamper.history import Kept, log_named

COLUMNS = rows.columns()
Attack = Callable[[random.Random, Log, Kept], bool]
ATTACKS: dict[str, Attack] = {
    "edit a leaf": lambda rng, log, _: leaves.edit(rng, log),
    "edit an image": lambda rng, log, _: leaves.edit_image(rng, log),
    "edit a letter": lambda rng, log, _: leaves.edit_letter(rng, log),
    "edit a hash": lambda rng, log, _: leaves.edit_hash(rng, log),
    "delete a leaf": lambda rng, log, _: leaves.delete(rng, log),
    "cut the end off": lambda rng, log, _: leaves.truncate(rng, log),
    "insert a leaf": lambda rng, log, _: leaves.insert(rng, log),
    "reorder": lambda rng, log, _: leaves.reorder(rng, log),
    "delete a record": lambda rng, log, kept: rows.delete(rng, log, kept.client_id),
    "insert a record": lambda rng, log, kept: rows.insert(rng, log, kept.client_id),
    "exchange two records": lambda rng, log, kept: rows.exchange(rng, log, kept.client_id),
    "forge record and leaf": lambda rng, log, kept: rows.forge(rng, log, kept.client_id),
    "alter what was sent": lambda rng, log, _: others.body(rng, log),
    "alter the size": lambda rng, log, _: others.size(rng, log),
    "alter a head": lambda rng, log, _: others.head(rng, log),
    "alter a photo": lambda rng, _, kept: others.photo(rng, kept.photo),
}
OURS_ALONE = {"edit a hash", "alter what was sent", "alter the size", "alter a head",
              "alter a photo"}  # fmt: skip
"""What an export does not hold."""
UNSIGNED = {"edit a hash", "alter a head"}
"""What a new signature would only put right again."""


@dataclass(frozen=True)
class Verdict:
    """`attack` is empty when the database did not allow it; `alone`: whether the stand-alone
    verifier found it too, None when it was not asked."""

    attack: str = ""
    column: str = ""
    signed: bool = False
    found: bool = False
    alone: bool | None = None


class Undo(Exception):
    pass


def judged(kept: Kept, seed: int, ask_alone: bool = False) -> Verdict:
    """Even seeds take the columns of all tables in turn, odd ones any other attack."""
    rng, made = random.Random(seed), Verdict()
    with undone(kept):
        others.disarm()
        if seed % 2 == 0:
            column = COLUMNS[seed // 2 % len(COLUMNS)]
            made = _cell(rng, column, kept, ask_alone)
        else:
            made = _other(rng, kept, ask_alone)
    return made


def _cell(rng: random.Random, column: rows.Column, kept: Kept, ask_alone: bool) -> Verdict:
    if not rows.edit_cell(rng, column, kept.client_id):
        return Verdict()
    log = ledger.log_of(log_named(column[0], kept.client_id))
    name = f"{column[0]._meta.table_name}.{column[1].name}"
    return _look("edit a cell", name, rng, log, kept, ask_alone)


def _other(rng: random.Random, kept: Kept, ask_alone: bool) -> Verdict:
    name = rng.choice(sorted(ATTACKS))
    client = name == "alter a photo" or rng.random() < 0.6
    log = ledger.log_of(kept.client_id if client else None)
    with suppress(peewee.DatabaseError), database.atomic():
        if ATTACKS[name](rng, log, kept):
            return _look(name, "", rng, log, kept, ask_alone and name not in OURS_ALONE)
    return Verdict()


def _look(name: str, column: str, rng: random.Random, log: Log, kept: Kept,
          ask_alone: bool) -> Verdict:  # fmt: skip
    signed = name not in UNSIGNED and (name.startswith("forge") or rng.random() < 0.5)
    if signed:
        resign(log)
    note = kept.notes[log.client_id]
    found = bool(heads.verify(log.client_id, [note])[1])
    return Verdict(name, column, signed, found,
                   alone.finds(log.client_id, note) if ask_alone else None)  # fmt: skip


def resign(log: Log) -> None:
    """Makes hashes and heads anew with the real key, as if nothing had been there before."""
    leaves.rehash(log)
    LogHead.delete().where(LogHead.log == log.id).execute()
    for path in (current().ledger_key.parent / "heads").glob("*.txt"):
        path.unlink()
    with suppress(Fork, ValueError):  # a key that was altered signs nothing
        heads.sign(log.client_id, clock.now())


@contextmanager
def undone(kept: Kept) -> Iterator[None]:
    """Whatever happens inside leaves no trace in the database, beside the key or in the photo."""
    files = [*(current().ledger_key.parent / "heads").glob("*.txt"), blobs.path_of(kept.photo)]
    held = {path: path.read_bytes() for path in files}
    try:
        with suppress(Undo), database.atomic():
            yield
            raise Undo
    finally:
        for path, data in held.items():
            if not path.exists() or path.read_bytes() != data:
                path.write_bytes(data)
