"""Changes of the signing key, told in every log; when a person or a photo was erased."""

from peewee import ForeignKeyField, IntegerField, Model, SqliteDatabase, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Client(Base):
        class Meta:
            table_name = "client"

    class SigningKey(Base):
        size = IntegerField()
        before = TextField()
        verifier = TextField()
        at = TextField()

        class Meta:
            table_name = "signing_key"

    class LogKey(Base):
        client = ForeignKeyField(Client)
        size = IntegerField()
        before = TextField()
        verifier = TextField()
        at = TextField()

        class Meta:
            table_name = "log_key"

    migrator.migrate(
        migrator.add_column("person", "erased_at", TextField(null=True)),
        migrator.add_column("attachment", "erased_at", TextField(null=True)),
    )
    db.create_tables([SigningKey, LogKey])
    sqlite = isinstance(db, SqliteDatabase)
    for table in ("signing_key", "log_key"):
        for statement in _append_only(table, sqlite):
            db.execute_sql(statement)
    for statement in _but_erasable("repair_event", ("note", "salts"), db, sqlite):
        db.execute_sql(statement)


def _but_erasable(table, free, db, sqlite):
    """What somebody wrote can be erased; everything else of the row stays as it was."""
    fixed = ", ".join(one.name for one in db.get_columns(table) if one.name not in free)
    if sqlite:
        yield f"DROP TRIGGER {table}_no_update"
        yield (
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {fixed} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    yield f"DROP TRIGGER {table}_append_only ON {table}"
    yield (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OF {fixed} OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )


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
