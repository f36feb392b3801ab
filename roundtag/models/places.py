from peewee import ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, DayField, JsonField, UtcField


class Client(Base):
    LOG = "provider"

    code = TextField(unique=True)
    name = TextField()
    name_en = TextField(null=True)


class Contract(Base):
    """Work belongs to a contract. `zone`: of its deadlines; `terms`: its agreed figures."""

    LOG = "client"

    client = ForeignKeyField(Client)
    number = TextField(unique=True)
    name = TextField()
    starts_on = DayField()
    ends_on = DayField()
    zone = TextField(default="Asia/Shanghai")
    terms = JsonField(default=dict)


class Site(Base):
    LOG = "client"

    client = ForeignKeyField(Client)
    name = TextField()

    class Meta:
        indexes = ((("client", "name"), True),)


class Building(Base):
    LOG = "client"

    client = ForeignKeyField(Client)
    site = ForeignKeyField(Site)
    name = TextField()

    class Meta:
        indexes = ((("site", "name"), True),)


class Room(Base):
    """`client_unit`: the part of the client's house that it belongs to (单位)."""

    LOG = "client"

    client = ForeignKeyField(Client)
    building = ForeignKeyField(Building)
    floor = TextField(default="")
    code = TextField()
    name = TextField()
    kind = TextField()
    capacity = IntegerField(null=True)
    remarks = TextField(default="")
    client_unit = TextField(default="")
    retired_at = UtcField(null=True)

    class Meta:
        indexes = ((("client", "code"), True),)
