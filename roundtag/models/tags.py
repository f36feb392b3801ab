from peewee import ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.devices import Tag
from roundtag.models.people import Person
from roundtag.models.places import Client


class TagBatch(Base):
    """Blank tags made in one go, for one client or (`client` None) for whoever needs them."""

    LOG = "provider"
    SEALED = ("note",)

    client = ForeignKeyField(Client, null=True)
    count = IntegerField()
    note = TextField(null=True)
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
    salts = JsonField(default=dict)


class BatchTag(Base):
    LOG = "provider"

    tag = ForeignKeyField(Tag, column_name="code", primary_key=True)
    batch = ForeignKeyField(TagBatch)


class TagEvent(Base):
    """What happened to a code after it was made; never changed."""

    LOG = "provider"

    tag = ForeignKeyField(Tag, column_name="code", index=False)
    client = ForeignKeyField(Client, null=True)
    kind = TextField()
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
    data = JsonField(default=dict)

    class Meta:
        indexes = ((("tag", "at"), False), (("person", "at"), False))


class PrintRun(Base):
    """One sheet or roll that was made: `start` is its first label, `count` how many it has.

    `client` is None when the tags are of several clients or of none. `codes_sha256` is the hash of
    the codes in order, each on a line: it vouches for the lines of `PrintedLabel`.
    """

    LOG = "provider"

    client = ForeignKeyField(Client, null=True)
    person = ForeignKeyField(Person, null=True)
    at = UtcField(index=True)
    stock = TextField()
    design = TextField()
    start = IntegerField()
    count = IntegerField()
    codes_sha256 = TextField()


class PrintedLabel(Base):
    """An index from a code to the runs that printed it; thousands of rows for one large print."""

    run = ForeignKeyField(PrintRun)
    code = TextField(index=True)
