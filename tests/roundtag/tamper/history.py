"""A history that touches every protected table: deeds as people do them, and rows made up for the
tables that those leave empty, written as every row is."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import peewee

from roundtag import blobs, clock, heads, ledger
from roundtag.access import SYSTEM
from roundtag.commands import Deed, Outcome
from roundtag.models import PROTECTED, Base, LogKey, SigningKey
from roundtag.models.base import DayField, JsonField, UtcField
from tests import world as worlds
from tests.world import World

WORDS = {"category": "projector", "kind": "video"}
"""Columns whose words mean something to what follows the rows."""


DEEDS = 9


@dataclass(frozen=True)
class Kept:
    """The heads that an auditor has of the client's log and of the provider's, and a photo."""

    client_id: int
    notes: dict[int | None, str]
    photo: str


def full(world: World) -> Kept:
    """Some deeds, two rows in each table, both logs signed."""
    data, photo = worlds.jpeg("teal")
    fields = worlds.fault_form(world, description="无画面", contact="王先生 13800001111",
                               photo=f"blob:{photo.sha256}")  # fmt: skip
    worlds.deliver("fault", fields, world.engineer, photos=(photo,))
    blobs.put_photo(data)
    worlds.deliver("inspection", worlds.check_form(world), world.engineer)
    worlds.deliver("swap", worlds.swap_form(world), world.engineer)
    for number in range(DEEDS):
        worlds.deliver("fault", worlds.fault_form(world, 1, description=f"no {number}"),
                       world.engineer)  # fmt: skip
    worlds.run(make_up_rows, Everything(world.client_id))
    for _ in range(2):
        signed(world.client_id)
        heads.rotate(SYSTEM)
    return Kept(world.client_id, signed(world.client_id), photo.sha256)


def signed(client_id: int) -> dict[int | None, str]:
    made = {key: heads.sign(key, clock.now()) for key in (client_id, None)}
    return {key: head.note for key, head in made.items() if head}


@dataclass(frozen=True)
class Everything:
    client_id: int


KEYS = (SigningKey, LogKey)
"""Filled by a change of the key alone: a made-up one would sign nothing."""


def make_up_rows(command: Everything, deed: Deed) -> Outcome:
    for model in PROTECTED:
        if model in KEYS:
            continue
        for number in range(2):
            deed.create(model, **made_up(model, command.client_id, number))
    return Outcome("made")


make_up_rows.__name__ = "import_register"


def made_up(model: type[Base], client_id: int, number: int) -> dict[str, Any]:
    """Values that a row of a table may hold, one for each column."""
    fields = [field for field in model._meta.sorted_fields if field.name != "salts"]
    return {
        field.name: value_of(field, client_id, number)
        for field in fields
        if not isinstance(field, peewee.AutoField)
    }


def value_of(field: Any, client_id: int, number: int) -> Any:
    if isinstance(field, peewee.ForeignKeyField):
        return client_id if field.name == "client" else _newest(field, client_id, number)
    if isinstance(field, peewee.BooleanField):
        return False
    if isinstance(field, peewee.IntegerField | peewee.FloatField):
        return 9000 + number
    if isinstance(field, UtcField):
        return clock.now() + timedelta(seconds=number)
    if isinstance(field, DayField):
        return clock.local_day(clock.now()) + timedelta(days=number)
    if isinstance(field, JsonField):
        return {"made": number}
    return WORDS.get(field.name, f"{field.name} {number}")


def _newest(field: Any, client_id: int, number: int) -> Any:
    """A row that is there already; of the client's own where such rows have a client."""
    model = field.rel_model
    if model is field.model:
        return None
    query = model.select(model._meta.primary_key).order_by(model._meta.primary_key.desc())
    if model.LOG == "client":
        query = query.where(model.client == client_id)
    rows = [row for (row,) in query.limit(2).tuples()]
    return rows[number % len(rows)] if rows else None


def log_named(model: type[Base], client_id: int) -> int | None:
    return client_id if model.LOG == "client" else ledger.PROVIDER
