"""What storekeepers do in the shop: slips, counts of a store, repairs, loaners and swaps back."""

from datetime import timedelta

from roundtag import access, loaners, quotes, repairs, slips, spares, storecounts
from roundtag.models import (
    Loaner,
    RepairOrder,
    StockMovement,
    StockSlip,
    Store,
    StoreCount,
    Swap,
    Unit,
)
from roundtag.repairs import states
from tests.repairing import bench
from tests.roundtag.shop.acts import act
from tests.roundtag.shop.model import Model
from tests.roundtag.shop.rig import Pick, Shop
from tests.storecounting import fields
from tests.world import swap_form

OPEN = RepairOrder.ended_at.is_null()
Pieces = tuple[tuple[int, int], ...]


def file(shop: Shop, kind: str, store: int, who: access.Actor | None = None, **more: object) -> str:
    order = slips.FileSlip(kind, store, signer="李工", note="盘亏", **more)  # type: ignore[arg-type]
    return shop.command(slips.file_slip, order, who or shop.world.manager)


def bag(shop: Shop) -> int | None:
    mine = (Store.kind == "bag") & (Store.person == shop.world.engineer.person_id)
    row = Store.get_or_none(mine)
    return row.id if row else None


def lying(shop: Shop, store: int | None) -> list[str]:
    return sorted(s for s, place in shop.model.units.items() if place == ("store", store))


def moved(shop: Shop, said: str, serials: tuple[str, ...], pieces: tuple[tuple[int, int], ...],
          source: int | None, target: tuple[str, int | None]) -> None:  # fmt: skip
    """What a slip that was filed moved: units, and pieces that the source had."""
    model = shop.model
    enough = source is None or all(model.pieces[source, key] >= n for key, n in pieces)
    here = source is None or all(model.units[s] == ("store", source) for s in serials)
    assert (said == "done") == (enough and here)
    if said == "done":
        for key, n in pieces:
            model.shift(key, n, source, target[1] if target[0] == "store" else None)
        for serial in serials:
            model.put(serial, target)


def load(shop: Shop, pick: Pick, source: int | None) -> tuple[tuple[str, ...], Pieces]:
    """Something to put on a slip: a unit that lies there, pieces (perhaps too many), or both."""
    there = lying(shop, source)
    serials = (pick.one(there),) if there and pick.one((True, False)) else ()
    pieces = ((pick.one(shop.counted), pick.whole(1, 4)),)
    return serials, pieces if not serials or pick.one((True, False)) else ()


@act(weight=2)
def slip_receive(shop: Shop, pick: Pick) -> None:
    store, pieces = pick.one(shop.stores), ((pick.one(shop.counted), pick.whole(1, 5)),)
    moved(shop, file(shop, "receive", store, pieces=pieces), (), pieces, None, ("store", store))


@act(weight=2)
def draw(shop: Shop, pick: Pick) -> None:
    store = pick.one(shop.stores)
    serials, pieces = load(shop, pick, store)
    said = file(shop, "draw", store, shop.world.engineer, serials=serials, pieces=pieces)
    moved(shop, said, serials, pieces, store, ("store", bag(shop)))


@act(when=bag)
def bring_back(shop: Shop, pick: Pick) -> None:
    store, mine = pick.one(shop.stores), bag(shop)
    serials, pieces = load(shop, pick, mine)
    said = file(shop, "return", store, shop.world.engineer, serials=serials, pieces=pieces)
    moved(shop, said, serials, pieces, mine, ("store", store))


@act()
def transfer(shop: Shop, pick: Pick) -> None:
    source, target = pick.one(shop.stores), pick.one(shop.stores)
    serials, pieces = load(shop, pick, source)
    said = file(shop, "transfer", source, other_store_id=target, serials=serials, pieces=pieces)
    if source == target:
        assert said == "refused"
    else:
        moved(shop, said, serials, pieces, source, ("store", target))


@act()
def scrap(shop: Shop, pick: Pick) -> None:
    source = pick.one(shop.stores)
    serials, pieces = load(shop, pick, source)
    said = file(shop, "scrap", source, serials=serials, pieces=pieces)
    moved(shop, said, serials, pieces, source, ("scrap", None))


