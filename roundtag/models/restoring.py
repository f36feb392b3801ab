from peewee import ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.places import Client


class Restoration(Base):
    """The installation went back to a backup: the provider's log as the backup had it, and why.

    `leaves`: SHA-256 over the hashes of the leaves that the backup had, one per line.
    """

    LOG = "provider"
    SEALED = ("reason",)

    made_at = UtcField()
    at = UtcField()
    size = IntegerField()
    leaves = TextField()
    reason = TextField(null=True)
    salts = JsonField(default=dict)


class RestoredLog(Base):
    """The same for a client's log: what had come after these leaves and before this row is gone."""

    LOG = "client"

    client = ForeignKeyField(Client)
    restoration = ForeignKeyField(Restoration)
    made_at = UtcField()
    size = IntegerField()
    leaves = TextField()
