"""After a restore: what was erased since the backup is erased once more, by the same verbs.

A line of the list is for a row only while the row's own commitment is the one of the line: after a
restore the same number may stand for somebody else.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from roundtag import commands, erased_list, faults, hotline, ledger
from roundtag.access import SYSTEM
from roundtag.accounts import staff
from roundtag.erased_list import Erasure
from roundtag.erasure.persons import ErasePerson, erase_person
from roundtag.erasure.photos import ErasePhoto, erase_photo
from roundtag.erasure.records import EraseRecord, erase_record
from roundtag.errors import RoundtagError
from roundtag.models import PROTECTED, Base, Person

Step = tuple[commands.Verb, Any]
MODELS = {model._meta.table_name: model for model in PROTECTED if model.SEALED}


@dataclass
class Replayed:
    """`done`: how many rows; `left`: those of the list that hold something else by now, or whose
    erasure was refused. A person should look at them."""

    done: int = 0
    left: list[str] = field(default_factory=list)


def replay(beside: Path | None = None) -> Replayed:
    """Goes through the list of DATA_DIR, and through the copy beside the backups in a folder."""
    result, seen = Replayed(), set()
    copies = [beside / erased_list.NAME] if beside else []
    for one in [line for path in (None, *copies) for line in list(erased_list.read(path))]:
        mark = (one.table, one.key, tuple(sorted(one.was.items())))
        if mark not in seen:
            seen.add(mark)
            _again(one, result)
    return result


def _again(one: Erasure, result: Replayed) -> None:
    model = MODELS.get(one.table)
    row = model.get_or_none(model._meta.primary_key == one.key) if model else None
    names = [name for name in one.was if row and getattr(row, name, None) is not None]
    if row is None or not names or getattr(row, "erased_at", None):
        return
    try:
        if not any(_same(row, name, one.was[name]) for name in names):
            result.left.append(f"{one.table} {one.key}")
            return
        for verb, order in STEPS.get(one.table, _record)(row, names):
            commands.run(str(uuid.uuid4()), verb, order, SYSTEM)
        result.done += 1
    except RoundtagError as refused:
        result.left.append(f"{one.table} {one.key}: {refused}")


def _same(row: Base, name: str, digest: str) -> bool:
    salt = str((row.salts or {}).get(name, ""))
    return bool(salt) and ledger.commitment(salt, str(getattr(row, name))) == digest


def _record(row: Base, names: list[str]) -> list[Step]:
    return [(erase_record, EraseRecord(row._meta.table_name, row._pk, tuple(names)))]


def _person(row: Base, _names: list[str]) -> list[Step]:
    steps: list[Step] = [(erase_person, ErasePerson(row.id))]
    if Person.get_by_id(row.id).active:
        steps.insert(0, (staff.disable_person, staff.OfPerson(row.id)))
    return steps


STEPS: dict[str, Callable[[Any, list[str]], list[Step]]] = {
    "person": _person,
    "sso_identity": lambda row, _: [],  # goes with its person
    "attachment": lambda row, _: [(erase_photo, ErasePhoto(row.id))],
    "fault_contact": lambda row, _: [(faults.erase_contact, faults.EraseContact(row.fault_id))],
    "hotline_call": lambda row, _: [(hotline.erase_caller, hotline.EraseCaller(row.id))],
}
