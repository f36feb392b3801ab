"""Label stock of one's own, printers with their corrections, and prints made in the background."""

from peewee import SQL, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class Person(Base):
        class Meta:
            table_name = "person"

    class LabelStock(Base):
        name = TextField()
        page_w = IntegerField()
        page_h = IntegerField()
        label_w = IntegerField()
        label_h = IntegerField()
        columns = IntegerField()
        rows = IntegerField()
        corner_x = IntegerField()
        corner_y = IntegerField()
        pitch_x = IntegerField()
        pitch_y = IntegerField()
        dpi = IntegerField(default=0)
        retired_at = TextField(null=True)

        class Meta:
            table_name = "label_stock"

    class Printer(Base):
        name = TextField()
        kind = TextField()
        stock = TextField()
        dpi = IntegerField(default=0)
        offset_x = IntegerField(default=0)
        offset_y = IntegerField(default=0)
        scale = IntegerField(default=1_000_000)
        calibrated_at = TextField(null=True)
        retired_at = TextField(null=True)

        class Meta:
            table_name = "printer"

    class PrintHabit(Base):
        person = ForeignKeyField(Person, unique=True)
        printer = ForeignKeyField(Printer, null=True)
        stock = TextField()

        class Meta:
            table_name = "print_habit"

    class PrintFile(Base):
        key = TextField(primary_key=True)
        person = ForeignKeyField(Person, null=True)
        order = TextField()
        labels = IntegerField()
        drawn = IntegerField(default=0)
        state = TextField(default="waiting")
        digest = TextField(default="")
        name = TextField(default="")
        problem = TextField(null=True)
        created_at = TextField()
        expires_at = TextField()

        class Meta:
            table_name = "print_file"
            indexes = ((("person", "created_at"), False), (("expires_at",), False))

    live = SQL("retired_at IS NULL")
    LabelStock.add_index(LabelStock.name, unique=True, where=live, name="label_stock_one_name")
    Printer.add_index(Printer.name, unique=True, where=live, name="printer_one_name")
    db.create_tables([LabelStock, Printer, PrintHabit, PrintFile])
