"""Stores spares of a plan: stores and the units in them."""

from typing import Any

from roundtag import stock
from roundtag.commands import Deed
from roundtag.models import Store, Unit
from roundtag.register import units
from roundtag.register.plan import Step, by_fate
from roundtag.register.rows import by_key

Stores = dict[str, int]


def store(deed: Deed, client_id: int, steps: list[Step]) -> None:
    """Stores are the provider's: `client_id` plays no part."""
    created, updated = by_fate(steps)
    stores = _stores(deed, [*created, *updated])
    units.receive(
        deed, "store", "received",
        [(step.values, key, {"store": key, "shelf": step.values["shelf"]})
         for step in created for key in [stores[step.values["store"]]]],
    )  # fmt: skip
    _update(deed, updated, stores)


def _update(deed: Deed, steps: list[Step], stores: Stores) -> None:
    held = by_key(Unit, Unit.id, (step.id for step in steps))
    units.correct(deed, [(held[step.id], step) for step in steps])
    moved = [step for step in steps if "store" in step.changes]
    stock.note_all(deed, "transfer", [
        (step.id, stock.Spot(stock.STORE, held[step.id].store_id),
         stock.Spot(stock.STORE, stores[step.values["store"]]))
        for step in moved if step.id
    ])  # fmt: skip
    places = ((held[step.id], _place(step, stores)) for step in steps)
    deed.change_many((unit, columns) for unit, columns in places if columns)


def _place(step: Step, stores: Stores) -> dict[str, Any]:
    columns = {"shelf": step.changes["shelf"]} if "shelf" in step.changes else {}
    moved = {"store": stores[step.values["store"]]} if "store" in step.changes else {}
    return {**columns, **moved}


def _stores(deed: Deed, steps: list[Step]) -> Stores:
    """The key of every store that is named. It goes by its name; a file may give its code."""
    rows = list(Store.select())
    known = {row.name: row.id for row in rows} | {row.code: row.id for row in rows}
    new = list(dict.fromkeys(s.values["store"] for s in steps if s.values["store"] not in known))
    keys = deed.create_many(Store, ({"code": name, "name": name} for name in new))
    return {**known, **dict(zip(new, keys, strict=True))}
