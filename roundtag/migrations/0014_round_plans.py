"""Plans of rounds, meetings, and what a round remembers of the plan that it was opened from."""

from peewee import SQL, BooleanField, ForeignKeyField, IntegerField, Model, TextField


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

    class RoundPlan(Base):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract)
        name = TextField()
        name_en = TextField()
        occasion = TextField()
        cycle = TextField()
        every = IntegerField()
        starts_on = TextField()
        ends_on = TextField(null=True)
        scope = TextField()
        categories = TextField()
        key_only = BooleanField()
        rooms_too = BooleanField()
        sample = IntegerField(null=True)
        sample_unit = TextField()
        due_rule = TextField()
        due = IntegerField()
        shift = TextField()
        lead_days = IntegerField()
        engineer = ForeignKeyField(Person, null=True)
        backup = ForeignKeyField(Person, null=True)
        paused_at = TextField(null=True)
        retired_at = TextField(null=True)

        class Meta:
            table_name = "round_plan"
            indexes = ((("contract", "retired_at"), False), (("client", "retired_at"), False))

    class Meeting(Base):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract)
        room = ForeignKeyField(Room)
        name = TextField(null=True)
        starts_at = TextField()
        ends_at = TextField()
        engineer = ForeignKeyField(Person, null=True)
        person = ForeignKeyField(Person, null=True)
        cancelled_at = TextField(null=True)
        salts = TextField()

        class Meta:
            table_name = "meeting"
            indexes = ((("client", "starts_at"), False), (("room", "starts_at"), False))

    def text(default):
        return TextField(default=default, constraints=[SQL(f"DEFAULT '{default}'")])

    def refers(model):
        return ForeignKeyField(model, field=model.id, null=True)

    db.create_tables([RoundPlan, Meeting])
    migrator.migrate(
        migrator.add_column("round", "plan_id", refers(RoundPlan)),
        migrator.add_column("round", "meeting_id", refers(Meeting)),
        migrator.add_column("round", "scope", text("{}"), allow_not_null=True),
        migrator.add_column("round", "opened_at", TextField(null=True)),
        migrator.add_column("round", "due_at", TextField(null=True)),
        migrator.add_column("calendar_exception", "reason", TextField(null=True)),
        migrator.add_column("calendar_exception", "removed_at", TextField(null=True)),
        migrator.add_column("calendar_exception", "salts", text("{}"), allow_not_null=True),
        migrator.add_index("round", ("client_id", "due_on"), False),
        migrator.add_index("round", ("backup_id", "due_on"), False),
    )
