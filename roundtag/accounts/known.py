"""Browsers that a person has signed in with: not slowed down by strangers, trusted if asked for."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from roundtag import clock
from roundtag.models import KnownBrowser, Person
from roundtag.people import token_hash

KNOWN_FOR = timedelta(days=180)
TRUSTED_FOR = timedelta(days=30)


def new_cookie() -> str:
    return secrets.token_urlsafe(32)


def remember(person_id: int, cookie: str, label: str, now: datetime, trust: bool = False) -> None:
    """Notes that this person signed in here; `trust`: no second factor for 30 days."""
    values = {"label": label[:80] or None, "seen_at": now, "expires_at": now + KNOWN_FOR}
    if trust:
        values["trusted_until"] = now + TRUSTED_FOR
    key = {"token_hash": token_hash(cookie), "person": person_id}
    KnownBrowser.insert(**key, created_at=now, **values).on_conflict(
        conflict_target=[KnownBrowser.token_hash, KnownBrowser.person], update=values
    ).execute()


def is_known(username: str, cookie: str, now: datetime) -> bool:
    query = KnownBrowser.select().join(Person).where(Person.username == username)
    return bool(query.where(_mine(cookie, now)).exists())


def is_trusted(person_id: int, cookie: str, now: datetime) -> bool:
    trusted = KnownBrowser.trusted_until > clock.to_text(now)
    mine = (KnownBrowser.person == person_id) & _mine(cookie, now)
    return bool(cookie) and bool(KnownBrowser.select().where(mine & trusted).exists())


def _mine(cookie: str, now: datetime) -> Any:
    return (KnownBrowser.token_hash == token_hash(cookie)) & (
        KnownBrowser.expires_at > clock.to_text(now)
    )


def of(person_id: int, now: datetime) -> list[KnownBrowser]:
    alive = KnownBrowser.expires_at > clock.to_text(now)
    query = KnownBrowser.select().where((KnownBrowser.person == person_id) & alive)
    return list(query.order_by(KnownBrowser.seen_at.desc()).limit(50))


def distrust(person_id: int) -> None:
    """From now on the second factor is asked for everywhere."""
    theirs = KnownBrowser.person == person_id
    KnownBrowser.update(trusted_until=None).where(theirs).execute()


def forget(person_id: int) -> int:
    return int(KnownBrowser.delete().where(KnownBrowser.person == person_id).execute())


def forget_unseen(now: datetime) -> int:
    unseen = KnownBrowser.expires_at < clock.to_text(now)
    return int(KnownBrowser.delete().where(unseen).execute())


KINDS = (("Edg", "Edge"), ("MicroMessenger", "WeChat"), ("Firefox", "Firefox"),
         ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
           ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip


def label_of(user_agent: str) -> str:
    """The browser and its machine, so that people know their own: 'Chrome · Android'."""
    found = [
        next((word for mark, word in names if mark in user_agent), "") for names in (KINDS, SYSTEMS)
    ]
    return " · ".join(filter(None, found))
