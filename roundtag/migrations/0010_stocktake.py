"""Stocktakes: what was counted in which room, and why something was not there."""

from peewee import BooleanField, ForeignKeyField, IntegerField, Model, SqliteDatabase, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Client(Base):
        class Meta:
            table_name = "client"

    class Room(Base):
        class Meta:
            table_name = "room"

    class Device(Base):
        class Meta:
            table_name = "device"

    class Person(Base):
        class Meta:
            table_name = "person"

    class Stocktake(Base):
        client = ForeignKeyField(Client)
        scope = TextField()
        place = IntegerField(null=True)
        name = TextField()
        blind = BooleanField()
        opened_at = TextField()
        opened_by = ForeignKeyField(Person, null=True)
        closed_at = TextField(null=True)
        closed_by = ForeignKeyField(Person, null=True)
        result = TextField(null=True)
        digest = TextField(null=True)

        class Meta:
            table_name = "stocktake"
            indexes = ((("client", "opened_at"), False),)

    class StocktakeVisit(Base):
        client = ForeignKeyField(Client)
        stocktake = ForeignKeyField(Stocktake)
        room = ForeignKeyField(Room)
        note = TextField(null=True)
        person = ForeignKeyField(Person, null=True)
        late = BooleanField()
        submission = TextField(unique=True)
        claimed_at = TextField(null=True)
        received_at = TextField()
        salts = TextField()

        class Meta:
            table_name = "stocktake_visit"
            indexes = ((("stocktake", "room"), False),)

    class StocktakeEntry(Base):
        client = ForeignKeyField(Client)
        visit = ForeignKeyField(StocktakeVisit)
        stocktake = ForeignKeyField(Stocktake)
        room = ForeignKeyField(Room)
        code = TextField()
        device = ForeignKeyField(Device, null=True)
        scanned = BooleanField()

        class Meta:
            table_name = "stocktake_entry"
            indexes = ((("stocktake", "device"), False),)

    class StocktakeReason(Base):
        client = ForeignKeyField(Client)
        stocktake = ForeignKeyField(Stocktake)
        device = ForeignKeyField(Device)
        kind = TextField()
        note = TextField(null=True)
        person = ForeignKeyField(Person, null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            table_name = "stocktake_reason"
            indexes = ((("stocktake", "device"), False),)

    db.create_tables([Stocktake, StocktakeVisit, StocktakeEntry, StocktakeReason])
    for statement in _append_only("stocktake_entry", isinstance(db, SqliteDatabase)):
        db.execute_sql(statement)


def _append_only(table, sqlite):
    if sqlite:
        for event in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    yield (
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    yield (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )
