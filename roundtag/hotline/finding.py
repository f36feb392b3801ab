"""What is shown while the desk types: rooms like the typed letters, what is known to be wrong in
them, and the numbers of the hotlines."""

from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from roundtag import clients, clock, search
from roundtag.access import Actor, visible
from roundtag.faults import OPEN_STATES
from roundtag.models import (
    Building,
    Client,
    Contract,
    Device,
    Fault,
    Room,
    RoomIndex,
    dicts,
    tuples,
)

MOST = 7


@dataclass(frozen=True)
class RoomFound:
    id: int
    name: str
    code: str
    place: str
    client: str


def rooms_like(text: str, actor: Actor, chosen: int | None = None) -> list[RoomFound]:
    """Rooms in use at which the actor may file a call; without a text the one `chosen` before."""
    found = search.rooms(text)
    if not found and chosen is None:
        return []
    query = (
        Room.select(Room.id, Room.name, Room.code, Building.name, Room.floor, Client.name)
        .join(Building).switch(Room).join(Client).switch(Room)
        .join(RoomIndex, on=(RoomIndex.room == Room.id)).where(Room.retired_at.is_null())
    )  # fmt: skip
    allowed = actor.clients_for("take_call")
    if allowed is not None:
        query = query.where(Room.client.in_(sorted(allowed)))
    query = query.where(*(found or [Room.id == chosen]))
    rows = tuples(query.order_by(fn.LENGTH(Room.code), Room.code, Room.id).limit(MOST))
    return [RoomFound(key, name, code, " ".join(filter(None, (building, floor))), client)
            for key, name, code, building, floor, client in rows]  # fmt: skip


@dataclass(frozen=True)
class Known:
    """A fault that is open in the room; `reports`: how many said so."""

    id: int
    number: str
    symptom: str
    device: str | None
    state: str
    level: str
    reported_at: datetime
    reports: int


def known_in(room_id: int, actor: Actor) -> list[Known]:
    again = Fault.alias()
    more = again.select(fn.COUNT(again.id)).where(again.duplicate_of == Fault.id)
    query = (
        Fault.select(Fault.id, Fault.number, Fault.symptom, Device.name.alias("device"),
                     Fault.state, Fault.level, Fault.reported_at, more.alias("more"))
        .left_outer_join(Device)
        .where((Fault.room == room_id) & Fault.state.in_(OPEN_STATES))
        .order_by(Fault.reported_at.desc()).limit(MOST)
    )  # fmt: skip
    rows = dicts(visible(actor, query, Fault.client))
    return [Known(**{key: value for key, value in row.items() if key != "more"},
                  reports=1 + int(row["more"])) for row in rows]  # fmt: skip


@dataclass(frozen=True)
class Line:
    """The hotline of a client's contract that runs today."""

    client_id: int
    client: str
    number: str
    backup: str


def lines_of(actor: Actor) -> list[Line]:
    """The clients that the actor takes calls of, each with what its running contract says."""
    names = {key: name for key, name in clients.offered(actor, "take_call") if key is not None}
    today = clock.local_day(clock.now()).isoformat()
    running = Contract.select().where(
        Contract.client.in_(list(names)) & (Contract.starts_on <= today)
        & (Contract.ends_on >= today)
    )  # fmt: skip
    terms = {row.client_id: row.terms for row in running.order_by(Contract.starts_on)}
    return [Line(key, name, terms.get(key, {}).get("hotline") or "",
                 terms.get(key, {}).get("hotline_backup") or "")
            for key, name in names.items()]  # fmt: skip
