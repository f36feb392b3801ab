"""Tells a store's keepers that it has fallen below a minimum: once, until it was filled again."""

from datetime import datetime

from peewee import fn

from roundtag import clock, jobs, notify, people
from roundtag.db import database, write
from roundtag.models import DeviceModel, Grant, StockLevel, StockRule, Store
from roundtag.storekeeping.holdings import same_place
from roundtag.storekeeping.rules import url_of

KEEPERS = ("storekeeper", "manager")
"""Who is told; a role that nobody holds falls to the next one."""


@jobs.every(900, "stock.low")
def keep_telling() -> int:
    """The scheduler's call of `tell_low`."""
    with database.connection_context():
        return tell_low(clock.now())


def tell_low(now: datetime) -> int:
    """Returns how many stores and parts were told of. Who was told before is told again only after
    the store had enough meanwhile."""
    held = fn.COALESCE(StockLevel.quantity, 0)
    rules = (
        StockRule.select(StockRule, Store, DeviceModel, held.alias("held"))
        .join(Store).switch(StockRule)
        .join(DeviceModel).switch(StockRule)
        .left_outer_join(StockLevel, on=same_place())
    )  # fmt: skip
    with write():
        enough = StockRule.minimum.is_null() | (StockRule.minimum <= held)
        filled = [row.id for row in rules.where(enough & StockRule.low_at.is_null(False))]
        StockRule.update(low_at=None).where(StockRule.id.in_(filled or [0])).execute()
        low = rules.where((StockRule.minimum > held) & StockRule.low_at.is_null()
                          & Store.retired_at.is_null())  # fmt: skip
        return sum(_tell(rule, now) for rule in list(low.objects()))


def _tell(rule: StockRule, now: datetime) -> bool:
    untold = (StockRule.id == rule.id) & StockRule.low_at.is_null()
    if not StockRule.update(low_at=now).where(untold).execute():
        return False
    store, model = Store.get_by_id(rule.store_id), DeviceModel.get_by_id(rule.model_id)
    for person in sorted(_keepers(store, now)):
        notify.tell(person, "stock-low", f"stock-low-{rule.id}-{clock.to_text(now)}", now,
                    url=url_of(store.id, model.id), store=store.name,
                    model=f"{model.maker} {model.name}", held=rule.held,
                    minimum=rule.minimum)  # fmt: skip
    return True


def _keepers(store: Store, now: datetime) -> set[int]:
    """Those who keep it, and who carries it."""
    carrier = {store.person_id} if store.person_id else set()
    reaching = people.working_for([store.client_id or 0], now)
    for role in KEEPERS:
        held = {grant.person_id for grant in reaching.where(Grant.role == role)}
        if held:
            return held | carrier
    return carrier
