"""What happens to a device beside rounds and faults: it is lent, and its software is renewed."""

from peewee import SQL, BooleanField, ForeignKeyField, TextField

from roundtag.models.base import Base, DayField, JsonField, UtcField
from roundtag.models.devices import Device, Unit
from roundtag.models.people import Person
from roundtag.models.places import Client


class Lending(Base):
    """A device in somebody's hands until `due_on`; a device is lent once at a time."""

    LOG = "client"
    SEALED = ("borrower", "purpose", "condition")

    client = ForeignKeyField(Client)
    device = ForeignKeyField(Device)
    borrower = TextField(null=True)
    purpose = TextField(null=True)
    due_on = DayField()
    lent_at = UtcField()
    lent_by = ForeignKeyField(Person, null=True)
    returned_at = UtcField(null=True)
    returned_by = ForeignKeyField(Person, null=True)
    condition = TextField(null=True)
    submission = TextField(unique=True)
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("device", "lent_at"), False), (("returned_at", "due_on"), False))


Lending.add_index(
    Lending.device, unique=True, where=SQL("returned_at IS NULL"), name="lending_one_borrower"
)


class Software(Base):
    """What runs on a device. `name` is empty for its firmware; an empty version is not known.

    `unit` is the one in place when `installed` was recorded: another unit may hold another version.
    """

    LOG = "client"

    client = ForeignKeyField(Client)
    device = ForeignKeyField(Device)
    unit = ForeignKeyField(Unit, null=True)
    kind = TextField()
    name = TextField(default="")
    installed = TextField(default="")
    latest = TextField(default="")
    updated_at = UtcField()

    class Meta:
        indexes = ((("device", "kind", "name"), True), (("kind", "name", "device"), False))


class SoftwareUpdate(Base):
    """One change of an installed version; no verb changes it afterwards."""

    LOG = "client"
    SEALED = ("done_by", "backup_where", "note")

    client = ForeignKeyField(Client)
    software = ForeignKeyField(Software, backref="updates")
    unit = ForeignKeyField(Unit, null=True)
    from_version = TextField(default="")
    to_version = TextField()
    done_on = DayField()
    done_by = TextField(null=True)
    person = ForeignKeyField(Person, null=True)
    backup_taken = BooleanField(default=False)
    backup_where = TextField(null=True)
    note = TextField(null=True)
    submission = TextField()
    at = UtcField()
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("software", "at"), False),)


class Reason(Base):
    """Why a device was moved, retired, corrected …, in the words of whoever did it."""

    LOG = "client"
    SEALED = ("note",)

    client = ForeignKeyField(Client)
    device = ForeignKeyField(Device)
    note = TextField(null=True)
    submission = TextField()
    salts = JsonField(default=dict)
