"""A log with the records that it tells of, as a file that static/verifier/verify.py checks.

export.json says what it is; leaves.jsonl holds the leaves byte by byte, a line each; heads.txt
every signed head; rows.jsonl each protected row with the salts that open its commitments.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from roundtag import clock, db, ledger
from roundtag.heads import checks, reading, signing
from roundtag.models import PROTECTED, Base, Leaf
from roundtag.models.base import DayField, UtcField

VERIFIER = Path(__file__).resolve().parent.parent.parent / "static" / "verifier" / "verify.py"
FORM = "roundtag-log-export/1"


TRIES = 5


def signed(client_id: int | None, target: Path) -> int:
    """Signs the log and writes its export as of that moment; returns how many leaves it holds.

    What others write meanwhile is not in it. A log that grows between the two is signed again;
    one that never rests is held still in the end.
    """
    for _ in range(TRIES):
        head = signing.sign(client_id, clock.now())
        with db.one_moment():
            if ledger.log_of(client_id).size == (head.size if head else 0):
                return write(client_id, target)
    with db.write():
        signing.sign(client_id, clock.now())
        return write(client_id, target)


def write(client_id: int | None, target: Path) -> int:
    """The export itself, of a log that nobody writes to meanwhile."""
    held = ledger.log_of(client_id)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export.json", json.dumps(_about(client_id), ensure_ascii=False, indent=1))
        count = _lines(archive, "leaves.jsonl", _leaves(held.id))
        archive.writestr("heads.txt", checks.notes(held.id))
        _lines(archive, "rows.jsonl", map(_line, _rows(client_id)))
        archive.write(VERIFIER, "verify.py")
    return count


def _about(client_id: int | None) -> dict[str, Any]:
    held = ledger.log_of(client_id)
    return {
        "form": FORM,
        "origin": held.origin,
        "key": reading.verifier_key(held.origin),
        "as_of": clock.to_text(clock.now()),
        "defaults": {model._meta.table_name: ledger.added(model) for model in _tables(client_id)},
    }


def _tables(client_id: int | None) -> list[type[Base]]:
    return [model for model in PROTECTED if (model.LOG == "client") == (client_id is not None)]


def _leaves(log_id: int) -> Iterator[str]:
    rows = Leaf.select(Leaf.text).where(Leaf.log == log_id).order_by(Leaf.leaf_index)
    return (text for (text,) in rows.tuples().iterator())


def _lines(archive: zipfile.ZipFile, name: str, lines: Iterator[str]) -> int:
    count = 0
    with archive.open(name, "w") as file:
        for count, line in enumerate(lines, 1):  # noqa: B007 - the last one is returned
            file.write(line.encode() + b"\n")
    return count


def _rows(client_id: int | None) -> Iterator[dict[str, Any]]:
    for model in _tables(client_id):
        query = model.select()
        if client_id is not None:
            query = query.where(model.client == client_id)
        for row in query.iterator():
            yield {"table": model._meta.table_name, "key": row._pk, "columns": _columns(row),
                   "salts": row.salts if row.SEALED else {}}  # fmt: skip


def _columns(row: Base) -> dict[str, Any]:
    """The values that an image holds or commits to."""
    shown = {}
    for field in row._meta.sorted_fields:
        if field.name not in row.UNLOGGED:
            value = row.__data__.get(field.name)
            if value is not None and isinstance(field, UtcField | DayField):
                value = field.db_value(value)
            sealed = field.name in row.SEALED and value is not None
            shown[field.name] = str(value) if sealed else value
    return shown


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))
