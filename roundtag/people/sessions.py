"""Sessions are rows: they end here and at once, whatever cookie a browser still holds."""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import OperationalError

from roundtag import clock
from roundtag.access import Actor
from roundtag.models import Person, Session
from roundtag.people.rights import actor_of

SESSION_LIFE = timedelta(days=30)
SESSION_IDLE = timedelta(days=14)


@dataclass(frozen=True)
class SignedIn:
    """A live session: the person's account and rights at this moment."""

    person: Person
    actor: Actor


def open_session(person: Person, now: datetime, label: str = "", via: str = "password") -> str:
    """A new secret for a cookie; `label` names the browser to its owner."""
    secret = secrets.token_urlsafe(32)
    Session.create(
        token_hash=token_hash(secret), person=person, created_at=now, seen_at=now,
        expires_at=now + SESSION_LIFE, label=label[:80] or None, via=via,
    )  # fmt: skip
    return secret


def token_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def session(secret: str) -> SignedIn | None:
    """The live session of a cookie's secret; None when ended, idle too long or disabled."""
    now = clock.now()
    row = (
        Session.select(Session, Person)
        .join(Person)
        .where((Session.token_hash == token_hash(secret)) & live(now) & Person.active)
        .first()
    )
    if row is None:
        return None
    if now - row.seen_at > timedelta(hours=1):
        with suppress(OperationalError):  # on a disk that takes nothing, pages can still be read
            Session.update(seen_at=now).where(Session.token_hash == row.token_hash).execute()
    return SignedIn(row.person, actor_of(row.person, now))


def live(now: datetime) -> object:
    """The condition that a session is neither ended, nor too old, nor idle too long."""
    return (
        Session.revoked_at.is_null()
        & (Session.expires_at > clock.to_text(now))
        & (Session.seen_at > clock.to_text(now - SESSION_IDLE))
    )


def sign_out(secret: str) -> None:
    Session.update(revoked_at=clock.now()).where(Session.token_hash == token_hash(secret)).execute()


def end_sessions(person_id: int, now: datetime, keep: str = "") -> int:
    """Ends a person's sessions, all but the one with the hash `keep`; returns how many."""
    theirs = (Session.person == person_id) & live(now) & (Session.token_hash != keep)
    return int(Session.update(revoked_at=now).where(theirs).execute())
