from peewee import ForeignKeyField, IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField
from roundtag.models.checks import ChecklistVersion
from roundtag.models.people import Person


class ChecklistDraft(Base):
    """A checklist being worked on: one per category and occasion, gone once published.

    No log holds it: nobody is checked by a draft. `base` is the version that it was begun from;
    each save raises `revision`, and `person` is who saved last.
    """

    category = TextField()
    occasion = TextField()
    name = TextField()
    name_en = TextField()
    items = JsonField()
    revision = IntegerField(default=1)
    base = ForeignKeyField(ChecklistVersion, null=True)
    person = ForeignKeyField(Person, null=True)
    saved_at = UtcField()

    class Meta:
        indexes = ((("category", "occasion"), True),)
