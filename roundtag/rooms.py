"""Rooms: what staff see of a room."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from roundtag import clock, data, devices, faults, history, inspections, place_pages, tagging
from roundtag.access import Actor, visible
from roundtag.devices import DeviceLine
from roundtag.errors import NotFound
from roundtag.faults import FaultLine
from roundtag.history import Entry
from roundtag.inspections import Checks
from roundtag.models import Building, Device, Fault, Inspection, Room, Site, dicts


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
    client_unit: str


WALK = (Site.name, Building.name, Room.floor, Room.code)
"""The order of a walk through the rooms."""


def lines(actor: Actor) -> list[RoomLine]:
    """All rooms in view in walking order, with their counts; two queries."""
    query = with_counts().order_by(*WALK)
    rows = dicts(visible(actor, query, Room.client))
    tags = tagging.codes_of_rooms(row["id"] for row in rows)
    return [line_of(row, tags) for row in rows]


def with_counts() -> Any:
    """Rooms with their place and what `line` needs."""
    device_count = Device.select(fn.COUNT(Device.id)).where(
        (Device.room == Room.id) & Device.retired_at.is_null()
    )
    fault_count = Fault.select(fn.COUNT(Fault.id)).where(
        (Fault.room == Room.id) & Fault.state.in_(faults.OPEN_STATES)
    )
    return (
        Room.select(
            Room.id, Room.code, Room.name, Room.kind, Room.capacity, Room.floor, Room.remarks,
            Room.client_unit, Room.retired_at, Room.client.alias("client"),
            Building.name.alias("building"), Site.name.alias("site"),
            Site.id.alias("site_id"),
            device_count.alias("devices"), fault_count.alias("open_faults"),
        )
        .join(Building)
        .join(Site)
    )  # fmt: skip


def line_of(row: dict[str, Any], tags: dict[int, str]) -> RoomLine:
    return RoomLine(
        row["id"], row["code"], row["name"], data.room_kind(row["kind"]), row["capacity"],
        row["floor"], row["building"], row["site"], tags.get(row["id"], ""),
        row["devices"], row["open_faults"], row["site_id"], row["client_unit"],
    )  # fmt: skip


@dataclass(frozen=True)
class RoomPage:
    """A room for staff. `devices` stand by their position, retired ones last; `equipment`: one
    category of each subsystem present, with the number of devices in use; `lacks`: groups of
    categories that such a room usually has, of which none is registered."""

    line: RoomLine
    client_id: int
    remarks: str
    retired_at: datetime | None
    devices: list[DeviceLine]
    equipment: list[tuple[data.Category, int]]
    lacks: list[list[data.Category]]
    faults: list[FaultLine]
    checked_at: datetime | None
    history: list[Entry]
    more: bool
    checks: Checks


def page(room_id: int, actor: Actor) -> RoomPage:
    """A room for staff. Raises NotFound for rooms out of the actor's view."""
    query = with_counts().where(Room.id == room_id)
    row = visible(actor, query, Room.client).dicts().first()
    if row is None:
        raise NotFound
    line = line_of(row, tagging.codes_of_rooms([room_id]))
    found = sorted(devices.lines(actor, room_id=room_id),
                   key=lambda one: (one.state == "retired", one.position, one.code))  # fmt: skip
    in_use = [device.category for device in found if device.state != "retired"]
    entries = history.of_room(room_id, limit=history.PAGE + 1)
    return RoomPage(
        line,
        row["client"],
        row["remarks"],
        row["retired_at"],
        found,
        _equipment(in_use),
        line.kind.lacks(in_use),
        faults.lines(actor, room_id=room_id),
        _checked_at(room_id),
        entries[: history.PAGE],
        len(entries) > history.PAGE,
        inspections.checks_at(None, room_id, "room", clock.local_day(clock.now())),
    )


def _equipment(codes: list[str]) -> list[tuple[data.Category, int]]:
    """Each subsystem present, in the order of the standard, by one of its categories."""
    counts = Counter(data.category(code).subsystem for code in codes)
    first = {c.subsystem: c for c in reversed(data.categories())}
    return [(category, counts[name]) for name, category in
            sorted(first.items(), key=lambda pair: pair[1].order) if counts[name]]  # fmt: skip


def _checked_at(room_id: int) -> datetime | None:
    """When this room or a device of it was last checked."""
    last = Inspection.select(fn.MAX(Inspection.received_at)).where(Inspection.device == Device.id)
    of_devices = Device.select(fn.MAX(last)).where(Device.room == room_id).scalar()
    itself = (Inspection.room == room_id) & Inspection.device.is_null()
    own = Inspection.select(Inspection.received_at).where(itself)
    newest = own.order_by(Inspection.received_at.desc()).first()
    moments = [Inspection.received_at.python_value(of_devices), newest and newest.received_at]
    return max(filter(None, moments), default=None)


def history_after(room_id: int, before: int, actor: Actor) -> tuple[list[Entry], bool]:
    """The next page of a room's logbook and whether more follows."""
    place_pages.room(room_id, actor)
    entries = history.of_room(room_id, before, limit=history.PAGE + 1)
    return entries[: history.PAGE], len(entries) > history.PAGE
