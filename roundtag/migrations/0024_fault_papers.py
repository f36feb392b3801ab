"""Documents of faults: what people write into them; a run may be about a round or a fault.

Runs live for a week, their drafts in the data folder: their rows are carried over one by one.
"""

from peewee import ForeignKeyField, IntegerField, Model, TextField


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

    class Round(Base):
        client = ForeignKeyField(Client)

        class Meta:
            table_name = "round"

    class IssuedDocument(Base):
        class Meta:
            table_name = "issued_document"

    class PaperText(Base):
        client = ForeignKeyField(Client)
        fault = ForeignKeyField(Fault)
        kind = TextField()
        section = TextField()
        zh = TextField(null=True)
        en = TextField(null=True)
        person = ForeignKeyField(Person, null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            table_name = "paper_text"
            indexes = ((("fault", "kind", "section"), True),)

    class Run(Base):
        key = TextField(primary_key=True)
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

    class OldRun(Run):
        round = ForeignKeyField(Round)

        class Meta:
            table_name = "report_run"

    class ReportRun(Run):
        client = ForeignKeyField(Client)
        subject = TextField()
        subject_id = IntegerField()
        kind = TextField()

        class Meta:
            table_name = "report_run"
            indexes = ((("subject", "subject_id", "created_at"), False),)

    db.create_tables([PaperText])
    rows = list(OldRun.select(OldRun, Round.client.alias("client")).join(Round).dicts())
    db.drop_tables([OldRun])
    db.create_tables([ReportRun])
    for row in rows:
        subject = {"subject": "round", "subject_id": row.pop("round"), "kind": ""}
        ReportRun.insert(**row, **subject).execute()
