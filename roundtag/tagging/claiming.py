"""The page on which a blank label is claimed: where it may go, in two steps."""

from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.fields import clean
from roundtag.models import Building, Device, Room, Tag, TagEvent, dicts
from roundtag.tagging.resolving import LIVE, BlankTag

SHOWN = 30
"""Rooms listed at once; the search finds the others."""


@dataclass(frozen=True)
class RoomChoice:
    id: int
    name: str
    code: str
    building: str
    tag: str | None
    """The label that the door of the room bears."""


@dataclass(frozen=True)
class DeviceChoice:
    id: int
    name: str
    code: str
    category: str
    position: str
    tag: str | None


@dataclass(frozen=True)
class Choices:
    """`room` and its `devices` (those without a label first) once a room is chosen, else `rooms`,
    with `last`, where this person claimed a label before, apart from the others."""

    rooms: list[RoomChoice]
    last: RoomChoice | None
    room: RoomChoice | None
    devices: list[DeviceChoice]
    more: bool


def choices(blank: BlankTag, actor: Actor, room: int | None = None, text: str = "",
            device: int | None = None) -> Choices:  # fmt: skip
    """What a blank may be put on. Raises NotFound for a room out of the actor's reach."""
    reach = _reach(blank, actor)
    room_id = _room_of(device) if device else room
    if room_id is None:
        found = _rooms(reach, text)
        last = None if text else _last(reach, actor)
        return Choices(found[:SHOWN], last, None, [], len(found) > SHOWN)
    chosen = next(iter(map(_room, dicts(_all(reach).where(Room.id == room_id)))), None)
    if chosen is None:
        raise NotFound
    return Choices([], None, chosen, _devices(room_id, device), False)


def name_of(actor: Actor, room: int | None = None, device: int | None = None) -> str:
    """The name of the device or room that a label is wanted for; empty out of the actor's view."""
    model, key = (Device, device) if device else (Room, room)
    found = visible(actor, model.select().where(model.id == key), model.client).first()
    return str(found.name) if found else ""


def _reach(blank: BlankTag, actor: Actor) -> Any:
    allowed = actor.clients_for("claim_tag")
    if blank.client_id is not None:
        allowed = frozenset({blank.client_id}) & (allowed or frozenset({blank.client_id}))
    return None if allowed is None else Room.client.in_(sorted(allowed))


def _all(reach: Any) -> Any:
    query = (
        Room.select(Room.id, Room.name, Room.code, Building.name.alias("building"),
                    Tag.code.alias("tag"))
        .join(Building)
        .join(Tag, JOIN.LEFT_OUTER, on=((Tag.room == Room.id) & Tag.state.in_(LIVE)))
        .order_by(Room.code)
    )  # fmt: skip
    return query if reach is None else query.where(reach)


def _room(row: dict[str, Any]) -> RoomChoice:
    return RoomChoice(row["id"], row["name"], row["code"], row["building"], row["tag"])


def _rooms(reach: Any, text: str) -> list[RoomChoice]:
    query = _all(reach).limit(SHOWN + 1)
    if text := clean(text).strip():
        fits = Room.name.contains(text) | Room.code.contains(text) | Building.name.contains(text)
        query = query.where(fits)
    return [_room(row) for row in dicts(query)]


def _last(reach: Any, actor: Actor) -> RoomChoice | None:
    key = last_room(actor)
    found = dicts(_all(reach).where(Room.id == key)) if key else []
    return next(iter(map(_room, found)), None)


def last_room(actor: Actor) -> int | None:
    """The room in which this person claimed a label last: most stick on many in one room."""
    query = (
        TagEvent.select(Tag.room, Device.room.alias("device_room"))
        .join(Tag, on=(Tag.code == TagEvent.tag))
        .join(Device, JOIN.LEFT_OUTER, on=(Device.id == Tag.device))
        .where((TagEvent.person == actor.person_id) & (TagEvent.kind == "claimed"))
        .order_by(TagEvent.at.desc(), TagEvent.id.desc())
        .limit(1)
    )
    return next((row["room"] or row["device_room"] for row in dicts(query)), None)


def _room_of(device_id: int) -> int:
    device = Device.get_or_none(Device.id == device_id)
    if device is None:
        raise NotFound
    return int(device.room_id)


def _devices(room_id: int, device_id: int | None) -> list[DeviceChoice]:
    query = (
        Device.select(Device.id, Device.name, Device.code, Device.category, Device.position,
                      Tag.code.alias("tag"))
        .join(Tag, JOIN.LEFT_OUTER, on=((Tag.device == Device.id) & Tag.state.in_(LIVE)))
        .where((Device.room == room_id) & Device.retired_at.is_null())
        .order_by(Tag.code.is_null(False), Device.code)
    )  # fmt: skip
    if device_id:
        query = query.where(Device.id == device_id)
    return [DeviceChoice(**row) for row in dicts(query)]
