"""Capability links: whoever holds one may do the one thing it is for, without an account."""

import hashlib
import secrets
from datetime import datetime, timedelta

from roundtag import clock
from roundtag.models import CapabilityLink

LIFETIMES = {
    "fault-status": timedelta(days=90),
    "round-feed": timedelta(days=366),
    "round-sign": timedelta(days=14),
    "document-read": timedelta(days=90),
    "quote-decide": timedelta(days=14),
    "extension-decide": timedelta(days=14),
    "account-invite": timedelta(hours=48),
    "account-reset": timedelta(hours=1),
}


def grant(purpose: str, subject_id: int, now: datetime) -> str:
    """Makes a link and returns its secret (128 random bits); only its hash is stored."""
    secret = new_secret()
    keep(purpose, subject_id, secret, now)
    return secret


def new_secret() -> str:
    return secrets.token_urlsafe(16)


def keep(purpose: str, subject_id: int, secret: str, now: datetime) -> None:
    """Makes a link of a secret that the caller shows once and stores nowhere."""
    CapabilityLink.create(
        token_hash=hash_of(secret),
        purpose=purpose,
        subject_id=subject_id,
        created_at=now,
        expires_at=now + LIFETIMES[purpose],
    )


def subject(purpose: str, secret: str) -> int | None:
    """The key that a valid link of that purpose is for; None when unknown, expired or revoked."""
    link = CapabilityLink.get_or_none(
        (CapabilityLink.token_hash == hash_of(secret))
        & (CapabilityLink.purpose == purpose)
        & CapabilityLink.revoked_at.is_null()
        & (CapabilityLink.expires_at > clock.to_text(clock.now()))
    )
    return link.subject_id if link else None


def use(purpose: str, secret: str, now: datetime) -> int | None:
    """As `subject`, and the link opens nothing any more: of two who come at once, one is let in."""
    query = CapabilityLink.update(revoked_at=now).where(
        (CapabilityLink.token_hash == hash_of(secret))
        & (CapabilityLink.purpose == purpose)
        & CapabilityLink.revoked_at.is_null()
        & (CapabilityLink.expires_at > clock.to_text(now))
    )
    found = list(query.returning(CapabilityLink.subject_id).execute())
    return found[0].subject_id if found else None


def live(purpose: str, subject_id: int) -> list[CapabilityLink]:
    """Links of that purpose that open something now, the newest first."""
    return list(
        CapabilityLink.select()
        .where(
            (CapabilityLink.purpose == purpose)
            & (CapabilityLink.subject_id == subject_id)
            & CapabilityLink.revoked_at.is_null()
            & (CapabilityLink.expires_at > clock.to_text(clock.now()))
        )
        .order_by(CapabilityLink.created_at.desc())
    )


def revoke(purpose: str, subject_id: int, now: datetime) -> int:
    """Ends all links of that purpose for a subject; returns how many."""
    return (
        CapabilityLink.update(revoked_at=now)
        .where(
            (CapabilityLink.purpose == purpose)
            & (CapabilityLink.subject_id == subject_id)
            & CapabilityLink.revoked_at.is_null()
        )
        .execute()
    )


def hash_of(secret: str) -> str:
    """What is stored of a link, and what a record names it by."""
    return hashlib.sha256(secret.encode()).hexdigest()
