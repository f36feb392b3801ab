"""What a person may do at a moment: the grants that hold then, with their clients."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import Case

from roundtag import clock
from roundtag.access import Actor, Right
from roundtag.models import Contract, Grant, Person, dicts, tuples


def actor_of(person: Person, now: datetime, via: str = "web") -> Actor:
    return Actor(person.id, _rights(person.id, now), via=via, locale=person.locale or "zh")


def _rights(person_id: int, now: datetime) -> tuple[Right, ...]:
    columns = Grant.role, Grant.scope, Grant.scope_id, Contract.client
    query = granted(now, *columns).where(Grant.person == person_id)
    return tuple(Right(r["role"], r["scope"], r["scope_id"], _client_of(r)) for r in dicts(query))


def granted(now: datetime, *columns: Any) -> Any:
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
    return granted(now, Grant.person).where(reaches)


def holders(roles: Iterable[str], client_ids: Iterable[int],
            now: datetime) -> dict[tuple[str, int], list[int]]:  # fmt: skip
    """The keys of all people who hold each role at each client at this moment; one query."""
    found: dict[tuple[str, int], set[int]] = {(r, key): set() for r in roles for key in client_ids}
    query = working_for(client_ids, now).where(Grant.role.in_(sorted(roles)))
    of = Case(None, [(Grant.scope == "client", Grant.scope_id)], Contract.client)
    for role, person, client in tuples(query.select(Grant.role, Grant.person, of)):
        for key in client_ids if client is None else [client]:
            found[role, key].add(person)
    return {place: sorted(people) for place, people in found.items()}


def holding(role: str, client_id: int, now: datetime) -> list[Person]:
    """Everybody who holds a role at a client at this moment, the longest known first."""
    keys = working_for([client_id], now).where(Grant.role == role)
    return list(Person.select().where(Person.id.in_(keys) & Person.active).order_by(Person.id))


def _client_of(grant: dict[str, Any]) -> int | None:
    return grant["scope_id"] if grant["scope"] == "client" else grant["client"]
