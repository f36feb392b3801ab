"""Which units of the stores would fit a device, the best first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from roundtag import clock, people, stock
from roundtag.errors import invalid
from roundtag.models import Device, DeviceModel, Loaner, Store, Unit
from roundtag.stock.catalogue import substitutes_of
from roundtag.words import N_

RANKS = ("own", "model", "substitute", "grade", "other")
"""The device's own unit that a loaner stands for; the same model; one that was named to stand in
for it; the same or a better grade; anything else of the kind."""
LIMIT = 200


@dataclass(frozen=True)
class SpareLine:
    """A unit in a store that would fit a device. `mine`: whoever looks carries it."""

    serial: str
    maker: str
    model: str
    rank: str
    store: str
    shelf: str
    warranty_until: date | None
    mine: bool = False

    @property
    def same_model(self) -> bool:
        return self.rank == "model"


def loaners(device_id: int) -> list[SpareLine]:
    """Units in stock that may stand in for a device's own: of the same or a better grade."""
    device = Device.get_by_id(device_id)
    unit = Unit.select(Unit, DeviceModel).join(DeviceModel).where(Unit.device == device_id).first()
    return fitting(device, unit and unit.model_id, unit.model.grade if unit else 0)


def fitting(device: Device, model_id: int | None, grade: int = 0, *, wanted: int = 0,
            own: int | None = None, person_id: int | None = None) -> list[SpareLine]:  # fmt: skip
    """Units of the device's category that lie in stores which serve its client, and of at least
    that grade; two queries. `wanted`: the grade of its own unit; `own`: that unit, while a loaner
    does its work. Of bags only those of `person_id` and of nobody; what they carry comes first."""
    named = {one.part_id for one in substitutes_of(model_id or 0)}
    query = (
        Unit.select(Unit, DeviceModel, Store)
        .join(DeviceModel)
        .switch(Unit)
        .join(Store)
        .where((Unit.place == "store") & (DeviceModel.category == device.category))
        .where(Store.client.is_null() | (Store.client == device.client_id))
        .where(Store.retired_at.is_null() & ((Store.kind != "bag") | _theirs(person_id)))
        .where(DeviceModel.grade >= grade)
    )
    lines = [
        SpareLine(u.serial, u.model.maker, u.model.name, _rank(u, model_id, named, wanted, own),
                  u.store.name if u.store else "", u.shelf, u.warranty_until,
                  u.store is not None and u.store.kind == "bag" and u.store.person_id == person_id)
        for u in query.order_by(DeviceModel.grade.desc(), Unit.serial).limit(LIMIT)
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (RANKS.index(line.rank), not line.mine))


def _theirs(person_id: int | None) -> Any:
    return Store.person.is_null() | (Store.person == (person_id or 0))


def _rank(unit: Unit, model_id: int | None, named: set[int], wanted: int, own: int | None) -> str:
    if unit.id == own:
        return "own"
    if unit.model_id == model_id:
        return "model"
    if unit.model_id in named:
        return "substitute"
    return "grade" if wanted and unit.model.grade >= wanted else "other"


def own_unit(loaner: Loaner | None) -> Unit | None:
    """The unit that a loaner stands for, with its model; one query."""
    if loaner is None or loaner.stands_for_id is None:
        return None
    query = Unit.select(Unit, DeviceModel).join(DeviceModel)
    return query.where(Unit.id == loaner.stands_for_id).first()


def _within_reach(device: Device, person_id: int | None) -> Any:
    mates = people.working_for([device.client_id], clock.now())
    return Store.person.is_null() | (Store.person == (person_id or 0)) | Store.person.in_(mates)


def unit_meant(serial: str, device: Device, person_id: int | None) -> Unit:
    """The unit meant by a serial number, locked; one in a store wins over one in use.

    Another client's units are as unknown as none, so that nobody can take or find them; and so is
    what somebody carries who does not work for this client.
    """
    owner = fn.COALESCE(Store.client, Device.client, device.client_id)
    units = list(
        Unit.select(Unit.id, Unit.place)
        .join(DeviceModel)
        .switch(Unit)
        .left_outer_join(Store)
        .switch(Unit)
        .left_outer_join(Device)
        .where((Unit.serial == serial) & (DeviceModel.category == device.category))
        .where((owner == device.client_id) & _within_reach(device, person_id))
    )
    if not units:
        message = N_("No spare of this kind has the serial number %(serial)s.")
        raise invalid("new_serial", "unknown", message, serial=serial)
    in_store = [unit for unit in units if unit.place == "store"]
    if len(in_store) > 1:
        message = N_("Several makers use the serial number %(serial)s. Choose from the list.")
        raise invalid("new_serial", "ambiguous", message, serial=serial)
    chosen = (in_store or units)[0]
    return stock.hold(chosen.id)
