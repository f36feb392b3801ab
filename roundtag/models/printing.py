"""What printing remembers. Lengths are whole micrometres: both databases keep them exact."""

from peewee import SQL, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.people import Person


class LabelStock(Base):
    """A label stock of the provider's own; `dpi` is a roll printer's, in hundredths, else 0."""

    LOG = "provider"

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
    retired_at = UtcField(null=True)


LabelStock.add_index(LabelStock.name, unique=True, where=SQL("retired_at IS NULL"),
                     name="label_stock_one_name")  # fmt: skip


class Printer(Base):
    """A printer and what undoes its error: `scale` in millionths, offset to the right and down."""

    LOG = "provider"

    name = TextField()
    kind = TextField()
    stock = TextField()
    dpi = IntegerField(default=0)
    offset_x = IntegerField(default=0)
    offset_y = IntegerField(default=0)
    scale = IntegerField(default=1_000_000)
    calibrated_at = UtcField(null=True)
    retired_at = UtcField(null=True)


Printer.add_index(Printer.name, unique=True, where=SQL("retired_at IS NULL"),
                  name="printer_one_name")  # fmt: skip


class PrintHabit(Base):
    """What a person printed with last, to be offered again."""

    person = ForeignKeyField(Person, unique=True)
    printer = ForeignKeyField(Printer, null=True)
    stock = TextField()


class PrintFile(Base):
    """A print made in the background: an order, how far it is, and the file's content hash.

    States: waiting, ready, failed.
    """

    key = TextField(primary_key=True)
    person = ForeignKeyField(Person, null=True)
    order = JsonField()
    labels = IntegerField()
    drawn = IntegerField(default=0)
    state = TextField(default="waiting")
    digest = TextField(default="")
    name = TextField(default="")
    problem = JsonField(null=True)
    created_at = UtcField()
    expires_at = UtcField()

    class Meta:
        indexes = ((("person", "created_at"), False), (("expires_at",), False))
