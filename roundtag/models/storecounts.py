"""Counting what lies in a store: lists by whoever scans, differences, and why they are there."""

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.devices import DeviceModel, Store, Unit
from roundtag.models.people import Person


class StoreCount(Base):
    """A stocktake of one store. `blind`: whoever counts is not shown what is expected; `result`:
    what its report said at the closing, of which the log holds the `digest`."""

    LOG = "provider"
    UNLOGGED = ("salts", "result")

    store = ForeignKeyField(Store, index=False)
    name = TextField()
    blind = BooleanField(default=True)
    opened_at = UtcField()
    opened_by = ForeignKeyField(Person, null=True)
    closed_at = UtcField(null=True)
    closed_by = ForeignKeyField(Person, null=True)
    result = JsonField(null=True)
    digest = TextField(null=True)

    class Meta:
        indexes = ((("store", "opened_at"), False),)


class StoreCountList(Base):
    """What one person counted in one go. `late`: it came after the closing and counts no more."""

    LOG = "provider"
    SEALED = ("note",)

    count = ForeignKeyField(StoreCount)
    shelf = TextField(default="")
    note = TextField(null=True)
    person = ForeignKeyField(Person, null=True)
    late = BooleanField(default=False)
    submission = TextField(unique=True)
    claimed_at = UtcField(null=True)
    received_at = UtcField()
    salts = JsonField(default=dict)


class StoreCountLine(Base):
    """One thing of a list: a unit by the serial number that was read (`unit` is null where nobody
    knows it), or so many pieces of a counted `model`."""

    LOG = "provider"

    count = ForeignKeyField(StoreCount, index=False)
    list = ForeignKeyField(StoreCountList)
    serial = TextField(default="")
    unit = ForeignKeyField(Unit, null=True)
    model = ForeignKeyField(DeviceModel, null=True)
    quantity = IntegerField(default=1)
    scanned = BooleanField(default=False)

    class Meta:
        indexes = ((("count", "unit"), False), (("count", "model"), False))


class StoreCountReason(Base):
    """Why something differs: a unit, a counted model, or a serial number that nobody knows; the
    newest one of a thing counts."""

    LOG = "provider"
    SEALED = ("note",)

    count = ForeignKeyField(StoreCount)
    unit = ForeignKeyField(Unit, null=True)
    model = ForeignKeyField(DeviceModel, null=True)
    serial = TextField(default="")
    kind = TextField()
    note = TextField(null=True)
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
    salts = JsonField(default=dict)
