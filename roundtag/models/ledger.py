from peewee import CompositeKey, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.people import Person
from roundtag.models.places import Client


class Log(Base):
    """A ledger: one per client, one for the provider (`client` null). `size` hands out indexes."""

    client = ForeignKeyField(Client, null=True, unique=True)
    origin = TextField(unique=True)
    size = IntegerField(default=0)


class Leaf(Base):
    """One deed in one log, as canonical JSON. Database triggers refuse UPDATE and DELETE."""

    log = ForeignKeyField(Log)
    leaf_index = IntegerField()
    text = TextField()
    hash = TextField()
    received_at = UtcField()

    class Meta:
        primary_key = CompositeKey("log", "leaf_index")


class LogHead(Base):
    """A signed head of a log: hexadecimal `root` of its first `size` leaves, the signed `note`, and
    the `peaks` from which the tree goes on. Database triggers refuse UPDATE and DELETE."""

    log = ForeignKeyField(Log, index=False)
    size = IntegerField()
    root = TextField()
    peaks = JsonField()
    note = TextField()
    signed_at = UtcField()

    class Meta:
        primary_key = CompositeKey("log", "size")


class LogCheck(Base):
    """One reading of a whole log beside its records, in the background. `count` of what is wrong,
    the first `problems` in words; a fact about the log, so in none."""

    key = TextField(primary_key=True)
    log = ForeignKeyField(Log, index=False)
    person = ForeignKeyField(Person, null=True)
    asked_at = UtcField()
    done_at = UtcField(null=True)
    leaves = IntegerField(default=0)
    count = IntegerField(default=0)
    problems = JsonField(default=list)

    class Meta:
        indexes = ((("log", "asked_at"), False),)
