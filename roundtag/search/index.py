"""Keeps the index equal to what it is derived from, in the transaction of the deed."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from roundtag import db
from roundtag.ledger import Change
from roundtag.models import (
    Building,
    Device,
    DeviceIndex,
    Posting,
    Room,
    RoomIndex,
    Setting,
    Unit,
    dicts,
    tuples,
)
from roundtag.search import article_texts, documents, firsts, words

RECIPE = "4"
"""Raised whenever documents are made otherwise: the next start makes them anew."""
MADE = "search-index"
BATCH = 400
AT_DEVICES = {"unit", "tag", "fault", "lending", "loaner", "repair_order"}
FOLLOWED = ("device", "room", "building", "site", "article", "fault")


def follow(changes: Iterable[Change]) -> None:
    """Brings up to date what is found by these rows, as they stand after a deed."""
    keys: dict[str, set[Any]] = {name: set() for name in FOLLOWED}
    models: set[Any] = set()
    for change in changes:
        row = change.image or {}
        if change.table in keys:
            keys[change.table].add(change.key)
        if change.table in AT_DEVICES and row.get("device"):
            keys["device"].add(row["device"])
        elif change.table == "stock_movement":
            keys["device"] |= {key for place, key in _ends(row) if place == "device" and key}
        elif change.table == "device_model":
            models.add(change.key)
    rooms = keys["room"] | _rooms_in(keys["building"], keys["site"])
    if rooms:
        refresh_rooms(rooms)
        keys["device"] |= _devices_in(rooms)
    if models:
        keys["device"] |= _devices_of(models)
    refresh(keys["device"])
    article_texts.refresh(keys["article"])
    firsts.note(keys["fault"])


def _ends(row: dict[str, Any]) -> tuple[tuple[str, int | None], ...]:
    return (row["from_place"], row["from_key"]), (row["to_place"], row["to_key"])


def _devices_of(models: set[Any]) -> set[int]:
    """Devices whose units bear the name of one of these models."""
    query = Unit.select(Unit.device).where(Unit.device.is_null(False) & Unit.model.in_(models))
    return {unit.device_id for unit in query}


def _rooms_in(buildings: set[int], sites: set[int]) -> set[int]:
    if not buildings | sites:
        return set()
    found = Room.select(Room.id).join(Building).where(
        Building.id.in_(list(buildings)) | Building.site.in_(list(sites))
    )  # fmt: skip
    return {key for (key,) in tuples(found)}


def _devices_in(rooms: set[int]) -> set[int]:
    found = Device.select(Device.id).where(Device.room.in_(list(rooms)))
    return {key for (key,) in tuples(found)}


def refresh(device_ids: Iterable[int]) -> None:
    """Makes the index of these devices what their rows say now."""
    for keys in _batches(sorted(set(device_ids))):
        _wait_turn(keys)
        known = {r["device"]: r for r in dicts(DeviceIndex.select().where(
            DeviceIndex.device.in_(keys)))}  # fmt: skip
        fresh = {row["device"]: row for row in documents.of_devices(Device.id.in_(keys))}
        _store([row for key, row in fresh.items() if row != known.get(key)])
        _post(known, fresh)


def _wait_turn(keys: list[int]) -> None:
    """Of two deeds at one device the second one reads what the first one left."""
    if db.kind() == "postgresql":
        rows = DeviceIndex.select(DeviceIndex.device).where(DeviceIndex.device.in_(keys))
        list(rows.order_by(DeviceIndex.device).for_update())


COLUMNS = tuple(DeviceIndex._meta.fields)
KEPT = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "device")


def _store(rows: list[dict[str, Any]]) -> None:
    """One statement by hand: the query builder takes longer over so many values than all else."""
    if not rows:
        return
    mark = f"({', '.join([db.database.param] * len(COLUMNS))})"
    values = [_plain(row[name]) for row in rows for name in COLUMNS]
    db.database.execute_sql(
        f"INSERT INTO device_index ({', '.join(COLUMNS)}) VALUES "  # noqa: S608 - our own names
        f"{', '.join([mark] * len(rows))} ON CONFLICT (device) DO UPDATE SET {KEPT}",
        values,
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


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


def insert(pairs: list[tuple[int, int]], table: str = "posting") -> None:
    """Pairs of gram and device. Written as numbers: binding a million of them takes far longer."""
    for some in _batches(pairs, 5000):
        values = ",".join(f"({gram},{key})" for gram, key in some)
        db.database.execute_sql(
            f"INSERT INTO {table} (gram, device) VALUES {values}"  # noqa: S608 - whole numbers
        )


def _batches(items: list[Any], size: int = BATCH) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def refresh_rooms(room_ids: Iterable[int]) -> None:
    for keys in _batches(sorted(set(room_ids))):
        rows = list(documents.of_rooms(Room.id.in_(keys)))
        RoomIndex.insert_many(rows).on_conflict(
            conflict_target=[RoomIndex.room], preserve=[RoomIndex.client, RoomIndex.text]
        ).execute()


def rebuild() -> int:
    """Makes the whole index anew; returns the number of devices in it."""
    with db.write():
        for model in (Posting, DeviceIndex, RoomIndex):
            model.delete().execute()
        refresh_rooms(key for (key,) in tuples(Room.select(Room.id)))
        keys = [key for (key,) in tuples(Device.select(Device.id).order_by(Device.id))]
        _make(keys)
        article_texts.rebuild()
        firsts.rebuild()
        Setting.insert(name=MADE, value=RECIPE).on_conflict(
            conflict_target=[Setting.name], preserve=[Setting.value]
        ).execute()
    return len(keys)


def _make(keys: list[int]) -> None:
    """The database sorts the postings itself, so that their tree is written once from end to end
    and not everywhere for every batch."""
    db.database.execute_sql("CREATE TEMPORARY TABLE staged (gram BIGINT, device INTEGER)")
    for some in _batches(keys):
        rows = list(documents.of_devices(Device.id.in_(some)))
        _store(rows)
        _stage([(g, row["device"]) for row in rows for g in words.grams(row["text"])])
    db.database.execute_sql(
        "INSERT INTO posting (gram, device) SELECT gram, device FROM staged ORDER BY gram, device"
    )
    db.database.execute_sql("DROP TABLE staged")


def _stage(pairs: list[tuple[int, int]]) -> None:
    if db.kind() == "sqlite":
        insert(pairs, "staged")
        return
    with (
        db.database.connection().cursor() as cursor,
        cursor.copy("COPY staged (gram, device) FROM STDIN") as target,
    ):
        for pair in pairs:
            target.write_row(pair)


def ensure() -> None:
    """Makes the index once after an upgrade that makes documents otherwise."""
    made = Setting.get_or_none(Setting.name == MADE)
    if made is None or made.value != RECIPE:
        rebuild()
