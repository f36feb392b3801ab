from peewee import CompositeKey, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.devices import Device
from roundtag.models.people import Person
from roundtag.models.places import Client


class Submission(Base):
    """One thing a person sent, kept forever by its id. `body` is erasable, its hash is not.

    `outcome`: done, conflict or review (kept for a person because a deed failed).
    """

    id = TextField(primary_key=True)
    form = TextField()
    form_version = TextField(default="")
    app_version = TextField(default="")
    install_id = TextField(default="")
    seq = IntegerField(null=True)
    owner = ForeignKeyField(Person, null=True)
    carrier = ForeignKeyField(Person, null=True)
    supersedes = TextField(null=True)
    sha256 = TextField()
    body = TextField(null=True)
    claimed_at = UtcField(null=True)
    sent_at = UtcField(null=True)
    received_at = UtcField()
    outcome = TextField()
    receipt = JsonField()

    class Meta:
        indexes = ((("install_id", "seq"), False), (("outcome", "received_at"), False))


class OtherBody(Base):
    """A second body that came under a known id; kept beside the first for a person to compare."""

    submission = ForeignKeyField(Submission)
    sha256 = TextField()
    body = TextField()
    person = ForeignKeyField(Person, null=True)
    received_at = UtcField()

    class Meta:
        indexes = ((("submission", "sha256"), True),)


class Blob(Base):
    """Bytes as received, named by their SHA-256; people are served re-encoded derivatives only."""

    sha256 = TextField(primary_key=True)
    size = IntegerField()
    mime = TextField()
    received_at = UtcField()


class SubmissionBlob(Base):
    """A photo that a submission names, here or still to come; the manifest of the submission."""

    submission = ForeignKeyField(Submission)
    sha256 = TextField(index=True)
    mime = TextField()
    size = IntegerField()

    class Meta:
        primary_key = CompositeKey("submission", "sha256")


class Attachment(Base):
    """A photo of a record. Its bytes may still be on the way: then no Blob bears the hash yet; once
    `erased_at` is set they are gone for good, and the hash is all that is left."""

    LOG = "client"
    SEALED = ("sha256",)

    client = ForeignKeyField(Client)
    subject = TextField()
    subject_id = IntegerField()
    field = TextField()
    sha256 = TextField(null=True, index=True)
    submission = TextField()
    erased_at = UtcField(null=True)
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("subject", "subject_id"), False),)


class Conflict(Base):
    """Two truths that met; both are kept until a person settles it."""

    LOG = "client"

    client = ForeignKeyField(Client)
    device = ForeignKeyField(Device, null=True)
    submission = TextField()
    kind = TextField()
    expected = TextField(null=True)
    found = TextField(null=True)
    person = ForeignKeyField(Person, null=True)
    filed_at = UtcField()
    settled_at = UtcField(null=True)


class Settlement(Base):
    """How a person settled what had to be looked at, once per `subject`.

    `subject`: conflict:<id>, kept:<submission> or other-body:<id>; `submission` is the entry meant.
    """

    LOG = "provider"
    SEALED = ("note",)

    subject = TextField(unique=True)
    submission = TextField(index=True)
    decision = TextField()
    note = TextField(null=True)
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
    salts = JsonField(default=dict)
