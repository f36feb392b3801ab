"""Keys under which phones seal the unsent work of people who have signed out (ADR 0009)."""

import secrets
from base64 import b64encode

from roundtag.db import write
from roundtag.models import SealKey

BYTES = 32
"""AES-256."""


def key_of(person_id: int) -> str:
    """The person's key in base64, made at its first use and the same ever after."""
    held = SealKey.get_or_none(SealKey.person == person_id)
    if held is None:
        fresh = b64encode(secrets.token_bytes(BYTES)).decode()
        with write():  # of two first uses at one moment the first one's key stays
            SealKey.insert(person=person_id, secret=fresh).on_conflict_ignore().execute()
        held = SealKey.get(SealKey.person == person_id)
    return str(held.secret)
