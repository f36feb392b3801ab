"""The signed heads of the logs."""

from peewee import CompositeKey, ForeignKeyField, IntegerField, Model, SqliteDatabase, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Log(Base):
        class Meta:
            table_name = "log"

    class LogHead(Base):
        log = ForeignKeyField(Log, index=False)
        size = IntegerField()
        root = TextField()
        peaks = TextField()
        note = TextField()
        signed_at = TextField()

        class Meta:
            table_name = "log_head"
            primary_key = CompositeKey("log", "size")

    class Person(Base):
        class Meta:
            table_name = "person"

    class LogCheck(Base):
        key = TextField(primary_key=True)
        log = ForeignKeyField(Log, index=False)
        person = ForeignKeyField(Person, null=True)
        asked_at = TextField()
        done_at = TextField(null=True)
        leaves = IntegerField(default=0)
        count = IntegerField(default=0)
        problems = TextField()

        class Meta:
            table_name = "log_check"
            indexes = ((("log", "asked_at"), False),)

    db.create_tables([LogHead, LogCheck])
    for statement in _append_only("log_head", isinstance(db, SqliteDatabase)):
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
    yield (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )
