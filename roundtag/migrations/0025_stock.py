"""The stock ledger with slips and levels, repair orders, quotes, loaners, counts of stores."""

from peewee import (
    SQL,
    BooleanField,
    Check,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)

APPEND_ONLY = ("stock_movement", "repair_event", "store_count_line")


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Client(Base):
        class Meta:
            table_name = "client"

    class Contract(Base):
        class Meta:
            table_name = "contract"

    class Person(Base):
        class Meta:
            table_name = "person"

    class DeviceModel(Base):
        class Meta:
            table_name = "device_model"

    class Device(Base):
        class Meta:
            table_name = "device"

    class Store(Base):
        class Meta:
            table_name = "store"

    class Unit(Base):
        class Meta:
            table_name = "unit"

    class Fault(Base):
        class Meta:
            table_name = "fault"

    class Swap(Base):
        class Meta:
            table_name = "swap"

    def text(default):
        return TextField(default=default, constraints=[SQL(f"DEFAULT '{default}'")])

    def refers(model, **more):
        return ForeignKeyField(model, field=model.id, null=True, **more)

    new = {"allow_not_null": True}
    migrator.migrate(
        migrator.add_column("device_model", "tracking", text("serial"), **new),
        migrator.add_column("device_model", "consumable", text(""), **new),
        migrator.add_column("device_model", "discontinued_on", TextField(null=True)),
        migrator.add_column("device_model", "price", text(""), **new),
        migrator.add_column("device_model", "currency", text("CNY"), **new),
        migrator.add_column("device_model", "origin", text("home"), **new),
        migrator.add_column("store", "kind", text("depot"), **new),
        migrator.add_column("store", "person_id", refers(Person)),
        migrator.add_column("store", "address", text(""), **new),
        migrator.add_column("store", "retired_at", TextField(null=True)),
    )
    db.execute_sql("UPDATE store SET kind = 'client' WHERE client_id IS NOT NULL")

    class Substitute(Base):
        model = ForeignKeyField(DeviceModel)
        substitute = ForeignKeyField(DeviceModel)
        grade = TextField()
        note = TextField(default="")
        removed_at = TextField(null=True)

        class Meta:
            table_name = "substitute"
            indexes = ((("model", "substitute"), True),)

    class StockRule(Base):
        store = ForeignKeyField(Store, index=False)
        model = ForeignKeyField(DeviceModel)
        minimum = IntegerField(null=True)
        on_order = IntegerField(default=0)
        shelf = TextField(default="")

        class Meta:
            table_name = "stock_rule"
            indexes = ((("store", "model"), True),)

    class StockLevel(Base):
        store = ForeignKeyField(Store, index=False)
        model = ForeignKeyField(DeviceModel)
        quantity = IntegerField()

        class Meta:
            table_name = "stock_level"
            primary_key = CompositeKey("store", "model")
            constraints = (Check("quantity >= 0"),)

    class StockSlip(Base):
        number = TextField(unique=True)
        kind = TextField()
        store = ForeignKeyField(Store, index=False)
        other_store = ForeignKeyField(Store, null=True)
        client = ForeignKeyField(Client, null=True)
        device = ForeignKeyField(Device, null=True)
        fault = ForeignKeyField(Fault, null=True)
        person = ForeignKeyField(Person, null=True)
        signer = TextField(null=True)
        signature = TextField(null=True)
        note = TextField(null=True)
        submission = TextField(unique=True)
        claimed_at = TextField(null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            table_name = "stock_slip"
            indexes = ((("store", "at"), False),)

    class Shipment(Base):
        number = TextField(unique=True)
        maker = TextField()
        address = TextField(default="")
        carrier = TextField(default="")
        tracking = TextField(default="")
        note = TextField(null=True)
        made_by = ForeignKeyField(Person, null=True)
        made_at = TextField()
        sent_at = TextField(null=True)
        salts = TextField()

        class Meta:
            table_name = "shipment"

    class RepairOrder(Base):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract, null=True)
        number = TextField(unique=True)
        fault = ForeignKeyField(Fault, null=True)
        device = ForeignKeyField(Device, null=True)
        unit = ForeignKeyField(Unit, null=True)
        model = ForeignKeyField(DeviceModel, null=True)
        route = TextField(default="")
        state = TextField(default="opened")
        problem = TextField(null=True)
        specification = TextField(null=True)
        maker = TextField(default="")
        maker_number = TextField(default="")
        abroad = BooleanField(default=False)
        opened_at = TextField()
        opened_by = ForeignKeyField(Person, null=True)
        confirmed_at = TextField(null=True)
        due_on = TextField(null=True)
        agreed_on = TextField(null=True)
        shipment = ForeignKeyField(Shipment, null=True)
        sent_at = TextField(null=True)
        received_at = TextField(null=True)
        received_in = ForeignKeyField(Store, null=True)
        tested_at = TextField(null=True)
        test = TextField(default="")
        test_note = TextField(null=True)
        ended_at = TextField(null=True)
        ended_how = TextField(default="")
        new_unit = ForeignKeyField(Unit, null=True)
        late_at = TextField(null=True)
        salts = TextField()

        class Meta:
            table_name = "repair_order"
            indexes = (
                (("ended_at", "due_on"), False),
                (("client", "ended_at", "due_on"), False),
            )

    RepairOrder.add_index(
        RepairOrder.unit,
        unique=True,
        where=SQL("ended_at IS NULL AND unit_id IS NOT NULL"),
        name="repair_one_open",
    )

    class RepairEvent(Base):
        client = ForeignKeyField(Client)
        repair = ForeignKeyField(RepairOrder, index=False)
        kind = TextField()
        person = ForeignKeyField(Person, null=True)
        at = TextField()
        data = TextField()
        note = TextField(null=True)
        salts = TextField()

        class Meta:
            table_name = "repair_event"
            indexes = ((("repair", "at"), False),)

    class Quote(Base):
        client = ForeignKeyField(Client)
        subject = TextField()
        subject_id = IntegerField()
        number = IntegerField()
        lines = TextField()
        currency = TextField(default="CNY")
        total = TextField()
        valid_until = TextField(null=True)
        note = TextField(null=True)
        state = TextField(default="draft")
        made_by = ForeignKeyField(Person, null=True)
        made_at = TextField()
        offered_at = TextField(null=True)
        decided_at = TextField(null=True)
        salts = TextField()

        class Meta:
            table_name = "quote"
            indexes = ((("subject", "subject_id", "number"), True),)

    class Loaner(Base):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract, null=True)
        device = ForeignKeyField(Device, index=False)
        fault = ForeignKeyField(Fault, null=True)
        unit = ForeignKeyField(Unit)
        stands_for = ForeignKeyField(Unit, null=True)
        swap_out = ForeignKeyField(Swap, null=True)
        out_at = TextField()
        out_by = ForeignKeyField(Person, null=True)
        due_on = TextField(null=True)
        back_at = TextField(null=True)
        back_by = ForeignKeyField(Person, null=True)
        back_how = TextField(default="")
        swap_back = ForeignKeyField(Swap, null=True)
        note = TextField(null=True)
        late_at = TextField(null=True)
        salts = TextField()

        class Meta:
            table_name = "loaner"
            indexes = ((("device", "out_at"), False), (("back_at", "due_on"), False))

    out = SQL("back_at IS NULL")
    Loaner.add_index(Loaner.unit, unique=True, where=out, name="loaner_unit_once")
    Loaner.add_index(Loaner.device, unique=True, where=out, name="loaner_device_once")

    class StoreCount(Base):
        store = ForeignKeyField(Store, index=False)
        name = TextField()
        blind = BooleanField(default=True)
        opened_at = TextField()
        opened_by = ForeignKeyField(Person, null=True)
        closed_at = TextField(null=True)
        closed_by = ForeignKeyField(Person, null=True)
        result = TextField(null=True)
        digest = TextField(null=True)

        class Meta:
            table_name = "store_count"
            indexes = ((("store", "opened_at"), False),)

    class StoreCountList(Base):
        count = ForeignKeyField(StoreCount)
        shelf = TextField(default="")
        note = TextField(null=True)
        person = ForeignKeyField(Person, null=True)
        late = BooleanField(default=False)
        submission = TextField(unique=True)
        claimed_at = TextField(null=True)
        received_at = TextField()
        salts = TextField()

        class Meta:
            table_name = "store_count_list"

    class StoreCountLine(Base):
        count = ForeignKeyField(StoreCount, index=False)
        list = ForeignKeyField(StoreCountList)
        serial = TextField(default="")
        unit = ForeignKeyField(Unit, null=True)
        model = ForeignKeyField(DeviceModel, null=True)
        quantity = IntegerField(default=1)
        scanned = BooleanField(default=False)

        class Meta:
            table_name = "store_count_line"
            indexes = ((("count", "unit"), False), (("count", "model"), False))

    class StoreCountReason(Base):
        count = ForeignKeyField(StoreCount)
        unit = ForeignKeyField(Unit, null=True)
        model = ForeignKeyField(DeviceModel, null=True)
        kind = TextField()
        note = TextField(null=True)
        person = ForeignKeyField(Person, null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            table_name = "store_count_reason"

    db.create_tables([
        Substitute, StockRule, StockLevel, StockSlip, Shipment, RepairOrder, RepairEvent, Quote,
        Loaner, StoreCount, StoreCountList, StoreCountLine, StoreCountReason,
    ])  # fmt: skip
    db.execute_sql("ALTER TABLE stock_movement ALTER COLUMN unit_id DROP NOT NULL")
    one = IntegerField(default=1, constraints=[SQL("DEFAULT 1")])
    migrator.migrate(
        migrator.add_column("stock_movement", "model_id", refers(DeviceModel)),
        migrator.add_column("stock_movement", "quantity", one, **new),
        migrator.add_column("stock_movement", "slip_id", refers(StockSlip)),
        migrator.add_index("stock_movement", ("from_place", "from_key", "id"), False),
        migrator.add_index("stock_movement", ("to_place", "to_key", "id"), False),
    )
    # What lies in a store today is its level.
    db.execute_sql(
        "INSERT INTO stock_level (store_id, model_id, quantity) SELECT store_id, model_id, "
        "COUNT(*) FROM unit WHERE store_id IS NOT NULL GROUP BY store_id, model_id"
    )
    for table in APPEND_ONLY:
        for statement in _append_only(table, isinstance(db, SqliteDatabase)):
            db.execute_sql(statement)


def _append_only(table, sqlite):
    if sqlite:
        for event in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    yield (
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    yield (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )
    yield (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )
