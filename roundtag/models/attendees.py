"""What people without an account leave behind, apart from the fault itself."""

from peewee import ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.devices import Device
from roundtag.models.faults import Fault
from roundtag.models.places import Client, Room


class FaultContact(Base):
    """How to reach whoever reported a fault. Erased: no contact, no salt, `erased_at` set."""

    LOG = "client"
    SEALED = ("contact",)

    client = ForeignKeyField(Client)
    fault = ForeignKeyField(Fault, unique=True)
    contact = TextField(null=True)
    erased_at = UtcField(null=True)
    salts = JsonField(default=dict)


class Rating(Base):
    """One to five stars by the holder of a report's status link."""

    LOG = "client"
    SEALED = ("comment",)

    client = ForeignKeyField(Client)
    fault = ForeignKeyField(Fault, unique=True)
    stars = IntegerField()
    comment = TextField(null=True)
    at = UtcField()
    changed_at = UtcField(null=True)
    salts = JsonField(default=dict)


class TagReport(Base):
    """A new fault that an attendee reported at a tag; the limit per hour counts these rows."""

    tag = TextField()
    fault = ForeignKeyField(Fault, unique=True)
    at = UtcField()

    class Meta:
        indexes = ((("tag", "at"), False),)


class TipHelped(Base):
    """Somebody helped themselves with a tip, once per page that they opened."""

    client = ForeignKeyField(Client)
    room = ForeignKeyField(Room)
    device = ForeignKeyField(Device, null=True)
    symptom = TextField()
    at = UtcField()

    class Meta:
        indexes = ((("symptom", "at"), False),)
