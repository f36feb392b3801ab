"""Passwords: kept as Argon2id, checked in the same time for every name, none that all know."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from roundtag.errors import Invalid, invalid
from roundtag.models import Person
from roundtag.words import N_

MIN_PASSWORD = 10
MAX_PASSWORD = 200
COMMON = Path(__file__).parent.parent / "data" / "common_passwords.txt"


@cache
def hasher() -> PasswordHasher:
    """Argon2id at OWASP's floor (19 MiB, 2 passes): 23 ms, so that sign-in cannot starve a box."""
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def decoy() -> str:
    return hasher().hash(secrets.token_hex(16))


def hashed(password: str) -> str:
    return hasher().hash(unicodedata.normalize("NFC", password))


def matches(person: Person | None, password: str) -> bool:
    """Whether it is this person's; as much work for nobody and for who has none."""
    stored = person.password_hash if person and person.password_hash else decoy()
    return verify(stored, password) and stored != decoy()


def verify(stored: str, text: str) -> bool:
    try:
        return hasher().verify(stored, unicodedata.normalize("NFC", text))
    except (VerificationError, InvalidHashError):
        return False


def renew(person: Person, password: str) -> None:
    """Hashes a password that was just right anew when this release does it more dearly.

    No deed: nothing that anybody decided changes, and a hash is in no log.
    """
    if hasher().check_needs_rehash(person.password_hash or ""):
        same = (Person.id == person.id) & (Person.password_hash == person.password_hash)
        Person.update(password_hash=hashed(password)).where(same).execute()


@cache
def common() -> frozenset[str]:
    """What attackers try first, in small letters; ADR 0040 says where the list is from."""
    return frozenset(COMMON.read_text("utf-8").split())


def refusal(
    password: str, own: Iterable[str | None] = (), field: str = "password"
) -> Invalid | None:
    """Why this cannot become a password; `own`: names of the person, which others know.

    Length and lists only: rules about kinds of characters make passwords worse (ASVS 6.2.5).
    """
    if len(password) < MIN_PASSWORD:
        message = N_("Use at least %(count)s characters.")
        return invalid(field, "short", message, count=MIN_PASSWORD)
    if len(password) > MAX_PASSWORD:
        return invalid(field, "long", N_("At most %(limit)s characters."), limit=MAX_PASSWORD)
    if _is_known(password.lower(), [one.lower() for one in own if one]):
        return invalid(
            field, "common",
            N_("Many people use this password, so it is tried first. Use a longer or rarer one."),
        )  # fmt: skip
    return None


def _is_known(password: str, own: list[str]) -> bool:
    """Listed itself, or listed with figures and signs put before or after it, or one's own name."""
    stem = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password)
    listed = password in common() or (len(stem) >= 4 and stem in common())
    return listed or len(set(password)) < 4 or stem in {"roundtag", *own} or password in own
