"""What the database holds already, in the words of the files, for one client."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, fn

from roundtag import clock, people
from roundtag.access import STAFF
from roundtag.models import (
    Building,
    Device,
    DeviceModel,
    Grant,
    Person,
    Room,
    Site,
    Software,
    Store,
    Unit,
)
from roundtag.register.cells import key


@dataclass(frozen=True)
class Record:
    """A stored room, device or spare; `values` by the same fields as a row of its file."""

    id: int
    values: dict[str, Any]
    retired: bool = False


@dataclass(frozen=True)
class Held:
    """A unit by its serial number. `where` names its place, empty when that is not the client's to
    know; `spare` is set while it lies in a store."""

    device_id: int | None
    where: str
    spare: Record | None


@dataclass(frozen=True)
class Known:
    """Rooms and devices of one client by code, units of the provider by serial number."""

    rooms: dict[str, Record]
    devices: dict[str, Record]
    units: dict[str, Held]
    owners: frozenset[str] = frozenset()
    """User names of the people who may own a device: those who work for the client."""
    closed: frozenset[str] = frozenset()
    """Names and codes of stores that are out of use."""


def of_client(client_id: int) -> Known:
    """Reads everything that an import is compared with: a fixed number of queries."""
    return Known(_rooms(client_id), _devices(client_id), _units(client_id), owners(client_id),
                 _closed())  # fmt: skip


def _closed() -> frozenset[str]:
    rows = Store.select(Store.name, Store.code).where(Store.retired_at.is_null(False))
    return frozenset(key(name) for row in rows for name in (row.name, row.code))


def owners(client_id: int) -> frozenset[str]:
    return frozenset(person.username for person in staff_of([client_id]))


def staff_of(client_ids: Iterable[int]) -> list[Person]:
    """Who may own a device of these clients: the provider's people who work for them."""
    at_work = people.working_for(client_ids, clock.now())
    staff = at_work.where(Grant.role.in_(sorted(STAFF)))
    query = Person.select().where(Person.active & Person.id.in_(staff))
    return list(query.order_by(Person.username))


def rooms_of(client_id: int) -> Any:
    """Rooms as rows by the fields of their files."""
    return (
        Room.select(
            Room.id, Room.floor, Room.code, Room.name, Room.kind, Room.capacity, Room.remarks,
            Building.name.alias("building"), Site.name.alias("site"),
        )
        .join(Building).join(Site)
        .where(Room.client == client_id)
    )  # fmt: skip


def _rooms(client_id: int) -> dict[str, Record]:
    rows = _dicts(rooms_of(client_id))
    return {key(row["code"]): Record(row.pop("id"), row) for row in rows}


def devices_of(client_id: int) -> Any:
    """Devices with their units, as rows by the fields of their files; retired ones too."""
    backup = Device.alias()
    return (
        Device.select(
            Device.id, Device.code, Device.name, Device.category, Device.position,
            Device.asset_number, Device.key_device, Device.ip_address, Device.supplier,
            Device.installed_on, Device.retired_at, Device.remarks, Room.code.alias("room"),
            fn.COALESCE(Person.username, "").alias("owner"),
            fn.COALESCE(backup.code, "").alias("backup_device"),
            fn.COALESCE(Software.installed, "").alias("firmware"),
            Unit.serial, Unit.warranty_until, DeviceModel.maker, DeviceModel.name.alias("model"),
        )
        .join(Room).switch(Device)
        .join(Unit, JOIN.LEFT_OUTER, on=(Unit.device == Device.id))
        .join(DeviceModel, JOIN.LEFT_OUTER, on=(DeviceModel.id == Unit.model)).switch(Device)
        .join(Person, JOIN.LEFT_OUTER, on=(Person.id == Device.owner)).switch(Device)
        .join(backup, JOIN.LEFT_OUTER, on=(backup.id == Device.backup_device)).switch(Device)
        .join(Software, JOIN.LEFT_OUTER, on=(
            (Software.device == Device.id) & (Software.kind == "firmware")))
        .where(Device.client == client_id)
    )  # fmt: skip


def _devices(client_id: int) -> dict[str, Record]:
    return {
        key(row["code"]): Record(row.pop("id"), row, row.pop("retired_at") is not None)
        for row in _dicts(devices_of(client_id))
    }


def units() -> Any:
    """All units of the provider, as rows by the fields of a file of spares."""
    return (
        Unit.select(
            Unit.id, Unit.serial, Unit.warranty_until, Unit.place, Unit.shelf,
            Unit.device.alias("device_id"), DeviceModel.category, DeviceModel.maker,
            DeviceModel.name.alias("model"), Store.name.alias("store"),
            Device.client.alias("client_id"), Device.code.alias("device"),
        )
        .join(DeviceModel).switch(Unit)
        .join(Store, JOIN.LEFT_OUTER).switch(Unit)
        .join(Device, JOIN.LEFT_OUTER)
    )  # fmt: skip


def _units(client_id: int) -> dict[str, Held]:
    return {key(row["serial"]): _held(row, client_id) for row in _dicts(units())}


def _dicts(query: Any) -> Iterator[dict[str, Any]]:
    return iter(query.dicts())


SPARE = ("store", "category", "maker", "model", "serial", "warranty_until", "shelf")


def _held(row: dict[str, Any], client_id: int) -> Held:
    if row["place"] == "store":
        spare = Record(row["id"], {name: row[name] for name in SPARE})
        return Held(None, row["store"], spare)
    own = row["device"] if row["client_id"] == client_id else ""
    return Held(row["device_id"], own, None)
