"""Copies of a value outside the protected rows: what was sent, receipts, mails, notices, jobs.

A value of eight characters and more is replaced wherever it stands. A shorter one, as Chinese names
are, only where it is the whole of a field that bears the erased column's name: it may be part of
many words that have nothing to do with it.
"""

import json
import re
import secrets
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Any

from peewee import TextField

from roundtag.commands import Deed
from roundtag.models import ALL, Base, Leaf, Log, LogHead, OutMail, Submission, tuples
from roundtag.models.base import UtcField

LONG = 8
PERSONAL = ("name", "username", "email", "phone", "address", "contact", "caller", "typed")
PROOFS = (Leaf, Log, LogHead)
"""They hold commitments only, and change never."""


def wipe(deed: Deed, values: Iterable[str], fields: Iterable[str] = ()) -> tuple[str, ...]:
    """Replaces the values in every table outside the ledger; returns which tables held one."""
    parts = sorted({part.strip() for value in values for part in value.splitlines()} - {""})
    if not parts:
        return ()
    marked = f"erased-{secrets.token_hex(4)}"
    pattern = _pattern(parts, {*PERSONAL, *fields})
    OutMail.delete().where(OutMail.sent_at.is_null() & OutMail.address.in_(parts)).execute()
    open_to_change = [model for model in ALL if not model.LOG and model not in PROOFS]
    return tuple(
        model._meta.table_name
        for model in open_to_change
        if _wipe(deed, model, parts, pattern, marked)
    )


def former(row: Base, fields: Iterable[str]) -> list[str]:
    """What these columns held before, as the deeds that wrote the row were given it."""
    mark = f'"key":{row._pk},"table":"{row._meta.table_name}"'
    leaves = tuples(Leaf.select(Leaf.text).where(Leaf.text.contains(mark)))
    ids = {json.loads(text)["id"] for (text,) in leaves}
    sent = [body for key in ids for (body,) in tuples(
        Submission.select(Submission.body).where(Submission.id == key)) if body]  # fmt: skip
    wanted = set(fields)
    return [value for body in sent for name, value in _pairs(json.loads(body)) if name in wanted]


def _pairs(held: Any) -> Iterator[tuple[str, str]]:
    """Names and texts of what was sent: an office's order, or the list of pairs of a phone."""
    if isinstance(held, dict):
        held = [list(pair) for pair in held.items()]
    for pair in held if isinstance(held, list) else []:
        name, value = pair if isinstance(pair, list) and len(pair) == 2 else ("", pair)
        if isinstance(value, dict | list):
            yield from _pairs(value)
        elif isinstance(name, str) and isinstance(value, str):
            yield name, value


def _pattern(parts: list[str], fields: Iterable[str]) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(fields)))
    long = "|".join(re.escape(_escaped(part)) for part in parts if len(part) >= LONG)
    short = "|".join(re.escape(_escaped(part)) for part in parts if len(part) < LONG)
    whole = rf'(?P<before>"(?:{names})"\s*[:,]\s*")(?:{short})(?=")' if short else ""
    return re.compile("|".join(way for way in (long, whole) if way), re.IGNORECASE)


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _texts(model: type[Base]) -> list[Any]:
    key: Any = model._meta.primary_key
    keys = {key.name} if hasattr(key, "name") else set(getattr(key, "field_names", ()))
    return [field for field in model._meta.sorted_fields
            if isinstance(field, TextField) and not isinstance(field, UtcField)
            and field.name not in keys]  # fmt: skip


def _wipe(deed: Deed, model: type[Base], parts: list[str], pattern: re.Pattern[str],
          marked: str) -> bool:  # fmt: skip
    """Cells are read and written as the text that they are, so that all else stays byte by byte."""
    found = False
    for field in _texts(model):
        wanted = reduce(or_, [field.cast("text").contains(_escaped(part)) for part in parts])
        rows: list[Any] = list(model.select().where(wanted))
        for row in rows:
            before = field.db_value(getattr(row, field.name))
            after = pattern.sub(lambda hit: (hit.groupdict().get("before") or "") + marked, before)
            if after == before:
                continue
            found = True
            if model is Submission and field.name == "body":
                deed.erase(row, after)
            else:
                model.update({field: field.python_value(after)}).where(row._pk_expr()).execute()
    return found
