"""Verbs and rows for tests of the stock ledger, and what it must say by another way of counting."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from roundtag import access, ledger, stock
from roundtag.commands import Deed, Outcome, Receipt
from roundtag.models import DeviceModel, StockLevel, StockMovement, Store, Unit, tuples
from roundtag.stock import Spot, levels
from tests.world import World, run

SUPPLIER, SCRAP, USED = Spot("supplier"), Spot("scrap"), Spot("used")


@dataclass(frozen=True)
class Shift:
    """So many pieces of a counted model from one spot to another."""

    model_id: int
    quantity: int
    source: Spot
    target: Spot


def import_spares(command: Shift, deed: Deed) -> Outcome:
    """Stands in for slips: the smallest verb that moves counted pieces."""
    deed.require(None)
    stock.shift(deed, command.model_id, command.quantity, command.source, command.target, "test")
    return Outcome("moved")


def shift(model: int, quantity: int, source: Spot, target: Spot,
          actor: access.Actor = access.SYSTEM) -> Receipt:  # fmt: skip
    return run(import_spares, Shift(model, quantity, source, target), actor)


@dataclass(frozen=True)
class Carry:
    """A unit from wherever it is, as long as that is a store."""

    unit_id: int
    target: Spot


def carry(command: Carry, deed: Deed) -> Outcome:
    deed.require(None)
    unit = stock.hold(command.unit_id)
    if unit.place != stock.STORE:
        return Outcome("gone", state="conflict")
    stock.move(deed, unit, command.target, "test")
    return Outcome("moved")


carry.__name__ = "import_spares"


@dataclass(frozen=True)
class Make:
    world: World
    stores: int
    models: int


def make(world: World, stores: int = 1, models: int = 1) -> tuple[list[Spot], list[int]]:
    """More stores of the world's client, and counted models."""
    run(_make, Make(world, stores, models))
    made = Store.select().where(Store.code.startswith("X")).order_by(Store.id)
    counted = DeviceModel.select().where(DeviceModel.tracking == "count").order_by(DeviceModel.id)
    return [Spot("store", row.id) for row in made], [row.id for row in counted]


def _make(command: Make, deed: Deed) -> Outcome:
    for number in range(command.stores):
        deed.create(Store, code=f"X{number}", name=f"库 {number}", client=command.world.client_id)
    for number in range(command.models):
        deed.create(DeviceModel, category="consumable", maker="绿联", name=f"HDMI {number} m",
                    tracking="count", consumable="cable")  # fmt: skip
    return Outcome("made")


_make.__name__ = "import_spares"


def recounted() -> dict[tuple[int, int], int]:
    """(store, model) → pieces: counted ones by walking all movements, units by looking at each.
    On purpose not roundtag.stock's own sums."""
    held: Counter[tuple[int, int]] = Counter()
    moved = StockMovement.select(
        StockMovement.model, StockMovement.quantity, StockMovement.from_place,
        StockMovement.from_key, StockMovement.to_place, StockMovement.to_key,
    )  # fmt: skip
    for model, pieces, left, source, came, target in tuples(
        moved.where(StockMovement.unit.is_null())
    ):
        if left == "store":
            held[source, model] -= pieces
        if came == "store":
            held[target, model] += pieces
    for store, model in tuples(Unit.select(Unit.store, Unit.model).where(Unit.place == "store")):
        held[store, model] += 1
    return {place: pieces for place, pieces in held.items() if pieces}


def kept() -> dict[tuple[int, int], int]:
    """What the levels say."""
    rows = StockLevel.select(StockLevel.store, StockLevel.model, StockLevel.quantity)
    return {(store, model): pieces for store, model, pieces in tuples(rows) if pieces}


def adds_up() -> None:
    """The one question of all: does every count of the stock agree with every other?"""
    assert stock.problems() == []
    counted = recounted()
    assert counted == kept() == levels.summed()
    assert all(pieces > 0 for pieces in counted.values())
    wrong = [line for _, client in ledger.logs() for line in ledger.verify(client)]
    assert wrong == []


def of(spot: Spot, model: int) -> int:
    assert spot.key is not None
    return levels.of(spot.key, model)


def failures(done: list[Any]) -> list[str]:
    return [repr(one) for one in done if isinstance(one, BaseException)]
