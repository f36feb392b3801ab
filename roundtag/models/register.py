from peewee import ForeignKeyField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.people import Person
from roundtag.models.places import Client


class ImportBatch(Base):
    """Files that a person handed in, from the upload to the result; it goes when it expires.

    States: looking (a job reads them), ready (the preview waits), storing (a job writes), done,
    failed. `files`: name, sha256 and size of each; `told`: what became of it.
    """

    id = TextField(primary_key=True)
    client = ForeignKeyField(Client)
    person = ForeignKeyField(Person, null=True)
    files = JsonField(default=list)
    choices = JsonField(default=dict)
    state = TextField()
    digest = TextField(default="")
    command = TextField(null=True)
    job = TextField(null=True)
    told = JsonField(default=dict)
    created_at = UtcField()
    expires_at = UtcField()

    class Meta:
        indexes = ((("person", "created_at"), False), (("expires_at",), False))


class ImportMapping(Base):
    """How a client's files with one set of headings were read last time."""

    client = ForeignKeyField(Client)
    signature = TextField()
    kind = TextField()
    fields = JsonField(default=dict)
    person = ForeignKeyField(Person, null=True)
    at = UtcField()

    class Meta:
        indexes = ((("client", "signature"), True),)
