from peewee import CompositeKey, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, UtcField
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
