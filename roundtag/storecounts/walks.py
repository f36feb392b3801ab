"""What lists and whoever counts need: the counts in view, and the page of each open one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from roundtag import stock
from roundtag.access import Actor
from roundtag.models import (
    DeviceModel,
    StockLevel,
    StockRule,
    Store,
    StoreCount,
    StoreCountLine,
    StoreCountList,
    Unit,
    dicts,
)
from roundtag.storecounts import scope
from roundtag.storecounts.spelling import shelf_key

CLOSED_SHOWN = 50
OPEN_KEPT = 20
"""Open counts that a phone keeps."""
UNITS_SHOWN = 2000
"""Units that a page lists to be ticked; what is beyond is scanned."""


@dataclass(frozen=True)
class Card:
    """A count of a list. `lists`: how many came in before its closing."""

    id: int
    name: str
    store: str
    opened_at: datetime
    closed_at: datetime | None
    lists: int
    may: bool = False


def cards(actor: Actor, closed: bool = False) -> list[Card]:
    """Counts in view, the newest first: the open ones, and at most 50 closed ones if wanted.
    `may`: whether this person may count it."""
    counted = (
        StoreCountList.select(fn.COUNT(StoreCountList.id))
        .where((StoreCountList.count == StoreCount.id) & ~StoreCountList.late)
    )  # fmt: skip
    query = (
        StoreCount.select(StoreCount, Store, counted.alias("lists"))
        .join(Store)
        .order_by(StoreCount.opened_at.desc(), StoreCount.id.desc())
    )
    ended = StoreCount.closed_at.is_null(False)
    rows = list(stock.in_view(actor, query.where(~ended)))
    if closed:
        rows += list(stock.in_view(actor, query.where(ended)).limit(CLOSED_SHOWN))
    return [
        Card(row.id, row.name, row.store.name, row.opened_at, row.closed_at, row.lists,
             row.closed_at is None and scope.may(actor, "count_store", row.store))
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class Expected:
    """A unit that the books have in the store. `seen`: a list before has it already."""

    id: int
    serial: str
    model: str
    shelf: str
    seen: bool


@dataclass(frozen=True)
class Counted:
    """A model that is counted there. `expected`: pieces in the books, None in a blind count."""

    id: int
    name: str
    expected: int | None


@dataclass(frozen=True)
class ToCount:
    """The page of whoever counts a store."""

    id: int
    name: str
    blind: bool
    closed: bool
    store_id: int
    store: str
    store_code: str
    client_id: int | None
    shelves: tuple[str, ...]
    lists: int
    units: list[Expected]
    models: list[Counted]

    @property
    def entity(self) -> str:
        return f"storecount:{self.id}"


def to_count(actor: Actor) -> list[ToCount]:
    """The open counts that this person may add to, for their phone."""
    query = StoreCount.select(StoreCount, Store).join(Store)
    found = stock.in_view(actor, query.where(StoreCount.closed_at.is_null()))
    rows = found.order_by(StoreCount.id.desc()).limit(10 * OPEN_KEPT)
    mine = [row for row in rows if scope.may(actor, "count_store", row.store)]
    return _pages(mine[:OPEN_KEPT])


def page(count_id: int, actor: Actor) -> ToCount:
    """Raises NotFound."""
    return _pages([scope.in_view(count_id, actor)])[0]


def _pages(counts: list[StoreCount]) -> list[ToCount]:
    """A fixed number of queries for all of them."""
    if not counts:  # as on most days
        return []
    stores = sorted({row.store_id for row in counts})
    open_eyed = sorted({row.store_id for row in counts if not row.blind})
    units, models, shelves = _units(open_eyed), _models(stores), _shelves(stores)
    lists, seen = _lists([row.id for row in counts]), _seen([row.id for row in counts])
    return [
        ToCount(
            row.id, row.name, row.blind, row.closed_at is not None, row.store_id, row.store.name,
            row.store.code, row.store.client_id, shelves.get(row.store_id, ()),
            lists.get(row.id, 0),
            [] if row.blind else [
                Expected(one["id"], one["serial"], f"{one['maker']} {one['name']}", one["shelf"],
                         (row.id, one["id"]) in seen)
                for one in units.get(row.store_id, [])
            ],
            [Counted(one["id"], f"{one['maker']} {one['name']}",
                     None if row.blind else one["quantity"])
             for one in models.get(row.store_id, [])],
        )
        for row in counts
    ]  # fmt: skip


Rows = dict[int, list[dict[str, Any]]]


def _by_store(rows: Iterable[dict[str, Any]]) -> Rows:
    found: Rows = defaultdict(list)
    for row in rows:
        found[row["store"]].append(row)
    return found


def _units(stores: list[int]) -> Rows:
    query = (
        Unit.select(Unit.id, Unit.serial, Unit.shelf, Unit.store, DeviceModel.maker,
                    DeviceModel.name)
        .join(DeviceModel)
        .where(Unit.store << stores)
        .order_by(Unit.store, Unit.shelf, DeviceModel.maker, DeviceModel.name, Unit.serial)
        .limit(UNITS_SHOWN)
    )  # fmt: skip
    return _by_store(dicts(query))


def _models(stores: list[int]) -> Rows:
    """Counted models that these stores hold, or held once."""
    query = (
        StockLevel.select(StockLevel.store, StockLevel.quantity, DeviceModel.id,
                          DeviceModel.maker, DeviceModel.name)
        .join(DeviceModel, on=(DeviceModel.id == StockLevel.model))
        .where((StockLevel.store << stores) & (DeviceModel.tracking == "count"))
        .order_by(DeviceModel.maker, DeviceModel.name)
    )  # fmt: skip
    return _by_store(dicts(query))


def shelves(store_id: int, actor: Actor) -> tuple[str, ...]:
    """The shelves of a store in view. Raises NotFound."""
    return _shelves([stock.store_in_view(store_id, actor).id]).get(store_id, ())


def _shelves(stores: list[int]) -> dict[int, tuple[str, ...]]:
    """Shelves that units or rules name, each spelling once."""
    of_units = Unit.select(Unit.store, Unit.shelf).where(Unit.store << stores).distinct()
    of_rules = StockRule.select(StockRule.store, StockRule.shelf).where(StockRule.store << stores)
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in (*dicts(of_units), *dicts(of_rules)):
        if row["shelf"]:
            found[row["store"]].setdefault(shelf_key(row["shelf"]), row["shelf"])
    return {store: tuple(sorted(names.values())) for store, names in found.items()}


def _lists(counts: list[int]) -> dict[int, int]:
    query = (
        StoreCountList.select(StoreCountList.count, fn.COUNT(StoreCountList.id).alias("lists"))
        .where(StoreCountList.count << counts)
        .group_by(StoreCountList.count)
    )
    return {row["count"]: row["lists"] for row in dicts(query)}


def _seen(counts: list[int]) -> set[tuple[int, int]]:
    query = StoreCountLine.select(StoreCountLine.count, StoreCountLine.unit).where(
        (StoreCountLine.count << counts) & StoreCountLine.unit.is_null(False)
    )
    return {(row["count"], row["unit"]) for row in dicts(query)}


def stores_to_count(actor: Actor) -> list[tuple[int, str]]:
    """Stores in use at which this person may open a count."""
    rows = stock.in_view(actor, Store.select().where(Store.retired_at.is_null()))
    return [(row.id, row.name) for row in rows.order_by(Store.name)
            if scope.may(actor, "open_store_count", row)]  # fmt: skip
