"""One key per person, under which a shared phone keeps their unsent work after they sign out."""

from peewee import ForeignKeyField, Model, TextField


def up(migrator, db):
    class Person(Model):
        class Meta:
            database = db
            table_name = "person"

    class SealKey(Model):
        person = ForeignKeyField(Person, primary_key=True, on_delete="CASCADE")
        secret = TextField()

        class Meta:
            database = db
            table_name = "seal_key"

    db.create_tables([SealKey])
