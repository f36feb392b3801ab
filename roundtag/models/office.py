"""Seams laid early, each small but in use: notices, links, approvals, documents, calendar, duty."""

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, DayField, JsonField, UtcField
from roundtag.models.people import Person
from roundtag.models.places import Client, Contract


class Notification(Base):
    """A message to one person on one channel; `dedupe` makes repeated triggers one message."""

    recipient = ForeignKeyField(Person)
    channel = TextField()
    dedupe = TextField()
    kind = TextField()
    data = JsonField(default=dict)
    url = TextField(default="")
    created_at = UtcField()
    sent_at = UtcField(null=True)
    read_at = UtcField(null=True)

    class Meta:
        indexes = ((("recipient", "channel", "dedupe"), True), (("channel", "sent_at"), False))


class CapabilityLink(Base):
    """A link that lets its holder do one thing without an account; only the hash is stored."""

    token_hash = TextField(primary_key=True)
    purpose = TextField()
    subject_id = IntegerField()
    created_at = UtcField()
    expires_at = UtcField()
    revoked_at = UtcField(null=True)


class Approval(Base):
    LOG = "client"
    SEALED = ("note",)

    client = ForeignKeyField(Client)
    subject = TextField()
    subject_id = IntegerField()
    step = TextField()
    decision = TextField()
    person = ForeignKeyField(Person, null=True)
    link_hash = TextField(null=True)
    signature = TextField(null=True)
    amount = TextField(null=True)
    note = TextField(null=True)
    at = UtcField()
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("subject", "subject_id", "step"), False),)


class IssuedDocument(Base):
    """A document that left the house: its number, data digest and file hash; never edited."""

    LOG = "client"

    client = ForeignKeyField(Client)
    number = TextField(unique=True)
    kind = TextField()
    data_digest = TextField()
    file_hash = TextField()
    issued_by = ForeignKeyField(Person, null=True)
    issued_at = UtcField()


class CalendarException(Base):
    """A client's own working day or day off, over the public calendar."""

    LOG = "client"

    client = ForeignKeyField(Client)
    day = DayField()
    working = BooleanField()

    class Meta:
        indexes = ((("client", "day"), True),)


class DutyTurn(Base):
    """Who is on duty for a contract, from and until (exclusive)."""

    LOG = "client"

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract)
    person = ForeignKeyField(Person)
    starts_at = UtcField()
    ends_at = UtcField()

    class Meta:
        indexes = ((("contract", "ends_at"), False),)


class Setting(Base):
    """Facts about this installation, e.g. the key of its cookies or that the demo was loaded."""

    name = TextField(primary_key=True)
    value = TextField()
