"""A swap that was a slip is taken back, while everything is still where it put it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from roundtag import clock, dues, fault_events, faults, history, loaners, repairs, stock
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.models import Device, Fault, RepairOrder, StockMovement, Store, Swap, Unit
from roundtag.words import N_

WITHIN = timedelta(hours=24)
"""After that it was no slip: another swap says what happened since."""
MOVED_ON = N_("Not swapped back: something has moved since. File another swap instead.")
LATE = N_("Not swapped back: it was more than a day ago. File another swap instead.")


@dataclass(frozen=True)
class SwapBack:
    swap_id: int


@dataclass(frozen=True)
class Undoable:
    """What taking a swap back would do. `stands`: whether it can be done; `old_from`: where the old
    unit is now; `fault`: the number of the fault that it was for."""

    swap_id: int
    client_id: int
    device_id: int
    device: str
    old_serial: str | None
    new_serial: str
    at: datetime
    stands: bool
    store: str
    old_from: str
    repair: str
    fault: str


def undoable(swap_id: int, actor: Actor) -> Undoable:
    """What a page asks before a swap is taken back. Raises NotFound."""
    row = _found(swap_id, actor)
    fresh = clock.now() - row.received_at <= WITHIN
    ways = _ways(row) if fresh and _stands(row) else None
    store = Store.get_or_none(Store.id == ways.new.from_key) if ways else None
    order = ways.order if ways else None
    return Undoable(
        row.id, row.client_id, row.device_id, row.device.name, row.old_serial, row.new_serial,
        row.received_at, ways is not None, store.name if store else "", row.old_unit_to,
        order.number if order else "", row.fault.number if row.fault else "",
    )  # fmt: skip


def latest(device_id: int, now: datetime) -> int | None:
    """The swap at a device that may still be taken back, as far as one look tells."""
    rows = Swap.select().where((Swap.device == device_id) & Swap.undone_at.is_null())
    row = rows.order_by(Swap.id.desc()).first()
    return row.id if row and now - row.received_at <= WITHIN else None


def swap_back(command: SwapBack, deed: Deed) -> Outcome:
    """The new unit goes back to where it came from and the old one back in. Nothing moves when
    either has moved since, or when its repair has gone on."""
    row = _found(command.swap_id, deed.actor)
    deed.require(row.client_id)
    url = f"/devices/{row.device_id}"
    Device.update(id=Device.id).where(Device.id == row.device_id).execute()
    row = Swap.get_by_id(row.id)
    if deed.received_at - row.received_at > WITHIN:
        return Outcome(LATE, url, "conflict", subject_id=row.id)
    held = _hold(row)
    ways = _ways(row) if _stands(row) else None
    if ways is None or not _cancelled(deed, ways):
        return Outcome(MOVED_ON, url, "conflict", subject_id=row.id)
    _move_back(deed, row, ways, held)
    told = _compensate(deed, row)
    history.record(deed, "swap_back", Device.get_by_id(row.device_id), subject_id=row.id,
                   old_serial=row.new_serial, new_serial=row.old_serial)  # fmt: skip
    return Outcome(told, url, values={"old": row.new_serial, "new": row.old_serial or "—"},
                   subject_id=row.id)  # fmt: skip


def _hold(row: Swap) -> dict[int, Unit]:
    """The fault and both units, locked in the order that everybody keeps."""
    if row.fault_id:
        fault_events.hold(row.fault_id)
    return {key: stock.hold(key) for key in sorted({row.new_unit_id, row.old_unit_id} - {None})}


def _found(swap_id: int, actor: Actor) -> Swap:
    query = visible(actor, Swap.select().where(Swap.id == swap_id), Swap.client)
    row = query.first()
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class _Ways:
    """The movements of a swap; `order`: the repair order that it opened."""

    new: StockMovement
    old: StockMovement | None
    order: RepairOrder | None


def _stands(row: Swap) -> bool:
    """Whether it is the last one at its device and was not taken back."""
    last = Swap.select().where((Swap.device == row.device_id) & Swap.undone_at.is_null())
    newest = last.order_by(Swap.id.desc()).first()
    return newest is not None and newest.id == row.id


def _ways(row: Swap) -> _Ways | None:
    """None when a unit has moved since."""
    new = _last(row.new_unit_id)
    if new is None or (new.to_place, new.to_key) != (stock.DEVICE, row.device_id):
        return None
    if row.old_unit_id is None:
        return _Ways(new, None, None)
    old = _last(row.old_unit_id)
    if old is None or (old.from_place, old.from_key) != (stock.DEVICE, row.device_id):
        return None
    if (old.at, new.at) != (row.received_at, row.received_at) or old.to_place != row.old_unit_to:
        return None
    order = RepairOrder.get_or_none(RepairOrder.id == old.to_key) if _repairs(old) else None
    if _repairs(old) and (order is None or (order.state, order.route) != ("opened", "")):
        return None
    return _Ways(new, old, order)


def _repairs(move: StockMovement) -> bool:
    return bool(move.to_place == stock.REPAIR)


def _last(unit_id: int) -> StockMovement | None:
    moves = StockMovement.select().where(StockMovement.unit == unit_id)
    return moves.order_by(StockMovement.id.desc()).first()


def _cancelled(deed: Deed, ways: _Ways) -> bool:
    return ways.order is None or repairs.cancel_opened(deed, ways.order)


def _move_back(deed: Deed, row: Swap, ways: _Ways, held: dict[int, Unit]) -> None:
    origin = stock.Spot(ways.new.from_place, ways.new.from_key)
    lines = [stock.of_unit(held[row.new_unit_id], origin, shelf=row.shelf)]
    if ways.old:
        source = stock.Spot(ways.old.to_place, ways.old.to_key)
        device = stock.Spot(stock.DEVICE, row.device_id)
        lines.append(stock.of_unit(held[row.old_unit_id], device, source=source))
    stock.move_all(deed, lines, "swap_back")
    deed.change(row, undone_at=deed.received_at)


def _compensate(deed: Deed, row: Swap) -> str:
    """Loaners, dues and the fault as if the swap had not been; what the desk has to do itself is
    said."""
    loaners.undone(deed, row)
    dues.unswapped(deed, row)
    fault = Fault.get_or_none(Fault.id == row.fault_id) if row.fault_id else None
    if fault is None:
        return N_("Swapped back: %(old)s out, %(new)s in.")
    units = f"{row.new_serial} → {row.old_serial or '—'}"
    return SAYS[faults.unswap(deed, fault, units, row.received_at)]


SAYS = {
    "": N_("Swapped back: %(old)s out, %(new)s in. The fault goes on."),
    "taken": N_("Swapped back: %(old)s out, %(new)s in. The fault is as open as before the swap."),
    "desk": N_("Swapped back: %(old)s out, %(new)s in. The fault has gone on meanwhile: "
               "the desk has to reopen it if it is not restored."),
}  # fmt: skip
"""What became of the fault (faults.unswap)."""
