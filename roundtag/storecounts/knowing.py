"""Which unit a serial number means to those who count a store."""

from collections.abc import Iterable, Iterator
from typing import Any

from peewee import fn

from roundtag import bulk_rows, stock
from roundtag.models import Device, RepairOrder, Store, Unit
from roundtag.storecounts.spelling import serial_key
from roundtag.storekeeping.units import whose

CHUNK = 400
NOWHERE = frozenset({stock.ADJUSTMENT, stock.CLIENT})
"""Places that are no store or device: the last movement tells whose a unit is."""


def meant(serials: Iterable[str], store: Store) -> dict[str, Unit]:
    """The unit of each serial number, by its key: one in this store before one elsewhere. Several
    of different makers in the same place are none: a person decides."""
    wanted = sorted({serial_key(serial) for serial in serials})
    found: dict[str, list[Unit]] = {}
    for unit in _named(wanted, store):
        found.setdefault(serial_key(unit.serial), []).append(unit)
    chosen = {key: _one_of(units, store) for key, units in found.items()}
    return {key: unit for key, unit in chosen.items() if unit}


def _one_of(units: list[Unit], store: Store) -> Unit | None:
    here = [unit for unit in units if unit.store_id == store.id]
    wanted = here or units
    return wanted[0] if len(wanted) == 1 else None


def _named(keys: list[str], store: Store) -> Iterator[Unit]:
    """Their spelling in the books may differ in case and gaps; the usual one is asked by index."""
    left = set(keys)
    for part in _parts(keys):
        written = [*part, *(key.lower() for key in part)]
        for unit in known(Unit.serial << written, store):
            left.discard(serial_key(unit.serial))
            yield unit
    odd = fn.REPLACE(fn.UPPER(Unit.serial), " ", "")
    for part in _parts(sorted(left)):
        yield from known(odd << part, store)


def _parts(keys: list[str]) -> Iterator[list[str]]:
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))


def of_keys(keys: Iterable[int], store: Store) -> list[Unit]:
    """Units that were ticked on the page; another client's are left out."""
    found = [unit.id for unit in bulk_rows.of_keys(Unit, Unit.id, keys)]
    return [unit for start in range(0, len(found), CHUNK)
            for unit in known(Unit.id << found[start : start + CHUNK], store)]  # fmt: skip


def known(which: Any, store: Store) -> list[Unit]:
    """Units that the count of a store may speak of: in a client's store not those of another."""
    query = Unit.select(Unit).where(which).order_by(Unit.id)
    if store.client_id is None:
        return list(query)
    client = store.client_id
    other = Store.alias()
    mine = (
        query.left_outer_join(other, on=(other.id == Unit.store))
        .switch(Unit)
        .left_outer_join(Device, on=(Device.id == Unit.device))
        .where(fn.COALESCE(other.client, Device.client, client) == client)
        .where(Unit.id.not_in(_at_repair_for_others(client)))
    )
    return [unit for unit in mine if unit.place not in NOWHERE or whose(unit) in (None, client)]


def _at_repair_for_others(client: int) -> Any:
    """Units whose running repair order is another client's."""
    return RepairOrder.select(RepairOrder.unit).where(
        RepairOrder.unit.is_null(False)
        & RepairOrder.ended_at.is_null()
        & (RepairOrder.client != client)
    )
