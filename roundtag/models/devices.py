from peewee import SQL, BooleanField, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, DayField, JsonField, UtcField
from roundtag.models.people import Person
from roundtag.models.places import Client, Room


class DeviceModel(Base):
    """What a maker sells; the provider's catalogue. `grade` orders models of one category.

    `tracking`: `serial` when each piece is a unit of its own, `count` for consumables that are
    only counted; `consumable`: its kind in consumables.json. `price`: of one piece, decimal text
    in `currency`. `origin` of the maker's repairs: home or abroad.
    """

    LOG = "provider"

    category = TextField()
    maker = TextField()
    name = TextField()
    grade = IntegerField(default=1)
    tracking = TextField(default="serial")
    consumable = TextField(default="")
    discontinued_on = DayField(null=True)
    price = TextField(default="")
    currency = TextField(default="CNY")
    origin = TextField(default="home")

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
    """Where spares lie. `kind`: depot (the provider's), client (at the client's site) or bag (what
    an engineer, `person`, carries). Those of a `client` serve that client only."""

    LOG = "provider"

    code = TextField(unique=True)
    name = TextField()
    client = ForeignKeyField(Client, null=True)
    kind = TextField(default="depot")
    person = ForeignKeyField(Person, null=True)
    address = TextField(default="")
    retired_at = UtcField(null=True)


class Unit(Base):
    """One serial-numbered piece. It is in exactly one place: a device, a store, repair, scrap, in a
    client's own hands or back at its supplier. Only roundtag/stock moves it.

    `place` names the kind of place; exactly the matching key column is set. Which repair order or
    client has it is said by its last movement.
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
