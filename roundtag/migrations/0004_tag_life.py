"""The whole life of a tag: batches of blanks, what happened to each code, and what was printed."""

from peewee import ForeignKeyField, IntegerField, Model, SqliteDatabase, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Client(Base):
        class Meta:
            table_name = "client"

    class Person(Base):
        class Meta:
            table_name = "person"

    class Tag(Base):
        code = TextField(primary_key=True)

        class Meta:
            table_name = "tag"

    class TagBatch(Base):
        client = ForeignKeyField(Client, null=True)
        count = IntegerField()
        note = TextField(null=True)
        person = ForeignKeyField(Person, null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            table_name = "tag_batch"

    class BatchTag(Base):
        tag = ForeignKeyField(Tag, column_name="code", primary_key=True)
        batch = ForeignKeyField(TagBatch)

        class Meta:
            table_name = "batch_tag"

    class TagEvent(Base):
        tag = ForeignKeyField(Tag, column_name="code", index=False)
        client = ForeignKeyField(Client, null=True)
        kind = TextField()
        person = ForeignKeyField(Person, null=True)
        at = TextField()
        data = TextField()

        class Meta:
            table_name = "tag_event"
            indexes = ((("tag", "at"), False), (("person", "at"), False))

    class PrintRun(Base):
        client = ForeignKeyField(Client, null=True)
        person = ForeignKeyField(Person, null=True)
        at = TextField(index=True)
        stock = TextField()
        design = TextField()
        start = IntegerField()
        count = IntegerField()
        codes_sha256 = TextField()

        class Meta:
            table_name = "print_run"

    class PrintedLabel(Base):
        run = ForeignKeyField(PrintRun)
        code = TextField(index=True)

        class Meta:
            table_name = "printed_label"

    db.create_tables([TagBatch, BatchTag, TagEvent, PrintRun, PrintedLabel])
    db.execute_sql("CREATE INDEX tag_made_at_code ON tag (made_at, code)")
    db.execute_sql("CREATE INDEX tag_replaced_by ON tag (replaced_by)")
    # A lost label still leads on, so that it counts as the one that a device or room bears.
    for target in ("device", "room"):
        db.execute_sql(f"DROP INDEX tag_one_{target}")
        db.execute_sql(
            f"CREATE UNIQUE INDEX tag_one_{target} ON tag ({target}_id) "
            f"WHERE state IN ('bound', 'lost') AND {target}_id IS NOT NULL"
        )
    for statement in _append_only("tag_event", isinstance(db, SqliteDatabase)):
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
