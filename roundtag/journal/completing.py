"""Makes the journal and the database agree after a crash, or where the journal was away.

What the database has and the journal lacks is written into it as the rows stand now; a line whose
commit never came is taken back. Doing it twice changes nothing.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from roundtag import clock, db
from roundtag.journal import choosing
from roundtag.journal.files import Journal, line_at
from roundtag.journal.lines import LeafAt, Line
from roundtag.journal.witness import line_of
from roundtag.models import ALL, Leaf, Log, Submission, SubmissionBlob, tuples

BACK = timedelta(days=2)
"""How far back is looked: further than to the backup of the night before."""
MODELS = {model._meta.table_name: model for model in ALL}


def complete(journal: Journal) -> int:
    """Returns how many leaves were written into the journal. Call it while nobody else writes."""
    since = clock.now() - BACK
    lines, stored = choosing.alive(journal.read(since)), _leaves(since)
    hashes = {(row[2], row[1]): row[3] for row in stored}

    def is_there(leaf: LeafAt) -> bool:
        return hashes.get((leaf.origin, leaf.index)) == leaf.hash or _is_stored(leaf)

    lost = [line.id for line in lines if not all(map(is_there, line.leaves))]
    if lost:
        journal.append(Line(line_at(), undo=lost))
    held = {(leaf.origin, leaf.index) for line in lines if line.id not in lost
            for leaf in line.leaves}  # fmt: skip
    missing = [row for row in stored if (row[2], row[1]) not in held]
    if missing:
        with db.write():
            wanted = [one for row in missing for one in _named(row)]
            journal.append(line_of(list(dict.fromkeys(wanted))))
    return len(missing)


def _is_stored(leaf: LeafAt) -> bool:
    found = Leaf.select(Leaf.hash).join(Log).where(
        (Log.origin == leaf.origin) & (Leaf.leaf_index == leaf.index)
    )  # fmt: skip
    return tuples(found) == [(leaf.hash,)]


def _leaves(since: Any) -> list[tuple[Any, ...]]:
    query = Leaf.select(Leaf.log, Leaf.leaf_index, Log.origin, Leaf.hash).join(Log)
    return tuples(query.where(Leaf.received_at >= since).order_by(Leaf.log, Leaf.leaf_index))


def _named(row: tuple[Any, ...]) -> Iterator[tuple[Any, Any]]:
    """All rows that a leaf speaks of, and what was sent."""
    log, index = row[:2]
    leaf = Leaf.get((Leaf.log == log) & (Leaf.leaf_index == index))
    said = json.loads(leaf.text)
    yield Leaf, (log, index)
    yield Log, log
    yield Submission, said["id"]
    for key in tuples(SubmissionBlob.select(SubmissionBlob.submission, SubmissionBlob.sha256).where(
        SubmissionBlob.submission == said["id"]
    )):  # fmt: skip
        yield SubmissionBlob, key
    for entry in said["changes"]:
        yield MODELS[entry["table"]], entry["key"]
