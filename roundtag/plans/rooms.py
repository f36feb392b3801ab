"""What the form of a meeting offers."""

from dataclasses import dataclass
from datetime import datetime

from roundtag.access import FIELD, Actor
from roundtag.models import Building, Client, Grant, Person, Room, dicts
from roundtag.people import working_for


@dataclass(frozen=True)
class MeetingChoices:
    """`rooms`: client's name → (key, words); empty for who may lay down no check."""

    rooms: dict[str, list[tuple[int, str]]]
    people: list[tuple[int, str]]


def meeting_choices(actor: Actor, now: datetime, client_id: int | None = None) -> MeetingChoices:
    """Rooms in use where the actor may lay down checks, of all such clients or of one of them, and
    who may walk there; two queries."""
    allowed = actor.clients_for("plan_meeting") if client_id is None else {client_id}
    where = Room.retired_at.is_null()
    if allowed is not None:
        where &= Room.client << sorted(allowed)
    query = (
        Room.select(Room.id, Room.code, Room.name, Client.name.alias("client_name"), Room.client)
        .join(Building)
        .switch(Room)
        .join(Client)
        .where(where)
        .order_by(Client.name, Room.code)
    )
    rooms: dict[str, list[tuple[int, str]]] = {}
    clients: set[int] = set()
    for row in dicts(query):
        clients.add(row["client"])
        rooms.setdefault(row["client_name"], []).append((row["id"], f"{row['code']} {row['name']}"))
    return MeetingChoices(rooms, _people(clients, now))


def _people(client_ids: set[int], now: datetime) -> list[tuple[int, str]]:
    able = working_for(client_ids, now).where(Grant.role << sorted(FIELD))
    rows = Person.select(Person.id, Person.name, Person.username).where(
        Person.active & Person.id.in_(able)
    )
    return [(row.id, row.name or row.username) for row in rows.order_by(Person.id)]
