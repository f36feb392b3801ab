"""Rooms: what staff see of a room, and what an attendee may see of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from roundtag import data, devices, faults, history, tagging
from roundtag.access import Actor, visible
from roundtag.devices import DeviceLine
from roundtag.errors import NotFound
from roundtag.history import Entry
from roundtag.models import Building, Device, Fault, Room, Site, dicts


@dataclass(frozen=True)
class RoomLine:
    id: int
    code: str
    name: str
    kind: data.RoomKind
    capacity: int | None
    floor: str
    building: str
    site: str
    tag: str
    devices: int
    open_faults: int
    site_id: int


def lines(actor: Actor) -> list[RoomLine]:
    """Rooms in view in walking order, with their counts; two queries."""
    query = _with_counts().order_by(Site.name, Building.name, Room.floor, Room.code)
    rows = dicts(visible(actor, query, Room.client))
    tags = tagging.codes_of_rooms(row["id"] for row in rows)
    return [_line(row, tags) for row in rows]


def _with_counts() -> Any:
    device_count = Device.select(fn.COUNT(Device.id)).where(
        (Device.room == Room.id) & Device.retired_at.is_null()
    )
    fault_count = Fault.select(fn.COUNT(Fault.id)).where(
        (Fault.room == Room.id) & Fault.state.in_(faults.OPEN_STATES)
    )
    return (
        Room.select(
            Room.id, Room.code, Room.name, Room.kind, Room.capacity, Room.floor, Room.remarks,
            Building.name.alias("building"), Site.name.alias("site"),
            Site.id.alias("site_id"),
            device_count.alias("devices"), fault_count.alias("open_faults"),
        )
        .join(Building)
        .join(Site)
    )  # fmt: skip


def _line(row: dict[str, Any], tags: dict[int, str]) -> RoomLine:
    return RoomLine(
        row["id"], row["code"], row["name"], data.room_kind(row["kind"]), row["capacity"],
        row["floor"], row["building"], row["site"], tags.get(row["id"], ""),
        row["devices"], row["open_faults"], row["site_id"],
    )  # fmt: skip


@dataclass(frozen=True)
class RoomPage:
    line: RoomLine
    remarks: str
    devices: list[DeviceLine]
    history: list[Entry]


def page(room_id: int, actor: Actor) -> RoomPage:
    """A room for staff. Raises NotFound for rooms out of the actor's view."""
    query = _with_counts().where(Room.id == room_id)
    row = visible(actor, query, Room.client).dicts().first()
    if row is None:
        raise NotFound
    line = _line(row, tagging.codes_of_rooms([room_id]))
    return RoomPage(
        line,
        row["remarks"],
        devices.lines(actor, room_id=room_id),
        history.of_room(room_id, limit=5),
    )


@dataclass(frozen=True)
class KnownFault:
    """A fault that an attendee may know of: what and since when, nothing else."""

    symptom: str
    device: str | None
    reported_at: datetime


@dataclass(frozen=True)
class AttendeePage:
    """What anyone who stands at a tag may see: the room, its devices by name, known faults."""

    tag: str
    room: str
    building: str
    floor: str
    devices: list[tuple[str, str, str]]
    """(tag code, name, category) of each device in use."""
    chosen: str | None
    known: list[KnownFault]
    retired: bool = False
    """Whether the tag is on a device that is out of use; then the report is about the room."""


def attendee_page(target: tagging.Target) -> AttendeePage:
    room = Room.select(Room, Building).join(Building).where(Room.id == target.room_id).get()
    in_room = list(
        Device.select()
        .where((Device.room == room.id) & Device.retired_at.is_null())
        .order_by(Device.code)
    )
    tags = tagging.codes_of_devices(device.id for device in in_room)
    retired = target.device is not None and target.device.retired_at is not None
    return AttendeePage(
        tag=target.code,
        room=room.name,
        building=room.building.name,
        floor=room.floor,
        devices=[(tags[d.id], d.name, d.category) for d in in_room if d.id in tags],
        chosen=target.code if target.device and not retired else None,
        known=_known(room.id),
        retired=retired,
    )


def _known(room_id: int) -> list[KnownFault]:
    rows = (
        Fault.select(Fault.symptom, Device.name, Fault.reported_at)
        .left_outer_join(Device)
        .where((Fault.room == room_id) & Fault.state.in_(faults.OPEN_STATES))
        .order_by(Fault.reported_at.desc())
        .limit(5)
    )
    return [KnownFault(*row) for row in rows.tuples()]
