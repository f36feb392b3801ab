"""What was recorded at a code whose page was not on the phone, and where the office filed it."""

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

    class Device(Base):
        class Meta:
            table_name = "device"

    class Person(Base):
        class Meta:
            table_name = "person"

    class Note(Base):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract, null=True)
        room = ForeignKeyField(Room)
        device = ForeignKeyField(Device, null=True)
        kind = TextField()
        result = TextField(null=True)
        note = TextField(null=True)
        person = ForeignKeyField(Person, null=True)
        submission = TextField(unique=True)
        claimed_at = TextField(null=True)
        received_at = TextField()
        salts = TextField()

        class Meta:
            table_name = "note"

    class NoteMatch(Base):
        client = ForeignKeyField(Client)
        submission = TextField(unique=True)
        code = TextField()
        person = ForeignKeyField(Person, null=True)
        at = TextField()

        class Meta:
            table_name = "note_match"

    db.create_tables([Note, NoteMatch])
