from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, DayField, JsonField, UtcField
from roundtag.models.devices import Device
from roundtag.models.people import Person
from roundtag.models.places import Client, Contract, Room


class Checklist(Base):
    LOG = "provider"

    category = TextField()
    occasion = TextField()
    name = TextField()
    name_en = TextField()

    class Meta:
        indexes = ((("category", "occasion"), True),)


class ChecklistVersion(Base):
    """Items as published; append-only in the database, so an entry can always be judged anew."""

    LOG = "provider"

    checklist = ForeignKeyField(Checklist, backref="versions")
    number = IntegerField()
    items = JsonField()
    published_at = UtcField()

    class Meta:
        indexes = ((("checklist", "number"), True),)


class Round(Base):
    """One tour, e.g. the monthly round of a client. `period` is YYYY-MM for a monthly round."""

    LOG = "client"

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract)
    occasion = TextField()
    period = TextField()
    due_on = DayField()
    engineer = ForeignKeyField(Person, null=True)
    closed_at = UtcField(null=True)

    class Meta:
        indexes = ((("contract", "occasion", "period"), True), (("engineer", "due_on"), False))


class RoundDevice(Base):
    """A device to be checked in a round; `done_at` is when its first entry was received."""

    LOG = "client"

    client = ForeignKeyField(Client)
    round = ForeignKeyField(Round)
    device = ForeignKeyField(Device)
    done_at = UtcField(null=True)
    result = TextField(null=True)

    class Meta:
        indexes = ((("round", "device"), True), (("device", "done_at"), False))


class Inspection(Base):
    """A filled checklist. `repeat` marks a second entry for the same device in one round."""

    LOG = "client"
    SEALED = ("note",)

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract, null=True)
    round = ForeignKeyField(Round, null=True)
    device = ForeignKeyField(Device)
    version = ForeignKeyField(ChecklistVersion)
    person = ForeignKeyField(Person)
    result = TextField()
    scanned = BooleanField(default=False)
    repeat = BooleanField(default=False)
    note = TextField(null=True)
    submission = TextField(unique=True)
    claimed_at = UtcField(null=True)
    received_at = UtcField()
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("device", "received_at"), False), (("round", "device"), False))


class Answer(Base):
    """One item of an inspection. `verdict` is pass, fail, na or none (nothing to judge)."""

    LOG = "client"
    SEALED = ("note",)

    client = ForeignKeyField(Client)
    inspection = ForeignKeyField(Inspection, backref="answers")
    room = ForeignKeyField(Room)
    device = ForeignKeyField(Device)
    item = TextField()
    value = TextField(null=True)
    verdict = TextField()
    note = TextField(null=True)
    at = UtcField()
    salts = JsonField(default=dict)

    class Meta:
        indexes = (
            (("inspection", "item"), True),
            (("device", "item", "at"), False),
            (("device", "item", "id"), False),
        )
