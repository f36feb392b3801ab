from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.checks import Inspection, Round
from roundtag.models.devices import Device
from roundtag.models.faults import Fault
from roundtag.models.people import Person
from roundtag.models.places import Client, Contract, Room


class Finding(Base):
    """A problem that an entry found, carried from round to round until it is settled.

    `kind` is item (`item` names the one that failed) or outside. `slot` is place and item while the
    finding is open, so that one thing has one open finding; `measured`: only a passing measurement
    or a person with a reason settles it. `settled_how`: passed, fault or by_hand.
    """

    LOG = "client"
    SEALED = ("words", "settled_note")

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract, null=True)
    round = ForeignKeyField(Round, null=True)
    room = ForeignKeyField(Room)
    device = ForeignKeyField(Device, null=True)
    item = TextField(default="")
    kind = TextField()
    state = TextField()
    inspection = ForeignKeyField(Inspection, backref="findings")
    fault = ForeignKeyField(Fault, null=True)
    words = TextField(null=True)
    measured = BooleanField(default=False)
    slot = TextField(null=True, unique=True)
    found_at = UtcField()
    found_by = ForeignKeyField(Person)
    seen_at = UtcField()
    times = IntegerField(default=1)
    settled_at = UtcField(null=True)
    settled_by = ForeignKeyField(Person, null=True)
    settled_how = TextField(null=True)
    settled_note = TextField(null=True)
    settled_entry = ForeignKeyField(Inspection, null=True)
    salts = JsonField(default=dict)

    class Meta:
        indexes = (
            (("client", "state", "found_at"), False),
            (("state", "found_at"), False),
            (("device", "state"), False),
            (("room", "state"), False),
        )
