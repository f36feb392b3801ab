"""One device's life: owner, backup device, portrait, remarks; lendings; the software on it."""

from peewee import SQL, BooleanField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Client(Base):
        class Meta:
            table_name = "client"

    class Person(Base):
        class Meta:
            table_name = "person"

    class Unit(Base):
        class Meta:
            table_name = "unit"

    class Device(Base):
        class Meta:
            table_name = "device"

    def refers(model, **more):
        return ForeignKeyField(model, field=model.id, null=True, **more)

    empty = TextField(default="", constraints=[SQL("DEFAULT ''")])
    migrator.migrate(
        migrator.add_column("device", "owner_id", refers(Person)),
        migrator.add_column("device", "backup_device_id", refers(Device)),
        migrator.add_column("device", "photo", IntegerField(null=True)),
        migrator.add_column("device", "remarks", empty, allow_not_null=True),
    )

    class Lending(Base):
        client = ForeignKeyField(Client)
        device = ForeignKeyField(Device)
        borrower = TextField(null=True)
        purpose = TextField(null=True)
        due_on = TextField()
        lent_at = TextField()
        lent_by = ForeignKeyField(Person, null=True)
        returned_at = TextField(null=True)
        returned_by = ForeignKeyField(Person, null=True)
        condition = TextField(null=True)
        submission = TextField(unique=True)
        salts = TextField()

        class Meta:
            table_name = "lending"
            indexes = ((("device", "lent_at"), False), (("returned_at", "due_on"), False))

    Lending.add_index(
        Lending.device, unique=True, where=SQL("returned_at IS NULL"), name="lending_one_borrower"
    )

    class Software(Base):
        client = ForeignKeyField(Client)
        device = ForeignKeyField(Device)
        unit = ForeignKeyField(Unit, null=True)
        kind = TextField()
        name = TextField(default="")
        installed = TextField(default="")
        latest = TextField(default="")
        updated_at = TextField()

        class Meta:
            table_name = "software"
            indexes = ((("device", "kind", "name"), True), (("kind", "name", "device"), False))

    class SoftwareUpdate(Base):
        client = ForeignKeyField(Client)
        software = ForeignKeyField(Software)
        unit = ForeignKeyField(Unit, null=True)
        from_version = TextField(default="")
        to_version = TextField()
        done_on = TextField()
        done_by = TextField(null=True)
        person = ForeignKeyField(Person, null=True)
        backup_taken = BooleanField(default=False)
        backup_where = TextField(null=True)
        note = TextField(null=True)
        submission = TextField()
        at = TextField()
        salts = TextField()

        class Meta:
            table_name = "software_update"
            indexes = ((("software", "at"), False),)

    class Reason(Base):
        client = ForeignKeyField(Client)
        device = ForeignKeyField(Device)
        note = TextField(null=True)
        submission = TextField()
        salts = TextField()

        class Meta:
            table_name = "reason"

    db.create_tables([Lending, Software, SoftwareUpdate, Reason])
