"""Rights: given and ended by the provider, with nobody able to lift themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from roundtag import clock, days
from roundtag.access import ROLES
from roundtag.commands import Deed, Outcome
from roundtag.errors import Forbidden, NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import Client, Contract, Grant, Person
from roundtag.words import N_

SCOPES = ("provider", "client", "contract")
LAST = N_("Somebody else must be an administrator first.")


@dataclass(frozen=True)
class GrantOrder:
    """`until` is the last day; None: for good."""

    role: str
    scope: str
    scope_id: int | None
    since: date | None = None
    until: date | None = None


def may_touch(deed: Deed, person: Person | None, role: str = "") -> None:
    """Only an administrator makes one, or lays hands on one: a manager cannot rise by a link."""
    if role != "admin" and (person is None or not is_admin(person.id)):
        return
    if not deed.actor.system and "admin" not in deed.actor.roles_at(None):
        raise Forbidden(N_("Only an administrator may do this to an administrator."))


def is_admin(person_id: int) -> bool:
    """Now or later: who will be one is as worth guarding."""
    mine = (Grant.person == person_id) & (Grant.role == "admin")
    return bool(Grant.select().where(mine & _not_over(clock.now())).exists())


def _not_over(now: datetime) -> Any:
    return Grant.until.is_null() | (Grant.until > clock.to_text(now))


def give(deed: Deed, person: Person, order: GrantOrder) -> Grant:
    if order.role not in ROLES:
        raise invalid("role", "unknown", N_("Choose one of the list."))
    table = {"client": Client, "contract": Contract}.get(order.scope)
    if table and not table.get_or_none(table.id == order.scope_id):
        raise invalid("scope", "unknown", N_("Choose one of the list."))
    since = _midnight(order.since) or deed.received_at
    return deed.create(Grant, person=person, role=order.role, scope=order.scope,
                       scope_id=order.scope_id, since=max(since, deed.received_at),
                       until=_midnight(order.until, 1))  # fmt: skip


def _midnight(day: date | None, later: int = 0) -> datetime | None:
    if day is None:
        return None
    zone = ZoneInfo(clock.DEFAULT_ZONE)
    return datetime.combine(day + timedelta(days=later), time(), zone)


def one(person_id: int, deed: Deed) -> Person:
    """The person of a deed, if the actor may lay hands on them; their row is locked."""
    deed.require()
    Person.update(active=Person.active).where(Person.id == person_id).execute()
    person = Person.get_or_none(Person.id == person_id)
    if person is None:
        raise NotFound
    may_touch(deed, person)
    return person


def where(person: Person) -> str:
    return f"/people/{person.id}"


@dataclass(frozen=True)
class AddGrant:
    person_id: int
    grant: GrantOrder


def add_grant(command: AddGrant, deed: Deed) -> Outcome:
    person = one(command.person_id, deed)
    may_touch(deed, person, command.grant.role)
    give(deed, person, command.grant)
    return Outcome(N_("The right is given."), where(person))


@dataclass(frozen=True)
class EndGrant:
    person_id: int
    grant_id: int


def end_grant(command: EndGrant, deed: Deed) -> Outcome:
    """A right ends at once: what a page in a browser still offers is refused."""
    person = one(command.person_id, deed)
    grant = Grant.get_or_none((Grant.id == command.grant_id) & (Grant.person == person.id))
    if grant is None:
        raise NotFound
    if grant.until and grant.until <= deed.received_at:
        return Outcome(N_("This right had ended before."), where(person), "conflict")
    if grant.role == "admin" and not other_admin(deed.received_at, person.id):
        raise invalid("grant", "last", LAST)
    deed.change(grant, until=deed.received_at)
    return Outcome(N_("The right has ended."), where(person))


def other_admin(now: datetime, person_id: int) -> bool:
    """Whether somebody else could still put things right; admins' rows are locked in turn."""
    here = (Grant.role == "admin") & (Grant.scope == "provider") & _not_over(now)
    begun = Grant.since <= clock.to_text(now)
    query = Grant.select(Grant.person).join(Person).where(here & begun & Person.active)
    keys = {grant.person_id for grant in query}
    Person.update(active=Person.active).where(Person.id.in_(sorted(keys))).execute()
    return bool(query.where(Person.id != person_id).exists())


def read_grant(form: Fields, done: bool = True) -> GrantOrder:
    """`scope` is provider, client:KEY or contract:KEY."""
    role = form.choice("role", ROLES, required=N_("Choose a role."))
    kind, _, key = (form.text("scope", limit=40, required=N_("Choose where.")) or "").partition(":")
    if kind and (kind not in SCOPES or (kind != "provider") != _is_key(key)):
        form.refuse("scope", "unknown", N_("Choose one of the list."))
    since, until = days.read(form, "since"), days.read(form, "until")
    today = clock.local_day(clock.now())
    if until and until < (since or today):
        form.refuse("until", "early", N_("The last day must come after the first."))
    if done:
        form.done()
    return GrantOrder(role or "", kind, int(key) if _is_key(key) else None, since, until)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def scopes() -> list[tuple[str, str]]:
    """Where a right may hold besides everywhere: (value, name)."""
    contracts = Contract.select(Contract, Client).join(Client).order_by(Client.code, Contract.id)
    clients: Iterable[Client] = Client.select().order_by(Client.code)
    return [(f"client:{c.id}", c.name) for c in clients] + [
        (f"contract:{c.id}", f"{c.client.name} · {c.number}") for c in contracts
    ]
