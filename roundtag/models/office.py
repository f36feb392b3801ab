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
        indexes = (
            (("recipient", "channel", "dedupe"), True),
            (("channel", "sent_at"), False),
            (("recipient", "read_at"), False),
        )


class NoticeChoice(Base):
    """Which mail a person takes, and when; a habit of theirs, so in no log."""

    person = ForeignKeyField(Person, unique=True, on_delete="CASCADE")
    muted = JsonField(default=list)
    quiet_from = TextField(default="")
    quiet_until = TextField(default="")


class CapabilityLink(Base):
    """A link that lets its holder do one thing without an account; only the hash is stored."""

    token_hash = TextField(primary_key=True)
    purpose = TextField()
    subject_id = IntegerField()
    created_at = UtcField()
    expires_at = UtcField()
    revoked_at = UtcField(null=True)


class Approval(Base):
    """A decision on a subject. `signer` is the name that was written, `signature` the hash of what
    was drawn; `link_hash` names the link of somebody without an account."""

    LOG = "client"
    SEALED = ("note", "signer", "signature")

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
    signer = TextField(null=True)

    class Meta:
        indexes = ((("subject", "subject_id", "step"), False),)


class IssuedDocument(Base):
    """A document that left the house: its number, data digest and file hash; never edited.

    `subject`, `subject_id`: what it is about, e.g. round and its key; `replaces` the older one.
    """

    LOG = "client"

    client = ForeignKeyField(Client)
    number = TextField(unique=True)
    kind = TextField()
    data_digest = TextField()
    file_hash = TextField()
    issued_by = ForeignKeyField(Person, null=True)
    issued_at = UtcField()
    subject = TextField(default="")
    subject_id = IntegerField(null=True)
    replaces = ForeignKeyField("self", null=True)

    class Meta:
        indexes = ((("subject", "subject_id"), False), (("client", "issued_at"), False))


class CalendarException(Base):
    """A client's own working day or day off, over the public calendar, until it is removed."""

    LOG = "client"
    SEALED = ("reason",)

    client = ForeignKeyField(Client)
    day = DayField()
    working = BooleanField()
    reason = TextField(null=True)
    removed_at = UtcField(null=True)
    salts = JsonField(default=dict)

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
