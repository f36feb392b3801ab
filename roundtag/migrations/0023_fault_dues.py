"""What faults oblige people to. Nothing is raised for what happened before."""

from peewee import ForeignKeyField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Client(Base):
        class Meta:
            table_name = "client"

    class Person(Base):
        class Meta:
            table_name = "person"

    class Device(Base):
        class Meta:
            table_name = "device"

    class Fault(Base):
        class Meta:
            table_name = "fault"

    class FaultDue(Base):
        client = ForeignKeyField(Client)
        fault = ForeignKeyField(Fault, null=True)
        device = ForeignKeyField(Device, null=True)
        kind = TextField()
        slot = TextField(unique=True)
        raised_at = TextField()
        due_at = TextField(null=True)
        done_at = TextField(null=True)
        done_by = ForeignKeyField(Person, null=True)
        done_how = TextField(default="")
        note = TextField(null=True)
        faults = TextField()
        late_at = TextField(null=True)
        salts = TextField()

        class Meta:
            table_name = "fault_due"
            indexes = (
                (("done_at", "due_at"), False),
                (("client", "done_at", "due_at"), False),
            )

    db.create_tables([FaultDue])
