"""Which devices and rooms a phone keeps: the work assigned to its person, and kept places."""

from dataclasses import dataclass
from typing import Any

from roundtag import (
    faults,
    rounds,
)
from roundtag.access import Actor, visible
from roundtag.models import (
    Building,
    Device,
    Fault,
    FaultCrew,
    Room,
    Round,
    RoundDevice,
    dicts,
)

LAST = "9999-12-31"


@dataclass(frozen=True)
class Places:
    """Rooms and sites, by key, that somebody keeps on this phone beside their own work."""

    rooms: frozenset[int] = frozenset()
    sites: frozenset[int] = frozenset()


def _kept(places: Places) -> dict[int, str]:
    rows = (
        Device.select(Device.id)
        .join(Room)
        .join(Building)
        .where((Room.id << places.rooms) | (Building.site << places.sites))
        .where(Device.retired_at.is_null())
    )
    return {row.id: LAST for row in rows} if places.rooms or places.sites else {}


def _walked(person_id: int) -> dict[int, str]:
    """Devices of a person's open rounds; what is checked already waits behind what is not."""
    rows = (
        RoundDevice.select(RoundDevice.device, RoundDevice.done_at, Round.due_on)
        .join(Round)
        .where(rounds.walked_by(person_id) & RoundDevice.device.is_null(False))
        .order_by(Round.due_on.desc())
    )
    return {
        row["device"]: LAST if row["done_at"] else row["due_on"].isoformat() for row in dicts(rows)
    }


def _broken(person_id: int) -> dict[int, str]:
    faulty = Fault.select(Fault.device).where(mine(person_id) & Fault.device.is_null(False))
    return {row.device_id: "" for row in faulty}


def mine(person_id: int) -> Any:
    """Faults at which somebody still has something to do: who leads, and who helps."""
    crew = FaultCrew.select(FaultCrew.fault).where(
        (FaultCrew.person == person_id) & FaultCrew.left_at.is_null()
    )
    return Fault.state.in_(faults.WORK_STATES) & (
        (Fault.assignee == person_id) | Fault.id.in_(crew)
    )


def devices(actor: Actor, places: Places) -> list[int]:
    """Devices to keep, the nearest due first: faults, the open rounds by their day, kept places."""
    if actor.person_id is None:
        return []
    days = {**_kept(places), **_walked(actor.person_id), **_broken(actor.person_id)}
    rows = visible(actor, Device.select(Device.id).where(Device.id << list(days)), Device.client)
    return sorted((row.id for row in rows), key=lambda key: (days[key], key))


def rooms_of(actor: Actor, ids: list[int], places: Places) -> list[int]:
    """The rooms of these devices, those of the person's rounds that are checked themselves, and the
    rooms kept, as far as the actor may see them."""
    of_devices = Device.select(Device.room).where(Device.id << ids)
    walked = (
        RoundDevice.select(RoundDevice.room)
        .join(Round)
        .where(rounds.walked_by(actor.person_id or 0) & RoundDevice.device.is_null())
    )
    kept = (Room.id << places.rooms) | (Building.site << places.sites) | Room.id.in_(walked)
    query = Room.select(Room.id).join(Building).where(Room.id.in_(of_devices) | kept)
    return sorted(row.id for row in visible(actor, query, Room.client))
