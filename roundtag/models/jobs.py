from peewee import IntegerField, TextField

from roundtag.models.base import Base, JsonField, UtcField


class Job(Base):
    """Work to do after a commit; this table is the truth, the queue only a carrier.

    States: queued, running, done, failed, discarded (failed, and given up by a person).
    """

    id = TextField(primary_key=True)
    name = TextField()
    args = JsonField(default=dict)
    state = TextField(default="queued")
    run_after = UtcField()
    attempts = IntegerField(default=0)
    error = TextField(default="")
    created_at = UtcField()
    finished_at = UtcField(null=True)

    class Meta:
        indexes = ((("state", "run_after"), False),)
