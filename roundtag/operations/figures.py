"""The figures of an installation as of now, in a fixed number of queries, whatever is stored."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from peewee import fn

from roundtag import blobs, bytestore, clock, db, disk, heads, jobs, queue
from roundtag.access import SYSTEM
from roundtag.backups import damage, state
from roundtag.db import write
from roundtag.heads import LogLine
from roundtag.heads.mailing import MAIL
from roundtag.models import (
    Blob,
    Fault,
    Job,
    Notification,
    OutMail,
    Setting,
    Submission,
    SubmissionBlob,
    tuples,
)
from roundtag.models.faults import OPEN_STATES
from roundtag.settings import current

TICK = "scheduler.tick"
LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Figures:
    """`jobs`, `faults`, `submissions`: state, level or outcome → how many. Sizes are bytes.

    `job_due`, `mail_since`: since when the oldest one waits; `photos_away`: listed by an entry of
    the last thirty days and not here yet.
    """

    now: datetime
    jobs: dict[str, int]
    job_due: datetime | None
    mails: int
    mail_since: datetime | None
    faults: dict[str, int]
    submissions: dict[str, int]
    photos_away: int
    stored: int
    database: int
    free: int
    backup: state.Status
    tick: datetime | None
    logs: tuple[LogLine, ...]
    mailed_at: datetime | None
    queue: dict[str, Any]
    writes: str
    photos_in: str = ""
    """The bucket in which photos lie, if they do not lie on the disk."""
    photos_up: bool = True
    """Whether that answers."""


def gather(now: datetime) -> Figures:
    """All of it; thirteen queries, a word with the queue and one with the bucket."""
    mails, mail_since = _mails()
    trouble = damage.trouble()
    return Figures(
        now,
        _counts(Job.select(Job.state, fn.COUNT(Job.id)).group_by(Job.state)),
        _first(Job.select(fn.MIN(Job.run_after)).where(
            (Job.state == "queued") & (Job.run_after <= now))),
        mails, mail_since,
        _counts(Fault.select(Fault.level, fn.COUNT(Fault.id))
                .where(Fault.state.in_(OPEN_STATES)).group_by(Fault.level)),
        _counts(Submission.select(Submission.outcome, fn.COUNT(Submission.id))
                .group_by(Submission.outcome)),
        _photos_away(now), blobs.stored(), database_size(), disk.free(),
        state.status(), _tick(), tuple(heads.in_view(SYSTEM)),
        _first(OutMail.select(fn.MAX(OutMail.sent_at)).where(OutMail.kind == MAIL)),
        queue.health(), trouble.kind if trouble else "ok", bytestore.of_settings().elsewhere,
        _photos_up(),
    )  # fmt: skip


def _counts(query: Any) -> dict[str, int]:
    return {name: int(number) for name, number in tuples(query)}


def _first(query: Any) -> datetime | None:
    ((found,),) = tuples(query)
    return clock.from_text(found) if isinstance(found, str) else found


def _mails() -> tuple[int, datetime | None]:
    """Mails to people with an account, and to addresses."""
    unsent = [
        Notification.select(fn.COUNT(Notification.id), fn.MIN(Notification.created_at)).where(
            (Notification.channel == "mail") & Notification.sent_at.is_null()
        ),
        OutMail.select(fn.COUNT(OutMail.id), fn.MIN(OutMail.created_at)).where(
            OutMail.sent_at.is_null()
        ),
    ]
    rows = [row for query in unsent for row in tuples(query)]
    since = [clock.from_text(at) if isinstance(at, str) else at for _, at in rows if at]
    return sum(int(number) for number, _ in rows), min(since, default=None)


def _photos_up() -> bool:
    try:
        bytestore.of_settings().ping()
    except bytestore.Unreachable:
        return False
    return True


def _photos_away(now: datetime) -> int:
    query = (
        SubmissionBlob.select()
        .join(Submission)
        .where(Submission.received_at > now - LATELY)
        .where(~fn.EXISTS(Blob.select(Blob.sha256).where(Blob.sha256 == SubmissionBlob.sha256)))
    )
    return int(query.count())


def database_size() -> int:
    """Bytes on the disk; with SQLite the log of what is not merged yet counts too."""
    if db.kind() == "postgresql":
        return int(db.database.execute_sql("SELECT pg_database_size(current_database())")
                   .fetchone()[0])  # fmt: skip
    path = str(db.database.database)
    files = (Path(path + tail) for tail in ("", "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _tick() -> datetime | None:
    row = Setting.get_or_none(Setting.name == TICK)
    return clock.from_text(json.loads(row.value)) if row else None


@jobs.every(60, "operations.tick")
def tick() -> None:
    """The scheduler's sign of life: a row, since it may run on another machine."""
    with write():
        Setting.insert(name=TICK, value=json.dumps(clock.to_text(clock.now()))).on_conflict(
            conflict_target=[Setting.name], preserve=[Setting.value]
        ).execute()


def quota() -> int:
    return current().photos_mb * 1_000_000
