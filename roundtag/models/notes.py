from peewee import ForeignKeyField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.devices import Device
from roundtag.models.people import Person
from roundtag.models.places import Client, Contract, Room


class Note(Base):
    """Recorded at a code without its page. `kind`: check or note; `result`: pass or fail."""

    LOG = "client"
    SEALED = ("note",)

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract, null=True)
    room = ForeignKeyField(Room)
    device = ForeignKeyField(Device, null=True)
    kind = TextField()
    result = TextField(null=True)
    note = TextField(null=True)
    person = ForeignKeyField(Person, null=True)
    submission = TextField(unique=True)
    claimed_at = UtcField(null=True)
    received_at = UtcField()
    salts = JsonField(default=dict)


class NoteMatch(Base):
    """Who filed a kept submission, at which tag, and when."""

    LOG = "client"

    client = ForeignKeyField(Client)
    submission = TextField(unique=True)
    code = TextField()
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
