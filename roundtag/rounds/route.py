"""The stops of a round in the order in which people walk, with every entry made at them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from roundtag import claims, people, tagging
from roundtag.claims import Claim
from roundtag.models import (
    Building,
    Device,
    Inspection,
    Room,
    RoundDevice,
    RoundShare,
    Site,
    Submission,
    dicts,
)
from roundtag.rounds.floors import Key, floor_key, natural_key
from roundtag.rounds.stops import awaited

AT_ONCE = 500
"""Stops whose entries are looked up place by place."""
OF_ROOM = "room"
"""The category of a stop that is a room itself."""


@dataclass(frozen=True)
class Filed:
    """An entry at a stop. `second` marks one that came after the entry that counts."""

    id: int
    who: str | None
    person_id: int
    result: str
    second: bool
    received_at: datetime
    claim: Claim | None


@dataclass(frozen=True)
class Stop:
    """One device, or a room itself, on the way through a round.

    `result` is that of the first entry; `walker` the person whose part of the round it is.
    """

    code: str
    device: str
    device_code: str
    category: str
    room: str
    position: str
    done_at: datetime | None
    result: str | None
    id: int = 0
    device_id: int | None = None
    room_id: int = 0
    room_code: str = ""
    floor: str = ""
    building: str = ""
    site: str = ""
    walker: int | None = None
    entries: tuple[Filed, ...] = ()


def stops_of(round_id: int, engineer_id: int | None) -> list[Stop]:
    """All stops that count, from the cellar up; four queries. Entries are left out."""
    return stops_where(round_id, engineer_id, RoundDevice.round == round_id)


def stops_next(round_id: int, engineer_id: int | None, person_id: int | None,
               limit: int, shares: dict[int, int] | None = None) -> list[Stop]:  # fmt: skip
    """What is still open, as somebody would walk on: their own part first, from where their last
    entry was, and then it begins again. Only the rooms that come next are read stop by stop. Six
    queries."""
    last = _last_entry(round_id, person_id)
    rooms = sorted(_open_rooms(round_id, last.room_id if last else None), key=place_of_room)
    shares = shares_of(round_id) if shares is None else shares
    here = next((n for n, row in enumerate(rooms) if last and row["id"] == last.room_id), 0)
    way = [*rooms[here:], *rooms[:here]]
    if person_id is not None:
        way.sort(key=lambda row: shares.get(row["id"], engineer_id) != person_id)
    chosen, waiting = [last.room_id] if last else [], 0
    for row in way:
        if waiting >= limit:
            break
        if row["id"] not in chosen:
            chosen.append(row["id"])
            waiting += row["waiting"]
    stops = stops_where(round_id, engineer_id, Room.id.in_(chosen), shares)
    return way_from(_place_in(stops, last), stops, person_id)[:limit]


def _open_rooms(round_id: int, also: int | None) -> list[dict[str, Any]]:
    """Rooms with stops that wait, and how many; and the room `also`."""
    waiting = fn.SUM(RoundDevice.done_at.is_null().cast("integer"))
    query = joined(RoundDevice.select(
        Room.id, Room.code, Room.floor, Building.name.alias("building"), Site.name.alias("site"),
        waiting.alias("waiting")))  # fmt: skip
    here = RoundDevice.done_at.is_null() | (Room.id == also)
    grouped = query.where((RoundDevice.round == round_id) & here & awaited())
    return dicts(grouped.group_by(Room.id, Building.name, Site.name))


def place_of_room(row: dict[str, Any]) -> Key:
    return (natural_key(row["site"]), natural_key(row["building"]), floor_key(row["floor"]),
            natural_key(row["code"]))  # fmt: skip


def stops_where(round_id: int, engineer_id: int | None, where: Any,
                shares: dict[int, int] | None = None) -> list[Stop]:  # fmt: skip
    """The stops of a round for which a condition holds; `shares` where they are known already."""
    rows = sorted(_rows(round_id, where), key=_place)
    own = {row["room_id"] for row in rows if not row["device"]}
    devices = tagging.codes_of_devices(row["device"] for row in rows if row["device"])
    rooms = tagging.codes_of_rooms(own) if own else {}
    shares = shares_of(round_id) if shares is None else shares
    return [_stop(row, devices, rooms, shares.get(row["room_id"], engineer_id)) for row in rows]


def shares_of(round_id: int) -> dict[int, int]:
    """Who walks a room in the engineer's stead, by room."""
    given = (RoundShare.round == round_id) & RoundShare.person.is_null(False)
    rows = RoundShare.select(RoundShare.room, RoundShare.person).where(given)
    return {row.room_id: row.person_id for row in rows}


