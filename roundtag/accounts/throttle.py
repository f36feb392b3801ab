"""Guessing gets slower and slower, and nobody is locked out by what strangers do.

Each try takes its place before the password is looked at, so that a thousand at one moment gain
nothing; one that was right gives it back. Four keys: the browser that this person used before
(alone, when it is one), else the name from that address, the address, the name from everywhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from roundtag import clock, jobs, vault
from roundtag.accounts import known
from roundtag.db import database, write
from roundtag.models import SignInDelay
from roundtag.people import token_hash

FORGET = timedelta(hours=1)
"""After this long without a failure, half of them are forgotten."""


class Limit(NamedTuple):
    """Failures that cost nothing; then each one doubles the pause, up to the longest."""

    free: int
    longest: int


LIMITS = {"browser": Limit(10, 900), "pair": Limit(5, 900), "address": Limit(50, 900),
          "name": Limit(100, 900)}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where somebody signs in: the address, the cookie of a known browser, the kind of browser."""

    address: str
    browser: str = ""
    label: str = ""


@dataclass(frozen=True)
class Turn:
    """A try's place: how many seconds it has to wait (0: now), and the keys it counts under."""

    wait: int
    keys: tuple[str, ...]


def take(name: str, place: Place, now: datetime) -> Turn:
    """Counts a try at a name as failed, unless one before it still asks for patience."""
    keys = {vault.mark(text, "sign-in"): kind for kind, text in _keys(name, place).items()}
    with write():
        blank = {"failures": 0, "last_at": now, "free_at": now}
        fresh = [{"key": key, **blank} for key in sorted(keys)]
        SignInDelay.insert_many(fresh).on_conflict_ignore().execute()
        for key in sorted(keys):  # in one order, so that two tries wait for one another in turn
            same = SignInDelay.failures
            SignInDelay.update(failures=same).where(SignInDelay.key == key).execute()
        rows = list(SignInDelay.select().where(SignInDelay.key.in_(list(keys))))
        wait = max((row.free_at - now).total_seconds() for row in rows)
        if wait > 0:
            return Turn(ceil(wait), ())
        for row in rows:
            _count(row, LIMITS[keys[row.key]], now)
    return Turn(0, tuple(keys))


def _keys(name: str, place: Place) -> dict[str, str]:
    if place.browser and known.is_known(name.removeprefix("code "), place.browser, clock.now()):
        return {"browser": f"browser {token_hash(place.browser)} {name}"}
    return {"pair": f"pair {place.address} {name}", "address": f"address {place.address}",
            "name": f"name {name}"}  # fmt: skip


def _count(row: SignInDelay, limit: Limit, now: datetime) -> None:
    quiet = int((now - row.last_at) / FORGET)
    failures = (row.failures >> min(quiet, 30)) + 1
    over = min(failures - limit.free, 20)
    pause = min(2**over, limit.longest) if over >= 0 else 0
    SignInDelay.update(
        failures=failures, last_at=now, free_at=now + timedelta(seconds=pause)
    ).where(SignInDelay.key == row.key).execute()


def give_back(turn: Turn, now: datetime) -> None:
    """The try was right: it leaves no trace, and what came before it counts no more than before."""
    mine = SignInDelay.key.in_(list(turn.keys))
    SignInDelay.update(failures=SignInDelay.failures - 1, free_at=now).where(
        mine & (SignInDelay.failures > 0)
    ).execute()


@jobs.every(86_400, "accounts.tidy")
def tidy() -> int:
    """The scheduler's call of `forget_old`."""
    with database.connection_context():
        return forget_old()


def forget_old() -> int:
    """Forgets delays that ended long ago and browsers not seen for long; returns how many."""
    now = clock.now()
    old = SignInDelay.last_at < clock.to_text(now - timedelta(days=2))
    return int(SignInDelay.delete().where(old).execute()) + known.forget_unseen(now)
