"""Changes of the key that signs the heads of the logs (docs/adr/0047-keys-change-by-a-leaf.md)."""

from peewee import ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, UtcField
from roundtag.models.places import Client


class SigningKey(Base):
    """The provider's log goes on under another key: `before` and `verifier` are public keys in the
    form that is handed out, `size` the index of the leaf that says so."""

    LOG = "provider"

    size = IntegerField()
    before = TextField()
    verifier = TextField()
    at = UtcField()


class LogKey(Base):
    """The same of a client's log."""

    LOG = "client"

    client = ForeignKeyField(Client)
    size = IntegerField()
    before = TextField()
    verifier = TextField()
    at = UtcField()
