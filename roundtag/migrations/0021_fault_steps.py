"""What a step of a fault changed, for taking it back; and open faults that no clock watches yet."""

from peewee import TextField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("fault_event", "prior", TextField(default="{}"), allow_not_null=True)
    )
    db.execute_sql(
        "UPDATE fault SET wakes_at = reported_at WHERE wakes_at IS NULL AND state IN "
        "('reported', 'triaged', 'dispatched', 'responded', 'on_site', 'in_progress', 'restored')"
    )
