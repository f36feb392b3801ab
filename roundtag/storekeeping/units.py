"""One unit: where it is, how it came there, and what was corrected about it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peewee import fn

from roundtag import days, people, stock
from roundtag.access import STAFF, Actor
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import Device, DeviceModel, RepairOrder, StockMovement, Store, Unit, UnitChange
from roundtag.stock.catalogue import Named, substitutes_of
from roundtag.storekeeping import digests, stores, told
from roundtag.words import N_

LIMIT = 100
COLUMNS = ("serial", "warranty_until")


def whose(unit: Unit) -> int | None:
    """The client in whose device, store, repair order or hands a unit is; None for the provider's
    own. What left everything for good belongs to where it was last."""
    if unit.device_id:
        return int(Device.get_by_id(unit.device_id).client_id)
    if unit.store_id:
        return _of_store(unit.store_id)
    last = (StockMovement.select().where(StockMovement.unit == unit.id)
            .order_by(StockMovement.id.desc()).first())  # fmt: skip
    if last is None:
        return None
    return _of_end(last.to_place, last.to_key) or _of_end(last.from_place, last.from_key)


def _of_end(place: str, key: int | None) -> int | None:
    if key is None:
        return None
    if place == stock.STORE:
        return _of_store(key)
    if place == stock.CLIENT:
        return key
    model = {stock.DEVICE: Device, stock.REPAIR: RepairOrder}.get(place)
    row = model.get_or_none(model.id == key) if model else None
    return row.client_id if row else None


def _of_store(key: int) -> int | None:
    client = Store.get_by_id(key).client_id
    return int(client) if client else None


def _sees(actor: Actor, client: int | None) -> bool:
    if actor.client_ids is None:
        return True
    return client in actor.client_ids if client else bool(actor.roles & STAFF)


def found(unit_id: int, actor: Actor) -> Unit:
    """A unit in view: in a device, store or repair order of the reader's clients, and for staff
    the provider's own as well. Raises NotFound."""
    query = Unit.select(Unit, DeviceModel).join(DeviceModel).where(Unit.id == unit_id)
    unit = query.first()
    if unit is None or not _sees(actor, whose(unit)):
        raise NotFound
    return unit


@dataclass(frozen=True)
class Hit:
    id: int
    serial: str
    part: str
    place: str


def by_serial(text: str, actor: Actor) -> list[Hit]:
    """Units in view that bear this very serial number, in small letters or capitals."""
    typed = text.strip()
    query = Unit.select(Unit, DeviceModel).join(DeviceModel)
    rows = query.where(Unit.serial.in_({typed, typed.upper(), typed.lower()})).limit(10)
    return [Hit(row.id, row.serial, f"{row.model.maker} {row.model.name}", row.place)
            for row in rows if _sees(actor, whose(row))]  # fmt: skip


@dataclass(frozen=True)
class Correction:
    at: datetime
    person: str | None
    before: dict[str, Any]
    now: dict[str, Any]
    note: str | None


@dataclass(frozen=True)
class UnitPage:
    """`seen`: the digest for whoever corrects it; `may_place`, `may_edit`: whether they may."""

    id: int
    serial: str
    part: DeviceModel
    place: told.End
    shelf: str
    store_id: int | None
    warranty_until: date | None
    movements: list[told.Movement]
    corrections: list[Correction]
    substitutes: list[Named]
    seen: str
    may_place: bool
    may_edit: bool


def page(unit_id: int, actor: Actor) -> UnitPage:
    """Raises NotFound."""
    unit = found(unit_id, actor)
    moves = told.lines(StockMovement.unit == unit.id, actor, LIMIT)
    key = {stock.STORE: unit.store_id, stock.DEVICE: unit.device_id}.get(unit.place)
    spot = told.Ends([{"from_place": unit.place, "from_key": key, "to_place": "", "to_key": None}],
                     actor).of(unit.place, key)  # fmt: skip
    place = moves[0].target if moves and key is None else spot
    store = Store.get_by_id(unit.store_id) if unit.store_id else None
    return UnitPage(
        unit.id, unit.serial, unit.model, place, unit.shelf, unit.store_id, unit.warranty_until,
        moves, _corrections(unit.id) if actor.system or actor.roles & STAFF else [],
        substitutes_of(unit.model_id) if unit.model.discontinued_on else [],
        digest(unit), bool(store and _handles(store, actor)),
        unit.place != stock.DEVICE and actor.may("edit_unit", whose(unit)),
    )  # fmt: skip


def _handles(store: Store, actor: Actor) -> bool:
    carried = stores.carries(store, actor.person_id) and actor.able("place_unit")
    return carried or actor.may("place_unit", store.client_id)


def _corrections(unit_id: int) -> list[Correction]:
    rows = list(
        UnitChange.select().where(UnitChange.unit == unit_id).order_by(UnitChange.id.desc())
    )
    names = people.names({row.person_id for row in rows if row.person_id})
    return [Correction(r.at, names.get(r.person_id), r.before, r.now, r.note) for r in rows]


def digest(unit: Unit) -> str:
    return digests.of(unit, *COLUMNS)


@dataclass(frozen=True)
class EditUnit:
    unit_id: int
    serial: str
    warranty_until: date | None
    reason: str
    seen: str = ""


def read(form: Fields, unit_id: int) -> EditUnit:
    serial = form.text("serial", limit=80, required=N_("Give the serial number."))
    until = days.read(form, "warranty_until")
    reason = form.text("reason", limit=500, required=N_("Say why it is corrected."))
    form.done()
    return EditUnit(unit_id, serial or "", until, reason or "", form.raw("seen"))


def edit_unit(command: EditUnit, deed: Deed) -> Outcome:
    """Sets the serial number or warranty of a unit right that is in no device; what a device has
    is corrected at the device, whose logbook tells of it."""
    unit = found(command.unit_id, deed.actor)
    DeviceModel.update(id=DeviceModel.id).where(DeviceModel.id == unit.model_id).execute()
    unit, url = stock.hold(unit.id), f"/units/{unit.id}"
    deed.require(whose(unit))
    if unit.place == stock.DEVICE:
        message = N_("It is in a device: correct it on the device's page.")
        return Outcome(message, f"/devices/{unit.device_id}", "conflict", subject_id=unit.id)
    if command.seen != digest(unit):
        return Outcome(digests.OVERTAKEN, url, "conflict", subject_id=unit.id)
    now = {"serial": command.serial, "warranty_until": command.warranty_until}
    before = {name: getattr(unit, name) for name in now if getattr(unit, name) != now[name]}
    if not before:
        return Outcome(N_("Nothing had to be changed."), url, subject_id=unit.id)
    _check(command, unit)
    changed = {name: now[name] for name in before}
    deed.change(unit, **changed)
    deed.create(UnitChange, unit=unit, before=_plain(before), now=_plain(changed),
                note=command.reason, person=deed.person_id, at=deed.received_at)  # fmt: skip
    return Outcome(N_("The unit is corrected."), url, subject_id=unit.id)


def _check(command: EditUnit, unit: Unit) -> None:
    """A serial number is unique among the units of a model."""
    same = (Unit.model == unit.model_id) & (fn.LOWER(Unit.serial) == command.serial.lower())
    if Unit.select().where(same & (Unit.id != unit.id)).exists():
        raise invalid("serial", "taken", N_("Another unit of this model bears this number."))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value
            for name, value in values.items()}  # fmt: skip
