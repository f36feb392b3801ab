"""What to order: each minimum that is not met even by what is on order, with its price."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from peewee import fn

from roundtag.access import Actor
from roundtag.models import DeviceModel, StockLevel, StockRule, Store, dicts
from roundtag.stock import in_view
from roundtag.stock.catalogue import Named, substitutes_of_all
from roundtag.storekeeping.holdings import same_place


@dataclass(frozen=True)
class Line:
    """`price`: of what can be bought: a part that is made no more has its first substitute's."""

    store_id: int
    store: str
    part_id: int
    part: str
    held: int
    minimum: int
    on_order: int
    price: str
    currency: str
    discontinued: bool
    substitutes: list[Named]

    @property
    def to_order(self) -> int:
        return self.minimum - self.held - self.on_order

    @property
    def sum(self) -> str:
        """Empty where no price is known."""
        return f"{Decimal(self.price) * self.to_order:.2f}" if self.price else ""


@dataclass(frozen=True)
class Reorder:
    """`totals`: currency → sum of all lines whose price is known."""

    lines: list[Line]
    totals: dict[str, str]
    unpriced: int


def page(actor: Actor) -> Reorder:
    """The list for the stores in view; two queries."""
    held = fn.COALESCE(StockLevel.quantity, 0)
    query = (
        StockRule.select(
            StockRule.store, StockRule.model, StockRule.minimum, StockRule.on_order,
            held.alias("held"), Store.name.alias("store_name"), DeviceModel.maker,
            DeviceModel.name, DeviceModel.price, DeviceModel.currency,
            DeviceModel.discontinued_on,
        )
        .join(Store).switch(StockRule)
        .join(DeviceModel).switch(StockRule)
        .left_outer_join(StockLevel, on=same_place())
        .where(Store.retired_at.is_null() & (StockRule.minimum > held + StockRule.on_order))
        .order_by(Store.name, DeviceModel.maker, DeviceModel.name)
    )  # fmt: skip
    rows = dicts(in_view(actor, query))
    named = substitutes_of_all({r["model"] for r in rows if r["discontinued_on"]} or {0})
    lines = [
        Line(row["store"], row["store_name"], row["model"], f"{row['maker']} {row['name']}",
             row["held"], row["minimum"], row["on_order"],
             *_price(row, named.get(row["model"], [])),
             row["discontinued_on"] is not None, named.get(row["model"], []))
        for row in rows
    ]  # fmt: skip
    return Reorder(lines, _totals(lines), sum(not line.price for line in lines))


def _price(row: dict[str, Any], substitutes: list[Named]) -> tuple[str, str]:
    if row["discontinued_on"] is None:
        return row["price"], row["currency"]
    made = [one for one in substitutes if not one.discontinued]
    return (made[0].price, made[0].currency) if made else ("", row["currency"])


def _totals(lines: list[Line]) -> dict[str, str]:
    sums: dict[str, Decimal] = {}
    for line in lines:
        if line.sum:
            sums[line.currency] = sums.get(line.currency, Decimal(0)) + Decimal(line.sum)
    return {currency: f"{total:.2f}" for currency, total in sorted(sums.items())}
