"""What must hold after every step, and once more at the end of a sequence."""

from roundtag import ledger, stock
from roundtag.models import Fault, Loaner, RepairOrder, StockMovement, Unit, tuples
from tests.roundtag.shop.rig import Shop
from tests.roundtag.stock_books import kept, recounted
from tests.seeing import assert_units_are_where_their_movements_say


def holds(shop: Shop) -> None:
    assert stock.problems() == []
    counted, levels = recounted(), kept()
    assert counted == levels
    assert all(pieces > 0 for pieces in levels.values())
    assert places(shop) == shop.model.units
    ours = {key: pieces for key, pieces in counted.items() if key[1] in shop.counted}
    assert ours == +shop.model.pieces
    assert unrepaired() == []
    assert unreconciled() == []
    assert lent(shop) == shop.model.lent


def places(shop: Shop) -> dict[str, tuple[str, int | None]]:
    found: dict[str, tuple[str, int | None]] = {}
    columns = Unit.select(Unit.serial, Unit.place, Unit.device, Unit.store)
    for serial, place, device, store in tuples(columns):
        assert ((device is not None), (store is not None)) == (place == "device", place == "store")
        if serial in shop.model.units:
            assert serial not in found
            found[serial] = (place, shop.devices.index(device) if device else store)
    return found


def unrepaired() -> list[str]:
    """Units away for repair of which no open order knows, or another one than they went for."""
    away = Unit.select(Unit.id, Unit.serial).where(Unit.place == "repair")
    units = dict(tuples(away))
    open_ones = RepairOrder.select(RepairOrder.unit, RepairOrder.id).where(
        RepairOrder.ended_at.is_null() & RepairOrder.unit.is_null(False))  # fmt: skip
    orders = dict(tuples(open_ones))
    went = StockMovement.select(StockMovement.unit, StockMovement.to_key)
    last = dict(tuples(went.where(StockMovement.unit << list(units)).order_by(StockMovement.id)))
    return [serial for key, serial in units.items()
            if orders.get(key) is None or orders[key] != last.get(key)]  # fmt: skip


def unreconciled() -> list[str]:
    """Closed faults whose loaner still does the work that it was put in for."""
    out = Loaner.back_at.is_null() & (Fault.state == "closed")
    return [number for (number,) in tuples(Loaner.select(Fault.number).join(Fault).where(out))]


def lent(shop: Shop) -> dict[int, str]:
    """Device → the loaner that its row says is out there."""
    query = Loaner.select(Loaner.device, Unit.serial).join(Unit, on=(Loaner.unit == Unit.id))
    return {shop.devices.index(device): serial
            for device, serial in tuples(query.where(Loaner.back_at.is_null()))}  # fmt: skip


def ends(shop: Shop) -> None:
    """The chain of every unit's movements, and every log against the rows that it protects."""
    assert_units_are_where_their_movements_say()
    assert [line for _, client in ledger.logs() for line in ledger.verify(client)] == []
