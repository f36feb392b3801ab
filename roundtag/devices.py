"""The device page: all that an engineer needs at a device, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from roundtag import checklists, clock, data, faults, history, rounds, spares, tagging
from roundtag.access import Actor, visible
from roundtag.checklists import Version
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.faults import FaultLine
from roundtag.history import Entry
from roundtag.models import (
    Answer,
    Building,
    Client,
    Device,
    DeviceModel,
    Fault,
    Room,
    Site,
    Tag,
    Unit,
    dicts,
)
from roundtag.rounds import Due
from roundtag.spares import SpareLine
from roundtag.words import N_


@dataclass(frozen=True)
class Reading:
    """The last value given for an item, with its day."""

    value: str
    verdict: str
    day: date


@dataclass(frozen=True)
class UnitCard:
    serial: str
    maker: str
    model: str
    warranty_until: date | None
    in_warranty: bool | None


@dataclass(frozen=True)
class DevicePage:
    """`state`: ok, fault, empty (its unit is out) or retired."""

    id: int
    client_id: int
    code: str
    tag: str
    name: str
    category: data.Category
    key_device: bool
    position: str
    asset_number: str
    ip_address: str
    supplier: str
    installed_on: date | None
    room_id: int
    room: str
    room_code: str
    floor: str
    building: str
    site: str
    unit: UnitCard | None
    state: str
    open_faults: list[FaultLine]
    due: Due | None
    checklist: Version | None
    last: dict[str, Reading]
    spares: list[SpareLine]
    history: list[Entry]
    more: bool


def page(device_id: int, tag: str, actor: Actor) -> DevicePage:
    """The page of one device. Raises NotFound for devices out of the actor's view."""
    device = _load(device_id, actor)
    unit = Unit.select(Unit, DeviceModel).join(DeviceModel).where(Unit.device == device.id).first()
    today = clock.local_day(clock.now())
    open_faults = faults.lines(actor, device_id=device.id)
    due = rounds.due_of(device, today)
    entries = history.of_device(device.id, limit=history.PAGE + 1)
    checklist = checklists.latest(device.category, due.occasion if due else "monthly")
    room = device.room
    return DevicePage(
        id=device.id,
        client_id=device.client_id,
        code=device.code,
        tag=tag,
        name=device.name,
        category=data.category(device.category),
        key_device=device.key_device,
        position=device.position,
        asset_number=device.asset_number,
        ip_address=device.ip_address,
        supplier=device.supplier,
        installed_on=device.installed_on,
        room_id=room.id,
        room=room.name,
        room_code=room.code,
        floor=room.floor,
        building=room.building.name,
        site=room.building.site.name,
        unit=_unit_card(unit, today),
        state=_state(device, unit, bool(open_faults)),
        open_faults=open_faults,
        due=due,
        checklist=checklist,
        last=_last_readings(device.id, checklist),
        spares=spares.fitting(device, unit.model_id if unit else None),
        history=entries[: history.PAGE],
        more=len(entries) > history.PAGE,
    )


def _load(device_id: int, actor: Actor) -> Device:
    query = (
        Device.select(Device, Room, Building, Site)
        .join(Room)
        .join(Building)
        .join(Site)
        .where(Device.id == device_id)
    )
    device = visible(actor, query, Device.client).first()
    if device is None:
        raise NotFound
    return device


def _unit_card(unit: Unit | None, today: date) -> UnitCard | None:
    if unit is None:
        return None
    until = unit.warranty_until
    covered = None if until is None else until >= today
    return UnitCard(unit.serial, unit.model.maker, unit.model.name, until, covered)


def _state(device: Device, unit: Unit | None, has_fault: bool) -> str:
    if device.retired_at:
        return "retired"
    if has_fault:
        return "fault"
    return "ok" if unit else "empty"


def _last_readings(device_id: int, checklist: Version | None) -> dict[str, Reading]:
    """One look into an index per item, however many checks there were."""
    if checklist is None:
        return {}
    latest = [
        Answer.select(fn.MAX(Answer.id)).where(
            (Answer.device == device_id) & (Answer.item == item.key)
        )
        for item in checklist.items
    ]
    rows = Answer.select().where(Answer.id.in_(latest) & Answer.value.is_null(False))
    return {r.item: Reading(r.value or "", r.verdict, clock.local_day(r.at)) for r in rows}