@act(weight=2)
def use(shop: Shop, pick: Pick) -> None:
    """By phone or by the office; too few are a conflict."""
    source, device = pick.one([*shop.stores, *filter(None, [bag(shop)])]), pick.whole(0, 1)
    part, count = pick.one(shop.counted), pick.whole(1, 3)
    if pick.one((True, False)):
        form = {"tag": shop.world.tags[device], "source": f"{source}:{part}",
                "quantity": str(count), "fault": "", "note": ""}  # fmt: skip
        said = shop.phone("use", form)
    else:
        said = file(shop, "use", source, shop.world.engineer, pieces=((part, count),),
                    device=shop.world.devices[device].code)  # fmt: skip
    moved(shop, said, (), ((part, count),), source, ("used", None))


@act(when=lambda _: StockSlip.select().exists())
def reverse(shop: Shop, pick: Pick) -> None:
    """Everything goes back or nothing does; where it is by then the product says, that it adds up
    the invariants."""
    slip = pick.one(StockSlip.select().order_by(StockSlip.id))
    said = shop.command(slips.reverse_slip, slips.ReverseSlip(slip.id, "弄错"), shop.world.manager)
    if said == "done":
        undone(shop.model, slip.id)


def undone(model: Model, slip: int) -> None:
    for move in StockMovement.select().where(StockMovement.slip == slip).order_by(StockMovement.id):
        source = move.to_key if move.to_place == "store" else None
        target = move.from_key if move.from_place == "store" else None
        if move.unit_id:
            serial = Unit.get_by_id(move.unit_id).serial
            assert model.units[serial] == (move.to_place, source)
            model.put(serial, (move.from_place, target))
        else:
            assert model.shift(move.model_id, move.quantity, source, target) == "done"


# Loaners and swaps


@act(when=lambda shop: shop.model.lent)
def own_unit_back(shop: Shop, pick: Pick) -> None:
    device = pick.one(sorted(shop.model.lent))
    row = Loaner.get((Loaner.device == shop.devices[device]) & Loaner.back_at.is_null())
    own = Unit.get_or_none(Unit.id == row.stands_for_id)
    if own is None or own.place != "store":
        return
    form = swap_form(shop.world, device, expected_old_serial=shop.model.held(device),
                     new_serial=own.serial, old_unit_to="store", reason="back")  # fmt: skip
    expected = shop.model.swap(device, shop.model.held(device), own.serial, "store", "back")
    assert shop.phone("swap", form) == expected


@act(when=lambda shop: shop.model.lent)
def keep(shop: Shop, pick: Pick) -> None:
    device = pick.one(sorted(shop.model.lent))
    row = Loaner.get((Loaner.device == shop.devices[device]) & Loaner.back_at.is_null())
    order = loaners.KeepLoaner(row.id, "客户满意", "陈敏 当面")
    assert shop.command(loaners.keep_loaner, order, shop.world.manager) == "done"
    shop.model.lent.pop(device)


@act(when=lambda _: Swap.select().exists())
def swap_back(shop: Shop, pick: Pick) -> None:
    swap = pick.one(Swap.select().order_by(Swap.id.desc()).limit(3))
    origin = last_from(swap.new_unit_id)
    said = shop.command(spares.swap_back, spares.SwapBack(swap.id), shop.world.manager)
    if said == "done":
        device, model = shop.devices.index(swap.device_id), shop.model
        assert model.held(device) == swap.new_serial
        model.put(swap.new_serial, ("store", origin))
        if swap.old_serial:
            model.put(swap.old_serial, ("device", device))
        still = Loaner.get_or_none((Loaner.device == swap.device_id) & Loaner.back_at.is_null())
        if still:
            model.lent[device] = swap.old_serial


def last_from(unit: int) -> int | None:
    moves = StockMovement.select().where(StockMovement.unit == unit)
    return moves.order_by(StockMovement.id.desc()).first().from_key


# Repairs


@act(when=lambda shop: shop.model.in_stores())
def open_repair(shop: Shop, pick: Pick) -> None:
    serial = pick.one(shop.model.in_stores())
    unit = Unit.get(Unit.serial == serial)
    known = RepairOrder.select().where((RepairOrder.unit == unit.id) & OPEN).exists()
    order = repairs.OpenRepair(unit.id, "不亮", shop.world.client_id)
    said = shop.command(repairs.open_repair, order, shop.world.manager)
    assert said == ("conflict" if known else "done")
    if not known:
        shop.model.put(serial, ("repair", None))


