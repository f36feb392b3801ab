"""The hotline's register: calls by whatever channel, answered or missed, with what came of them."""

from peewee import ForeignKeyField, Model, TextField


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

    class Room(Base):
        class Meta:
            table_name = "room"

    class Fault(Base):
        class Meta:
            table_name = "fault"

    class Person(Base):
        class Meta:
            table_name = "person"

    class HotlineCall(Base):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract, null=True)
        room = ForeignKeyField(Room, null=True)
        fault = ForeignKeyField(Fault, null=True)
        channel = TextField()
        answered = TextField()
        about = TextField()
        caller = TextField(null=True)
        phone = TextField(null=True)
        note = TextField(null=True)
        taken_by = ForeignKeyField(Person, null=True)
        at = TextField()
        received_at = TextField()
        erased_at = TextField(null=True)
        salts = TextField()

        class Meta:
            table_name = "hotline_call"
            indexes = ((("client", "at"), False), (("at",), False))

    db.create_tables([HotlineCall])
