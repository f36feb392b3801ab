"""What one store holds of one part; and where a part lies."""

from dataclasses import dataclass

from peewee import fn

from roundtag.access import Actor
from roundtag.models import DeviceModel, StockLevel, StockRule, Store, Unit, dicts
from roundtag.stock import in_view, store_in_view
from roundtag.stock.catalogue import Named, substitutes_of
from roundtag.storekeeping import catalogue, rules
from roundtag.storekeeping.store_pages import PAGE, Level, UnitLine, may_rule, units_of


@dataclass(frozen=True)
class PairPage:
    """What one store holds of one part. `may_open`: whether its opening balance can be entered."""

    store: Store
    part: DeviceModel
    level: Level
    units: list[UnitLine]
    after: int | None
    substitutes: list[Named]
    seen: str
    may_rule: bool
    may_open: bool


def pair(store_id: int, part_id: int, actor: Actor, after: int | None = None) -> PairPage:
    """Raises NotFound."""
    store, part = store_in_view(store_id, actor), catalogue.part(part_id)
    rule = rules.rule_of(store.id, part.id)
    level = StockLevel.get_or_none((StockLevel.store == store.id) & (StockLevel.model == part.id))
    units = units_of((Unit.store == store.id) & (Unit.model == part.id), after)
    pieces, may = level.quantity if level else 0, may_rule(store, actor)
    counted = part.tracking == catalogue.COUNT
    told_level = Level(
        part.id, part.category, part.maker, part.name, part.tracking,
        part.discontinued_on is not None, pieces, rule.minimum if rule else None,
        rule.on_order if rule else 0, rule.shelf if rule else "",
    )  # fmt: skip
    return PairPage(
        store, part, told_level, units[:PAGE], units[PAGE - 1].id if len(units) > PAGE else None,
        substitutes_of(part.id) if part.discontinued_on else [], rules.digest(rule), may,
        may and counted and not rules.moved(store.id, part.id),
    )  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a part lies, for the part's own page."""

    store_id: int
    store: str
    pieces: int
    minimum: int | None
    on_order: int


def places_of(part_id: int, actor: Actor) -> list[Place]:
    """The stores in view that hold a part or should. One query."""
    held = (StockLevel.store == Store.id) & (StockLevel.model == part_id)
    ruled = (StockRule.store == Store.id) & (StockRule.model == part_id)
    query = (
        Store.select(Store.id, Store.name, fn.COALESCE(StockLevel.quantity, 0).alias("pieces"),
                     StockRule.minimum, fn.COALESCE(StockRule.on_order, 0).alias("on_order"))
        .left_outer_join(StockLevel, on=held)
        .switch(Store)
        .left_outer_join(StockRule, on=ruled)
        .where((StockLevel.quantity > 0) | StockRule.id.is_null(False))
        .where(Store.retired_at.is_null()).order_by(Store.name)
    )  # fmt: skip
    return [Place(row["id"], row["name"], row["pieces"], row["minimum"], row["on_order"])
            for row in dicts(in_view(actor, query))]  # fmt: skip
