"""A store with something to count, for tests: units, counted pieces, and lists of them."""

from typing import Any

from roundtag import stock, storecounts
from roundtag.access import SYSTEM, Actor
from roundtag.commands import Deed, Outcome, Receipt
from roundtag.models import DeviceModel, StockLevel, Store, StoreCount, Unit
from tests import world as worlds
from tests.world import World, deliver, run

CABLE = "HDMI 3 m"


def do(work: Any) -> None:
    """Something that another feature does to the books, as a deed of its own."""

    def import_spares(command: worlds.Place, deed: Deed) -> Outcome:
        work(deed)
        return Outcome("done")

    run(import_spares, worlds.Place(0, ""))


def store_of(world: World) -> Store:
    return Store.get(Store.code == f"K{world.code}")


def add_store(code: str, client_id: int | None = None, **more: Any) -> Store:
    do(lambda deed: deed.create(Store, code=code, name=f"库 {code}", client=client_id, **more))
    return Store.get(Store.code == code)


def add_unit(serial: str, store: Store, shelf: str = "", maker: str = "爱普生") -> Unit:
    def make(deed: Deed) -> None:
        model = DeviceModel.get_or_none(DeviceModel.maker == maker)
        model = model or deed.create(DeviceModel, category="projector", maker=maker, name="X1")
        unit = deed.create(Unit, model=model, serial=serial, place="supplier")
        stock.move(deed, unit, stock.Spot("store", store.id), "received", shelf=shelf)

    do(make)
    return Unit.get((Unit.serial == serial) & (Unit.store == store.id))


def cables(store: Store, quantity: int) -> int:
    """So many cables more in a store; the model's key."""

    def make(deed: Deed) -> None:
        model = DeviceModel.get_or_none(DeviceModel.name == CABLE)
        model = model or deed.create(DeviceModel, category="cabling", maker="绿联", name=CABLE,
                                     tracking="count")  # fmt: skip
        stock.shift(deed, model.id, quantity, stock.Spot("supplier"),
                    stock.Spot("store", store.id), "received")  # fmt: skip

    do(make)
    return int(DeviceModel.get(DeviceModel.name == CABLE).id)


def draw(store: Store, model_id: int, quantity: int) -> None:
    do(lambda deed: stock.shift(deed, model_id, quantity, stock.Spot("store", store.id),
                                stock.Spot("used"), "use"))  # fmt: skip


def move(serial: str, place: str, key: int | None = None) -> None:
    unit = Unit.get(Unit.serial == serial)
    do(lambda deed: stock.move(deed, stock.hold(unit.id), stock.Spot(place, key), "other"))


def pieces(store: Store, model_id: int) -> int:
    row = StockLevel.get_or_none((StockLevel.store == store.id) & (StockLevel.model == model_id))
    return int(row.quantity) if row else 0


def opened(world: World, store: Store | None = None, **more: Any) -> int:
    order = storecounts.OpenStoreCount((store or store_of(world)).id, "四季度盘点", **more)
    receipt = run(storecounts.open_store_count, order, SYSTEM)
    assert receipt.outcome == "done"
    return int(receipt.subject_id or 0)


def fields(key: int, *serials: str, **more: str) -> dict[str, str]:
    return {"count": str(key), "others": "\n".join(serials), **more}


def listed(actor: Actor, key: int, *serials: str, **more: str) -> Receipt:
    """A list that is filed as it was counted: now."""
    return deliver("storecount", fields(key, *serials, **more), actor, claimed_at=None)


def close(key: int, unexplained: int = 0, actor: Actor = SYSTEM) -> Receipt:
    order = storecounts.CloseStoreCount(key, unexplained)
    return run(storecounts.close_store_count, order, actor)


def outcomes(key: int, actor: Actor = SYSTEM) -> dict[str, str]:
    """What became of each unit and unknown serial number, and of each counted model by its name."""
    lines = storecounts.report(key, actor).result.lines
    return {line.serial or line.model.split(" ", 1)[1]: line.outcome for line in lines}


def line_of(key: int, name: str) -> storecounts.Line:
    lines = storecounts.report(key, SYSTEM).result.lines
    return next(line for line in lines if name in (line.serial, line.model.split(" ", 1)[-1]))


def count(key: int) -> StoreCount:
    return StoreCount.get_by_id(key)
