"""The hotline's register: every call, whoever took it, whatever came of it."""

from peewee import ForeignKeyField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.faults import Fault
from roundtag.models.people import Person
from roundtag.models.places import Client, Contract, Room


class HotlineCall(Base):
    """`answered`: yes, backup or missed; `about`: fault, again, question, information or wrong.

    `at`: when it rang; `taken_by`: who entered it. `caller` and `phone` are empty where a fault
    came of it: its contact (FaultContact) holds them, in one place that can be erased.
    """

    LOG = "client"
    SEALED = ("caller", "phone", "note")

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract, null=True)
    room = ForeignKeyField(Room, null=True)
    fault = ForeignKeyField(Fault, null=True)
    channel = TextField()
    answered = TextField()
    about = TextField()
    caller = TextField(null=True)
    phone = TextField(null=True)
    note = TextField(null=True)
    taken_by = ForeignKeyField(Person, null=True)
    at = UtcField()
    received_at = UtcField()
    erased_at = UtcField(null=True)
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("client", "at"), False), (("at",), False))
