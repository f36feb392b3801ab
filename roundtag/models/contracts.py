from peewee import ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.people import Person
from roundtag.models.places import Client, Contract


class ContractMatrix(Base):
    """A published version of what a contract promises; a row is never changed (ADR 0025).

    `rows`: level → target → what holds on a working day and on a day off; `definitions`: level →
    words in both languages; `week`: the working hours of Monday to Sunday in minutes of the day.
    """

    LOG = "client"

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract)
    number = IntegerField()
    rows = JsonField()
    definitions = JsonField()
    week = JsonField()
    warn = JsonField()
    zone = TextField()
    published_at = UtcField()
    published_by = ForeignKeyField(Person, null=True)

    class Meta:
        indexes = (
            (("contract", "number"), True),
            (("contract", "published_at"), False),
        )


class MatrixDraft(Base):
    """The next version of a contract's matrix while it is worked on; one per contract."""

    LOG = "client"

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract, unique=True)
    rows = JsonField()
    definitions = JsonField()
    week = JsonField()
    warn = JsonField()
    saved_at = UtcField()
    saved_by = ForeignKeyField(Person, null=True)
