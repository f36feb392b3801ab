"""The stock ledger: what moved from where to where, on which slip, and what lies in each store."""

from peewee import Check, CompositeKey, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.devices import Device, DeviceModel, Store, Unit
from roundtag.models.faults import Fault
from roundtag.models.people import Person
from roundtag.models.places import Client


class Substitute(Base):
    """`substitute` may stand in for `model`; `grade`: same or better. Removed ones stay on file."""

    LOG = "provider"

    model = ForeignKeyField(DeviceModel)
    substitute = ForeignKeyField(DeviceModel)
    grade = TextField()
    note = TextField(default="")
    removed_at = UtcField(null=True)

    class Meta:
        indexes = ((("model", "substitute"), True),)


class StockRule(Base):
    """What a store should hold of a model: the least, what is on order, and where it lies.
    `low_at`: since when its keepers know that it holds too little."""

    LOG = "provider"
    UNLOGGED = ("low_at",)

    store = ForeignKeyField(Store, index=False)
    model = ForeignKeyField(DeviceModel)
    minimum = IntegerField(null=True)
    on_order = IntegerField(default=0)
    shelf = TextField(default="")
    low_at = UtcField(null=True)

    class Meta:
        indexes = ((("store", "model"), True),)


class StockLevel(Base):
    """What a store holds of a model by the sum of all movements: a projection in no log, which
    roundtag/stock/checking.py recomputes. Never below nothing."""

    store = ForeignKeyField(Store, index=False)
    model = ForeignKeyField(DeviceModel)
    quantity = IntegerField()

    class Meta:
        primary_key = CompositeKey("store", "model")
        constraints = (Check("quantity >= 0"),)


class StockSlip(Base):
    """A signed sheet of movements: received, drawn, returned, transferred, used, adjusted or
    scrapped. Its lines are the movements that name it. `signer` took or gave the things;
    `signature`: the hash of what was drawn; `person` filed it."""

    LOG = "provider"
    SEALED = ("note", "signer", "signature")

    number = TextField(unique=True)
    kind = TextField()
    store = ForeignKeyField(Store, index=False)
    other_store = ForeignKeyField(Store, null=True)
    client = ForeignKeyField(Client, null=True)
    device = ForeignKeyField(Device, null=True)
    fault = ForeignKeyField(Fault, null=True)
    person = ForeignKeyField(Person, null=True)
    signer = TextField(null=True)
    signature = TextField(null=True)
    note = TextField(null=True)
    submission = TextField(unique=True)
    claimed_at = UtcField(null=True)
    at = UtcField()
    salts = JsonField(default=dict)
    reverses = ForeignKeyField("self", null=True, unique=True)
    """The slip that this one undoes: each one at most once."""

    class Meta:
        indexes = ((("store", "at"), False),)


class StockMovement(Base):
    """Every movement has a from and a to; balances are always the sum. Either one `unit`, or so
    many pieces (`quantity`) of a counted `model`. `key` of a place: the store, the device, the
    repair order or the client."""

    LOG = "provider"

    unit = ForeignKeyField(Unit, null=True)
    model = ForeignKeyField(DeviceModel, null=True)
    quantity = IntegerField(default=1)
    from_place = TextField()
    from_key = IntegerField(null=True)
    to_place = TextField()
    to_key = IntegerField(null=True)
    reason = TextField()
    slip = ForeignKeyField(StockSlip, null=True)
    person = ForeignKeyField(Person, null=True)
    at = UtcField()

    class Meta:
        indexes = (
            (("from_place", "from_key", "id"), False),
            (("to_place", "to_key", "id"), False),
        )


class UnitChange(Base):
    """What was corrected about a unit by hand: serial number or warranty, with the reason."""

    LOG = "provider"
    SEALED = ("note",)

    unit = ForeignKeyField(Unit, index=False)
    before = JsonField()
    now = JsonField()
    note = TextField(null=True)
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("unit", "at"), False),)
