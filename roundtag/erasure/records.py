"""A sealed column of any record: a comment, a note, a borrower, the contact of a contract."""

from dataclasses import dataclass
from typing import Any

from roundtag import blobs
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.erasure import traces
from roundtag.errors import NotFound, invalid
from roundtag.models import PROTECTED, Base
from roundtag.models.base import JsonField
from roundtag.words import N_

OWN_VERBS = ("person", "attachment", "sso_identity", "fault_contact", "hotline_call")
TABLES: dict[str, type[Base]] = {
    model._meta.table_name: model for model in PROTECTED
    if model.SEALED and model._meta.table_name not in OWN_VERBS
}  # fmt: skip
DRAWN = ("signature",)
"""Columns that hold the hash of a drawing, whose bytes go with them."""
LABEL = "—"


@dataclass(frozen=True)
class EraseRecord:
    """`fields`: the columns to erase; none: all that are sealed."""

    table: str
    key: int
    fields: tuple[str, ...] = ()


def found(table: str, key: int, actor: Actor) -> Base:
    """Raises NotFound for what is none of the actor's."""
    model = TABLES.get(table)
    if model is None:
        raise NotFound
    query = model.select().where(model.id == key)
    row = (visible(actor, query, model.client) if model.LOG == "client" else query).first()
    if row is None:
        raise NotFound
    return row


def client_of(row: Base) -> int | None:
    return row.client_id if row.LOG == "client" else None


def erase_record(command: EraseRecord, deed: Deed) -> Outcome:
    """Deletes values for good, with their salts and the copies of what was sent."""
    row = found(command.table, command.key, deed.actor)
    deed.require(client_of(row))
    if unknown := set(command.fields) - set(row.SEALED):
        raise invalid("fields", "unknown", N_("This is no field that can be erased."),
                      field=unknown.pop())  # fmt: skip
    names = [name for name in command.fields or row.SEALED if holds(row, name)]
    if not names:
        return Outcome(N_("This was erased before."), state="conflict", subject_id=command.key)
    was = {name: str(getattr(row, name)) for name in names}
    deed.blank(row, *names, **{name: left for name in names if (left := _left(row, name))})
    for name in set(names) & set(DRAWN):
        blobs.erase(was[name])
    known = [*was.values(), *traces.former(row, names)]
    deed.erasures_also(traces.wipe(deed, known, names))
    return Outcome(N_("Erased for good. The history says so."), subject_id=command.key)


def holds(row: Base, name: str) -> bool:
    return getattr(row, name) not in (None, LABEL, [])


def _left(row: Base, name: str) -> Any:
    """What stands where a column may not be empty."""
    field = row._meta.fields[name]
    if field.null:
        return None
    return [LABEL] if isinstance(field, JsonField) else LABEL
