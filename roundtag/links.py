"""Capability links: whoever holds one may do the one thing it is for, without an account."""

import hashlib
import secrets
from datetime import datetime, timedelta

from roundtag import clock
from roundtag.models import CapabilityLink

LIFETIMES = {"fault-status": timedelta(days=90)}


def grant(purpose: str, subject_id: int, now: datetime) -> str:
    """Makes a link and returns its secret (128 random bits); only its hash is stored."""
    secret = secrets.token_urlsafe(16)
    CapabilityLink.create(
        token_hash=_hash(secret),
        purpose=purpose,
        subject_id=subject_id,
        created_at=now,
        expires_at=now + LIFETIMES[purpose],
    )
    return secret


def subject(purpose: str, secret: str) -> int | None:
    """The key that a valid link of that purpose is for; None when unknown, expired or revoked."""
    link = CapabilityLink.get_or_none(
        (CapabilityLink.token_hash == _hash(secret))
        & (CapabilityLink.purpose == purpose)
        & CapabilityLink.revoked_at.is_null()
        & (CapabilityLink.expires_at > clock.to_text(clock.now()))
    )
    return link.subject_id if link else None


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


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
