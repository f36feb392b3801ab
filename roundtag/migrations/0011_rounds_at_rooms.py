"""Rounds of every occasion, also at rooms: what a stop is, who walks, how far it was accepted."""

from peewee import SQL, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Person(Base):
        class Meta:
            table_name = "person"

    class Room(Base):
        class Meta:
            table_name = "room"

    class Inspection(Base):
        class Meta:
            table_name = "inspection"

    def refers(model):
        return ForeignKeyField(model, field=model.id, null=True)

    def text(default=""):
        return TextField(default=default, constraints=[SQL(f"DEFAULT '{default}'")])

    migrator.migrate(
        migrator.add_column("round", "slot", TextField(null=True)),
        migrator.add_column("round", "name", text(), allow_not_null=True),
        migrator.add_column("round", "name_en", text(), allow_not_null=True),
        migrator.add_column("round", "opens_on", TextField(null=True)),
        migrator.add_column("round", "backup_id", refers(Person)),
        migrator.add_column("round", "seed", TextField(null=True)),
        migrator.add_column("round", "drawn_from", IntegerField(null=True)),
        migrator.add_column("round", "stage", text("open"), allow_not_null=True),
        migrator.add_column("round_device", "room_id", refers(Room)),
        migrator.add_column("round_device", "entry_id", refers(Inspection)),
        migrator.add_column("inspection", "room_id", refers(Room)),
        migrator.add_column("inspection", "occasion", text(), allow_not_null=True),
        migrator.add_column("inspection", "scanned_at", TextField(null=True)),
        migrator.drop_index("round", "round_contract_id_occasion_period"),
        migrator.add_index("round", ("slot",), True),
        migrator.add_index("round", ("contract_id", "occasion", "period"), False),
        migrator.add_index("round", ("closed_at", "due_on"), False),
        migrator.add_index("round_device", ("round_id", "room_id"), False),
        migrator.add_index("inspection", ("room_id", "received_at"), False),
    )
    for table in ("round_device", "inspection", "answer"):
        # One statement on both databases; SQLite knows it since 3.53.
        db.execute_sql(f"ALTER TABLE {table} ALTER COLUMN device_id DROP NOT NULL")
