"""What contracts promise: published versions that nobody changes, and the draft of the next."""

from peewee import ForeignKeyField, IntegerField, Model, SqliteDatabase, TextField


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

    class Contract(Base):
        class Meta:
            table_name = "contract"

    class ContractMatrix(Base):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract)
        number = IntegerField()
        rows = TextField()
        definitions = TextField()
        week = TextField()
        warn = TextField()
        zone = TextField()
        published_at = TextField()
        published_by = ForeignKeyField(Person, null=True)

        class Meta:
            table_name = "contract_matrix"
            indexes = (
                (("contract", "number"), True),
                (("contract", "published_at"), False),
            )

    class MatrixDraft(Base):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract, unique=True)
        rows = TextField()
        definitions = TextField()
        week = TextField()
        warn = TextField()
        saved_at = TextField()
        saved_by = ForeignKeyField(Person, null=True)

        class Meta:
            table_name = "matrix_draft"

    db.create_tables([ContractMatrix, MatrixDraft])
    for statement in _append_only("contract_matrix", isinstance(db, SqliteDatabase)):
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
