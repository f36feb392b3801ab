"""The life of a fault: how it was judged, who works at it, what its clocks are computed from."""

from peewee import BooleanField, ForeignKeyField, IntegerField, Model, TextField


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

    class Fault(Base):
        class Meta:
            table_name = "fault"

    class FaultCrew(Base):
        client = ForeignKeyField(Client)
        fault = ForeignKeyField(Fault)
        person = ForeignKeyField(Person)
        joined_at = TextField()
        left_at = TextField(null=True)

        class Meta:
            table_name = "fault_crew"
            indexes = ((("fault", "left_at"), False), (("person", "left_at"), False))

    db.create_tables([FaultCrew])
    words = ("level", "urgency", "scope", "category", "kind", "support_mode")
    moments = ("diagnosis", "cause", "restored_at", "closed_at", "observed_until", "next_due_at",
               "wakes_at")  # fmt: skip
    empty, none = TextField(default=""), TextField(null=True)
    migrator.migrate(
        *(migrator.add_column("fault", name, empty, allow_not_null=True) for name in words),
        *(migrator.add_column("fault", name, none) for name in moments),
        migrator.add_column("fault", "afterwards", BooleanField(default=False),
                            allow_not_null=True),
        migrator.add_column("fault_event", "what", empty, allow_not_null=True),
        migrator.add_column("fault_event", "before", empty, allow_not_null=True),
        migrator.add_column("fault_event", "of", IntegerField(null=True)),
        migrator.add_column("fault_event", "claimed_at", none),
        migrator.add_index("fault", ("state", "next_due_at"), False),
        migrator.add_index("fault", ("wakes_at",), False),
    )  # fmt: skip
