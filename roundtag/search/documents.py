"""What the index says of a device or room: one place where its rows are derived."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from peewee import JOIN, fn

from roundtag import data
from roundtag.models import (
    Building,
    Device,
    DeviceModel,
    Fault,
    Lending,
    Loaner,
    RepairOrder,
    Room,
    Site,
    Tag,
    Unit,
)
from roundtag.models.devices import LIVE
from roundtag.models.faults import OPEN_STATES
from roundtag.search import words

SHORTEST_LIFE = 6
"""Years that any device must last, whatever its category says."""
NEVER = "9999-12-31"


def of_devices(where: Any) -> Iterator[dict[str, Any]]:
    """The rows of DeviceIndex for the devices that a condition names; one query."""
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
            Tag.code.alias("tag"), open_faults.alias("faults"), Lending.id.alias("lent"),
            Loaner.id.alias("loaner"), away_at(Device).alias("away"),
        )
        .join(Room).join(Building).switch(Device)
        .join(Unit, JOIN.LEFT_OUTER, on=(Unit.device == Device.id))
        .join(DeviceModel, JOIN.LEFT_OUTER, on=(DeviceModel.id == Unit.model)).switch(Device)
        .join(Tag, JOIN.LEFT_OUTER, on=((Tag.device == Device.id) & Tag.state.in_(LIVE)))
        .switch(Device)
        .join(Lending, JOIN.LEFT_OUTER, on=(
            (Lending.device == Device.id) & Lending.returned_at.is_null()))
        .switch(Device)
        .join(Loaner, JOIN.LEFT_OUTER, on=(
            (Loaner.device == Device.id) & Loaner.back_at.is_null()))
        .where(where)
    )  # fmt: skip
    return map(_document, query.dicts().iterator())


def away_at(device: type[Device]) -> Any:
    """How many repair orders of what stood at a device are open."""
    mine = (RepairOrder.device == device.id) & RepairOrder.ended_at.is_null()
    return RepairOrder.select(fn.COUNT(RepairOrder.id)).where(mine)


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
    if row["lent"]:
        return "lent"
    if row["faults"]:
        return "fault"
    if row["serial"]:
        return "loaner" if row["loaner"] else "ok"
    return "repair" if row["away"] else "empty"


def _life_ends(category: str, installed: date | None) -> date | None:
    if installed is None:
        return None
    years = max(data.category(category).life_years or 0, SHORTEST_LIFE)
    try:
        return installed.replace(year=installed.year + years)
    except ValueError:
        return date(installed.year + years, 3, 1)


def of_rooms(where: Any) -> Iterator[dict[str, Any]]:
    """The rows of RoomIndex for the rooms that a condition names; one query."""
    query = Room.select(
        Room.id, Room.client.alias("client"), Room.code, Room.name, Room.floor, Room.client_unit,
        Building.name.alias("building"), Site.name.alias("site"),
    ).join(Building).join(Site).where(where)  # fmt: skip
    return map(_room, query.dicts().iterator())


def _room(row: dict[str, Any]) -> dict[str, Any]:
    spoken = row["name"], row["building"], row["site"], row["client_unit"]
    return {"room": row["id"], "client": row["client"],
            "text": words.document((row["code"], row["floor"]), spoken)}  # fmt: skip
