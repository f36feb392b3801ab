"""How rounds are walked together, checked a second time, and what a contract aims at."""

from peewee import FloatField, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base
from roundtag.models.checks import Round
from roundtag.models.people import Person
from roundtag.models.places import Client, Contract, Room


class RoundShare(Base):
    """Who walks a room of a round, where it is not its engineer. Anybody's entries still count.

    A share that was taken back keeps its row without a person, so that the log tells of it.
    """

    LOG = "client"

    client = ForeignKeyField(Client)
    round = ForeignKeyField(Round)
    room = ForeignKeyField(Room)
    person = ForeignKeyField(Person, null=True)

    class Meta:
        indexes = ((("round", "room"), True), (("person", "round"), False))


class Recheck(Base):
    """A round that checks a sample of another round's finished work, drawn by a stated seed."""

    LOG = "client"

    client = ForeignKeyField(Client)
    round = ForeignKeyField(Round, unique=True)
    source = ForeignKeyField(Round)
    percent = IntegerField()

    class Meta:
        indexes = ((("source",), False),)


class ContractTarget(Base):
    """A figure that a contract aims at, in percent; `code` is one of roundtag.targets.CODES."""

    LOG = "client"

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract)
    code = TextField()
    percent = FloatField()

    class Meta:
        indexes = ((("contract", "code"), True),)
