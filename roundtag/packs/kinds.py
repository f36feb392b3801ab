"""What pages show by the kind of a device: checklists, articles, spares and parts."""

from typing import Any

from peewee import fn

from roundtag.models import (
    Article,
    Checklist,
    ChecklistVersion,
    DeviceModel,
    StockLevel,
    Store,
    Unit,
    dicts,
)


def checklists_of_all() -> dict[str, list[Any]]:
    query = (
        ChecklistVersion.select(
            Checklist.category, Checklist.occasion, fn.MAX(ChecklistVersion.id).alias("newest")
        )
        .join(Checklist)
        .group_by(Checklist.category, Checklist.occasion)
        .order_by(Checklist.category, Checklist.occasion)
    )
    return _by_category(query)


def articles() -> dict[str, list[Any]]:
    """What is known of each kind of device, but for how often it has helped."""
    columns = (Article.id, Article.category, Article.published)
    query = Article.select(*columns).where(Article.state == "published").order_by(Article.id)
    return _by_category(query)


def spares() -> dict[str, list[Any]]:
    query = (
        Unit.select(Unit, DeviceModel.category, Store.name.alias("store_name"))
        .join(DeviceModel)
        .switch(Unit)
        .join(Store)
        .where(Unit.place == "store")
        .order_by(Unit.id)
    )
    return _by_category(query)


def parts(person_id: int | None) -> dict[tuple[str, int | None], list[Any]]:
    """Counted parts in clients' stores and in one's own bag, by category and client."""
    own = (Store.kind == "bag") & (Store.person == (person_id or 0))
    query = (
        StockLevel.select(StockLevel, DeviceModel.category, DeviceModel.maker, DeviceModel.name,
                          Store.name.alias("store_name"), Store.client, Store.retired_at)
        .join(DeviceModel).switch(StockLevel).join(Store)
        .where((DeviceModel.tracking == "count") & (own | Store.client.is_null(False)))
        .order_by(StockLevel.store, StockLevel.model)
    )  # fmt: skip
    found: dict[tuple[str, int | None], list[Any]] = {}
    for row in dicts(query):
        found.setdefault((row["category"], row["client"]), []).append(row)
    return found


def _by_category(query: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in dicts(query):
        found.setdefault(row["category"], []).append(row)
    return found
