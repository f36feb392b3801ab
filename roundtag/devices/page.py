"""The device page: all that an engineer needs at a device, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date, datetime

from roundtag import (
    clock,
    data,
    dues,
    faults,
    history,
    inspections,
    knowledge,
    people,
    slips,
    software,
    spares,
    tagging,
)
from roundtag.access import Actor, visible
from roundtag.devices import age
from roundtag.devices.age import Age
from roundtag.devices.lines import state_of
from roundtag.dues import Demand
from roundtag.errors import NotFound
from roundtag.faults import FaultLine
from roundtag.history import Entry
from roundtag.inspections import Checks
from roundtag.knowledge import Card
from roundtag.models import (
    Building,
    Device,
    DeviceModel,
    FaultDue,
    Lending,
    Person,
    Room,
    Site,
    Unit,
)
from roundtag.slips import PartLine
from roundtag.software import SoftwareLine
from roundtag.spares import Offer, Out, SpareLine


@dataclass(frozen=True)
class UnitCard:
    serial: str
    maker: str
    model: str
    warranty_until: date | None
    in_warranty: bool | None
    loaner: Out | None = None
    """What a loaner stands for, and until when."""


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
    """`state`: ok, fault, loaner, repair (its unit is away, nothing in its place), empty, lent or
    retired."""

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
    checks: Checks
    parts: list[PartLine]
    offer: Offer
    """What a swap could put in."""
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
    known: list[Card]
    helps: list[Card]
    """By what is wrong: for whoever is about to report."""
    demand: Demand | None
    swap_back: int | None
    """The swap that may still be taken back."""

    @property
    def spares(self) -> list[SpareLine]:
        return self.offer.spares


def _stopping(found: list[FaultLine]) -> list[FaultLine]:
    """Those that keep people from using the device: a restored one waits for its end alone."""
    return [one for one in found if one.state in faults.OPEN_STATES]


def page(device_id: int, tag: str, actor: Actor) -> DevicePage:
    """The page of one device. Raises NotFound for devices out of the actor's view."""
    device = _load(device_id, actor)
    unit = Unit.select(Unit, DeviceModel).join(DeviceModel).where(Unit.device == device.id).first()
    today = clock.local_day(clock.now())
    open_faults = faults.lines(actor, device_id=device.id)
    entries = history.of_device(device.id, limit=history.PAGE + 1)
    room, lent = device.room, device.lending
    offer = spares.offer(device, unit, actor.person_id, today)
    known, helps = knowledge.of_device(device.category, unit.model_id if unit else None)
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
        unit=_unit_card(unit, today, offer.out),
        state=state_of(
            device.retired_at, lent, _stopping(open_faults), unit, offer.out, offer.repair_id
        ),
        open_faults=open_faults,
        checks=inspections.checks_at(device, device.room_id, device.category, today),
        parts=slips.parts_for(device, actor.person_id),
        offer=offer,
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
        known=known,
        helps=helps,
        demand=dues.demand_of(device.owed),
        swap_back=spares.latest(device.id, clock.now()),
    )


def _load(device_id: int, actor: Actor) -> Device:
    backup = Device.alias()
    out = (Lending.device == Device.id) & Lending.returned_at.is_null()
    query = (
        Device.select(Device, Room, Building, Site, Person, backup, Lending, FaultDue)
        .join(Room).join(Building).join(Site).switch(Device)
        .left_outer_join(Person, on=Device.owner).switch(Device)
        .left_outer_join(backup, on=Device.backup_device).switch(Device)
        .left_outer_join(Lending, on=out, attr="lending").switch(Device)
        .left_outer_join(FaultDue, on=dues.demands(), attr="owed")
        .where(Device.id == device_id)
    )  # fmt: skip
    device = visible(actor, query, Device.client).first()
    if device is None:
        raise NotFound
    return device


def _unit_card(unit: Unit | None, today: date, loaner: Out | None) -> UnitCard | None:
    if unit is None:
        return None
    until = unit.warranty_until
    covered = None if until is None else until >= today
    return UnitCard(unit.serial, unit.model.maker, unit.model.name, until, covered,
                    loaner)  # fmt: skip


def _loan(lent: Lending | None, today: date) -> Loan | None:
    return Loan(lent.id, lent.borrower, lent.due_on, lent.due_on < today) if lent else None


def _neighbour(device: Device) -> Neighbour:
    return Neighbour(device.id, device.code, device.name, device.retired_at is not None)


def _stood_in_for(device_id: int) -> list[Neighbour]:
    """The devices whose backup this one is."""
    rows = Device.select().where((Device.backup_device == device_id) & Device.retired_at.is_null())
    return [_neighbour(row) for row in rows.order_by(Device.code).limit(20)]


def history_after(device_id: int, before: int, actor: Actor) -> tuple[list[Entry], bool]:
    """The next page of a device's logbook and whether more follows."""
    _load(device_id, actor)
    entries = history.of_device(device_id, before, limit=history.PAGE + 1)
    return entries[: history.PAGE], len(entries) > history.PAGE


def tag_of(device_id: int) -> str:
    return tagging.codes_of_devices([device_id]).get(device_id, "")
