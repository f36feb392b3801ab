"""What a person's phone holds for a day without network: the pages of the work assigned to them,
and of the rooms and sites that this phone was told to keep.

Each page bears a version of its own, made of what it shows, so that a phone fetches anew only what
may have changed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from peewee import JOIN, fn

from roundtag import clock, data, fakes, faults, rounds, stocktakes, tagging
from roundtag.access import Actor, visible
from roundtag.devices import Age, age
from roundtag.models import (
    Attachment,
    Blob,
    Building,
    Checklist,
    ChecklistVersion,
    Device,
    DeviceModel,
    Fault,
    History,
    Lending,
    Room,
    Round,
    RoundDevice,
    Site,
    Software,
    Store,
    Unit,
    dicts,
)

FIXED = ["/today", "/scan", "/record", "/fake", "/outbox", "/more"]
LIMIT = 2000
"""Devices that a phone keeps at most."""
LAST = "9999-12-31"
Facts = dict[int, list[Any]]


@dataclass(frozen=True)
class Places:
    """Rooms and sites, by key, that somebody keeps on this phone beside their own work."""

    rooms: frozenset[int] = frozenset()
    sites: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Page:
    url: str
    v: str


@dataclass(frozen=True)
class Manifest:
    """Pages in the order of filling. `due` counts the devices that should be kept, `devices` those
    that are: the nearest due first."""

    version: str
    pages: list[Page] = field(default_factory=list)
    devices: int = 0
    due: int = 0


def manifest(actor: Actor, language: str, build: str, places: Places | None = None) -> Manifest:
    """The pack of this person, in a fixed number of queries however many devices it holds."""
    places = places or Places()
    base = [language, build, sorted(map(str, actor.rights))]
    due = _devices(actor, places)
    ids = due[:LIMIT]
    rooms = _rooms(actor, ids, places)
    shown = _shown(ids, rooms)
    facts = {"/today": [_today(actor), shown.devices], "/fake": [fakes.rooms(actor)]}
    pages = [Page(url, _hash(base, *facts.get(url, []))) for url in FIXED]
    pages += _tagged(tagging.codes_of_rooms(rooms), rooms, shown.rooms, base)
    pages += _tagged(tagging.codes_of_devices(ids), ids, shown.devices, base)
    pages += _to_count(actor, base)
    return Manifest(_hash(pages), pages, len(ids), len(due))


def _hash(*facts: Any) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _tagged(codes: dict[int, str], order: list[int], facts: Facts, base: Any) -> list[Page]:
    return [
        Page(f"/t/{codes[key]}", _hash(base, codes[key], facts.get(key)))
        for key in order
        if key in codes
    ]


def _to_count(actor: Actor, base: Any) -> list[Page]:
    """The rooms of open stocktakes, and before them the page that leads to them."""
    walk = stocktakes.to_walk(actor)
    lists: dict[str, list[Any]] = {}
    for room in walk:
        lists.setdefault(f"/stocktakes/{room.stocktake_id}/rooms", []).append(room)
    pages = [Page(url, _hash(base, rooms)) for url, rooms in lists.items()]
    return pages + [
        Page(f"/stocktakes/{room.stocktake_id}/rooms/{room.id}", _hash(base, room)) for room in walk
    ]


def _devices(actor: Actor, places: Places) -> list[int]:
    """Devices to keep, the nearest due first: faults, the open rounds by their day, kept places."""
    if actor.person_id is None:
        return []
    days = {**_kept(places), **_walked(actor.person_id), **_broken(actor.person_id)}
    rows = visible(actor, Device.select(Device.id).where(Device.id << list(days)), Device.client)
    return sorted((row.id for row in rows), key=lambda key: (days[key], key))


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
        .where((Round.engineer == person_id) & Round.closed_at.is_null())
        .order_by(Round.due_on.desc())
    )
    return {
        row["device"]: LAST if row["done_at"] else row["due_on"].isoformat() for row in dicts(rows)
    }


def _broken(person_id: int) -> dict[int, str]:
    mine = Fault.select(Fault.device).where(
        (Fault.assignee == person_id)
        & Fault.state.in_(faults.OPEN_STATES)
        & Fault.device.is_null(False)
    )
    return {row.device_id: "" for row in mine}


def _rooms(actor: Actor, ids: list[int], places: Places) -> list[int]:
    """The rooms of these devices and the rooms kept, as far as the actor may see them."""
    of_devices = Device.select(Device.room).where(Device.id << ids)
    kept = (Room.id << places.rooms) | (Building.site << places.sites)
    query = Room.select(Room.id).join(Building).where(Room.id.in_(of_devices) | kept)
    return sorted(row.id for row in visible(actor, query, Room.client))


@dataclass(frozen=True)
class Shown:
    """What the pages of devices and rooms show, by key: enough to tell whether it has changed."""

    devices: Facts
    rooms: Facts


def _shown(ids: list[int], rooms: list[int]) -> Shown:
    lines = _lines(rooms)
    events, places, bugs = _events(rooms), _places(ids), _open_faults(rooms)
    lists, stock, software = _checklists(), _stock(), _software(ids)
    of_device: Facts = {}
    of_room: Facts = {key: [row] for key, row in _room_rows(rooms).items()}
    for row in lines:
        key, room = row["id"], row["room"]
        line = [row, bugs.get(("device", key))]
        of_room[room].append(line)
        of_device[key] = [
            line, of_room[room][0], events.get(("device", key)), places.get(key),
            lists.get(row["category"]), stock.get(row["category"]), software.get(key),
        ]  # fmt: skip
    for room, facts in of_room.items():
        facts += [events.get(("room", room)), bugs.get(("room", room))]
    wanted = set(ids)
    return Shown({key: facts for key, facts in of_device.items() if key in wanted}, of_room)


def _lines(rooms: list[int]) -> list[dict[str, Any]]:
    """Every device of the rooms with the unit in its place, its loan and its backup device."""
    backup = Device.alias()
    query = (
        Device.select(
            Device, Unit.serial, Unit.warranty_until, DeviceModel.maker,
            DeviceModel.name.alias("model"), Lending.due_on.alias("lent_until"),
            backup.code.alias("backup_code"), backup.name.alias("backup_name"),
            backup.retired_at.alias("backup_retired"),
        )
        .left_outer_join(Unit, on=(Unit.device == Device.id))
        .left_outer_join(DeviceModel, on=(DeviceModel.id == Unit.model))
        .switch(Device)
        .left_outer_join(Lending, on=(
            (Lending.device == Device.id) & Lending.returned_at.is_null()))
        .switch(Device)
        .left_outer_join(backup, on=(backup.id == Device.backup_device))
        .where(Device.room << rooms)
        .order_by(Device.id)
    )  # fmt: skip
    days = "warranty_until", "lent_until"
    return [
        {**row, "passed": [_passed(row[day]) for day in days], "age": _age(row)}
        for row in dicts(query)
    ]


def _passed(day: Any) -> bool | None:
    return None if day is None else day < clock.local_day(clock.now())


def _age(row: dict[str, Any]) -> Age | None:
    return age.of(row["installed_on"], data.category(row["category"]), clock.local_day(clock.now()))


def _room_rows(rooms: list[int]) -> dict[int, dict[str, Any]]:
    query = (
        Room.select(Room, Building.name.alias("building_name"), Site.name.alias("site"))
        .join(Building)
        .join(Site)
        .where(Room.id << rooms)
    )
    return {row["id"]: row for row in dicts(query)}


def _events(rooms: list[int]) -> dict[tuple[str, int], list[Any]]:
    """The newest line of each logbook, and how many photos of its records have arrived.

    Every deed at a device or room leaves a line; lines are added, never changed.
    """
    query = (
        History.select(
            History.device, History.room, fn.MAX(History.id).alias("newest"),
            fn.COUNT(Blob.sha256).alias("photos"),
        )
        .join(Attachment, JOIN.LEFT_OUTER, on=(
            (Attachment.subject == History.kind) & (Attachment.subject_id == History.subject_id)))
        .join(Blob, JOIN.LEFT_OUTER, on=(Blob.sha256 == Attachment.sha256))
        .where(History.room << rooms)
        .group_by(History.device, History.room)
        .order_by(History.device, History.room)
    )  # fmt: skip
    found: dict[tuple[str, int], list[Any]] = {}
    for row in dicts(query):
        seen = row["newest"], row["photos"]
        found.setdefault(("device", row["device"]), []).append(seen)
        found.setdefault(("room", row["room"]), []).append((row["device"], *seen))
    return found


def _open_faults(rooms: list[int]) -> dict[tuple[str, int], list[Any]]:
    query = (
        Fault.select(Fault.id, Fault.device, Fault.room, Fault.state, Fault.assignee)
        .where((Fault.room << rooms) & Fault.state.in_(faults.OPEN_STATES))
        .order_by(Fault.id)
    )
    found: dict[tuple[str, int], list[Any]] = {}
    for row in dicts(query):
        for kind in ("device", "room"):
            found.setdefault((kind, row[kind]), []).append(row)
    return found


def _places(ids: list[int]) -> Facts:
    """The open rounds of each device: what is due, done and late."""
    query = (
        RoundDevice.select(RoundDevice, Round.due_on, Round.period)
        .join(Round)
        .where((RoundDevice.device << ids) & Round.closed_at.is_null())
        .order_by(RoundDevice.id)
    )
    found: Facts = {}
    for row in dicts(query):
        found.setdefault(row["device"], []).append((row, _passed(row["due_on"])))
    return found


def _software(ids: list[int]) -> Facts:
    found: Facts = {}
    for row in dicts(Software.select().where(Software.device << ids).order_by(Software.id)):
        found.setdefault(row["device"], []).append(row)
    return found


def _checklists() -> dict[str, list[Any]]:
    query = (
        ChecklistVersion.select(
            Checklist.category, Checklist.occasion, fn.MAX(ChecklistVersion.id).alias("newest")
        )
        .join(Checklist)
        .group_by(Checklist.category, Checklist.occasion)
        .order_by(Checklist.category, Checklist.occasion)
    )
    return _by_category(query)


def _stock() -> dict[str, list[Any]]:
    query = (
        Unit.select(Unit, DeviceModel.category, Store.name.alias("store_name"))
        .join(DeviceModel)
        .switch(Unit)
        .join(Store)
        .where(Unit.place == "store")
        .order_by(Unit.id)
    )
    return _by_category(query)


def _by_category(query: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in dicts(query):
        found.setdefault(row["category"], []).append(row)
    return found


def _today(actor: Actor) -> Any:
    """What the first page shows beside its devices: rounds, stocktakes, open faults."""
    today = clock.local_day(clock.now())
    return rounds.cards(actor, today), faults.lines(actor), stocktakes.cards(actor)


def numbers(texts: Iterable[str]) -> frozenset[int]:
    """Keys in what an address says; whatever is none is left out."""
    return frozenset(int(text) for text in texts if text.isascii() and text.isdecimal()
                     and len(text) < 10)  # fmt: skip
