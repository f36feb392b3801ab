"""The installation's own secret: it signs cookies and encrypts what the database must not tell.

It lies beside the data and not in the database: who reads one of the two makes no codes of it.
"""

import base64
import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from roundtag import disk
from roundtag.settings import current


def app_secret(data_dir: Path) -> str:
    """The key that signs cookies: from the environment, else made once beside the data."""
    given = os.environ.get("SECRET_KEY")
    if given:
        return given
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "secret.key"
    if not path.exists():  # several processes may start at one moment
        disk.claim(path, secrets.token_hex(32).encode())
    return path.read_text()


def seal(text: str, purpose: str) -> str:
    """The text as only this installation reads it, and only for that purpose."""
    return _cipher(app_secret(current().data_dir), purpose).encrypt(text.encode()).decode()


def unseal(token: str, purpose: str, within: int | None = None) -> str | None:
    """What was sealed, at most `within` seconds ago; None for anything else."""
    try:
        cipher = _cipher(app_secret(current().data_dir), purpose)
        return cipher.decrypt(token.encode(), ttl=within).decode()
    except (InvalidToken, UnicodeError):
        return None


def mark(text: str, purpose: str) -> str:
    """A name for a text from which nobody without the secret guesses the text."""
    key = _key(app_secret(current().data_dir), purpose)
    return hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


@lru_cache(maxsize=16)
def _cipher(secret: str, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(secret, purpose)))


def _key(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), f"roundtag {purpose}".encode(), hashlib.sha256).digest()
