"""How a round was accepted, and what was issued of it: notes at stops, remarks, files, mails."""

from peewee import ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.checks import Inspection, Round, RoundDevice
from roundtag.models.office import Approval, IssuedDocument
from roundtag.models.people import Person
from roundtag.models.places import Client, Contract


class StopNote(Base):
    """What a step of the acceptance said of one stop. `kind`: sent-back (look again, because …) or
    not-done (handed in without it, because …); `entry` is the one that stopped counting."""

    LOG = "client"
    SEALED = ("note",)

    client = ForeignKeyField(Client)
    round = ForeignKeyField(Round)
    stop = ForeignKeyField(RoundDevice)
    approval = ForeignKeyField(Approval)
    kind = TextField()
    entry = ForeignKeyField(Inspection, null=True)
    note = TextField(null=True)
    at = UtcField()
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("stop", "kind"), False), (("round", "kind"), False))


class ReportRemark(Base):
    """What a person adds to the report of a round, in two languages."""

    LOG = "client"
    SEALED = ("zh", "en")

    client = ForeignKeyField(Client)
    round = ForeignKeyField(Round, unique=True)
    zh = TextField(null=True)
    en = TextField(null=True)
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
    salts = JsonField(default=dict)


class ReportContact(Base):
    """Who gets the reports of a contract: the client's IT lead, with or without an account."""

    LOG = "client"
    SEALED = ("name", "email")

    client = ForeignKeyField(Client)
    contract = ForeignKeyField(Contract, unique=True)
    name = TextField(null=True)
    email = TextField(null=True)
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
    salts = JsonField(default=dict)


class DocumentFile(Base):
    """One file of an issued document. `kind`: pdf, xlsx or json (the data that its digest is of);
    `lang`: zh, en or nothing; `size` in bytes."""

    LOG = "client"

    client = ForeignKeyField(Client)
    document = ForeignKeyField(IssuedDocument, backref="files")
    kind = TextField()
    lang = TextField(default="")
    name = TextField()
    sha256 = TextField()
    size = IntegerField()


class ReportRun(Base):
    """A report being made in the background. `subject`, `subject_id`, `kind`: of what, as in
    IssuedDocument; `purpose`: draft or issue; `state`: waiting, ready or failed; `files`: those of
    a draft, by name."""

    key = TextField(primary_key=True)
    client = ForeignKeyField(Client)
    subject = TextField()
    subject_id = IntegerField()
    kind = TextField(default="")
    person = ForeignKeyField(Person, null=True)
    purpose = TextField()
    state = TextField(default="waiting")
    done = IntegerField(default=0)
    total = IntegerField(default=1)
    files = JsonField(default=list)
    document = ForeignKeyField(IssuedDocument, null=True)
    problem = JsonField(null=True)
    created_at = UtcField()
    expires_at = UtcField()

    class Meta:
        indexes = ((("subject", "subject_id", "created_at"), False),)


class OutMail(Base):
    """A mail to an address, which need not be a person's with an account; `dedupe` makes repeated
    triggers one mail. It is written when it is sent, so no link of it is ever stored."""

    dedupe = TextField(unique=True)
    kind = TextField()
    subject_id = IntegerField()
    address = TextField()
    name = TextField(default="")
    created_at = UtcField()
    sent_at = UtcField(null=True)
