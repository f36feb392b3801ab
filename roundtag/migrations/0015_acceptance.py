"""Acceptance of rounds and their reports: notes at stops, remarks, contacts, files, mails."""

from peewee import ForeignKeyField, IntegerField, Model, SqliteDatabase, TextField


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

    class Round(Base):
        class Meta:
            table_name = "round"

    class RoundDevice(Base):
        class Meta:
            table_name = "round_device"

    class Inspection(Base):
        class Meta:
            table_name = "inspection"

    class Approval(Base):
        class Meta:
            table_name = "approval"

    class IssuedDocument(Base):
        class Meta:
            table_name = "issued_document"

    class StopNote(Base):
        client = ForeignKeyField(Client)
        round = ForeignKeyField(Round)
        stop = ForeignKeyField(RoundDevice)
        approval = ForeignKeyField(Approval)
        kind = TextField()
        entry = ForeignKeyField(Inspection, null=True)
        note = TextField(null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            table_name = "stop_note"
            indexes = ((("stop", "kind"), False), (("round", "kind"), False))

    class ReportRemark(Base):
        client = ForeignKeyField(Client)
        round = ForeignKeyField(Round, unique=True)
        zh = TextField(null=True)
        en = TextField(null=True)
        person = ForeignKeyField(Person, null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            table_name = "report_remark"

    class ReportContact(Base):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract, unique=True)
        name = TextField(null=True)
        email = TextField(null=True)
        person = ForeignKeyField(Person, null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            table_name = "report_contact"

    class DocumentFile(Base):
        client = ForeignKeyField(Client)
        document = ForeignKeyField(IssuedDocument)
        kind = TextField()
        lang = TextField()
        name = TextField()
        sha256 = TextField()
        size = IntegerField()

        class Meta:
            table_name = "document_file"

    class ReportRun(Base):
        key = TextField(primary_key=True)
        round = ForeignKeyField(Round)
        person = ForeignKeyField(Person, null=True)
        purpose = TextField()
        state = TextField()
        done = IntegerField()
        total = IntegerField()
        files = TextField()
        document = ForeignKeyField(IssuedDocument, null=True)
        problem = TextField(null=True)
        created_at = TextField()
        expires_at = TextField()

        class Meta:
            table_name = "report_run"
            indexes = ((("round", "created_at"), False),)

    class OutMail(Base):
        dedupe = TextField(unique=True)
        kind = TextField()
        subject_id = IntegerField()
        address = TextField()
        name = TextField()
        created_at = TextField()
        sent_at = TextField(null=True)

        class Meta:
            table_name = "out_mail"

    migrator.migrate(
        migrator.add_column("approval", "signer", TextField(null=True)),
        migrator.add_column(
            "issued_document", "subject", TextField(default=""), allow_not_null=True
        ),
        migrator.add_column("issued_document", "subject_id", IntegerField(null=True)),
        migrator.add_column(
            "issued_document", "replaces_id",
            ForeignKeyField(IssuedDocument, field=IssuedDocument.id, null=True),
        ),
        migrator.add_index("issued_document", ("subject", "subject_id"), False),
        migrator.add_index("issued_document", ("client_id", "issued_at"), False),
    )  # fmt: skip
    db.create_tables([StopNote, ReportRemark, ReportContact, DocumentFile, ReportRun, OutMail])
    for statement in _append_only("document_file", isinstance(db, SqliteDatabase)):
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
