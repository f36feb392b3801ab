from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, DayField, JsonField, UtcField
from roundtag.models.devices import Device
from roundtag.models.people import Person
from roundtag.models.places import Client, Contract, Room
from roundtag.models.plans import Meeting, RoundPlan


class Checklist(Base):
    LOG = "provider"

    category = TextField()
    occasion = TextField()
    name = TextField()
    name_en = TextField()

    class Meta:
        indexes = ((("category", "occasion"), True),)


class ChecklistVersion(Base):
    """Items as published; append-only in the database, so an entry can always be judged anew.

    `own` marks what the provider's people published, `person`, and why, `note`; else the product
    brought it. `name` is empty in versions older than the column: the checklist's holds.
    """

    LOG = "provider"

    checklist = ForeignKeyField(Checklist, backref="versions")
    number = IntegerField()
    items = JsonField()
    published_at = UtcField()
    name = TextField(default="")
    name_en = TextField(default="")
    note = TextField(default="")
    own = BooleanField(default=False)
    person = ForeignKeyField(Person, null=True)

    class Meta:
        indexes = ((("checklist", "number"), True),)


class Round(Base):
    """One tour, e.g. the monthly round of a client. `period` is YYYY-MM for a monthly round.

    `slot` names what a round is the only one of, e.g. "plan-3/2026-11"; rounds opened by hand have
    none. `stage`: open, recorded, checked or accepted. `seed` and `drawn_from` (the size of the
    whole) make the drawing of a sample repeatable. `scope` is the plan's choice of stops as it was
    when the round opened (`roundtag.rounds.scope.Scope`); `due_at` the time of a meeting's check.
    """

    LOG = "client"

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract)
    occasion = TextField()
    period = TextField()
    due_on = DayField()
    engineer = ForeignKeyField(Person, null=True)
    closed_at = UtcField(null=True)
    slot = TextField(null=True, unique=True)
    name = TextField(default="")
    name_en = TextField(default="")
    opens_on = DayField(null=True)
    backup = ForeignKeyField(Person, null=True)
    seed = TextField(null=True)
    drawn_from = IntegerField(null=True)
    stage = TextField(default="open")
    plan = ForeignKeyField(RoundPlan, null=True)
    meeting = ForeignKeyField(Meeting, null=True)
    scope = JsonField(default=dict)
    opened_at = UtcField(null=True)
    due_at = UtcField(null=True)

    class Meta:
        indexes = (
            (("contract", "occasion", "period"), False),
            (("engineer", "due_on"), False),
            (("backup", "due_on"), False),
            (("client", "due_on"), False),
            (("closed_at", "due_on"), False),
            (("due_on",), False),
        )


class Inspection(Base):
    """A filled checklist, at a device or at a room itself. `repeat` marks a second entry for the
    same stop of one round; `room` is where it was; `scanned_at` when, by the phone's clock."""

    LOG = "client"
    SEALED = ("note",)

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract, null=True)
    round = ForeignKeyField(Round, null=True)
    device = ForeignKeyField(Device, null=True)
    version = ForeignKeyField(ChecklistVersion)
    person = ForeignKeyField(Person)
    result = TextField()
    scanned = BooleanField(default=False)
    repeat = BooleanField(default=False)
    note = TextField(null=True)
    submission = TextField(unique=True)
    claimed_at = UtcField(null=True)
    received_at = UtcField()
    salts = JsonField(default=dict)
    room = ForeignKeyField(Room, null=True)
    occasion = TextField(default="")
    scanned_at = UtcField(null=True)

    class Meta:
        indexes = (
            (("device", "received_at"), False),
            (("round", "device"), False),
            (("room", "received_at"), False),
        )


class RoundDevice(Base):
    """A stop of a round: a device, or a room where there is none. `done_at` is when the first
    entry there, `entry`, was received."""

    LOG = "client"

    client = ForeignKeyField(Client)
    round = ForeignKeyField(Round)
    device = ForeignKeyField(Device, null=True)
    done_at = UtcField(null=True)
    result = TextField(null=True)
    room = ForeignKeyField(Room, null=True)
    entry = ForeignKeyField(Inspection, null=True)

    class Meta:
        indexes = (
            (("round", "device"), True),
            (("device", "done_at"), False),
            (("round", "room"), False),
        )


class Answer(Base):
    """One item of an inspection. `verdict` is pass, fail, fixed, na or none (nothing to judge).

    `found`: what it was before it was put right on the spot; `value` is what it is since then.
    """

    LOG = "client"
    SEALED = ("note",)

    client = ForeignKeyField(Client)
    inspection = ForeignKeyField(Inspection, backref="answers")
    room = ForeignKeyField(Room)
    device = ForeignKeyField(Device, null=True)
    item = TextField()
    value = TextField(null=True)
    verdict = TextField()
    note = TextField(null=True)
    at = UtcField()
    salts = JsonField(default=dict)
    found = TextField(null=True)

    class Meta:
        indexes = (
            (("inspection", "item"), True),
            (("device", "item", "at"), False),
            (("room", "item", "id"), False),
            (("device", "item", "id"), False),
        )
