from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.devices import Device
from roundtag.models.people import Person
from roundtag.models.places import Client, Room


class Stocktake(Base):
    """Counting what is there. `scope`: client, site, building or room; `place`: that one's key.

    `result` is what the report said at the closing; the log holds its `digest`.
    """

    LOG = "client"
    UNLOGGED = ("salts", "result")

    client = ForeignKeyField(Client)
    scope = TextField()
    place = IntegerField(null=True)
    name = TextField()
    blind = BooleanField(default=False)
    opened_at = UtcField()
    opened_by = ForeignKeyField(Person, null=True)
    closed_at = UtcField(null=True)
    closed_by = ForeignKeyField(Person, null=True)
    result = JsonField(null=True)
    digest = TextField(null=True)

    class Meta:
        indexes = ((("client", "opened_at"), False),)


class StocktakeVisit(Base):
    """One person's list of one room. `late`: it came in after the closing and counts no more."""

    LOG = "client"
    SEALED = ("note",)

    client = ForeignKeyField(Client)
    stocktake = ForeignKeyField(Stocktake)
    room = ForeignKeyField(Room)
    note = TextField(null=True)
    person = ForeignKeyField(Person, null=True)
    late = BooleanField(default=False)
    submission = TextField(unique=True)
    claimed_at = UtcField(null=True)
    received_at = UtcField()
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("stocktake", "room"), False),)


class StocktakeEntry(Base):
    """One thing of a visit's list. `device` is null where the code led to none of this client."""

    LOG = "client"

    client = ForeignKeyField(Client)
    visit = ForeignKeyField(StocktakeVisit)
    stocktake = ForeignKeyField(Stocktake)
    room = ForeignKeyField(Room)
    code = TextField()
    device = ForeignKeyField(Device, null=True)
    scanned = BooleanField(default=False)

    class Meta:
        indexes = ((("stocktake", "device"), False),)


class StocktakeReason(Base):
    """Why a device that was not found is not missed; the newest one of a device counts."""

    LOG = "client"
    SEALED = ("note",)

    client = ForeignKeyField(Client)
    stocktake = ForeignKeyField(Stocktake)
    device = ForeignKeyField(Device)
    kind = TextField()
    note = TextField(null=True)
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("stocktake", "device"), False),)
