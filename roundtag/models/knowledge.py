"""What was learned: articles that help at the next fault, and problems that group faults."""

from peewee import BooleanField, CompositeKey, ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.devices import DeviceModel
from roundtag.models.faults import Fault
from roundtag.models.people import Person
from roundtag.models.places import Client


class Problem(Base):
    """What lies behind several faults. `state`: open, known_error (cause or way round known) or
    resolved. `category` is "" when it concerns several kinds of device."""

    LOG = "client"
    SEALED = ("title", "root_cause", "workaround")

    client = ForeignKeyField(Client)
    number = TextField()
    title = TextField(null=True)
    kind = TextField()
    state = TextField()
    category = TextField(default="")
    root_cause = TextField(null=True)
    workaround = TextField(null=True)
    opened_at = UtcField()
    opened_by = ForeignKeyField(Person, null=True)
    changed_at = UtcField()
    resolved_at = UtcField(null=True)
    resolved_by = ForeignKeyField(Person, null=True)
    salts = JsonField(default=dict)

    class Meta:
        indexes = (
            (("client", "number"), True),
            (("state", "opened_at"), False),
        )


class ProblemFault(Base):
    """The problem that a fault belongs to; none after it was taken out again."""

    LOG = "client"

    client = ForeignKeyField(Client)
    fault = ForeignKeyField(Fault, unique=True)
    problem = ForeignKeyField(Problem, null=True)
    person = ForeignKeyField(Person, null=True)
    at = UtcField()


class Article(Base):
    """An article and what it is found by, as published; as drafted while it never was.

    `version` counts its versions, `published` is the number of the one that everybody reads.
    `kind`: guide or known_error; `state`: draft, published or retired; `category` is "" for all
    kinds of device; `shipped` articles came with the product.
    """

    LOG = "provider"

    key = TextField(unique=True)
    category = TextField()
    device_model = ForeignKeyField(DeviceModel, null=True)
    kind = TextField()
    public = BooleanField()
    symptoms = JsonField()
    state = TextField()
    version = IntegerField()
    published = IntegerField(null=True)
    problem = ForeignKeyField(Problem, null=True)
    shipped = BooleanField()
    changed_at = UtcField()

    class Meta:
        indexes = (
            (("state", "changed_at"), False),
            (("state", "category"), False),
        )


class ArticleVersion(Base):
    """The words of an article as somebody saved them; they never change, but may be erased."""

    LOG = "provider"
    SEALED = ("title_zh", "title_en", "body_zh", "body_en")

    article = ForeignKeyField(Article)
    number = IntegerField()
    category = TextField()
    device_model = ForeignKeyField(DeviceModel, null=True)
    kind = TextField()
    public = BooleanField()
    symptoms = JsonField()
    title_zh = TextField(null=True)
    title_en = TextField(null=True)
    body_zh = TextField(null=True)
    body_en = TextField(null=True)
    shipped = BooleanField()
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
    salts = JsonField(default=dict)

    class Meta:
        indexes = ((("article", "number"), True),)


class ArticleHelp(Base):
    """An article helped somebody, counted once for each `who` and `what`: a fault or a day."""

    article = ForeignKeyField(Article)
    who = TextField()
    what = TextField()
    at = UtcField()

    class Meta:
        indexes = ((("article", "who", "what"), True),)


class ArticleExcuse(Base):
    """Why a first-seen fault gets no article."""

    LOG = "client"
    SEALED = ("reason",)

    client = ForeignKeyField(Client)
    fault = ForeignKeyField(Fault, unique=True)
    reason = TextField(null=True)
    person = ForeignKeyField(Person, null=True)
    at = UtcField()
    salts = JsonField(default=dict)


class ArticleIndex(Base):
    """The folded text that an article is found by; derived, like DeviceIndex."""

    article = IntegerField(primary_key=True)
    text = TextField()


class FirstSeen(Base):
    """The first fault of each kind of device with each symptom; derived from the faults."""

    category = TextField()
    symptom = TextField()
    fault = IntegerField(index=True)
    client = IntegerField()
    at = UtcField()

    class Meta:
        primary_key = CompositeKey("category", "symptom")
