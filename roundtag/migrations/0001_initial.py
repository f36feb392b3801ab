"""The first tables, their partial indexes, and triggers that keep append-only tables so."""

from peewee import (
    BooleanField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)

APPEND_ONLY = ("leaf", "checklist_version", "issued_document")


def up(migrator, db):
    class Client(Model):
        code = TextField(unique=True)
        name = TextField()
        name_en = TextField(null=True)

        class Meta:
            database = db
            table_name = "client"

    db.create_tables([Client])

    class Contract(Model):
        client = ForeignKeyField(Client)
        number = TextField(unique=True)
        name = TextField()
        starts_on = TextField()
        ends_on = TextField()
        zone = TextField(default="Asia/Shanghai")
        terms = TextField()

        class Meta:
            database = db
            table_name = "contract"

    db.create_tables([Contract])

    class Person(Model):
        username = TextField(unique=True)
        name = TextField(null=True)
        email = TextField(null=True)
        phone = TextField(null=True)
        password_hash = TextField(null=True)
        locale = TextField(null=True)
        active = BooleanField(default=True)
        salts = TextField()

        class Meta:
            database = db
            table_name = "person"

    db.create_tables([Person])

    class Round(Model):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract)
        occasion = TextField()
        period = TextField()
        due_on = TextField()
        engineer = ForeignKeyField(Person, null=True)
        closed_at = TextField(null=True)

        class Meta:
            database = db
            table_name = "round"
            indexes = ((("contract", "occasion", "period"), True), (("engineer", "due_on"), False))

    db.create_tables([Round])

    class Site(Model):
        client = ForeignKeyField(Client)
        name = TextField()

        class Meta:
            database = db
            table_name = "site"
            indexes = ((("client", "name"), True),)

    db.create_tables([Site])

    class Building(Model):
        client = ForeignKeyField(Client)
        site = ForeignKeyField(Site)
        name = TextField()

        class Meta:
            database = db
            table_name = "building"
            indexes = ((("site", "name"), True),)

    db.create_tables([Building])

    class Room(Model):
        client = ForeignKeyField(Client)
        building = ForeignKeyField(Building)
        floor = TextField(default="")
        code = TextField()
        name = TextField()
        kind = TextField()
        capacity = IntegerField(null=True)
        remarks = TextField(default="")

        class Meta:
            database = db
            table_name = "room"
            indexes = ((("client", "code"), True),)

    db.create_tables([Room])

    class Device(Model):
        client = ForeignKeyField(Client)
        room = ForeignKeyField(Room)
        code = TextField()
        name = TextField()
        category = TextField()
        position = TextField(default="")
        asset_number = TextField(default="")
        key_device = BooleanField(default=False)
        ip_address = TextField(default="")
        supplier = TextField(default="")
        installed_on = TextField(null=True)
        retired_at = TextField(null=True)

        class Meta:
            database = db
            table_name = "device"
            indexes = ((("client", "code"), True), (("room", "position"), False))

    db.create_tables([Device])

    class Checklist(Model):
        category = TextField()
        occasion = TextField()
        name = TextField()
        name_en = TextField()

        class Meta:
            database = db
            table_name = "checklist"
            indexes = ((("category", "occasion"), True),)

    db.create_tables([Checklist])

    class ChecklistVersion(Model):
        checklist = ForeignKeyField(Checklist)
        number = IntegerField()
        items = TextField()
        published_at = TextField()

        class Meta:
            database = db
            table_name = "checklist_version"
            indexes = ((("checklist", "number"), True),)

    db.create_tables([ChecklistVersion])

    class Inspection(Model):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract, null=True)
        round = ForeignKeyField(Round, null=True)
        device = ForeignKeyField(Device)
        version = ForeignKeyField(ChecklistVersion)
        person = ForeignKeyField(Person)
        result = TextField()
        scanned = BooleanField(default=False)
        repeat = BooleanField(default=False)
        note = TextField(null=True)
        submission = TextField(unique=True)
        claimed_at = TextField(null=True)
        received_at = TextField()
        salts = TextField()

        class Meta:
            database = db
            table_name = "inspection"
            indexes = ((("device", "received_at"), False), (("round", "device"), False))

    db.create_tables([Inspection])

    class Answer(Model):
        client = ForeignKeyField(Client)
        inspection = ForeignKeyField(Inspection)
        room = ForeignKeyField(Room)
        device = ForeignKeyField(Device)
        item = TextField()
        value = TextField(null=True)
        verdict = TextField()
        note = TextField(null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            database = db
            table_name = "answer"
            indexes = ((("inspection", "item"), True), (("device", "item", "at"), False))

    db.create_tables([Answer])

    class Approval(Model):
        client = ForeignKeyField(Client)
        subject = TextField()
        subject_id = IntegerField()
        step = TextField()
        decision = TextField()
        person = ForeignKeyField(Person, null=True)
        link_hash = TextField(null=True)
        signature = TextField(null=True)
        amount = TextField(null=True)
        note = TextField(null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            database = db
            table_name = "approval"
            indexes = ((("subject", "subject_id", "step"), False),)

    db.create_tables([Approval])

    class Attachment(Model):
        client = ForeignKeyField(Client)
        subject = TextField()
        subject_id = IntegerField()
        field = TextField()
        sha256 = TextField(index=True, null=True)
        submission = TextField()
        salts = TextField()

        class Meta:
            database = db
            table_name = "attachment"
            indexes = ((("subject", "subject_id"), False),)

    db.create_tables([Attachment])

    class Blob(Model):
        sha256 = TextField(primary_key=True)
        size = IntegerField()
        mime = TextField()
        received_at = TextField()

        class Meta:
            database = db
            table_name = "blob"

    db.create_tables([Blob])

    class CalendarException(Model):
        client = ForeignKeyField(Client)
        day = TextField()
        working = BooleanField()

        class Meta:
            database = db
            table_name = "calendar_exception"
            indexes = ((("client", "day"), True),)

    db.create_tables([CalendarException])

    class CapabilityLink(Model):
        token_hash = TextField(primary_key=True)
        purpose = TextField()
        subject_id = IntegerField()
        created_at = TextField()
        expires_at = TextField()
        revoked_at = TextField(null=True)

        class Meta:
            database = db
            table_name = "capability_link"

    db.create_tables([CapabilityLink])

    class Conflict(Model):
        client = ForeignKeyField(Client)
        device = ForeignKeyField(Device, null=True)
        submission = TextField()
        kind = TextField()
        expected = TextField(null=True)
        found = TextField(null=True)
        person = ForeignKeyField(Person, null=True)
        filed_at = TextField()
        settled_at = TextField(null=True)

        class Meta:
            database = db
            table_name = "conflict"

    db.create_tables([Conflict])

    class Counter(Model):
        name = TextField(primary_key=True)
        value = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "counter"

    db.create_tables([Counter])

    class DeviceModel(Model):
        category = TextField()
        maker = TextField()
        name = TextField()
        grade = IntegerField(default=1)

        class Meta:
            database = db
            table_name = "device_model"
            indexes = ((("category", "maker", "name"), True),)

    db.create_tables([DeviceModel])

    class DutyTurn(Model):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract)
        person = ForeignKeyField(Person)
        starts_at = TextField()
        ends_at = TextField()

        class Meta:
            database = db
            table_name = "duty_turn"
            indexes = ((("contract", "ends_at"), False),)

    db.create_tables([DutyTurn])

    class Fault(Model):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract, null=True)
        number = TextField()
        room = ForeignKeyField(Room)
        device = ForeignKeyField(Device, null=True)
        inspection = ForeignKeyField(Inspection, null=True)
        source = TextField()
        symptom = TextField()
        description = TextField(null=True)
        contact = TextField(null=True)
        state = TextField()
        reporter = ForeignKeyField(Person, null=True)
        assignee = ForeignKeyField(Person, null=True)
        duplicate_of = ForeignKeyField("self", null=True)
        remedy = TextField(null=True)
        resolved_by = ForeignKeyField(Person, null=True)
        submission = TextField(null=True)
        claimed_at = TextField(null=True)
        reported_at = TextField()
        resolved_at = TextField(null=True)
        salts = TextField()

        class Meta:
            database = db
            table_name = "fault"
            indexes = (
                (("client", "number"), True),
                (("device", "state"), False),
                (("room", "state"), False),
                (("state", "reported_at"), False),
                (("assignee", "state"), False),
            )

    db.create_tables([Fault])

    class FaultEvent(Model):
        client = ForeignKeyField(Client)
        fault = ForeignKeyField(Fault)
        kind = TextField()
        person = ForeignKeyField(Person, null=True)
        note = TextField(null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            database = db
            table_name = "fault_event"

    db.create_tables([FaultEvent])

    class Grant(Model):
        person = ForeignKeyField(Person)
        role = TextField()
        scope = TextField()
        scope_id = IntegerField(null=True)
        since = TextField()
        until = TextField(null=True)

        class Meta:
            database = db
            table_name = "grant"

    db.create_tables([Grant])

    class History(Model):
        client = ForeignKeyField(Client)
        room = ForeignKeyField(Room)
        device = ForeignKeyField(Device, null=True)
        kind = TextField()
        subject_id = IntegerField(null=True)
        person = ForeignKeyField(Person, null=True)
        at = TextField()
        data = TextField()

        class Meta:
            database = db
            table_name = "history"
            indexes = ((("device", "at"), False), (("room", "at"), False))

    db.create_tables([History])

    class IssuedDocument(Model):
        client = ForeignKeyField(Client)
        number = TextField(unique=True)
        kind = TextField()
        data_digest = TextField()
        file_hash = TextField()
        issued_by = ForeignKeyField(Person, null=True)
        issued_at = TextField()

        class Meta:
            database = db
            table_name = "issued_document"

    db.create_tables([IssuedDocument])

    class Job(Model):
        id = TextField(primary_key=True)
        name = TextField()
        args = TextField()
        state = TextField(default="queued")
        run_after = TextField()
        attempts = IntegerField(default=0)
        error = TextField(default="")
        created_at = TextField()
        finished_at = TextField(null=True)

        class Meta:
            database = db
            table_name = "job"
            indexes = ((("state", "run_after"), False),)

    db.create_tables([Job])

    class Log(Model):
        client = ForeignKeyField(Client, unique=True, null=True)
        origin = TextField(unique=True)
        size = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "log"

    db.create_tables([Log])

    class Leaf(Model):
        log = ForeignKeyField(Log)
        leaf_index = IntegerField()
        text = TextField()
        hash = TextField()
        received_at = TextField()

        class Meta:
            database = db
            table_name = "leaf"
            primary_key = CompositeKey("log", "leaf_index")

    db.create_tables([Leaf])

    class Notification(Model):
        recipient = ForeignKeyField(Person)
        channel = TextField()
        dedupe = TextField()
        kind = TextField()
        data = TextField()
        url = TextField(default="")
        created_at = TextField()
        sent_at = TextField(null=True)
        read_at = TextField(null=True)

        class Meta:
            database = db
            table_name = "notification"
            indexes = ((("recipient", "channel", "dedupe"), True), (("channel", "sent_at"), False))

    db.create_tables([Notification])

    class Submission(Model):
        id = TextField(primary_key=True)
        form = TextField()
        form_version = TextField(default="")
        app_version = TextField(default="")
        install_id = TextField(default="")
        seq = IntegerField(null=True)
        owner = ForeignKeyField(Person, null=True)
        carrier = ForeignKeyField(Person, null=True)
        supersedes = TextField(null=True)
        sha256 = TextField()
        body = TextField(null=True)
        claimed_at = TextField(null=True)
        sent_at = TextField(null=True)
        received_at = TextField()
        outcome = TextField()
        receipt = TextField()

        class Meta:
            database = db
            table_name = "submission"
            indexes = ((("install_id", "seq"), False), (("outcome", "received_at"), False))

    db.create_tables([Submission])

    class OtherBody(Model):
        submission = ForeignKeyField(Submission)
        sha256 = TextField()
        body = TextField()
        person = ForeignKeyField(Person, null=True)
        received_at = TextField()

        class Meta:
            database = db
            table_name = "other_body"
            indexes = ((("submission", "sha256"), True),)

    db.create_tables([OtherBody])

    class RoundDevice(Model):
        client = ForeignKeyField(Client)
        round = ForeignKeyField(Round)
        device = ForeignKeyField(Device)
        done_at = TextField(null=True)
        result = TextField(null=True)

        class Meta:
            database = db
            table_name = "round_device"
            indexes = ((("round", "device"), True), (("device", "done_at"), False))

    db.create_tables([RoundDevice])

    class Session(Model):
        token_hash = TextField(primary_key=True)
        person = ForeignKeyField(Person)
        created_at = TextField()
        seen_at = TextField()
        expires_at = TextField()
        revoked_at = TextField(null=True)

        class Meta:
            database = db
            table_name = "session"

    db.create_tables([Session])

    class Setting(Model):
        name = TextField(primary_key=True)
        value = TextField()

        class Meta:
            database = db
            table_name = "setting"

    db.create_tables([Setting])

    class Store(Model):
        code = TextField(unique=True)
        name = TextField()
        client = ForeignKeyField(Client, null=True)

        class Meta:
            database = db
            table_name = "store"

    db.create_tables([Store])

    class Unit(Model):
        model = ForeignKeyField(DeviceModel)
        serial = TextField()
        warranty_until = TextField(null=True)
        place = TextField()
        device = ForeignKeyField(Device, null=True)
        store = ForeignKeyField(Store, null=True)
        shelf = TextField(default="")

        class Meta:
            database = db
            table_name = "unit"
            indexes = (
                (("model", "serial"), True),
                (("serial",), False),
                (("store", "model"), False),
            )

    db.create_tables([Unit])

    class StockMovement(Model):
        unit = ForeignKeyField(Unit)
        from_place = TextField()
        from_key = IntegerField(null=True)
        to_place = TextField()
        to_key = IntegerField(null=True)
        reason = TextField()
        person = ForeignKeyField(Person, null=True)
        at = TextField()

        class Meta:
            database = db
            table_name = "stock_movement"

    db.create_tables([StockMovement])

    class SubmissionBlob(Model):
        submission = ForeignKeyField(Submission)
        sha256 = TextField(index=True)
        mime = TextField()
        size = IntegerField()

        class Meta:
            database = db
            table_name = "submission_blob"
            primary_key = CompositeKey("submission", "sha256")

    db.create_tables([SubmissionBlob])

    class Swap(Model):
        client = ForeignKeyField(Client)
        contract = ForeignKeyField(Contract, null=True)
        device = ForeignKeyField(Device)
        fault = ForeignKeyField(Fault, null=True)
        old_unit = ForeignKeyField(Unit, null=True)
        new_unit = ForeignKeyField(Unit)
        old_serial = TextField(null=True)
        new_serial = TextField()
        old_unit_to = TextField()
        reason = TextField()
        note = TextField(null=True)
        person = ForeignKeyField(Person)
        submission = TextField(unique=True)
        claimed_at = TextField(null=True)
        received_at = TextField()
        salts = TextField()

        class Meta:
            database = db
            table_name = "swap"

    db.create_tables([Swap])

    class Tag(Model):
        code = TextField(primary_key=True)
        state = TextField()
        client = ForeignKeyField(Client, null=True)
        device = ForeignKeyField(Device, null=True)
        room = ForeignKeyField(Room, null=True)
        replaced_by = TextField(null=True)
        made_at = TextField()

        class Meta:
            database = db
            table_name = "tag"

    db.create_tables([Tag])

    db.execute_sql(
        "CREATE UNIQUE INDEX unit_one_device ON unit (device_id) WHERE device_id IS NOT NULL"
    )
    for target in ("device", "room"):
        db.execute_sql(
            f"CREATE UNIQUE INDEX tag_one_{target} ON tag ({target}_id) "
            f"WHERE state = 'bound' AND {target}_id IS NOT NULL"
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