@dataclass(frozen=True)
class DeviceLine:
    """A device as lists show it."""

    id: int
    tag: str
    code: str
    name: str
    category: str
    position: str
    room: str
    room_code: str
    serial: str | None
    state: str
    open_faults: int


def lines(actor: Actor, *, room_id: int | None = None, limit: int = 200) -> list[DeviceLine]:
    """Devices in view, in walking order."""
    open_faults = Fault.select(fn.COUNT(Fault.id)).where(
        (Fault.device == Device.id) & Fault.state.in_(faults.OPEN_STATES)
    )
    query = (
        Device.select(
            Device.id, Device.code, Device.name, Device.category, Device.position,
            Device.retired_at, Room.name.alias("room"), Room.code.alias("room_code"),
            Unit.serial, Tag.code.alias("tag"), open_faults.alias("open_faults"),
        )
        .join(Room)
        .switch(Device).left_outer_join(Unit, on=(Unit.device == Device.id))
        .switch(Device)
        .left_outer_join(Tag, on=((Tag.device == Device.id) & Tag.state.in_(tagging.LIVE)))
        .order_by(Room.code, Device.code)
        .limit(limit)
    )  # fmt: skip
    if room_id is not None:
        query = query.where(Device.room == room_id)
    return [_line(row) for row in dicts(visible(actor, query, Device.client))]


def _line(row: dict[str, Any]) -> DeviceLine:
    if row["retired_at"]:
        state = "retired"
    else:
        state = "fault" if row["open_faults"] else ("ok" if row["serial"] else "empty")
    return DeviceLine(
        row["id"], row["tag"] or "", row["code"], row["name"], row["category"], row["position"],
        row["room"], row["room_code"], row["serial"], state, row["open_faults"],
    )  # fmt: skip


def history_after(device_id: int, before: int, actor: Actor) -> tuple[list[Entry], bool]:
    """The next page of a device's logbook and whether more follows."""
    _load(device_id, actor)
    entries = history.of_device(device_id, before, limit=history.PAGE + 1)
    return entries[: history.PAGE], len(entries) > history.PAGE


def tag_of(device_id: int) -> str:
    return tagging.codes_of_devices([device_id]).get(device_id, "")


@dataclass(frozen=True)
class RetireDevice:
    device_code: str
    client_code: str


def retire_device(command: RetireDevice, deed: Deed) -> Outcome:
    """Takes a device out of use; its tag, history and units stay as they are."""
    device = _of_client(command.device_code, command.client_code)
    deed.require(device.client_id)
    in_use = (Device.id == device.id) & Device.retired_at.is_null()
    if not deed.claim(Device, in_use, retired_at=deed.received_at):
        return Outcome(N_("This device was retired before."), state="conflict",
                       subject_id=device.id)  # fmt: skip
    history.record(deed, "retired", device)
    return Outcome(N_("The device is retired."), subject_id=device.id)


@dataclass(frozen=True)
class MoveDevice:
    device_code: str
    client_code: str
    room_code: str
    position: str = ""


def move_device(command: MoveDevice, deed: Deed) -> Outcome:
    """Puts a device into another room of its client; it keeps its tag and its history."""
    device = _of_client(command.device_code, command.client_code)
    deed.require(device.client_id)
    room = Room.get_or_none((Room.client == device.client_id) & (Room.code == command.room_code))
    if room is None:
        raise invalid("room", "unknown", N_("There is no such room."))
    before = device.room.name
    deed.change(device, room=room, position=command.position)
    history.record(deed, "moved", device, before=before, now=room.name)
    return Outcome(N_("The device is in %(room)s now."), values={"room": room.name},
                   subject_id=device.id)  # fmt: skip


def _of_client(device_code: str, client_code: str) -> Device:
    found = Device.select().join(Client).where(
        (Client.code == client_code) & (Device.code == device_code)
    ).first()  # fmt: skip
    if found is None:
        raise invalid("device", "unknown", N_("There is no such device."))
    return found