def _rows(round_id: int, where: Any) -> list[dict[str, Any]]:
    return dicts(joined(
        RoundDevice.select(
            RoundDevice.id, RoundDevice.done_at, RoundDevice.result, RoundDevice.device,
            Device.name, Device.code, Device.category, Device.position,
            Room.id.alias("room_id"), Room.name.alias("room"), Room.code.alias("room_code"),
            Room.floor, Building.name.alias("building"), Site.name.alias("site"),
        ))
        .where((RoundDevice.round == round_id) & where & awaited())
    )  # fmt: skip


def joined(query: Any) -> Any:
    """Stops with their places."""
    here = Room.id == fn.COALESCE(Device.room, RoundDevice.room)
    return (
        query.join(Device, JOIN.LEFT_OUTER, on=(RoundDevice.device == Device.id))
        .switch(RoundDevice).join(Room, on=here)
        .join(Building, on=(Room.building == Building.id))
        .join(Site, on=(Building.site == Site.id))
    )  # fmt: skip


def _place(row: dict[str, Any]) -> Key:
    """Site, building, floor, room; in a room its own check comes first."""
    return (
        natural_key(row["site"]), natural_key(row["building"]), floor_key(row["floor"]),
        natural_key(row["room_code"]), natural_key(row["code"] or ""), row["id"],
    )  # fmt: skip


def _stop(row: dict[str, Any], devices: dict[int, str], rooms: dict[int, str],
          walker: int | None) -> Stop:  # fmt: skip
    own = not row["device"]
    return Stop(
        rooms.get(row["room_id"], "") if own else devices.get(row["device"], ""),
        row["room"] if own else row["name"], row["room_code"] if own else row["code"],
        OF_ROOM if own else row["category"], row["room"], row["position"] or "",
        row["done_at"], row["result"], row["id"], row["device"], row["room_id"],
        row["room_code"], row["floor"], row["building"], row["site"], walker,
    )  # fmt: skip


def with_entries(round_id: int, stops: list[Stop]) -> list[Stop]:
    """The stops with every entry made there, the one that counts first; two queries."""
    filed: dict[tuple[int | None, int], list[Filed]] = {}
    for place, entry in _filed(round_id, stops):
        filed.setdefault(place, []).append(entry)
    return [replace(stop, entries=tuple(filed.get(_key(stop), ()))) for stop in stops]


def _key(stop: Stop) -> tuple[int | None, int]:
    return (stop.device_id, 0) if stop.device_id else (None, stop.room_id)


def _filed(round_id: int, stops: list[Stop]) -> list[tuple[tuple[int | None, int], Filed]]:
    rows = dicts(
        Inspection.select(
            Inspection.id, Inspection.device, Inspection.room, Inspection.person,
            Inspection.result, Inspection.repeat, Inspection.received_at, Inspection.claimed_at,
            Submission.sent_at,
        )
        .join(Submission, JOIN.LEFT_OUTER, on=(Submission.id == Inspection.submission))
        .where((Inspection.round == round_id) & _at(stops))
        .order_by(Inspection.repeat, Inspection.received_at, Inspection.id)
    )  # fmt: skip
    names = people.names({row["person"] for row in rows})
    return [((row["device"], 0) if row["device"] else (None, row["room"] or 0),
             _entry(row, names)) for row in rows]  # fmt: skip


def _at(stops: list[Stop]) -> Any:
    """At the places of these stops; of many, all that the round has is read."""
    if len(stops) > AT_ONCE:
        return True
    rooms = Inspection.room.in_([stop.room_id for stop in stops if not stop.device_id])
    devices = Inspection.device.in_([stop.device_id for stop in stops if stop.device_id])
    return devices | (Inspection.device.is_null() & rooms)


def _entry(row: dict[str, Any], names: dict[int, str]) -> Filed:
    claim = claims.claim(row["claimed_at"], row["sent_at"], row["received_at"])
    return Filed(row["id"], names.get(row["person"]), row["person"], row["result"],
                 bool(row["repeat"]), row["received_at"], claim)  # fmt: skip


def way_from(place: int, listed: list[Stop], person_id: int | None) -> list[Stop]:
    """What is open behind a stop's place in the list, then before it; one's own part first."""
    start = place + 1
    way = [stop for stop in [*listed[start:], *listed[:start]] if stop.done_at is None]
    return sorted(way, key=lambda stop: person_id is not None and stop.walker != person_id)


def _last_entry(round_id: int, person_id: int | None) -> Inspection | None:
    """The person's newest entry in the round; one query."""
    if person_id is None:
        return None
    mine = (Inspection.round == round_id) & (Inspection.person == person_id)
    last: Inspection | None = Inspection.select().where(mine).order_by(Inspection.id.desc()).first()
    return last


def _place_in(stops: list[Stop], last: Inspection | None) -> int:
    """Where an entry was made; -1 where there is none."""
    if last is None:
        return -1
    where = (last.device_id, 0) if last.device_id else (None, last.room_id)
    return next((place for place, stop in enumerate(stops) if _key(stop) == where), -1)
