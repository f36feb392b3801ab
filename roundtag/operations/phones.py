"""Phones that have sent something lately. What still lies on one, the server cannot know."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import fn

from roundtag import clock
from roundtag.models import Blob, Person, Submission, SubmissionBlob, tuples

LATELY = timedelta(days=30)
SHOWN = 50


@dataclass(frozen=True)
class Phone:
    """`photos_away`: photos that its entries name and that have not come."""

    install: str
    person: str
    seen_at: datetime
    entries: int
    photos_away: int


def lately(now: datetime) -> list[Phone]:
    """Those that owe photos first, then the longest unseen. One query each for both counts."""
    recent = (Submission.received_at > now - LATELY) & ~Submission.install_id.in_(("", "form"))
    query = (
        Submission.select(Submission.install_id, Submission.owner, Person.name, Person.username,
                          fn.MAX(Submission.received_at), fn.COUNT(Submission.id))
        .join(Person, on=Submission.owner == Person.id)
        .where(recent)
        .group_by(Submission.install_id, Submission.owner, Person.name, Person.username)
    )  # fmt: skip
    owed = _owed(recent)
    found = [
        Phone(install, name or username, clock.from_text(at) if isinstance(at, str) else at,
              int(count), owed.get((install, owner), 0))
        for install, owner, name, username, at, count in tuples(query)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.photos_away, one.seen_at))[:SHOWN]


def _owed(recent: object) -> dict[tuple[str, int], int]:
    away = ~fn.EXISTS(Blob.select(Blob.sha256).where(Blob.sha256 == SubmissionBlob.sha256))
    query = (
        SubmissionBlob.select(Submission.install_id, Submission.owner, fn.COUNT(1))
        .join(Submission)
        .where(recent, away)
        .group_by(Submission.install_id, Submission.owner)
    )
    return {(install, owner): int(count) for install, owner, count in tuples(query)}
