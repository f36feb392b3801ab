from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, DayField, JsonField, UtcField
from roundtag.models.people import Person
from roundtag.models.places import Client, Contract, Room


class RoundPlan(Base):
    """What rounds a contract asks for again and again.

    `cycle`: daily, weekly, monthly, quarterly, half_yearly or days (every `every` days). `scope`:
    {"sites": [], "buildings": [], "rooms": []} by key, all empty for everywhere; `categories` empty
    for all. `sample`: None for every stop, else how many, in `sample_unit` (count or percent).
    `due_rule`: day (of the month), after (days after the first day) or end (of the period), by
    `due`; `shift`: none, before or after, for a due day that is a day off. `lead_days`: how long
    before its period a round opens.
    """

    LOG = "client"

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract)
    name = TextField()
    name_en = TextField(default="")
    occasion = TextField()
    cycle = TextField()
    every = IntegerField(default=1)
    starts_on = DayField()
    ends_on = DayField(null=True)
    scope = JsonField(default=dict)
    categories = JsonField(default=list)
    key_only = BooleanField(default=False)
    rooms_too = BooleanField(default=False)
    sample = IntegerField(null=True)
    sample_unit = TextField(default="count")
    due_rule = TextField(default="day")
    due = IntegerField(default=10)
    shift = TextField(default="before")
    lead_days = IntegerField(default=0)
    engineer = ForeignKeyField(Person, null=True)
    backup = ForeignKeyField(Person, null=True)
    paused_at = UtcField(null=True)
    retired_at = UtcField(null=True)

    class Meta:
        indexes = ((("contract", "retired_at"), False), (("client", "retired_at"), False))


class Meeting(Base):
    """A meeting whose room is checked before, during and after it."""

    LOG = "client"
    SEALED = ("name",)

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract)
    room = ForeignKeyField(Room)
    name = TextField(null=True)
    starts_at = UtcField()
    ends_at = UtcField()
    engineer = ForeignKeyField(Person, null=True)
    person = ForeignKeyField(Person, null=True)
    cancelled_at = UtcField(null=True)
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("client", "starts_at"), False), (("room", "starts_at"), False))
