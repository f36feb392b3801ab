"""People, their grants, and the browsers they are signed in with."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from roundtag import clock
from roundtag.access import ROLES, Actor, Right
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.fields import clean
from roundtag.models import Contract, Grant, Person, Session, dicts
from roundtag.words import N_

SESSION_LIFE = timedelta(days=30)
SESSION_IDLE = timedelta(days=14)
LOCALES = ("zh", "en")
MIN_PASSWORD = 10


@dataclass(frozen=True)
class AddPerson:
    """`grants` are (role, scope, scope key); the password is never kept in a submission."""

    username: str
    name: str
    secret_password: str
    grants: tuple[tuple[str, str, int | None], ...]
    locale: str | None = None
    email: str | None = None


def add_person(command: AddPerson, deed: Deed) -> Outcome:
    deed.require()
    _check(command)
    person = deed.create(
        Person,
        username=command.username.strip().lower(),
        name=command.name,
        email=command.email,
        password_hash=_hasher().hash(command.secret_password),
        locale=command.locale,
    )
    for role, scope, key in command.grants:
        deed.create(
            Grant, person=person, role=role, scope=scope, scope_id=key, since=deed.received_at
        )
    return Outcome(N_("%(name)s can sign in."), values={"name": command.name}, subject_id=person.id)


def _check(command: AddPerson) -> None:
    if not command.username.strip():
        raise invalid("username", "required", N_("Give a user name."))
    if Person.get_or_none(Person.username == command.username.strip().lower()):
        raise invalid("username", "taken", N_("This user name is taken."))
    if len(command.secret_password) < MIN_PASSWORD:
        raise invalid(
            "password", "short", N_("Use at least %(count)s characters."), count=MIN_PASSWORD
        )
    if unknown := {role for role, _, _ in command.grants} - set(ROLES):
        raise invalid("grants", "role", N_("Unknown role: %(role)s."), role=unknown.pop())


@cache
def _hasher() -> PasswordHasher:
    """Argon2id at OWASP's floor (19 MiB, 2 passes): 23 ms, so that sign-in cannot starve a box."""
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _decoy() -> str:
    return _hasher().hash(secrets.token_hex(16))


def sign_in(username: str, password: str) -> tuple[Person, str] | None:
    """The person and a new session secret, or None. Takes the same time for unknown names."""
    person = Person.get_or_none(Person.username == clean(username).strip().lower())
    if not _matches(person, password) or person is None or not person.active:
        return None
    return person, _open_session(person, clock.now())


def _matches(person: Person | None, password: str) -> bool:
    stored = person.password_hash if person and person.password_hash else _decoy()
    try:
        _hasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored != _decoy()


def _open_session(person: Person, now: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    Session.create(
        token_hash=_token_hash(secret),
        person=person,
        created_at=now,
        seen_at=now,
        expires_at=now + SESSION_LIFE,
    )
    return secret


def _token_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class SignedIn:
    """A live session: the person's account and rights at this moment."""

    person: Person
    actor: Actor


def session(secret: str) -> SignedIn | None:
    """The live session of a cookie's secret; None when ended, idle too long or disabled."""
    now = clock.now()
    row = (
        Session.select(Session, Person)
        .join(Person)
        .where(
            (Session.token_hash == _token_hash(secret))
            & Session.revoked_at.is_null()
            & (Session.expires_at > clock.to_text(now))
            & (Session.seen_at > clock.to_text(now - SESSION_IDLE))
            & Person.active
        )
        .first()
    )
    if row is None:
        return None
    if now - row.seen_at > timedelta(hours=1):
        Session.update(seen_at=now).where(Session.token_hash == row.token_hash).execute()
    return SignedIn(row.person, actor_of(row.person, now))


def sign_out(secret: str) -> None:
    Session.update(revoked_at=clock.now()).where(
        Session.token_hash == _token_hash(secret)
    ).execute()


def actor_of(person: Person, now: datetime, via: str = "web") -> Actor:
    return Actor(person.id, _rights(person.id, now), via=via, locale=person.locale or "zh")


def _rights(person_id: int, now: datetime) -> tuple[Right, ...]:
    columns = Grant.role, Grant.scope, Grant.scope_id, Contract.client
    query = _granted(now, *columns).where(Grant.person == person_id)
    return tuple(Right(r["role"], r["scope"], r["scope_id"], _client_of(r)) for r in dicts(query))


def _granted(now: datetime, *columns: Any) -> Any:
    """Grants that hold at this moment, with the client of each one's contract."""
    moment = clock.to_text(now)
    of_contract = (Grant.scope == "contract") & (Contract.id == Grant.scope_id)
    query = Grant.select(*columns).left_outer_join(Contract, on=of_contract)
    return query.where((Grant.since <= moment) & (Grant.until.is_null() | (Grant.until > moment)))


def working_for(client_ids: Iterable[int], now: datetime) -> Any:
    """A query of the keys of all people whose grants reach one of these clients."""
    ids = sorted(client_ids)
    of_client = (Grant.scope == "client") & Grant.scope_id.in_(ids)
    reaches = (Grant.scope == "provider") | of_client | Contract.client.in_(ids)
    return _granted(now, Grant.person).where(reaches)


def _client_of(grant: dict[str, Any]) -> int | None:
    return grant["scope_id"] if grant["scope"] == "client" else grant["client"]


@dataclass(frozen=True)
class SetLocale:
    locale: str


def set_locale(command: SetLocale, deed: Deed) -> Outcome:
    if command.locale not in LOCALES:
        raise invalid("locale", "unknown", N_("Choose a language from the list."))
    deed.change(Person.get_by_id(deed.actor.person_id), locale=command.locale)
    return Outcome(N_("The language is set."))


def names(ids: set[int]) -> dict[int, str]:
    """Display names by person, in one query; erased names fall back to the user name."""
    if not ids:
        return {}
    return {p.id: p.name or p.username for p in Person.select().where(Person.id.in_(ids))}


def name(person: Person | None) -> str | None:
    """The same of a person that was read already."""
    return (person.name or person.username) if person else None


def any_exists() -> bool:
    return Person.select().exists()
