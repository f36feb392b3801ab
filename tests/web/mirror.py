"""A second client that is the first one's mirror: every row once more, each at the same stage.

Whatever a form of client A names, client B has the same thing in the same state under another key:
a form that is sent with B's key could only be refused because it is B's.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from peewee import CompositeKey, ForeignKeyField, TextField, sort_models

from roundtag import search
from roundtag.models import (
    ALL,
    Base,
    Client,
    Device,
    Log,
    Person,
    Store,
    Tag,
    Unit,
)
from tags import codes
from tests.world import World, new_id

MARK = "窃QZX"
WORDS = frozenset({
    "name", "name_en", "note", "remarks", "description", "address", "purpose", "borrower",
    "position", "supplier", "problem", "diagnosis", "cause", "remedy", "comment", "reason",
    "title", "root_cause", "workaround", "caller", "contact", "condition", "words", "value",
    "specification", "maker_number", "carrier", "tracking", "signer", "test_note", "zh", "en",
    "settled_note", "shelf", "floor", "client_unit", "asset_number", "done_by", "backup_where",
    "number", "serial", "new_serial", "old_serial", "email", "phone", "period",
})  # fmt: skip
"""Columns that hold what people wrote, or a number that tells of somebody's business."""
CODES = {(Device, "code"), (Store, "code")}
OWN_IDS = frozenset({"submission", "slot", "id", "key", "dedupe", "token_hash", "origin"})
SHARED = frozenset({
    "person", "grant", "session", "leaf", "log_head", "log_check", "submission", "other_body",
    "submission_blob", "notification", "notice_choice", "capability_link", "seal_key", "blob",
    "job", "setting", "counter", "posting", "device_index", "room_index", "first_seen",
    "article_index", "import_mapping", "print_habit", "print_file", "out_mail", "client", "log",
})  # fmt: skip
"""Not mirrored: nobody's, everybody's, one person's, or made anew from what is mirrored."""


@dataclass
class Mirror:
    """What stands for what: (table, key of A's row) → key of B's."""

    keys: dict[tuple[str, Any], Any] = field(default_factory=dict)
    mark: Callable[[str, str], str] = lambda _, text: text

    def of(self, table: str, key: Any) -> Any:
        return self.keys.get((table, key))

    def own(self, table: str) -> Any:
        """The key of a row of A's."""
        return next((a for named, a in self.keys if named == table), None)

    def texts(self, table: str, column: str) -> dict[Any, Any]:
        """A's text in a column → B's in the mirrored row."""
        model = next(one for one in ALL if one._meta.table_name == table)
        said = {row._pk: getattr(row, column) for row in model.select()}
        pairs = [(a, b) for (named, a), b in self.keys.items() if named == table]
        return {said[a]: said[b] for a, b in pairs if said.get(a)}


def mirrored(world: World, other: World, mark: Callable[[str, str], str] | None = None) -> Mirror:
    """Copies all that client A has to client B, with MARK (or what `mark` makes) in every word."""
    mirror = Mirror(mark=mark or (lambda _, text: f"{text}{MARK}"))
    mirror.keys["client", world.client_id] = other.client_id
    logs = {row.client_id: row.id for row in Log.select()}
    mirror.keys["log", logs[world.client_id]] = logs[other.client_id]
    for one, its in ((world.engineer, other.engineer), (world.viewer, other.viewer)):
        mirror.keys["person", one.person_id] = its.person_id
    late = {table for table, _ in POINTERS}
    for model in sorted(sort_models(ALL), key=lambda one: one._meta.table_name in late):
        if model._meta.table_name not in SHARED:
            _copy(model, world.client_id, mirror)
    Client.update(name=f"{MARK} 客户").where(Client.id == other.client_id).execute()
    theirs = [other.engineer.person_id, other.viewer.person_id]
    Person.update(name=MARK).where(Person.id.in_(theirs)).execute()
    search.rebuild()
    return mirror


def belongings(client_id: int, people: Iterable[int | None]) -> set[tuple[str, Any]]:
    """(table, key) of every row that is a client's, by its own column or by what it hangs on."""
    found: set[tuple[str, Any]] = {("person", key) for key in people}
    for model in sort_models(ALL):
        links = {n: t for n, t in links_of(model).items() if t != "person"}
        for row in model.select().dicts():
            if row.get("client", client_id) == client_id and (
                "client" in row or any((t, row[n]) in found for n, t in links.items())
            ):
                found.add((model._meta.table_name, key_of(model, row)))
    return found


def links_of(model: type[Base]) -> dict[str, str]:
    """Columns that name a row of another table, with that table."""
    return {name: one.rel_model._meta.table_name for name, one in model._meta.fields.items()
            if isinstance(one, ForeignKeyField)}  # fmt: skip


def key_of(model: type[Base], row: dict[str, Any]) -> Any:
    key = model._meta.primary_key
    return tuple(map(row.get, key.field_names)) if isinstance(key, CompositeKey) else row[key.name]


def _copy(model: type[Base], client_id: int, mirror: Mirror) -> None:
    fields, table = model._meta.fields, model._meta.table_name
    for row in list(model.select().order_by(*_order(model)).dicts()):
        known = [mirror.of(to, row[name]) for name, to in links_of(model).items()]
        lost = model is Unit and not row["device"] and not row["store"]
        if row.get("client", client_id) != client_id or not (lost or any(known)):
            continue
        copy = {n: _value(model, n, row, mirror) for n in fields if not fields[n].auto_increment}
        made = model.insert(**copy).execute()
        key = model._meta.primary_key
        if not isinstance(key, CompositeKey):
            mirror.keys[table, row[key.name]] = copy.get(key.name, made)


def _order(model: type[Base]) -> list[Any]:
    key = model._meta.primary_key
    return [] if isinstance(key, CompositeKey) else [key]


def _value(model: type[Base], name: str, row: dict[str, Any], mirror: Mirror) -> Any:
    column, value = model._meta.fields[name], row[name]
    if value is None:
        return None
    if isinstance(column, ForeignKeyField):
        return mirror.keys.get((column.rel_model._meta.table_name, value), value)
    pointed = POINTERS.get((model._meta.table_name, name))
    if pointed:
        return mirror.keys.get((pointed(row), value), value)
    if model is Tag and name == "code":
        return codes.new()
    if name in OWN_IDS:
        return new_id() if name != "slot" else f"{value}{MARK}"
    if (model, name) in CODES or (type(column) is TextField and name in WORDS):
        return mirror.mark(name, str(value))
    return value


def _subject(row: dict[str, Any]) -> str:
    return table_of(row["subject"])


def table_of(word: str) -> str:
    return {"repair": "repair_order"}.get(word, word)


POINTERS: dict[tuple[str, str], Callable[[dict[str, Any]], str]] = {
    **{(table, "subject_id"): _subject
       for table in ("attachment", "approval", "issued_document", "quote", "report_run")},
    ("stock_movement", "from_key"): lambda row: table_of(row["from_place"]),
    ("stock_movement", "to_key"): lambda row: table_of(row["to_place"]),
}  # fmt: skip
