"""Which mail a person takes and when; what is unread is found by an index."""

from peewee import ForeignKeyField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Person(Base):
        class Meta:
            table_name = "person"

    class NoticeChoice(Base):
        person = ForeignKeyField(Person, unique=True, on_delete="CASCADE")
        muted = TextField()
        quiet_from = TextField(default="")
        quiet_until = TextField(default="")

        class Meta:
            table_name = "notice_choice"

    db.create_tables([NoticeChoice])
    migrator.migrate(migrator.add_index("notification", ("recipient_id", "read_at"), False))
