"""What was erased also leaves the files: free pages, dead rows, the write-ahead log."""

import json
from datetime import datetime

from roundtag import blobs, clock, db, erased_list, jobs
from roundtag.models import Attachment, Setting

SWEPT = "erasure.swept"
COPIES = ("submission", "other_body", "setting")


@jobs.every(3_600, "erasure.sweep")
def keep_sweeping() -> bool:
    """The scheduler's call of `sweep`."""
    with db.database.connection_context():
        return sweep(clock.now())


def sweep(now: datetime) -> bool:
    """Rewrites what held a value that was erased since the last sweep; False when there was none,
    or somebody held the database for too long. Takes as long as the database is large."""
    fresh = [one for one in erased_list.read() if one.at > _last()]
    if not fresh:
        return False
    _wipe_photos()
    tables = {name for one in fresh for name in (one.table, *one.also)}
    if not db.rewrite({*tables, *COPIES}):
        return False
    _note(max(one.at for one in fresh))
    return True


def _wipe_photos() -> None:
    """Files whose removal a crash prevented, or that a phone has sent once more."""
    gone = Attachment.select(Attachment.sha256).where(Attachment.erased_at.is_null(False))
    live = Attachment.select(Attachment.sha256).where(Attachment.erased_at.is_null())
    for row in gone.where(Attachment.sha256.not_in(live)).distinct():
        with db.write():
            blobs.erase(str(row.sha256))


def _last() -> str:
    row = Setting.get_or_none(Setting.name == SWEPT)
    return str(json.loads(row.value)) if row else ""


def _note(at: str) -> None:
    with db.write():
        Setting.insert(name=SWEPT, value=json.dumps(at)).on_conflict(
            conflict_target=[Setting.name], preserve=[Setting.value]
        ).execute()
