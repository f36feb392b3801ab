"""Figures of rounds are kept until anything changes that they were counted from; waiting stops of a
round are found without its others."""

from peewee import IntegerField, Model, SqliteDatabase

STOP_OF_DEVICE = "SELECT round_id FROM round_device WHERE device_id = NEW.id"
STOP_OF_ROOM = "SELECT round_id FROM round_device WHERE room_id = NEW.id AND device_id IS NULL"
CHANGES = (
    ("round_device", "added", "INSERT", "SELECT NEW.round_id"),
    ("round_device", "done", "UPDATE", "SELECT NEW.round_id"),
    ("round_device", "gone", "DELETE", "SELECT OLD.round_id"),
    ("device", "retired", "UPDATE OF retired_at", STOP_OF_DEVICE),
    ("room", "retired", "UPDATE OF retired_at", STOP_OF_ROOM),
    ("round", "moved", "UPDATE OF closed_at, due_on, contract_id", "SELECT NEW.id"),
    ("contract", "zone", "UPDATE OF zone", "SELECT id FROM round WHERE contract_id = NEW.id"),
)
"""Table, name, event, and the rounds whose figures it may change."""


def up(migrator, db):
    class RoundFigure(Model):
        round = IntegerField(primary_key=True)
        total = IntegerField()
        done = IntegerField()
        failed = IntegerField()
        on_time = IntegerField()

        class Meta:
            database = db
            table_name = "round_figure"

    db.create_tables([RoundFigure])
    db.execute_sql("CREATE INDEX round_due_on ON round (due_on)")
    db.execute_sql(
        "CREATE INDEX round_device_waits ON round_device (round_id) WHERE done_at IS NULL"
    )
    for change in CHANGES:
        for statement in _forgets(*change, sqlite=isinstance(db, SqliteDatabase)):
            db.execute_sql(statement)


def _forgets(table, name, event, rounds, *, sqlite):
    """A deed that changes what a figure was counted from deletes it. On PostgreSQL it first waits
    for whoever counts just now (rounds/figures.py), who does not see the deed yet."""
    trigger = f"CREATE TRIGGER figure_{table}_{name} AFTER {event} ON {table} FOR EACH ROW"
    forget = f"DELETE FROM round_figure WHERE round IN ({rounds})"  # noqa: S608 - CHANGES
    if sqlite:
        yield f"{trigger} BEGIN {forget}; END"
        return
    yield (
        f"CREATE FUNCTION figure_{table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"PERFORM pg_advisory_xact_lock_shared(46, one & 63) FROM ({rounds}) AS those(one); "
        f"{forget}; RETURN NULL; END $$"
    )
    yield f"{trigger} EXECUTE FUNCTION figure_{table}_{name}()"
