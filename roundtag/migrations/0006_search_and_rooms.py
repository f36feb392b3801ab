"""The index that lists are searched and sorted by; whose a room is and since when it is unused.

`room` is altered by hand: its rows are referred to, so that SQLite could not build it anew.
"""

from peewee import (
    BigIntegerField,
    BooleanField,
    CompositeKey,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)

ORDERS = ("walk", "code", "name", "category walk", "model", "serial", "state walk",
          "sort_installed", "sort_warranty", "tag")  # fmt: skip


def up(migrator, db):
    class DeviceIndex(Model):
        device = IntegerField(primary_key=True)
        client = IntegerField()
        site = IntegerField()
        building = IntegerField()
        room = IntegerField()
        code = TextField()
        name = TextField()
        category = TextField()
        position = TextField()
        room_code = TextField()
        room_name = TextField()
        walk = TextField()
        model = TextField()
        serial = TextField()
        supplier = TextField()
        tag = TextField()
        state = TextField()
        key_device = BooleanField()
        installed_on = TextField(null=True)
        warranty_until = TextField(null=True)
        life_ends = TextField(null=True)
        sort_installed = TextField()
        sort_warranty = TextField()
        text = TextField()

        class Meta:
            database = db
            table_name = "device_index"
            indexes = (
                *(((("client", *order.split(), "device")), False) for order in ORDERS),
                (("room", "walk", "device"), False),
            )

    class Posting(Model):
        gram = BigIntegerField()
        device = IntegerField()

        class Meta:
            database = db
            table_name = "posting"
            primary_key = CompositeKey("gram", "device")
            without_rowid = isinstance(db, SqliteDatabase)

    class RoomIndex(Model):
        room = IntegerField(primary_key=True)
        client = IntegerField(index=True)
        text = TextField()

        class Meta:
            database = db
            table_name = "room_index"

    db.create_tables([DeviceIndex, Posting, RoomIndex])
    db.execute_sql("ALTER TABLE room ADD COLUMN client_unit TEXT NOT NULL DEFAULT ''")
    db.execute_sql("ALTER TABLE room ADD COLUMN retired_at TEXT")
    db.execute_sql("CREATE INDEX unit_place_model_id ON unit (place, model_id)")
    db.execute_sql("CREATE INDEX answer_device_id_item_id ON answer (device_id, item, id)")
