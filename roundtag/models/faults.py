from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, DayField, JsonField, UtcField
from roundtag.models.checks import Inspection
from roundtag.models.devices import Device, Unit
from roundtag.models.people import Person
from roundtag.models.places import Client, Contract, Room

OPEN_STATES = ("reported", "triaged", "dispatched", "responded", "on_site", "in_progress")
"""Not restored yet. `in_progress` is what releases before the clocks wrote for `responded`."""
QUARANTINED, DISMISSED = "quarantined", "dismissed"
ASIDE = (QUARANTINED, DISMISSED)
"""Reports that count nowhere unless the desk accepts them (ADR 0017)."""


class Fault(Base):
    """A fault from report to the closed file. `source`: attendee, engineer, inspection or desk.

    `level` is empty until the triage. `next_due_at` and `wakes_at` (when the scheduler must look
    again) are derived from the events and bring the board its order. `assignee` leads the crew.
    `contact` is empty but for rows of before FaultContact; leaves of that time name the column.
    """

    LOG = "client"
    SEALED = ("description", "contact", "remedy", "diagnosis", "cause")
    UNLOGGED = ("salts", "next_due_at", "wakes_at")

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
    claimed_at = UtcField(null=True)
    reported_at = UtcField()
    resolved_at = UtcField(null=True)
    level = TextField(default="")
    urgency = TextField(default="")
    scope = TextField(default="")
    category = TextField(default="")
    kind = TextField(default="")
    support_mode = TextField(default="")
    afterwards = BooleanField(default=False)
    """Help came before the paperwork, and the entry was made afterwards (D14)."""
    diagnosis = TextField(null=True)
    cause = TextField(null=True)
    restored_at = UtcField(null=True)
    closed_at = UtcField(null=True)
    observed_until = DayField(null=True)
    next_due_at = UtcField(null=True)
    wakes_at = UtcField(null=True)
    salts = JsonField(default=dict)

    class Meta:
        indexes = (
            (("client", "number"), True),
            (("state", "next_due_at"), False),
            (("wakes_at",), False),
            (("device", "state"), False),
            (("room", "state"), False),
            (("state", "reported_at"), False),
            (("assignee", "state"), False),
        )


class FaultCrew(Base):
    """Who works at a fault beside its assignee; `left_at` is empty while they do."""

    LOG = "client"

    client = ForeignKeyField(Client)
    fault = ForeignKeyField(Fault, backref="crew")
    person = ForeignKeyField(Person)
    joined_at = UtcField()
    left_at = UtcField(null=True)

    class Meta:
        indexes = ((("fault", "left_at"), False), (("person", "left_at"), False))


class FaultEvent(Base):
    """What happened to a fault, in order: reported, swapped, resolved …

    `what`: the level, reason or mode that the kind needs; `before`: the state that it ended, for
    taking a slip back; `of`: the event that an `undone` or `claim_accepted` is about; `prior`: the
    fault's columns as they were before the step, for the same (earlier leaves hold them).
    """

    LOG = "client"
    SEALED = ("note",)
    UNLOGGED = ("salts", "prior")

    client = ForeignKeyField(Client)
    fault = ForeignKeyField(Fault, backref="events")
    kind = TextField()
    what = TextField(default="")
    before = TextField(default="")
    of = IntegerField(null=True)
    person = ForeignKeyField(Person, null=True)
    note = TextField(null=True)
    at = UtcField()
    claimed_at = UtcField(null=True)
    prior = JsonField(default=dict)
    salts = JsonField(default=dict)


class Swap(Base):
    """A unit put into a device in place of another one. `undone_at`: when it was taken back as a
    slip; it counts nowhere any more. `shelf`: where in its store the new unit had lain."""

    LOG = "client"
    SEALED = ("note",)

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
    claimed_at = UtcField(null=True)
    received_at = UtcField()
    undone_at = UtcField(null=True)
    shelf = TextField(default="")
    salts = JsonField(default=dict)


class FaultDue(Base):
    """What a fault obliges somebody to, until it is done, waived or not owed any more.

    `slot` names the cause, so that nothing is raised twice. A device's replacement has no fault
    but the list `faults` of those that demand it. `done_how`: one of roundtag.dues.HOWS, empty
    while it is owed; `note`: what was done in words, or why it is waived. `late_at`: when its
    lateness was told.
    """

    LOG = "client"
    SEALED = ("note",)
    UNLOGGED = ("salts", "late_at")

    client = ForeignKeyField(Client)
    fault = ForeignKeyField(Fault, null=True)
    device = ForeignKeyField(Device, null=True)
    kind = TextField()
    slot = TextField(unique=True)
    raised_at = UtcField()
    due_at = UtcField(null=True)
    done_at = UtcField(null=True)
    done_by = ForeignKeyField(Person, null=True)
    done_how = TextField(default="")
    note = TextField(null=True)
    faults = JsonField(default=list)
    late_at = UtcField(null=True)
    salts = JsonField(default=dict)

    class Meta:
        indexes = (
            (("done_at", "due_at"), False),
            (("client", "done_at", "due_at"), False),
        )


class Counter(Base):
    """Gap-free numbers that people read, e.g. of faults per client and month."""

    name = TextField(primary_key=True)
    value = IntegerField(default=0)