@act(when=lambda _: RepairOrder.select().where(OPEN).exists(), weight=5)
def repair_on(shop: Shop, pick: Pick) -> None:
    """Any step at any order; the table says whether it fits."""
    order = pick.one(RepairOrder.select().where(OPEN).order_by(RepairOrder.id))
    fitting = [s for s in STEPS if states.may(s, order.state, order.route)]
    step = pick.one(fitting or STEPS)
    before = {row.serial: place(row) for row in Unit.select()}
    said = STEPS[step](shop, pick, order)
    if order.state in states.TABLE[step] and said == "refused":
        return
    for row in Unit.select():
        if before.get(row.serial) != place(row):
            assert said == "done"
            assert row.id in (order.unit_id, RepairOrder.get_by_id(order.id).new_unit_id)
            shop.model.put(row.serial, place(row))


def place(row: Unit) -> tuple[str, int | None]:
    return row.place, row.store_id


def decide(shop: Shop, pick: Pick, order: RepairOrder) -> str:
    command = repairs.DecideRoute(order.id, pick.one(("warranty", "quote")), "爱普生")
    return shop.command(repairs.decide_route, command, shop.world.manager)


def send(shop: Shop, pick: Pick, order: RepairOrder) -> str:
    command = repairs.SendRepair(order.id, "M-7", "顺丰")
    return shop.command(repairs.send_repair, command, shop.world.manager)


def come(shop: Shop, pick: Pick, order: RepairOrder) -> str:
    shop.serials += 1
    serial = pick.one(("", f"M{shop.serials}"))
    command = repairs.ReceiveRepair(order.id, pick.one(shop.stores), serial)
    return shop.command(repairs.receive_repair, command, shop.world.manager)


def test(shop: Shop, pick: Pick, order: RepairOrder) -> str:
    result = pick.one(("ok", "ok", "failed"))
    then = pick.one(("", "store")) if result == "ok" else ""
    command = repairs.TestRepair(order.id, result, "还不亮", then)
    return shop.command(repairs.test_repair, command, shop.world.manager)


def end(shop: Shop, pick: Pick, order: RepairOrder) -> str:
    command = repairs.EndRepair(order.id, pick.one(("store", "scrap", "client")), "无修复价值")
    return shop.command(repairs.end_repair, command, shop.world.manager)


def cancel(shop: Shop, pick: Pick, order: RepairOrder) -> str:
    command = repairs.CancelRepair(order.id, "不修了", pick.one(shop.stores))
    return shop.command(repairs.cancel_repair, command, shop.world.manager)


def quote(shop: Shop, pick: Pick, order: RepairOrder) -> str:
    return "done" if bench(shop.world).offer(order.id) else "refused"


def approve(shop: Shop, pick: Pick, order: RepairOrder) -> str:
    offered = quotes.latest("repair", order.id)
    assert offered
    said = pick.one(("approved", "approved", "refused"))
    return bench(shop.world).answer(offered.id, said).outcome


STEPS = {"quote": quote, "approve": approve, "decide": decide, "send": send, "receive": come,
         "test": test, "end": end, "cancel": cancel}  # fmt: skip


# Counts of a store


@act()
def count_store(shop: Shop, pick: Pick) -> None:
    """Opened, counted with one unit or some pieces fewer than there are, and closed."""
    store = pick.one(shop.stores)
    if not (lying(shop, store) or any(shop.model.pieces[store, n] for n in shop.counted)):
        return
    shop.now += timedelta(minutes=1)
    key = opened_count(shop, storecounts.open_store_count, storecounts.OpenStoreCount(store, "盘"))
    there = lying(shop, store)
    lost = pick.one([None, *there])
    parts = {n: shop.model.pieces[store, n] for n in shop.counted if shop.model.pieces[store, n]}
    if there == [lost] and not parts:
        lost = None  # a list without a line is none
    fewer = {n: pick.whole(0, have) for n, have in parts.items()}
    form = fields(key, *(s for s in there if s != lost),
                  **{f"pieces.{n}": str(found) for n, found in fewer.items()})  # fmt: skip
    said = shop.phone("storecount", form, claimed_at=None)
    assert said == "done", (said, form)
    told = storecounts.report(key, access.SYSTEM).result.unexplained
    order = storecounts.CloseStoreCount(key, told)
    assert shop.command(storecounts.close_store_count, order, access.SYSTEM) == "done"
    assert StoreCount.get_by_id(key).closed_at
    shop.now += timedelta(minutes=1)
    if lost:
        shop.model.put(lost, ("adjustment", None))
    for n, found in fewer.items():
        shop.model.pieces[store, n] = found


def opened_count(shop: Shop, verb: object, order: object) -> int:
    assert shop.command(verb, order, access.SYSTEM) == "done"
    return int(StoreCount.select().order_by(StoreCount.id.desc()).get().id)
