"""Clients and their contracts: whose rooms these are and what was agreed."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from roundtag import ledger
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.fields import key_of
from roundtag.models import Client, Contract, Room
from roundtag.words import N_

FEW = 4
"""Clients whose rooms one form offers, or whose plans one page shows, together."""


@dataclass(frozen=True)
class AddClient:
    code: str
    name: str
    name_en: str | None = None


def add_client(command: AddClient, deed: Deed) -> Outcome:
    """Registers a client and opens its own ledger."""
    deed.require()
    if Client.get_or_none(Client.code == command.code):
        raise invalid("code", "taken", N_("This code is taken."))
    client = deed.create(Client, code=command.code, name=command.name, name_en=command.name_en)
    ledger.open_log(client.id)
    return Outcome(
        N_("%(name)s is registered."), values={"name": command.name}, subject_id=client.id
    )


@dataclass(frozen=True)
class AddContract:
    client_id: int
    number: str
    name: str
    starts_on: date
    ends_on: date
    zone: str = "Asia/Shanghai"
    terms: dict[str, Any] = field(default_factory=dict)


def add_contract(command: AddContract, deed: Deed) -> Outcome:
    deed.require(command.client_id)
    if command.ends_on <= command.starts_on:
        raise invalid("ends_on", "order", N_("The end must come after the start."))
    if Contract.get_or_none(Contract.number == command.number):
        raise invalid("number", "taken", N_("This number is taken."))
    contract = deed.create(
        Contract,
        client=command.client_id,
        number=command.number,
        name=command.name,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        zone=command.zone,
        terms=command.terms,
    )
    return Outcome(N_("The contract is registered."), subject_id=contract.id)


def by_code(code: str | None, actor: Actor) -> Client:
    """The client of a code; without a code the only one there is. Raises Invalid."""
    found = list(visible(actor, Client.select().order_by(Client.code), Client.id))
    chosen = [client for client in found if code in (None, client.code)]
    if len(chosen) == 1:
        return chosen[0]
    if not found:
        raise invalid("client", "none", N_("There is no client yet. Add one first."))
    codes = ", ".join(client.code for client in found)
    raise invalid("client", "unknown", N_("Name one of these clients: %(codes)s."), codes=codes)


def contract_at(client_id: int, day: date) -> Contract | None:
    """The contract of a client that runs on a day, the newest when several do."""
    return (
        Contract.select()
        .where(
            (Contract.client == client_id)
            & (Contract.starts_on <= day.isoformat())
            & (Contract.ends_on >= day.isoformat())
        )
        .order_by(Contract.starts_on.desc())
        .first()
    )


def choose(actor: Actor, wanted: int | None) -> tuple[list[Client], Client | None]:
    """The clients in view, and the wanted one of them: else the first, None when there is none."""
    found = list(visible(actor, Client.select().order_by(Client.code), Client.id))
    return found, next((c for c in found if c.id == wanted), found[0] if found else None)


def chosen(actor: Actor, wanted: int | None) -> Client | None:
    """The wanted client in view, or the first where none is wanted; None where there is no such."""
    query = Client.select().order_by(Client.code)
    if wanted is not None:
        query = query.where(Client.id == wanted)
    return visible(actor, query, Client.id).first()


def one_of_many(actor: Actor, wanted: int | None) -> tuple[list[tuple[int, str]], int | None]:
    """Whose things a page shows: of few clients in view all, told as none to choose from; of many
    those of one, the wanted or else the first."""
    return _one_of([(one.id, one.name) for one in choose(actor, None)[0]], wanted)


def offered(actor: Actor, deed: str) -> list[tuple[int | None, str]]:
    """Clients at which the actor may do a deed, by name; first None where it is the provider's."""
    allowed = actor.clients_for(deed)
    query = Client.select(Client.id, Client.name).order_by(Client.name)
    if allowed is not None:
        query = query.where(Client.id.in_(sorted(allowed)))
    found = [(row.id, row.name) for row in query]
    return [(None, ""), *found] if actor.may(deed) else found


def of_rooms(actor: Actor, deed: str, wanted: int | None,
             room: str) -> tuple[list[tuple[int, str]], int | None]:  # fmt: skip
    """As `one_of_many`, of the clients at which the actor may do a deed; the client of the chosen
    `room` comes before the wanted one."""
    known = [(key, name) for key, name in offered(actor, deed) if key is not None]
    row = Room.get_or_none(Room.id == key_of(room)) if len(known) > FEW else None
    return _one_of(known, row.client_id if row else wanted)


def _one_of(known: list[tuple[int, str]],
            wanted: int | None) -> tuple[list[tuple[int, str]], int | None]:  # fmt: skip
    if len(known) <= FEW:
        return [], None
    return known, wanted if wanted in dict(known) else known[0][0]
