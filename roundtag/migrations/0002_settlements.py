"""How people settled what had to be looked at."""

from peewee import ForeignKeyField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Person(Base):
        class Meta:
            table_name = "person"

    class Settlement(Base):
        subject = TextField(unique=True)
        submission = TextField(index=True)
        decision = TextField()
        note = TextField(null=True)
        person = ForeignKeyField(Person, null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            table_name = "settlement"

    db.create_tables([Settlement])
