"""What tests of stores share: stores, parts, and what lies in them, made by their verbs."""

from datetime import date
from typing import Any

from roundtag import stock
from roundtag.access import SYSTEM, Actor
from roundtag.commands import Deed, Outcome
from roundtag.models import DeviceModel, StockLevel, Store, Unit
from roundtag.storekeeping import catalogue, rules, stores
from tests.world import World, new_id, run


def depot(name: str = "总库", **more: Any) -> int:
    return int(run(stores.save_store, stores.SaveStore(None, name, name, **more)).subject_id or 0)


def bag(person: Actor, name: str = "工具包") -> int:
    return depot(name, kind=stores.BAG, person_id=person.person_id)


def part(name: str = "LR6", tracking: str = "count", **more: Any) -> int:
    order = catalogue.SavePart(None, more.pop("category", "microphone"), "南孚", name,
                               tracking=tracking, **more)  # fmt: skip
    return int(run(catalogue.save_part, order).subject_id or 0)


def opened(store: int, key: int, pieces: int) -> None:
    assert run(rules.set_opening_balance,
               rules.SetOpeningBalance(store, key, pieces)).outcome == "done"  # fmt: skip


def ruled(store: int, key: int, minimum: int | None, on_order: int = 0,
          actor: Actor = SYSTEM) -> Any:  # fmt: skip
    seen = rules.digest(rules.rule_of(store, key))
    return run(rules.set_rule, rules.SetRule(store, key, minimum, on_order, seen=seen), actor)


def projector() -> DeviceModel:
    return DeviceModel.get(DeviceModel.name == "CB-L500")


def own_store(world: World) -> Store:
    return Store.get(Store.client == world.client_id)


def moved(unit: Unit, target: stock.Spot, reason: str = "transfer") -> None:
    """As the slips will do it."""

    def import_spares(command: Any, deed: Deed) -> Outcome:
        stock.move(deed, stock.hold(unit.id), target, reason)
        return Outcome("moved")

    run(import_spares, Nothing(new_id()))


def shifted(key: int, pieces: int, source: stock.Spot, target: stock.Spot) -> None:
    def import_spares(command: Any, deed: Deed) -> Outcome:
        stock.shift(deed, key, pieces, source, target, "used")
        return Outcome("moved")

    run(import_spares, Nothing(new_id()))


class Nothing:
    """A command that says nothing but which one it is."""

    def __init__(self, key: str) -> None:
        self.key = key


def held(store: int, key: int) -> int:
    row = StockLevel.get_or_none((StockLevel.store == store) & (StockLevel.model == key))
    return row.quantity if row else 0


YESTERDAY = date(2020, 1, 1)
