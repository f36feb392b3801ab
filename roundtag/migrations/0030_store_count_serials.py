"""A serial number that nobody knows is explained, too."""

from peewee import SQL, TextField


def up(migrator, db):
    empty = TextField(default="", constraints=[SQL("DEFAULT ''")])
    migrator.migrate(
        migrator.add_column("store_count_reason", "serial", empty, allow_not_null=True),
    )
