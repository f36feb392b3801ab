"""What the swap form shows at a device: units that fit, stores, and what is owed or lent there."""

from dataclasses import dataclass
from datetime import date, datetime

from roundtag import clients, loaners
from roundtag.models import Device, FaultDue, Loaner, RepairOrder, Store, Unit
from roundtag.spares import stores
from roundtag.spares.fitting import SpareLine, fitting, own_unit


@dataclass(frozen=True)
class Out:
    """The loaner in place. `own`: the serial number of the unit whose work it does; `own_here`:
    whether that one lies in a store again; `repair`: the number of its open order."""

    id: int
    due_on: date | None
    late: bool
    own: str | None
    own_here: bool
    repair_id: int | None
    repair: str | None


@dataclass(frozen=True)
class Offer:
    """`bag`: whether whoever asks carries one; `loaner_due`: until when a loaner is owed for an
    open fault; `back_days`: after how many days a loaner comes back unless a day is said.
    `repair`: the order of a unit that left the device with nothing in its place."""

    spares: list[SpareLine]
    stores: list[tuple[int, str]]
    bag: bool
    back_days: int
    owes_loaner: bool
    loaner_due: datetime | None
    out: Out | None
    repair_id: int | None = None
    repair: str | None = None

    @property
    def own_first(self) -> SpareLine | None:
        return next((line for line in self.spares if line.rank == "own"), None)


def offer(device: Device, unit: Unit | None, person_id: int | None, today: date) -> Offer:
    """In a fixed number of queries. `unit`: what is in the device, with its model."""
    lent = loaners.out_at(device.id)
    own = own_unit(lent)
    measure = own or unit
    model_id = measure.model_id if measure else None
    lines = fitting(device, model_id, own=own.id if own else None, person_id=person_id,
                    wanted=measure.model.grade if measure else 0)  # fmt: skip
    serving = list(stores.serving(device.client_id, person_id).order_by(Store.name, Store.id))
    due = _due(device.id)
    order = _order(own.id if own else None, device) if lent or not unit else None
    return Offer(
        lines,
        [(row.id, row.name) for row in serving if row.kind != stores.BAG],
        any(row.kind == stores.BAG for row in serving),
        loaners.terms.days(clients.contract_at(device.client_id, today)),
        due is not None,
        due.due_at if due else None,
        _out(lent, own, order, today) if lent else None,
        order.id if order and not unit else None,
        order.number if order and not unit else None,
    )


def _due(device_id: int) -> FaultDue | None:
    owed = (FaultDue.device == device_id) & (FaultDue.kind == "loaner")
    rows = FaultDue.select().where(owed & FaultDue.done_at.is_null())
    return rows.order_by(FaultDue.due_at, FaultDue.id).first()


def _order(unit_id: int | None, device: Device) -> RepairOrder | None:
    """The open order of the device's own unit."""
    mine = RepairOrder.device == device.id
    if unit_id:
        mine |= RepairOrder.unit == unit_id
    rows = RepairOrder.select().where(mine & RepairOrder.ended_at.is_null())
    return rows.order_by(RepairOrder.id.desc()).first()


def _out(lent: Loaner, own: Unit | None, order: RepairOrder | None, today: date) -> Out:
    late = lent.due_on is not None and lent.due_on < today
    asked = order if order and own and order.unit_id == own.id else None
    return Out(
        lent.id, lent.due_on, late, own.serial if own else None,
        own is not None and own.place == "store",
        asked.id if asked else None, asked.number if asked else None,
    )  # fmt: skip
