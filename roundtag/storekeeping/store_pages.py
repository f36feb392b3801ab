"""The list of stores, and a store's page: what it holds, its units, what moved last."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from roundtag import people
from roundtag.access import STOREKEEPERS, Actor
from roundtag.models import (
    Client,
    DeviceModel,
    Person,
    StockLevel,
    StockRule,
    Store,
    Unit,
    dicts,
    tuples,
)
from roundtag.stock import in_view, store_in_view
from roundtag.stock.catalogue import Named, substitutes_of_all
from roundtag.storekeeping import stores, told
from roundtag.storekeeping.holdings import same_place

PAGE = 50


@dataclass(frozen=True)
class StoreLine:
    """`models`, `pieces`: how many kinds and pieces lie there; `low`: minimums that are not met."""

    id: int
    code: str
    name: str
    kind: str
    client: str | None
    person: str | None
    address: str
    retired: bool
    models: int
    pieces: int
    low: int


def listed(actor: Actor, retired: bool = False) -> list[StoreLine]:
    """The stores in view, those in use first; three queries."""
    query = (
        Store.select(Store, Client, Person)
        .left_outer_join(Client).switch(Store)
        .left_outer_join(Person)
        .order_by(Store.kind == stores.BAG, Store.client, Store.name)
    )  # fmt: skip
    if not retired:
        query = query.where(Store.retired_at.is_null())
    held = {key: (models, pieces) for key, models, pieces in tuples(
        StockLevel.select(StockLevel.store, fn.COUNT(StockLevel.model), fn.SUM(StockLevel.quantity))
        .where(StockLevel.quantity > 0).group_by(StockLevel.store))}  # fmt: skip
    low = dict(tuples(
        StockRule.select(StockRule.store, fn.COUNT(StockRule.id))
        .left_outer_join(StockLevel, on=same_place())
        .where(StockRule.minimum > fn.COALESCE(StockLevel.quantity, 0))
        .group_by(StockRule.store)))  # fmt: skip
    return [_line(row, held.get(row.id, (0, 0)), low.get(row.id, 0))
            for row in in_view(actor, query)]  # fmt: skip


def _line(row: Store, held: tuple[int, int], low: int) -> StoreLine:
    return StoreLine(
        row.id, row.code, row.name, row.kind, row.client.name if row.client else None,
        people.name(row.person), row.address, row.retired_at is not None, held[0], int(held[1]),
        low,
    )  # fmt: skip


@dataclass(frozen=True)
class Level:
    """What a store holds of a part, and should hold."""

    part_id: int
    category: str
    maker: str
    name: str
    tracking: str
    discontinued: bool
    pieces: int
    minimum: int | None
    on_order: int
    shelf: str

    @property
    def full(self) -> str:
        return f"{self.maker} {self.name}"

    @property
    def low(self) -> bool:
        return self.minimum is not None and self.pieces < self.minimum


@dataclass(frozen=True)
class UnitLine:
    id: int
    serial: str
    part_id: int
    part: str
    shelf: str
    warranty_until: date | None


@dataclass(frozen=True)
class StorePage:
    """`after`: the unit that the next page of units follows, None on the last one."""

    line: StoreLine
    levels: list[Level]
    more_levels: bool
    units: list[UnitLine]
    after: int | None
    movements: list[told.Movement]
    substitutes: dict[int, list[Named]]
    may_edit: bool
    may_rule: bool


LEVELS = 300


def page(store_id: int, actor: Actor, after: int | None = None, low: bool = False) -> StorePage:
    """A store's page; its work does not grow with what lies elsewhere. Raises NotFound."""
    store = store_in_view(store_id, actor)
    levels = _levels(store.id, LEVELS + 1, low)
    listed_units = units_of(Unit.store == store.id, after)
    gone = [level.part_id for level in levels if level.discontinued]
    return StorePage(
        _line(store, (sum(level.pieces > 0 for level in levels), 0), 0), levels[:LEVELS],
        len(levels) > LEVELS, listed_units[:PAGE],
        listed_units[PAGE - 1].id if len(listed_units) > PAGE else None,
        told.of_store(store.id, actor), substitutes_of_all(gone or [0]),
        actor.may("save_store", store.client_id) and not store.retired_at,
        may_rule(store, actor),
    )  # fmt: skip


def may_rule(store: Store, actor: Actor) -> bool:
    """Whether somebody lays down what a store should hold (as stores.keeps does)."""
    if store.retired_at:
        return False
    carried = stores.carries(store, actor.person_id) and actor.able("set_rule")
    keeper = bool(STOREKEEPERS & actor.roles_at(store.client_id)) or actor.system
    return carried or (keeper and actor.may("set_rule", store.client_id))


def _levels(store_id: int, limit: int, low: bool) -> list[Level]:
    here = (StockLevel.model == DeviceModel.id) & (StockLevel.store == store_id)
    ruled = (StockRule.model == DeviceModel.id) & (StockRule.store == store_id)
    kept = (
        (StockLevel.quantity > 0)
        | (StockRule.minimum > 0)
        | (StockRule.on_order > 0)
        | (StockRule.shelf != "")
    )
    query = (
        DeviceModel.select(
            DeviceModel.id, DeviceModel.category, DeviceModel.maker, DeviceModel.name,
            DeviceModel.tracking, DeviceModel.discontinued_on,
            fn.COALESCE(StockLevel.quantity, 0).alias("pieces"), StockRule.minimum,
            fn.COALESCE(StockRule.on_order, 0).alias("on_order"),
            fn.COALESCE(StockRule.shelf, "").alias("shelf"),
        )
        .left_outer_join(StockLevel, on=here).switch(DeviceModel)
        .left_outer_join(StockRule, on=ruled)
        .where(StockRule.minimum > fn.COALESCE(StockLevel.quantity, 0) if low else kept)
        .order_by(DeviceModel.category, DeviceModel.maker, DeviceModel.name).limit(limit)
    )  # fmt: skip
    return [
        Level(row["id"], row["category"], row["maker"], row["name"], row["tracking"],
              row["discontinued_on"] is not None, row["pieces"], row["minimum"], row["on_order"],
              row["shelf"])
        for row in dicts(query)
    ]  # fmt: skip


def units_of(where: Any, after: int | None) -> list[UnitLine]:
    """A page of units and one more, in the order of the index of a store's models."""
    query = Unit.select(Unit, DeviceModel).join(DeviceModel).where(where)
    if last := Unit.get_or_none(Unit.id == after) if after else None:
        same = (Unit.model == last.model_id) & (Unit.id > last.id)
        query = query.where((Unit.model >= last.model_id) & ((Unit.model > last.model_id) | same))
    return [
        UnitLine(row.id, row.serial, row.model_id, f"{row.model.maker} {row.model.name}",
                 row.shelf, row.warranty_until)
        for row in query.order_by(Unit.model, Unit.id).limit(PAGE + 1)
    ]  # fmt: skip
