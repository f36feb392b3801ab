"""The device page: all that an engineer needs at a device, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date, datetime

from peewee import fn

from roundtag import (
    checklists,
    clock,
    data,
    faults,
    history,
    people,
    rounds,
    software,
    spares,
    tagging,
)
from roundtag.access import Actor, visible
from roundtag.checklists import Version
from roundtag.devices import age
from roundtag.devices.age import Age
from roundtag.devices.lines import state_of
from roundtag.errors import NotFound
from roundtag.faults import FaultLine
from roundtag.history import Entry
from roundtag.models import (
    Answer,
    Building,
    Device,
    DeviceModel,
    Lending,
    Person,
    Room,
    Site,
    Unit,
)
from roundtag.rounds import Due
from roundtag.software import SoftwareLine
from roundtag.spares import SpareLine


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
class Neighbour:
    """A device that stands in for another one."""

    id: int
    code: str
    name: str
    retired: bool


@dataclass(frozen=True)
class Loan:
    """`late` when the day has passed and the device is not back."""

    id: int
    borrower: str | None
    due_on: date
    late: bool


@dataclass(frozen=True)
class DevicePage:
    """`state`: ok, fault, empty (its unit is out), lent or retired."""

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
    retired_at: datetime | None
    owner: str | None
    remarks: str
    age: Age | None
    photo: int | None
    loan: Loan | None
    backup: Neighbour | None
    backup_of: list[Neighbour]
    software: list[SoftwareLine]


def page(device_id: int, tag: str, actor: Actor) -> DevicePage:
    """The page of one device. Raises NotFound for devices out of the actor's view."""
    device = _load(device_id, actor)
    unit = Unit.select(Unit, DeviceModel).join(DeviceModel).where(Unit.device == device.id).first()
    today = clock.local_day(clock.now())
    open_faults = faults.lines(actor, device_id=device.id)
    due = rounds.due_of(device, today)
    entries = history.of_device(device.id, limit=history.PAGE + 1)
    checklist = checklists.latest(device.category, due.occasion if due else "monthly")
    room, lent = device.room, device.lending
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
        state=state_of(device.retired_at, lent, open_faults, unit),
        open_faults=open_faults,
        due=due,
        checklist=checklist,
        last=_last_readings(device.id, checklist),
        spares=spares.fitting(device, unit.model_id if unit else None),
        history=entries[: history.PAGE],
        more=len(entries) > history.PAGE,
        retired_at=device.retired_at,
        owner=people.name(device.owner),
        remarks=device.remarks,
        age=age.of(device.installed_on, data.category(device.category), today),
        photo=device.photo,
        loan=_loan(lent, today),
        backup=_neighbour(device.backup_device) if device.backup_device else None,
        backup_of=_stood_in_for(device.id),
        software=software.of_device(device.id, unit.id if unit else None),
    )


def _load(device_id: int, actor: Actor) -> Device:
    backup = Device.alias()
    out = (Lending.device == Device.id) & Lending.returned_at.is_null()
    query = (
        Device.select(Device, Room, Building, Site, Person, backup, Lending)
        .join(Room).join(Building).join(Site).switch(Device)
        .left_outer_join(Person, on=Device.owner).switch(Device)
        .left_outer_join(backup, on=Device.backup_device).switch(Device)
        .left_outer_join(Lending, on=out, attr="lending")
        .where(Device.id == device_id)
    )  # fmt: skip
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


def _loan(lent: Lending | None, today: date) -> Loan | None:
    return Loan(lent.id, lent.borrower, lent.due_on, lent.due_on < today) if lent else None


def _neighbour(device: Device) -> Neighbour:
    return Neighbour(device.id, device.code, device.name, device.retired_at is not None)


def _stood_in_for(device_id: int) -> list[Neighbour]:
    """The devices whose backup this one is."""
    rows = Device.select().where((Device.backup_device == device_id) & Device.retired_at.is_null())
    return [_neighbour(row) for row in rows.order_by(Device.code).limit(20)]


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


def history_after(device_id: int, before: int, actor: Actor) -> tuple[list[Entry], bool]:
    """The next page of a device's logbook and whether more follows."""
    _load(device_id, actor)
    entries = history.of_device(device_id, before, limit=history.PAGE + 1)
    return entries[: history.PAGE], len(entries) > history.PAGE


def tag_of(device_id: int) -> str:
    return tagging.codes_of_devices([device_id]).get(device_id, "")
