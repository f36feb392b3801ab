"""Repair orders with their quotes and shipments, and the loaners that do the work meanwhile."""

from peewee import SQL, BooleanField, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, DayField, JsonField, UtcField
from roundtag.models.devices import Device, DeviceModel, Store, Unit
from roundtag.models.faults import Fault, Swap
from roundtag.models.people import Person
from roundtag.models.places import Client, Contract


class Shipment(Base):
    """Units of several repair orders sent to a maker in one go; `sent_at` when it left."""

    LOG = "provider"
    SEALED = ("note", "address")

    number = TextField(unique=True)
    maker = TextField()
    address = TextField(default="")
    carrier = TextField(default="")
    tracking = TextField(default="")
    note = TextField(null=True)
    made_by = ForeignKeyField(Person, null=True)
    made_at = UtcField()
    sent_at = UtcField(null=True)
    salts = JsonField(default=dict)


class RepairOrder(Base):
    """A unit on its way to its maker and back, or a new one that is bought in its place.

    `route`: undecided (empty), warranty, quote or purchase; `state`: one of
    roundtag.repairs.states. `confirmed_at`: when the client confirmed, from which `due_on` counts;
    `agreed_on`: a later day to which the client consented beforehand. `ended_how`: store, device,
    scrap, client or cancelled. `new_unit`: what came instead of `unit`, another one or bought.
    """

    LOG = "client"
    SEALED = ("problem", "specification", "test_note")
    UNLOGGED = ("salts", "late_at")

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract, null=True)
    number = TextField(unique=True)
    fault = ForeignKeyField(Fault, null=True)
    device = ForeignKeyField(Device, null=True)
    unit = ForeignKeyField(Unit, null=True)
    model = ForeignKeyField(DeviceModel, null=True)
    route = TextField(default="")
    state = TextField(default="opened")
    problem = TextField(null=True)
    specification = TextField(null=True)
    maker = TextField(default="")
    maker_number = TextField(default="")
    abroad = BooleanField(default=False)
    opened_at = UtcField()
    opened_by = ForeignKeyField(Person, null=True)
    confirmed_at = UtcField(null=True)
    due_on = DayField(null=True)
    agreed_on = DayField(null=True)
    shipment = ForeignKeyField(Shipment, null=True)
    sent_at = UtcField(null=True)
    received_at = UtcField(null=True)
    received_in = ForeignKeyField(Store, null=True)
    tested_at = UtcField(null=True)
    test = TextField(default="")
    test_note = TextField(null=True)
    ended_at = UtcField(null=True)
    ended_how = TextField(default="")
    new_unit = ForeignKeyField(Unit, null=True)
    late_at = UtcField(null=True)
    salts = JsonField(default=dict)

    class Meta:
        indexes = (
            (("ended_at", "due_on"), False),
            (("client", "ended_at", "due_on"), False),
        )


RepairOrder.add_index(
    RepairOrder.unit,
    unique=True,
    where=SQL("ended_at IS NULL AND unit_id IS NOT NULL"),
    name="repair_one_open",
)


class RepairEvent(Base):
    """A line in the file of a repair order; never changed."""

    LOG = "client"
    SEALED = ("note",)

    client = ForeignKeyField(Client)
    repair = ForeignKeyField(RepairOrder, index=False)
    kind = TextField()
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
    data = JsonField(default=dict)
    note = TextField(null=True)
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("repair", "at"), False),)


class Quote(Base):
    """What something would cost, offered to the client; a new one replaces an older one of the same
    subject. `lines`: of kind parts, labour or freight, words, quantity and unit price; amounts are
    decimal text in `currency`. `state`: draft, offered, approved, refused or withdrawn."""

    LOG = "client"
    SEALED = ("note", "lines")

    client = ForeignKeyField(Client)
    subject = TextField()
    subject_id = IntegerField()
    number = IntegerField()
    lines = JsonField()
    currency = TextField(default="CNY")
    total = TextField()
    valid_until = DayField(null=True)
    note = TextField(null=True)
    state = TextField(default="draft")
    made_by = ForeignKeyField(Person, null=True)
    made_at = UtcField()
    offered_at = UtcField(null=True)
    decided_at = UtcField(null=True)
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("subject", "subject_id", "number"), True),)


class Loaner(Base):
    """A unit that does the work of another one until it comes back.

    `stands_for`: the unit that it replaces, if the device had one; `back_how`: returned (to a
    store), kept (it stays for good) or undone (its swap was a slip), empty while it is out.
    """

    LOG = "client"
    SEALED = ("note",)
    UNLOGGED = ("salts", "late_at")

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract, null=True)
    device = ForeignKeyField(Device, index=False)
    fault = ForeignKeyField(Fault, null=True)
    unit = ForeignKeyField(Unit)
    stands_for = ForeignKeyField(Unit, null=True)
    swap_out = ForeignKeyField(Swap, null=True)
    out_at = UtcField()
    out_by = ForeignKeyField(Person, null=True)
    due_on = DayField(null=True)
    back_at = UtcField(null=True)
    back_by = ForeignKeyField(Person, null=True)
    back_how = TextField(default="")
    swap_back = ForeignKeyField(Swap, null=True)
    note = TextField(null=True)
    late_at = UtcField(null=True)
    salts = JsonField(default=dict)

    class Meta:
        indexes = (
            (("device", "out_at"), False),
            (("back_at", "due_on"), False),
        )


Loaner.add_index(Loaner.unit, unique=True, where=SQL("back_at IS NULL"), name="loaner_unit_once")
Loaner.add_index(
    Loaner.device, unique=True, where=SQL("back_at IS NULL"), name="loaner_device_once"
)
