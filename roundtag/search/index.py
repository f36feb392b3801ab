"""Keeps the index equal to what it is derived from, in the transaction of the deed."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from peewee import JOIN, fn

from roundtag import data, db
from roundtag.models import (
    Base,
    Building,
    Device,
    DeviceIndex,
    DeviceModel,
    Fault,
    Posting,
    Room,
    RoomIndex,
    Setting,
    Site,
    Tag,
    Unit,
    dicts,
)
from roundtag.models.faults import OPEN_STATES
from roundtag.search import words

RECIPE = "1"
"""Raised whenever documents are made otherwise: the next start makes them anew."""
MADE = "search-index"
SHORTEST_LIFE = 6
"""Years that any device must last, whatever its category says."""
BATCH = 400
NEVER = "9999-12-31"


def follow(rows: Iterable[Base]) -> None:
    """Brings up to date what is found by these rows, as they stand after a deed."""
    devices: set[int] = set()
    rooms: set[int] = set()
    sites: set[int] = set()
    buildings: set[int] = set()
    for row in rows:
        table = row._meta.table_name
        if table == "device":
            devices.add(row.id)
        elif table in {"unit", "tag", "fault"} and row.device_id:
            devices.add(row.device_id)
        elif table == "stock_movement":
            devices |= {key for place, key in _ends(row) if place == "device" and key}
        elif table in {"room", "building", "site"}:
            {"room": rooms, "building": buildings, "site": sites}[table].add(row.id)
    if buildings or sites:
        rooms |= _rooms_in(buildings, sites)
    if rooms:
        devices |= {row[0] for row in _devices_in(rooms)}
        refresh_rooms(rooms)
    if devices:
        refresh(devices)


def _ends(row: Any) -> tuple[tuple[str, int | None], ...]:
    return (row.from_place, row.from_key), (row.to_place, row.to_key)


def _rooms_in(buildings: set[int], sites: set[int]) -> set[int]:
    found = Room.select(Room.id).join(Building).where(
        Building.id.in_(list(buildings)) | Building.site.in_(list(sites))
    )  # fmt: skip
    return {key for (key,) in found.tuples()}


def _devices_in(rooms: set[int]) -> Any:
    return Device.select(Device.id).where(Device.room.in_(list(rooms))).tuples()


def refresh(device_ids: Iterable[int]) -> None:
    """Makes the index of these devices what their rows say now."""
    for keys in _batches(sorted(set(device_ids))):
        _wait_turn(keys)
        known = {r["device"]: r for r in dicts(DeviceIndex.select().where(
            DeviceIndex.device.in_(keys)))}  # fmt: skip
        fresh = {row["device"]: row for row in _documents(Device.id.in_(keys))}
        _store([row for key, row in fresh.items() if row != known.get(key)])
        _post(known, fresh)


def _wait_turn(keys: list[int]) -> None:
    """Of two deeds at one device the second one reads what the first one left."""
    if db.kind() == "postgresql":
        rows = DeviceIndex.select(DeviceIndex.device).where(DeviceIndex.device.in_(keys))
        list(rows.order_by(DeviceIndex.device).for_update())


def _store(rows: list[dict[str, Any]]) -> None:
    kept = [f for f in DeviceIndex._meta.sorted_fields if f.name != "device"]
    if rows:
        DeviceIndex.insert_many(rows).on_conflict(
            conflict_target=[DeviceIndex.device], preserve=kept
        ).execute()


def _post(known: dict[int, Any], fresh: dict[int, Any]) -> None:
    gone: list[tuple[int, int]] = []
    new: list[tuple[int, int]] = []
    for key, row in fresh.items():
        before = known[key]["text"] if key in known else ""
        if before == row["text"]:
            continue
        old, now = words.grams(before), words.grams(row["text"])
        gone += [(gram, key) for gram in old - now]
        new += [(gram, key) for gram in now - old]
    for pairs in _batches(sorted(gone)):
        both = " OR ".join(f"(gram = {gram} AND device = {key})" for gram, key in pairs)
        db.database.execute_sql(f"DELETE FROM posting WHERE {both}")  # noqa: S608 - whole numbers
    insert(sorted(new))


def insert(pairs: list[tuple[int, int]]) -> None:
    """Postings in their order. Written as numbers: binding a million of them takes far longer."""
    for some in _batches(pairs, 5000):
        values = ",".join(f"({gram},{key})" for gram, key in some)
        db.database.execute_sql(
            f"INSERT INTO posting (gram, device) VALUES {values}"  # noqa: S608 - whole numbers
        )


def _batches(items: list[Any], size: int = BATCH) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _documents(where: Any) -> Iterator[dict[str, Any]]:
    open_faults = Fault.select(fn.COUNT(Fault.id)).where(
        (Fault.device == Device.id) & Fault.state.in_(OPEN_STATES)
    )
    query = (
        Device.select(
            Device.id, Device.client.alias("client"), Device.code, Device.name, Device.category,
            Device.position, Device.asset_number, Device.ip_address, Device.supplier,
            Device.key_device, Device.installed_on, Device.retired_at,
            Room.id.alias("room"), Room.code.alias("room_code"), Room.name.alias("room_name"),
            Building.id.alias("building"), Building.site.alias("site"),
            Unit.serial, Unit.warranty_until, DeviceModel.maker, DeviceModel.name.alias("model"),
            Tag.code.alias("tag"), open_faults.alias("faults"),
        )
        .join(Room).join(Building).switch(Device)
        .join(Unit, JOIN.LEFT_OUTER, on=(Unit.device == Device.id))
        .join(DeviceModel, JOIN.LEFT_OUTER, on=(DeviceModel.id == Unit.model)).switch(Device)
        .join(Tag, JOIN.LEFT_OUTER, on=((Tag.device == Device.id) & (Tag.state == "bound")))
        .where(where)
    )  # fmt: skip
    return map(_document, query.dicts().iterator())


SAME = ("client", "site", "building", "room", "code", "name", "category", "position", "room_code",
        "room_name", "supplier", "key_device", "installed_on", "warranty_until")  # fmt: skip


def _document(row: dict[str, Any]) -> dict[str, Any]:
    maker, serial, tag = row["maker"] or "", row["serial"] or "", row["tag"] or ""
    installed, warranty = row["installed_on"], row["warranty_until"]
    plain = (row["code"], serial, tag, row["asset_number"], row["ip_address"], row["model"] or "",
             row["position"], row["room_code"])  # fmt: skip
    return {
        **{name: row[name] for name in SAME},
        "device": row["id"],
        "walk": f"{row['room_code']} {row['code']}",
        "model": f"{maker} {row['model'] or ''}".strip(),
        "serial": serial,
        "tag": tag,
        "state": _state(row),
        "life_ends": _life_ends(row["category"], installed),
        "sort_installed": installed.isoformat() if installed else NEVER,
        "sort_warranty": warranty.isoformat() if warranty else NEVER,
        "text": words.document(plain, (row["name"], row["room_name"], maker)),
    }


def _state(row: dict[str, Any]) -> str:
    if row["retired_at"]:
        return "retired"
    if row["faults"]:
        return "fault"
    return "ok" if row["serial"] else "empty"


def _life_ends(category: str, installed: date | None) -> date | None:
    if installed is None:
        return None
    years = max(data.category(category).life_years or 0, SHORTEST_LIFE)
    try:
        return installed.replace(year=installed.year + years)
    except ValueError:
        return date(installed.year + years, 3, 1)


def refresh_rooms(room_ids: Iterable[int]) -> None:
    for keys in _batches(sorted(set(room_ids))):
        rows = [_room(row) for row in dicts(_rooms().where(Room.id.in_(keys)))]
        RoomIndex.insert_many(rows).on_conflict(
            conflict_target=[RoomIndex.room], preserve=[RoomIndex.client, RoomIndex.text]
        ).execute()


def _rooms() -> Any:
    return Room.select(
        Room.id, Room.client.alias("client"), Room.code, Room.name, Room.floor, Room.client_unit,
        Building.name.alias("building"), Site.name.alias("site"),
    ).join(Building).join(Site)  # fmt: skip


def _room(row: dict[str, Any]) -> dict[str, Any]:
    spoken = row["name"], row["building"], row["site"], row["client_unit"]
    return {"room": row["id"], "client": row["client"],
            "text": words.document((row["code"], row["floor"]), spoken)}  # fmt: skip


def rebuild() -> int:
    """Makes the whole index anew; returns the number of devices in it."""
    with db.write():
        for model in (Posting, DeviceIndex, RoomIndex):
            model.delete().execute()
        refresh_rooms(key for (key,) in Room.select(Room.id).tuples())
        keys = [key for (key,) in Device.select(Device.id).order_by(Device.id).tuples()]
        refresh(keys)
        Setting.insert(name=MADE, value=RECIPE).on_conflict(
            conflict_target=[Setting.name], preserve=[Setting.value]
        ).execute()
    return len(keys)


def ensure() -> None:
    """Makes the index once after an upgrade that makes documents otherwise."""
    made = Setting.get_or_none(Setting.name == MADE)
    if made is None or made.value != RECIPE:
        rebuild()
