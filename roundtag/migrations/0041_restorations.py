"""That an installation went back to a backup is told in each of its logs."""

from peewee import ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Client(Base):
        class Meta:
            table_name = "client"

    class Restoration(Base):
        made_at = TextField()
        at = TextField()
        size = IntegerField()
        leaves = TextField()
        reason = TextField(null=True)
        salts = TextField()

        class Meta:
            table_name = "restoration"

    class RestoredLog(Base):
        client = ForeignKeyField(Client)
        restoration = ForeignKeyField(Restoration)
        made_at = TextField()
        size = IntegerField()
        leaves = TextField()

        class Meta:
            table_name = "restored_log"

    db.create_tables([Restoration, RestoredLog])
