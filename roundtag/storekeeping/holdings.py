"""What the stores in view hold of each part, and what they should: the part that lists share."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from peewee import Case, fn

from roundtag.access import Actor
from roundtag.models import DeviceModel, StockLevel, StockRule, Store
from roundtag.stock import in_view

PAGE = 50


def stores_in_use(actor: Actor) -> list[Store]:
    """The stores that somebody sees, the provider's depots first. One query."""
    query = Store.select().where(Store.retired_at.is_null())
    return list(in_view(actor, query).order_by(Store.kind == "bag", Store.client, Store.name))


def held(stores: Iterable[int]) -> Any:
    """A subquery: how many pieces of each model these stores hold."""
    pieces = fn.SUM(StockLevel.quantity).alias("pieces")
    query = StockLevel.select(StockLevel.model, pieces).where(StockLevel.store.in_(list(stores)))
    return query.group_by(StockLevel.model).alias("held")


def ruled(stores: Iterable[int]) -> Any:
    """A subquery: minimums, what is on order, and how many of these stores hold too little."""
    return (
        StockRule.select(
            StockRule.model,
            fn.SUM(StockRule.minimum).alias("least"),
            fn.SUM(StockRule.on_order).alias("ordered"),
            fn.SUM(Case(None, [(_low(), 1)], 0)).alias("low"),
            fn.SUM(Case(None, [(_low(), StockRule.minimum - _pieces())], 0)).alias("lacking"),
        )
        .left_outer_join(StockLevel, on=same_place())
        .where(StockRule.store.in_(list(stores)))
        .group_by(StockRule.model)
        .alias("ruled")
    )


def same_place() -> Any:
    return (StockLevel.store == StockRule.store) & (StockLevel.model == StockRule.model)


def _low() -> Any:
    return StockRule.minimum > _pieces()


def _pieces() -> Any:
    return fn.COALESCE(StockLevel.quantity, 0)


@dataclass(frozen=True)
class PartLine:
    """A part with what the stores in view hold of it. `low`: how many of them hold too little,
    `lacking`: by how many pieces."""

    id: int
    category: str
    maker: str
    name: str
    tracking: str
    discontinued: bool
    pieces: int
    minimum: int | None
    on_order: int
    low: int
    lacking: int
    price: str = ""
    currency: str = ""

    @property
    def full(self) -> str:
        return f"{self.maker} {self.name}"


class Parts:
    """The query of parts with these sums, to be narrowed and ordered."""

    def __init__(self, stores: Iterable[int]) -> None:
        listed = list(stores)
        self.held, self.ruled = held(listed), ruled(listed)
        self.pieces = fn.COALESCE(self.held.c.pieces, 0)
        self.low = fn.COALESCE(self.ruled.c.low, 0)
        self.where: list[Any] = []

    def narrow(self, text: str = "", category: str = "") -> None:
        for word in text.lower().split():
            self.where.append(fn.LOWER(DeviceModel.maker + " " + DeviceModel.name).contains(word))
        if category:
            self.where.append(DeviceModel.category == category)

    def query(self, *columns: Any) -> Any:
        query = (
            DeviceModel.select(*columns)
            .left_outer_join(self.held, on=(self.held.c.model_id == DeviceModel.id))
            .switch(DeviceModel)
            .left_outer_join(self.ruled, on=(self.ruled.c.model_id == DeviceModel.id))
        )
        return query.where(*self.where) if self.where else query

    def lines(self, order: Iterable[Any], page: int) -> tuple[list[PartLine], int]:
        """A page of lines, and how many there are in all. Two queries."""
        query = self.query(
            DeviceModel, self.pieces.alias("pieces"), self.ruled.c.least.alias("least"),
            fn.COALESCE(self.ruled.c.ordered, 0).alias("ordered"), self.low.alias("low"),
            fn.COALESCE(self.ruled.c.lacking, 0).alias("lacking"),
        ).order_by(*order)  # fmt: skip
        rows = list(query.limit(PAGE).offset(PAGE * (page - 1)).dicts())
        total = self.query(fn.COUNT(DeviceModel.id)).scalar()
        return [_line(row) for row in rows], int(total)


def _line(row: dict[str, Any]) -> PartLine:
    least = row["least"]
    return PartLine(
        row["id"], row["category"], row["maker"], row["name"], row["tracking"],
        row["discontinued_on"] is not None, int(row["pieces"]),
        None if least is None else int(least), int(row["ordered"]), int(row["low"]),
        int(row["lacking"]), row["price"], row["currency"],
    )  # fmt: skip
