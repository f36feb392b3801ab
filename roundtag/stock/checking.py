"""Whether the books agree with themselves: each unit, each store and each movement."""

from collections.abc import Iterator

from peewee import fn

from roundtag.models import StockLevel, StockMovement, Unit, dicts, tuples
from roundtag.stock import levels
from roundtag.stock.places import DEVICE, STORE


def problems() -> list[str]:
    """What does not add up, one sentence each; nothing when all is well.

    Read inside one transaction, or while nobody writes.
    """
    return [*_levels(), *_units()]


def _levels() -> Iterator[str]:
    summed = levels.summed()
    kept = {
        (store, model): pieces
        for store, model, pieces in tuples(
            StockLevel.select(StockLevel.store, StockLevel.model, StockLevel.quantity)
        )
        if pieces
    }
    for place in sorted(summed.keys() | kept.keys()):
        if summed.get(place, 0) != kept.get(place, 0):
            store, model = place
            yield (f"store {store} holds {summed.get(place, 0)} of model {model} by its movements, "
                   f"its level says {kept.get(place, 0)}")  # fmt: skip


def _units() -> Iterator[str]:
    last = StockMovement.select(fn.MAX(StockMovement.id)).where(StockMovement.unit.is_null(False))
    ends = {
        row["unit"]: (row["to_place"], row["to_key"])
        for row in dicts(
            StockMovement.select(StockMovement.unit, StockMovement.to_place, StockMovement.to_key)
            .where(StockMovement.id << last.group_by(StockMovement.unit))
        )
    }  # fmt: skip
    for unit in Unit.select().order_by(Unit.id).iterator():
        key = {STORE: unit.store_id, DEVICE: unit.device_id}.get(unit.place)
        if (unit.store_id is None) == (unit.place == STORE):
            yield f"unit {unit.serial} is at {unit.place}, its store says otherwise"
        if (unit.device_id is None) == (unit.place == DEVICE):
            yield f"unit {unit.serial} is at {unit.place}, its device says otherwise"
        place, where = ends.get(unit.id, (unit.place, key))
        if place != unit.place or (unit.place in (STORE, DEVICE) and where != key):
            yield f"unit {unit.serial} is at {unit.place} {key}, its last movement says {place}"
