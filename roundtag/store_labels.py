"""Labels of what lies in stores: spare units by their serial numbers, and shelves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from roundtag import clock, stock
from roundtag.access import Actor
from roundtag.models import DeviceModel, StockMovement, StockRule, StockSlip, Store, Unit, dicts
from tags.sheet import SERIAL, SHELF, Label


@dataclass(frozen=True)
class UnitLine:
    """A spare unit in a store, as lists and labels need it."""

    id: int
    serial: str
    model: str
    store: str
    shelf: str
    client_id: int | None = None


@dataclass(frozen=True)
class Choice:
    """Which spare units are offered: of a store, on a shelf, of a slip, received today."""

    store: int | None = None
    shelf: str = ""
    slip: str = ""
    today: bool = False


def units(actor: Actor, wanted: Sequence[int] | None = None,
          choice: Choice | None = None) -> list[UnitLine]:  # fmt: skip
    """Spare units in the stores of the actor's view, by store and shelf."""
    query = Unit.select(
        Unit.id, Unit.serial, Unit.shelf, DeviceModel.maker, DeviceModel.name.alias("model"),
        Store.name.alias("store"), Store.client,
    ).join(DeviceModel).switch(Unit).join(Store).where(Unit.place == "store")  # fmt: skip
    if wanted is not None:
        query = query.where(Unit.id.in_(list(wanted)))
    rows = stock.in_view(actor, _chosen(query, choice or Choice()))
    rows = rows.order_by(Store.name, Unit.shelf, Unit.serial)
    return [UnitLine(row["id"], row["serial"], f"{row['maker']} {row['model']}", row["store"],
                     row["shelf"], row["client"]) for row in dicts(rows)]  # fmt: skip


def _chosen(query: Any, choice: Choice) -> Any:
    if choice.store is not None:
        query = query.where(Store.id == choice.store)
    if choice.shelf:
        query = query.where(Unit.shelf == choice.shelf)
    if choice.slip:
        moved = StockMovement.select(StockMovement.unit).join(StockSlip)
        query = query.where(Unit.id.in_(moved.where(StockSlip.number == choice.slip)))
    if choice.today:
        now = clock.local(clock.now())
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        came = StockMovement.select(StockMovement.unit).where(
            (StockMovement.from_place == "supplier") & (StockMovement.at >= midnight)
        )
        query = query.where(Unit.id.in_(came))
    return query


@dataclass(frozen=True)
class ShelfLine:
    """A shelf of a store in use. `key` names it in forms: the store's key and the shelf."""

    key: str
    store_id: int
    store: str
    code: str
    name: str
    client_id: int | None


def shelves(actor: Actor, wanted: Sequence[str] | None = None,
            store: int | None = None) -> list[ShelfLine]:  # fmt: skip
    """Every shelf that units or stock rules name, in the stores of the actor's view."""
    in_use = Store.retired_at.is_null()
    if store is not None:
        in_use &= Store.id == store
    found: dict[str, ShelfLine] = {}
    for model in (Unit, StockRule):
        columns = model.shelf, Store.id, Store.name, Store.code, Store.client
        query = model.select(*columns).join(Store).where(in_use & (model.shelf != ""))
        for row in dicts(stock.in_view(actor, query.distinct())):
            line = ShelfLine(f"{row['id']}:{row['shelf']}", row["id"], row["name"], row["code"],
                             row["shelf"], row["client"])  # fmt: skip
            found[line.key] = line
    lines = sorted(found.values(), key=lambda one: (one.store, one.store_id, one.name))
    return lines if wanted is None else [one for one in lines if one.key in set(wanted)]


def of_shelf(shelf: ShelfLine) -> Label:
    """Its symbol tells the counting page where it is; its words are read from across the aisle."""
    content = f"{shelf.code}/{shelf.name}"
    return Label(content, SHELF + content, shelf.name, shelf.store, kind="shelf")


def of_unit(unit: UnitLine) -> Label:
    """Its symbol holds the serial number as the swap form's scanner reads it."""
    where = " · ".join(part for part in (unit.store, unit.shelf) if part)
    return Label(unit.serial, SERIAL + unit.serial, unit.model, where, kind="spare")
