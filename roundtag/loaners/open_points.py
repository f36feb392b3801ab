"""What keeps a fault's file open: device, stock, repair and loaner must agree before it closes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from roundtag.loaners.keeping import unrecorded
from roundtag.models import (
    Conflict,
    Device,
    DeviceModel,
    Fault,
    Loaner,
    RepairOrder,
    StockMovement,
    StockSlip,
    Swap,
    Unit,
    tuples,
)
from roundtag.words import N_

UNSETTLED = ("device-already-swapped", "unit-already-used", "stock-short", "serial-differs")
WORDS = {
    "loaner": N_("The loaner %(name)s is still in use"),
    "empty": N_("%(name)s is without a unit"),
    "conflict": N_("A swap or a serial number at %(name)s is not settled yet"),
    "repair": N_("Nobody has decided yet what happens with %(name)s"),
    "drawn": N_("Drawn for this fault and neither used nor returned: %(name)s"),
}


@dataclass(frozen=True)
class Point:
    """`name`: what the words of its kind take; `url`: where it is put right."""

    kind: str
    name: str
    url: str
    due_on: date | None = None

    @property
    def words(self) -> str:
        return WORDS[self.kind]


def open_points(fault: Fault) -> list[Point]:
    """Everything that is open about a fault; a fixed number of queries."""
    device = Device.get_or_none(Device.id == fault.device_id) if fault.device_id else None
    here = _at_device(device) if device else []
    return [*_loaners(fault), *here, *_undecided(fault), *_drawn(fault)]


def _loaners(fault: Fault) -> list[Point]:
    mine = Loaner.fault == fault.id
    if fault.device_id:
        mine |= Loaner.device == fault.device_id
    rows = Loaner.select(Loaner, Unit).join(Unit, on=Loaner.unit)
    rows = rows.where(mine & Loaner.back_at.is_null()).order_by(Loaner.id)
    found = [Point("loaner", row.unit.serial, f"/loaners/{row.id}", row.due_on) for row in rows]
    here = Swap.fault == fault.id
    if fault.device_id:
        here |= Swap.device == fault.device_id
    return found + [Point("loaner", row.new_serial, f"/devices/{row.device_id}")
                    for row in unrecorded(here).limit(5)]  # fmt: skip


def _at_device(device: Device) -> list[Point]:
    name = f"{device.name} {device.code}"
    found = [Point("empty", name, f"/devices/{device.id}")] if _was_emptied(device) else []
    waits = Conflict.settled_at.is_null() & Conflict.kind.in_(UNSETTLED)
    rows = Conflict.select().where((Conflict.device == device.id) & waits)
    return found + [Point("conflict", name, f"/reviews/conflict:{row.id}")
                    for row in rows.order_by(Conflict.id).limit(5)]  # fmt: skip


def _was_emptied(device: Device) -> bool:
    """A device in use whose unit was taken out; one that never had a unit lacks none."""
    left = (StockMovement.from_place == "device") & (StockMovement.from_key == device.id)
    has = Unit.select().where(Unit.device == device.id)
    return (
        device.retired_at is None
        and not has.exists()
        and StockMovement.select().where(left).exists()
    )


def _undecided(fault: Fault) -> list[Point]:
    rows = RepairOrder.select().where(
        (RepairOrder.fault == fault.id) & (RepairOrder.route == "") & RepairOrder.ended_at.is_null()
    )
    return [Point("repair", row.number, f"/repairs/{row.id}")
            for row in rows.order_by(RepairOrder.id).limit(5)]  # fmt: skip


def _drawn(fault: Fault) -> list[Point]:
    """Units that still lie where they were drawn to, and pieces that no slip of the fault says
    were used or returned."""
    undone = StockSlip.alias()
    undoing = undone.select(undone.reverses).where(undone.reverses.is_null(False))
    mine = (StockSlip.fault == fault.id) & StockSlip.id.not_in(undoing)
    later = StockMovement.alias()
    moved_on = later.select().where(
        (later.unit == StockMovement.unit) & (later.id > StockMovement.id)
    )
    units = (
        StockMovement.select(Unit.serial, StockMovement.slip)
        .join(StockSlip).switch(StockMovement).join(Unit)
        .where(mine & (StockSlip.kind == "draw") & (StockMovement.to_place == "store"))
        .where((Unit.place == "store") & (Unit.store == StockMovement.to_key))
        .where(~fn.EXISTS(moved_on))
        .order_by(StockMovement.id).limit(5)
    )  # fmt: skip
    found = [Point("drawn", serial, f"/slips/{slip}") for serial, slip in tuples(units)]
    left: dict[int, list[Any]] = {}
    query = (
        StockMovement.select(StockSlip.kind, StockMovement.model, DeviceModel.name,
                             fn.SUM(StockMovement.quantity), fn.MAX(StockSlip.id))
        .join(StockSlip).switch(StockMovement).join(DeviceModel)
        .where(mine & StockMovement.model.is_null(False) & StockMovement.unit.is_null())
        .where(StockSlip.kind.in_(["use", "return"])
               | ((StockSlip.kind == "draw") & (StockMovement.to_place == "store")))
        .group_by(StockSlip.kind, StockMovement.model, DeviceModel.name)
    )  # fmt: skip
    for kind, model, name, pieces, slip in tuples(query):
        entry = left.setdefault(model, [name, 0, slip])
        entry[1] += int(pieces) if kind == "draw" else -int(pieces)
        entry[2] = slip if kind == "draw" else entry[2]
    return found + [Point("drawn", f"{name} × {pieces}", f"/slips/{slip}")
                    for name, pieces, slip in left.values() if pieces > 0]  # fmt: skip
