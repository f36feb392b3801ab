"""What runs where: of one device, of all of them, and the updates of one piece of software."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from roundtag import data, people
from roundtag.access import Actor, visible
from roundtag.fields import Fields
from roundtag.models import Device, DeviceModel, Room, Software, SoftwareUpdate, Unit, dicts
from roundtag.software.verbs import KINDS, device_of, of_model, one

LIMIT = 500


@dataclass(frozen=True)
class SoftwareLine:
    """`other_unit`: the device's unit was swapped since the version was recorded."""

    id: int
    kind: str
    name: str
    installed: str
    latest: str
    updated_at: datetime
    other_unit: bool

    @property
    def outdated(self) -> bool:
        return bool(self.latest) and self.installed != self.latest


def of_device(device_id: int, unit_id: int | None) -> list[SoftwareLine]:
    """What runs on a device, firmware first; one query."""
    rows = Software.select().where(Software.device == device_id).order_by(Software.name)
    lines = [
        SoftwareLine(row.id, row.kind, row.name, row.installed, row.latest, row.updated_at,
                     row.unit_id != unit_id)
        for row in rows
    ]  # fmt: skip
    return sorted(lines, key=lambda line: KINDS.index(line.kind))


@dataclass(frozen=True)
class RegisterLine:
    line: SoftwareLine
    device_id: int
    device: str
    device_code: str
    category: str
    room: str
    model: str


@dataclass(frozen=True)
class Filter:
    """What the register page shows; empty values narrow nothing."""

    kind: str = ""
    category: str = ""
    room_id: int | None = None
    outdated: bool = False


@dataclass(frozen=True)
class Register:
    """At most LIMIT lines; `more` tells that there are others. `rooms`: (key, name) to choose."""

    lines: list[RegisterLine]
    more: bool
    rooms: list[tuple[int, str]]


def read_filter(form: Fields) -> Filter:
    """Filters in an address: what is unknown there narrows nothing."""
    kind, category, room = form.raw("kind"), form.raw("category"), form.raw("room")
    known = {one.code for one in data.categories()}
    number = int(room) if room.isascii() and room.isdecimal() and len(room) < 10 else None
    return Filter(kind if kind in KINDS else "", category if category in known else "", number,
                  form.raw("outdated") == "1")  # fmt: skip


def register(actor: Actor, chosen: Filter) -> Register:
    """The software of devices in use, by kind and name; two queries."""
    query = (
        Software.select(
            Software, Device.name.alias("device_name"), Device.code.alias("device_code"),
            Device.category, Room.name.alias("room_name"), Unit.id.alias("unit_now"),
            DeviceModel.maker, DeviceModel.name.alias("model"),
        )
        .join(Device).join(Room).switch(Device)
        .left_outer_join(Unit, on=(Unit.device == Device.id))
        .left_outer_join(DeviceModel, on=(DeviceModel.id == Unit.model))
        .where(Device.retired_at.is_null())
        .order_by(Software.kind, Software.name, Software.device)
        .limit(LIMIT + 1)
    )  # fmt: skip
    for wanted, where in (
        (chosen.kind, Software.kind == chosen.kind),
        (chosen.category, Device.category == chosen.category),
        (chosen.room_id is not None, Device.room == chosen.room_id),
        (chosen.outdated, (Software.latest != "") & (Software.installed != Software.latest)),
    ):
        query = query.where(where) if wanted else query
    rows = dicts(visible(actor, query, Software.client))
    lines = [_register_line(row) for row in rows[:LIMIT]]
    return Register(lines, len(rows) > LIMIT, _rooms(actor))


def _register_line(row: dict[str, Any]) -> RegisterLine:
    line = SoftwareLine(row["id"], row["kind"], row["name"], row["installed"], row["latest"],
                        row["updated_at"], row["unit"] != row["unit_now"])  # fmt: skip
    model = " ".join(filter(None, (row["maker"], row["model"])))
    return RegisterLine(line, row["device"], row["device_name"], row["device_code"],
                        row["category"], row["room_name"], model)  # fmt: skip


def _rooms(actor: Actor) -> list[tuple[int, str]]:
    """Rooms in which a device has software on record."""
    held = Device.select(Device.room).join(Software)
    query = visible(actor, Room.select(Room.id, Room.name).where(Room.id.in_(held)), Room.client)
    return list(query.order_by(Room.code).tuples())


@dataclass(frozen=True)
class UpdateLine:
    """`by` is who did it, `recorded_by` who wrote it down when that is another person."""

    at: datetime
    done_on: date
    before: str
    now: str
    by: str | None
    recorded_by: str | None
    backup_taken: bool
    backup_where: str | None
    note: str | None


@dataclass(frozen=True)
class SoftwarePage:
    line: SoftwareLine
    client_id: int
    device_id: int
    device: str
    device_code: str
    model: str
    twins: int
    """Devices of the same model that hold it too, this one included."""
    updates: list[UpdateLine]


def page(software_id: int, actor: Actor) -> SoftwarePage:
    """One piece of software on one device with its updates, the newest first."""
    row = one(software_id, actor)
    device = row.device
    unit = Unit.select(Unit, DeviceModel).join(DeviceModel).where(Unit.device == device.id).first()
    line = SoftwareLine(row.id, row.kind, row.name, row.installed, row.latest, row.updated_at,
                        row.unit_id != (unit.id if unit else None))  # fmt: skip
    return SoftwarePage(
        line, row.client_id, device.id, device.name, device.code,
        f"{unit.model.maker} {unit.model.name}" if unit else "",
        _twins(row, unit, actor) if unit else 1, _updates(row.id),
    )  # fmt: skip


def _twins(row: Software, unit: Unit, actor: Actor) -> int:
    same = (Software.kind == row.kind) & (Software.name == row.name)
    query = Software.select().where(same & Software.device.in_(of_model(unit.model_id)))
    return int(visible(actor, query, Software.client).count())


def _updates(software_id: int) -> list[UpdateLine]:
    rows = list(
        SoftwareUpdate.select()
        .where(SoftwareUpdate.software == software_id)
        .order_by(SoftwareUpdate.at.desc(), SoftwareUpdate.id.desc())
        .limit(100)
    )
    names = people.names({row.person_id for row in rows if row.person_id})
    return [_update_line(row, names.get(row.person_id)) for row in rows]


def _update_line(row: SoftwareUpdate, recorder: str | None) -> UpdateLine:
    return UpdateLine(row.at, row.done_on, row.from_version, row.to_version,
                      row.done_by or recorder, recorder if row.done_by else None,
                      row.backup_taken, row.backup_where, row.note)  # fmt: skip


def names(actor: Actor) -> list[str]:
    """Names in use, for suggestions."""
    query = Software.select(Software.name).where(Software.name != "").distinct()
    rows = visible(actor, query, Software.client).order_by(Software.name).limit(200)
    return [row.name for row in rows]


def of(device_id: int, actor: Actor) -> tuple[Device, list[SoftwareLine]]:
    """A device and what runs on it. Raises NotFound."""
    device = device_of(device_id, actor)
    unit = Unit.get_or_none(Unit.device == device.id)
    return device, of_device(device.id, unit.id if unit else None)
