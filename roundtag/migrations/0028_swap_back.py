"""A swap that was taken back says when, and counts nowhere any more; where its new unit lay."""

from peewee import SQL, TextField


def up(migrator, db):
    empty = TextField(default="", constraints=[SQL("DEFAULT ''")])
    migrator.migrate(
        migrator.add_column("swap", "undone_at", TextField(null=True)),
        migrator.add_column("swap", "shelf", empty, allow_not_null=True),
    )
