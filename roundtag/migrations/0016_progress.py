"""Rounds shared among engineers, re-checks of finished work, and a contract's targets."""

from peewee import AutoField, FloatField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Client(Base):
        class Meta:
            table_name = "client"

    class Contract(Base):
        class Meta:
            table_name = "contract"

    class Person(Base):
        class Meta:
            table_name = "person"

    class Room(Base):
        class Meta:
            table_name = "room"

    class Round(Base):
        class Meta:
            table_name = "round"

    class RoundShare(Base):
        id = AutoField()
        client = ForeignKeyField(Client)
        round = ForeignKeyField(Round)
        room = ForeignKeyField(Room)
        person = ForeignKeyField(Person, null=True)

        class Meta:
            table_name = "round_share"
            indexes = ((("round", "room"), True), (("person", "round"), False))

    class Recheck(Base):
        id = AutoField()
        client = ForeignKeyField(Client)
        round = ForeignKeyField(Round, unique=True)
        source = ForeignKeyField(Round)
        percent = IntegerField()

        class Meta:
            table_name = "recheck"
            indexes = ((("source",), False),)

    class ContractTarget(Base):
        id = AutoField()
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract)
        code = TextField()
        percent = FloatField()

        class Meta:
            table_name = "contract_target"
            indexes = ((("contract", "code"), True),)

    db.create_tables([RoundShare, Recheck, ContractTarget])
