"""Files on their way into the register, and how their columns were read last time."""

from peewee import AutoField, ForeignKeyField, Model, TextField


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

    class ImportBatch(Base):
        id = TextField(primary_key=True)
        client = ForeignKeyField(Client)
        person = ForeignKeyField(Person, null=True)
        files = TextField()
        choices = TextField()
        state = TextField()
        digest = TextField()
        command = TextField(null=True)
        job = TextField(null=True)
        told = TextField()
        created_at = TextField()
        expires_at = TextField()

        class Meta:
            table_name = "import_batch"
            indexes = ((("person", "created_at"), False), (("expires_at",), False))

    class ImportMapping(Base):
        id = AutoField()
        client = ForeignKeyField(Client)
        signature = TextField()
        kind = TextField()
        fields = TextField()
        person = ForeignKeyField(Person, null=True)
        at = TextField()

        class Meta:
            table_name = "import_mapping"
            indexes = ((("client", "signature"), True),)

    db.create_tables([ImportBatch, ImportMapping])
