"""A slip may undo another one, once."""

from peewee import ForeignKeyField, Model


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db

    class StockSlip(Base):
        class Meta:
            table_name = "stock_slip"

    undone = ForeignKeyField(StockSlip, field=StockSlip.id, null=True, unique=True)
    migrator.migrate(migrator.add_column("stock_slip", "reverses_id", undone))
