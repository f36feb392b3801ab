from peewee import ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.checks import Inspection
from roundtag.models.devices import Device, Unit
from roundtag.models.people import Person
from roundtag.models.places import Client, Contract, Room

OPEN_STATES = ("reported", "in_progress")
QUARANTINED, DISMISSED = "quarantined", "dismissed"
ASIDE = (QUARANTINED, DISMISSED)
"""Reports that count nowhere unless the desk accepts them (ADR 0017)."""


class Fault(Base):
    """A fault from report to resolution. `source`: attendee, engineer, inspection or desk.

    `contact` is empty but for rows of before FaultContact; leaves of that time name the column.
    """

    LOG = "client"
    SEALED = ("description", "contact", "remedy")

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract, null=True)
    number = TextField()
    room = ForeignKeyField(Room)
    device = ForeignKeyField(Device, null=True)
    inspection = ForeignKeyField(Inspection, null=True)
    source = TextField()
    symptom = TextField()
    description = TextField(null=True)
    contact = TextField(null=True)
    state = TextField()
    reporter = ForeignKeyField(Person, null=True)
    assignee = ForeignKeyField(Person, null=True)
    duplicate_of = ForeignKeyField("self", null=True)
    remedy = TextField(null=True)
    resolved_by = ForeignKeyField(Person, null=True)
    submission = TextField(null=True)
    claimed_at = UtcField(null=True)
    reported_at = UtcField()
    resolved_at = UtcField(null=True)
    salts = JsonField(default=dict)

    class Meta:
        indexes = (
            (("client", "number"), True),
            (("device", "state"), False),
            (("room", "state"), False),
            (("state", "reported_at"), False),
            (("assignee", "state"), False),
        )


class FaultEvent(Base):
    """What happened to a fault, in order: reported, swapped, resolved …"""

    LOG = "client"
    SEALED = ("note",)

    client = ForeignKeyField(Client)
    fault = ForeignKeyField(Fault, backref="events")
    kind = TextField()
    person = ForeignKeyField(Person, null=True)
    note = TextField(null=True)
    at = UtcField()
    salts = JsonField(default=dict)


class Swap(Base):
    LOG = "client"
    SEALED = ("note",)

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract, null=True)
    device = ForeignKeyField(Device)
    fault = ForeignKeyField(Fault, null=True)
    old_unit = ForeignKeyField(Unit, null=True)
    new_unit = ForeignKeyField(Unit)
    old_serial = TextField(null=True)
    new_serial = TextField()
    old_unit_to = TextField()
    reason = TextField()
    note = TextField(null=True)
    person = ForeignKeyField(Person)
    submission = TextField(unique=True)
    claimed_at = UtcField(null=True)
    received_at = UtcField()
    salts = JsonField(default=dict)


class Counter(Base):
    """Gap-free numbers that people read, e.g. of faults per client and month."""

    name = TextField(primary_key=True)
    value = IntegerField(default=0)
