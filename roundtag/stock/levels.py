"""What each store holds of each model: raised and lowered with every movement, never below nothing.

The row's lock makes two who take the last piece come in turn, on both databases.
"""

from collections import Counter
from collections.abc import Iterable

from peewee import fn

from roundtag.errors import RoundtagError
from roundtag.models import DeviceModel, StockLevel, StockMovement, Store, Unit, tuples
from roundtag.words import N_

Held = dict[tuple[int, int], int]
"""(store, model) → pieces."""


class Short(RoundtagError):
    """More is taken than there is. `have`: pieces that the store holds."""

    code = "stock-short"
    status = 409
    message = N_("%(store)s holds %(have)s of %(model)s, not %(wanted)s.")

    def __init__(self, store_id: int, model_id: int, wanted: int) -> None:
        store, model = Store.get_by_id(store_id), DeviceModel.get_by_id(model_id)
        self.have, self.wanted = of(store_id, model_id), wanted
        super().__init__(store=store.name, have=self.have, model=f"{model.maker} {model.name}",
                         wanted=wanted)  # fmt: skip


def of(store_id: int, model_id: int) -> int:
    """How many pieces of a model a store holds."""
    row = StockLevel.get_or_none((StockLevel.store == store_id) & (StockLevel.model == model_id))
    return row.quantity if row else 0


def hold(places: Iterable[tuple[int, int]]) -> Held:
    """What stores hold of models, locked: whoever else takes from there waits."""
    held = {}
    for store, model in sorted(set(places)):
        row = (StockLevel.store == store) & (StockLevel.model == model)
        StockLevel.update(quantity=StockLevel.quantity).where(row).execute()
        held[store, model] = of(store, model)
    return held


def change(changes: Iterable[tuple[int, int, int]]) -> None:
    """Applies (store, model, pieces more) in one order for everybody, so that nobody waits for
    somebody who waits. Raises Short."""
    sums: Counter[tuple[int, int]] = Counter()
    for store, model, more in changes:
        sums[store, model] += more
    for (store, model), more in sorted(sums.items()):
        if more > 0:
            _put(store, model, more)
        elif more < 0:
            _take(store, model, -more)


def _put(store: int, model: int, more: int) -> None:
    StockLevel.insert(store=store, model=model, quantity=more).on_conflict(
        conflict_target=[StockLevel.store, StockLevel.model],
        update={StockLevel.quantity: StockLevel.quantity + more},
    ).execute()


def _take(store: int, model: int, less: int) -> None:
    row = (StockLevel.store == store) & (StockLevel.model == model)
    lowered = StockLevel.update(quantity=StockLevel.quantity - less)
    if not lowered.where(row & (StockLevel.quantity >= less)).execute():
        raise Short(store, model, less)


def summed() -> Held:
    """The same figures from the movements and units themselves; what they must always be."""
    held: Counter[tuple[int, int]] = Counter(_units())
    for way, sign in ((StockMovement.to_place, 1), (StockMovement.from_place, -1)):
        key = StockMovement.to_key if sign > 0 else StockMovement.from_key
        query = (
            StockMovement.select(key, StockMovement.model, fn.SUM(StockMovement.quantity))
            .where((way == "store") & StockMovement.model.is_null(False))
            .group_by(key, StockMovement.model)
        )
        for store, model, pieces in tuples(query):
            held[store, model] += sign * int(pieces)
    return {place: pieces for place, pieces in held.items() if pieces}


def _units() -> Held:
    """Of units that bear a store: one that lost it is a problem of its own."""
    query = Unit.select(Unit.store, Unit.model, fn.COUNT(Unit.id))
    there = (Unit.place == "store") & Unit.store.is_null(False)
    rows = tuples(query.where(there).group_by(Unit.store, Unit.model))
    return {(store, model): pieces for store, model, pieces in rows}


def recount() -> None:
    """Makes the projection anew, inside the caller's transaction."""
    StockLevel.delete().execute()
    for (store, model), pieces in summed().items():
        _put(store, model, pieces)
