"""What people write into the documents of a fault beside its records."""

from peewee import ForeignKeyField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.faults import Fault
from roundtag.models.people import Person
from roundtag.models.places import Client


class PaperText(Base):
    """One section's text of one kind of document of a fault, in two languages."""

    LOG = "client"
    SEALED = ("zh", "en")

    client = ForeignKeyField(Client)
    fault = ForeignKeyField(Fault)
    kind = TextField()
    section = TextField()
    zh = TextField(null=True)
    en = TextField(null=True)
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("fault", "kind", "section"), True),)
