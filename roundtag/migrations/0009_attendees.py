"""What attendees leave beside a fault: how to reach them, their rating, which tips helped."""

from peewee import ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Client(Base):
        class Meta:
            table_name = "client"

    class Fault(Base):
        class Meta:
            table_name = "fault"

    class Room(Base):
        class Meta:
            table_name = "room"

    class Device(Base):
        class Meta:
            table_name = "device"

    class FaultContact(Base):
        client = ForeignKeyField(Client)
        fault = ForeignKeyField(Fault, unique=True)
        contact = TextField(null=True)
        erased_at = TextField(null=True)
        salts = TextField()

        class Meta:
            table_name = "fault_contact"

    class Rating(Base):
        client = ForeignKeyField(Client)
        fault = ForeignKeyField(Fault, unique=True)
        stars = IntegerField()
        comment = TextField(null=True)
        at = TextField()
        changed_at = TextField(null=True)
        salts = TextField()

        class Meta:
            table_name = "rating"

    class TagReport(Base):
        tag = TextField()
        fault = ForeignKeyField(Fault, unique=True)
        at = TextField()

        class Meta:
            table_name = "tag_report"
            indexes = ((("tag", "at"), False),)

    class TipHelped(Base):
        client = ForeignKeyField(Client)
        room = ForeignKeyField(Room)
        device = ForeignKeyField(Device, null=True)
        symptom = TextField()
        at = TextField()

        class Meta:
            table_name = "tip_helped"
            indexes = ((("symptom", "at"), False),)

    db.create_tables([FaultContact, Rating, TagReport, TipHelped])
