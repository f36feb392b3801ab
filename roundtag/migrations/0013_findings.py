"""What entries found and is not settled yet; what an item was before it was put right."""

from peewee import BooleanField, ForeignKeyField, IntegerField, Model, TextField


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

    class Round(Base):
        class Meta:
            table_name = "round"

    class Inspection(Base):
        class Meta:
            table_name = "inspection"

    class Fault(Base):
        class Meta:
            table_name = "fault"

    class Finding(Base):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract, null=True)
        round = ForeignKeyField(Round, null=True)
        room = ForeignKeyField(Room)
        device = ForeignKeyField(Device, null=True)
        item = TextField()
        kind = TextField()
        state = TextField()
        inspection = ForeignKeyField(Inspection, backref="findings")
        fault = ForeignKeyField(Fault, null=True)
        words = TextField(null=True)
        measured = BooleanField()
        slot = TextField(null=True, unique=True)
        found_at = TextField()
        found_by = ForeignKeyField(Person)
        seen_at = TextField()
        times = IntegerField()
        settled_at = TextField(null=True)
        settled_by = ForeignKeyField(Person, null=True)
        settled_how = TextField(null=True)
        settled_note = TextField(null=True)
        settled_entry = ForeignKeyField(Inspection, null=True)
        salts = TextField()

        class Meta:
            table_name = "finding"
            indexes = (
                (("client", "state", "found_at"), False),
                (("state", "found_at"), False),
                (("device", "state"), False),
                (("room", "state"), False),
            )

    db.create_tables([Finding])
    migrator.migrate(
        migrator.add_column("answer", "found", TextField(null=True)),
        migrator.add_index("answer", ("room_id", "item", "id"), False),
    )
