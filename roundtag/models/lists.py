"""What lists are searched, filtered and sorted by: derived from other tables, never the truth.

No foreign keys and no log: roundtag.search writes these rows with the deed that changes their
source, and `roundtag search rebuild` makes them anew.
"""

from peewee import BigIntegerField, BooleanField, CompositeKey, IntegerField, TextField

from roundtag.models.base import Base, DayField


class DeviceIndex(Base):
    """One device as lists show it. Empty text and far days stand for what is unknown, so that
    every column sorts; `state`: ok, fault, empty or retired; `text`: folded, a line per field."""

    device = IntegerField(primary_key=True)
    client = IntegerField()
    site = IntegerField()
    building = IntegerField()
    room = IntegerField()
    code = TextField()
    name = TextField()
    category = TextField()
    position = TextField()
    room_code = TextField()
    room_name = TextField()
    walk = TextField()
    model = TextField()
    serial = TextField()
    supplier = TextField()
    tag = TextField()
    state = TextField()
    key_device = BooleanField()
    installed_on = DayField(null=True)
    warranty_until = DayField(null=True)
    life_ends = DayField(null=True)
    sort_installed = TextField()
    sort_warranty = TextField()
    text = TextField()

    class Meta:
        indexes = (
            (("client", "walk", "device"), False),
            (("client", "code", "device"), False),
            (("client", "name", "device"), False),
            (("client", "category", "walk", "device"), False),
            (("client", "model", "device"), False),
            (("client", "serial", "device"), False),
            (("client", "state", "walk", "device"), False),
            (("client", "sort_installed", "device"), False),
            (("client", "sort_warranty", "device"), False),
            (("client", "tag", "device"), False),
            (("room", "walk", "device"), False),
        )


class Posting(Base):
    """A device whose text holds three signs in a row (see roundtag.search.words)."""

    gram = BigIntegerField()
    device = IntegerField()

    class Meta:
        primary_key = CompositeKey("gram", "device")


class RoundFigure(Base):
    """The stops of a round, counted. Whatever changes that it was counted from deletes the row, by
    triggers of the database (migration 0046)."""

    round = IntegerField(primary_key=True)
    total = IntegerField()
    done = IntegerField()
    failed = IntegerField()
    on_time = IntegerField()


class RoomIndex(Base):
    """The folded text of a room; rooms are few enough to be read through."""

    room = IntegerField(primary_key=True)
    client = IntegerField(index=True)
    text = TextField()
