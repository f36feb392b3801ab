from peewee import SQL, BooleanField, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, DayField, JsonField, UtcField
from roundtag.models.people import Person
from roundtag.models.places import Client, Room


class DeviceModel(Base):
    """What a maker sells; the provider's catalogue. `grade` orders models of one category."""

    LOG = "provider"

    category = TextField()
    maker = TextField()
    name = TextField()
    grade = IntegerField(default=1)

    class Meta:
        indexes = ((("category", "maker", "name"), True),)


class Device(Base):
    """A place for equipment in a room. It keeps its tag and history; units come and go."""

    LOG = "client"

    client = ForeignKeyField(Client)
    room = ForeignKeyField(Room)
    code = TextField()
    name = TextField()
    category = TextField()
    position = TextField(default="")
    asset_number = TextField(default="")
    key_device = BooleanField(default=False)
    ip_address = TextField(default="")
    supplier = TextField(default="")
    installed_on = DayField(null=True)
    retired_at = UtcField(null=True)
    owner = ForeignKeyField(Person, null=True)
    backup_device = ForeignKeyField("self", null=True, backref="backup_of")
    photo = IntegerField(null=True)
    """The attachment that is its portrait: a photo's hash stays sealed there."""
    remarks = TextField(default="")

    class Meta:
        indexes = ((("client", "code"), True), (("room", "position"), False))


class Store(Base):
    LOG = "provider"

    code = TextField(unique=True)
    name = TextField()
    client = ForeignKeyField(Client, null=True)


class Unit(Base):
    """One serial-numbered piece. It is in exactly one place: a device, a store, repair or scrap.

    `place` names the kind of place; exactly the matching key column is set.
    """

    LOG = "provider"

    model = ForeignKeyField(DeviceModel)
    serial = TextField()
    warranty_until = DayField(null=True)
    place = TextField()
    device = ForeignKeyField(Device, null=True)
    store = ForeignKeyField(Store, null=True)
    shelf = TextField(default="")

    class Meta:
        indexes = (
            (("model", "serial"), True),
            (("serial",), False),
            (("store", "model"), False),
            (("place", "model"), False),
        )


Unit.add_index(Unit.device, unique=True, where=SQL("device_id IS NOT NULL"), name="unit_one_device")


class StockMovement(Base):
    """Every movement of a unit has a from and a to; balances are always the sum."""

    LOG = "provider"

    unit = ForeignKeyField(Unit)
    from_place = TextField()
    from_key = IntegerField(null=True)
    to_place = TextField()
    to_key = IntegerField(null=True)
    reason = TextField()
    person = ForeignKeyField(Person, null=True)
    at = UtcField()


LIVE = ("bound", "lost")
"""States of the one tag that a device or room bears."""


class Tag(Base):
    """A printed code. States: blank, bound, lost, replaced, revoked; codes are never reissued."""

    LOG = "provider"

    code = TextField(primary_key=True)
    state = TextField()
    client = ForeignKeyField(Client, null=True)
    device = ForeignKeyField(Device, null=True)
    room = ForeignKeyField(Room, null=True)
    replaced_by = TextField(null=True)
    made_at = UtcField()

    class Meta:
        indexes = ((("made_at", "code"), False), (("replaced_by",), False))


Tag.add_index(
    Tag.device,
    unique=True,
    where=SQL("state IN ('bound', 'lost') AND device_id IS NOT NULL"),
    name="tag_one_device",
)
Tag.add_index(
    Tag.room,
    unique=True,
    where=SQL("state IN ('bound', 'lost') AND room_id IS NOT NULL"),
    name="tag_one_room",
)


class History(Base):
    """One line per thing that happened to a device or room, so that a logbook is one index scan."""

    LOG = "client"

    client = ForeignKeyField(Client)
    room = ForeignKeyField(Room)
    device = ForeignKeyField(Device, null=True)
    kind = TextField()
    subject_id = IntegerField(null=True)
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
    data = JsonField(default=dict)

    class Meta:
        indexes = ((("device", "at"), False), (("room", "at"), False))
