"""When a store was told to hold too little, and what was corrected about a unit."""

from peewee import ForeignKeyField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Person(Base):
        class Meta:
            table_name = "person"

    class Unit(Base):
        class Meta:
            table_name = "unit"

    class UnitChange(Base):
        unit = ForeignKeyField(Unit, index=False)
        before = TextField()
        now = TextField()
        note = TextField(null=True)
        person = ForeignKeyField(Person, null=True)
        at = TextField()
        salts = TextField()

        class Meta:
            table_name = "unit_change"
            indexes = ((("unit", "at"), False),)

    migrator.migrate(migrator.add_column("stock_rule", "low_at", TextField(null=True)))
    db.create_tables([UnitChange])
