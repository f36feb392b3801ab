"""roundtag/stock: what moves, moves whole; what does not add up is found; two at once come in turn.

The last part damages the guards themselves: the same checks must then turn red.
"""

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from peewee import DatabaseError, IntegrityError, OperationalError

from roundtag import access, db, ledger, register, stock, sync
from roundtag.db import database
from roundtag.models import (
    DeviceModel,
    RepairOrder,
    StockLevel,
    StockMovement,
    Store,
    Unit,
)
from roundtag.stock import Short, Spot, levels, moves
from tests.roundtag import stock_books
from tests.roundtag.stock_books import SCRAP, SUPPLIER, USED, Carry, adds_up, carry, make, of, shift
from tests.seeing import at_once, snapshot
from tests.world import World, deliver, envelope, run, swap_form

Patch = pytest.MonkeyPatch


def unit(serial: str) -> Unit:
    return Unit.get(Unit.serial == serial)


def depot(world: World) -> Spot:
    return Spot("store", Store.get(Store.client == world.client_id).id)


def test_pieces_come_go_and_are_used_up(world: World) -> None:
    (store,), (cable,) = make(world)
    shift(cable, 10, SUPPLIER, store)
    shift(cable, 4, store, depot(world))
    shift(cable, 1, depot(world), USED)
    assert (of(store, cable), of(depot(world), cable)) == (6, 3)
    said = [(row.from_place, row.to_place, row.quantity, row.unit_id)
            for row in StockMovement.select().order_by(StockMovement.id)]  # fmt: skip
    assert said == [("supplier", "store", 10, None), ("store", "store", 4, None),
                    ("store", "used", 1, None)]  # fmt: skip
    adds_up()


def test_more_than_there_is_is_refused_and_nothing_moves(world: World) -> None:
    (store,), (cable,) = make(world)
    shift(cable, 2, SUPPLIER, store)
    before = snapshot()
    with pytest.raises(Short) as short:
        shift(cable, 3, store, USED)
    assert (short.value.have, short.value.wanted) == (2, 3)
    assert snapshot() == before
    with pytest.raises(Short) as short:
        shift(cable, 1, depot(world), store)
    assert short.value.have == 0
    assert snapshot() == before


def test_the_last_piece_may_go(world: World) -> None:
    (store,), (cable,) = make(world)
    shift(cable, 2, SUPPLIER, store)
    shift(cable, 2, store, SCRAP)
    assert of(store, cable) == 0
    adds_up()


def test_from_a_store_into_itself_changes_nothing(world: World) -> None:
    (store,), (cable,) = make(world)
    shift(cable, 2, SUPPLIER, store)
    shift(cable, 2, store, store)
    assert of(store, cable) == 2
    adds_up()


@pytest.mark.parametrize("place", ["supplier", "scrap", "client", "repair"])
def test_a_unit_leaves_its_store_with_shelf_and_level(world: World, place: str) -> None:
    model, home = unit("SPA1").model_id, depot(world)
    run(carry, Carry(unit("SPA1").id, Spot(place, 7)))
    assert (unit("SPA1").place, unit("SPA1").store_id, unit("SPA1").shelf) == (place, None, "")
    assert of(home, model) == 1
    assert StockMovement.get().to_key == 7
    adds_up()


def test_a_device_holds_one_unit(world: World) -> None:
    before = snapshot()
    with pytest.raises(IntegrityError):
        run(carry, Carry(unit("SPA1").id, Spot("device", world.devices[0].id)))
    assert snapshot() == before


def test_the_database_itself_keeps_levels_from_falling_below_nothing(world: World) -> None:
    where, lowered = depot(world).key, StockLevel.update(quantity=StockLevel.quantity - 3)
    with pytest.raises(IntegrityError), database.atomic():
        lowered.where(StockLevel.store == where).execute()


def test_units_received_in_bulk_are_in_the_levels(world: World) -> None:
    import_csv(world, "KA,projector,爱普生,CB-L500,N1,A-9", "新库,projector,NEC,P554,N2,")
    new = Store.get(Store.name == "新库")
    assert of(depot(world), unit("SPA1").model_id) == 3
    assert levels.of(new.id, unit("N2").model_id) == 1
    import_csv(world, "新库,projector,爱普生,CB-L500,N1,")  # and moved by a file
    assert of(depot(world), unit("SPA1").model_id) == 2
    assert (unit("N1").store_id, levels.of(new.id, unit("N1").model_id)) == (new.id, 1)
    adds_up()


def test_a_model_put_right_takes_its_pieces_along(world: World) -> None:
    import_csv(world, "KA,projector,NEC,P554,N2,")
    wrong, home = unit("N2"), depot(world)
    adds_up()
    right, _ = DeviceModel.get_or_create(category="projector", maker="NEC", name="P555")

    def import_spares(command: Carry, deed: Any) -> stock_books.Outcome:
        row = stock.hold(command.unit_id)
        deed._note(DeviceModel.get_by_id(right.id))
        deed.change(row, model=right.id)
        stock.renamed([(row, wrong.model_id)])
        return stock_books.Outcome("renamed")

    run(import_spares, Carry(wrong.id, home))
    assert (of(home, wrong.model_id), of(home, right.id)) == (0, 1)
    adds_up()


def import_csv(world: World, *rows: str) -> None:
    head = "备件库,设备类别,品牌,型号,序列号,库位\n"
    text = head + "\n".join(rows) + "\n"
    register.submit([("spares.csv", text.encode())], world.client_id, access.SYSTEM)


def counted() -> int:
    return int(DeviceModel.get(DeviceModel.tracking == "count").id)


DAMAGE: dict[str, Callable[[World], Any]] = {
    "a level too high": lambda _: StockLevel.update(quantity=StockLevel.quantity + 1).execute(),
    "a level too low": lambda _: StockLevel.update(quantity=StockLevel.quantity - 1).execute(),
    "a level lost": lambda _: StockLevel.delete().execute(),
    "a level of nothing known": lambda w: StockLevel.create(
        store=depot(w).key, model=counted(), quantity=1),
    "a movement lost": lambda _: StockMovement.delete().where(
        StockMovement.model.is_null(False)).execute(),
    "a movement of more": lambda _: StockMovement.update(quantity=9).where(
        StockMovement.model.is_null(False)).execute(),
    "a movement from elsewhere": lambda w: StockMovement.update(
        to_key=depot(w).key).where(StockMovement.model.is_null(False)).execute(),
    "a unit in two places": lambda w: Unit.update(store=depot(w).key).where(
        Unit.serial == "SNA2").execute(),
    "a unit in no place": lambda _: Unit.update(store=None).where(
        Unit.serial == "SPA2").execute(),
    "a unit in a store by its column alone": lambda w: Unit.update(
        store=depot(w).key).where(Unit.serial == "SNA1").execute(),
    "a unit whose device is lost": lambda _: Unit.update(device=None).where(
        Unit.serial == "SNA2").execute(),
    "a unit carried by nobody": lambda w: Unit.update(
        place="store", device=None, store=depot(w).key).where(Unit.serial == "SPA1").execute(),
    "a unit sent by nobody": lambda _: Unit.update(place="scrap").where(
        Unit.serial == "SNA1").execute(),
    "a unit's last movement lost": lambda _: StockMovement.update(to_place="scrap").where(
        StockMovement.unit == unit("SPA1").id).execute(),
    "a unit of another model": lambda w: Unit.update(
        model=counted()).where(Unit.serial == "SPA2").execute(),
}  # fmt: skip


def writable(table: str) -> None:
    """As a hand at the database's own prompt would make it."""
    if db.kind() == "postgresql":
        database.execute_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    for event in ("update", "delete"):
        database.execute_sql(f"DROP TRIGGER {table}_no_{event}")


def test_movements_cannot_be_changed_or_deleted(world: World) -> None:
    deliver("swap", swap_form(world), world.engineer)
    for query in (StockMovement.update(quantity=9), StockMovement.delete()):
        with pytest.raises(DatabaseError, match="append-only"), database.atomic():
            query.execute()


@pytest.mark.parametrize("damage", DAMAGE)
def test_planted_damage_is_found(world: World, damage: str) -> None:
    (store,), (cable,) = make(world)
    shift(cable, 2, SUPPLIER, store)
    deliver("swap", swap_form(world), world.engineer)  # SNA1 to repair, SPA1 into its place
    adds_up()
    writable("stock_movement")
    DAMAGE[damage](world)
    assert stock.problems()


# --- two at once -------------------------------------------------------------------------------


def test_of_two_who_take_the_last_piece_one_is_told(fresh_world: World) -> None:
    (store,), (cable,) = make(fresh_world)
    shift(cable, 1, SUPPLIER, store)
    taken(store, cable)


def taken(store: Spot, cable: int) -> None:
    done = at_once([lambda: shift(cable, 1, store, USED)] * 6)
    kinds = sorted(type(one).__name__ for one in done)
    assert kinds == ["Receipt", *["Short"] * 5]
    assert of(store, cable) == 0
    adds_up()


def test_of_two_who_move_a_unit_one_does(fresh_world: World) -> None:
    stores, _ = make(fresh_world, stores=2)
    moved(stores)


def moved(stores: list[Spot]) -> None:
    key = unit("SPA1").id
    targets = [*stores, SCRAP, Spot("client", 1)] * 2
    done = at_once([lambda to=to: run(carry, Carry(key, to)) for to in targets if to is not None])
    assert not stock_books.failures(done)
    steps = list(StockMovement.select().where(StockMovement.unit == key).order_by(StockMovement.id))
    ends = [(row.to_place, row.to_key) for row in steps]
    starts = [(row.from_place, row.from_key) for row in steps]
    assert starts[1:] == ends[:-1]
    adds_up()


def test_one_unit_into_two_devices(fresh_world: World) -> None:
    """A swap at each of two devices with the same spare: one is done, one is told."""
    forms = [swap_form(fresh_world, device) for device in (0, 1)] * 2
    done = at_once([lambda f=f: deliver("swap", f, fresh_world.engineer) for f in forms])
    assert sorted(one.outcome for one in done) == ["conflict"] * 3 + ["done"]  # type: ignore[union-attr]
    assert StockMovement.select().count() == 2
    assert RepairOrder.select().count() == 1
    adds_up()


THREADS, SHIFTS = 6, 15


def test_everybody_shifts_between_all_stores_at_once(fresh_world: World) -> None:
    """In both directions and of several models: nobody waits for somebody who waits for them."""
    stores, models = make(fresh_world, stores=3, models=2)
    for store in stores:
        for model in models:
            shift(model, 5, SUPPLIER, store)

    def work(seed: int) -> int:
        chance, short = random.Random(seed), 0
        for _ in range(SHIFTS):
            source, target = chance.sample(stores, 2)
            try:
                shift(chance.choice(models), chance.randint(1, 4), source, target)
            except Short:
                short += 1
        return short

    done = at_once([lambda n=n: work(n) for n in range(THREADS)])
    assert not stock_books.failures(done)
    for model in models:
        assert sum(of(store, model) for store in stores) == 15
    filed = StockMovement.select().count() - 6
    assert filed == THREADS * SHIFTS - sum(one for one in done if isinstance(one, int))
    adds_up()


def test_swaps_that_cross_in_one_store_do_not_wait_for_each_other(
    fresh_world: World, monkeypatch: Patch
) -> None:
    """Two models change places in one store: one swap raises the level that the other one lowers.
    Each is held up after its first change of a level, so that they would wait for each other."""
    world, met = fresh_world, threading.Barrier(2)
    import_csv(world, *(f"KA,projector,NEC,P554,N{n},A" for n in range(2)))
    deliver("swap", swap_form(world, 1, new_serial="N1", old_unit_to="store"), world.engineer)
    real = levels.change

    def held_up(changes: Any) -> None:
        real(changes)
        with suppress(threading.BrokenBarrierError):
            met.wait(0.5)

    monkeypatch.setattr(levels, "change", held_up)
    forms = [swap_form(world, 0, new_serial="N0", old_unit_to="store"),
             swap_form(world, 1, expected_old_serial="N1", old_unit_to="store")]  # fmt: skip
    done = at_once([lambda f=f: deliver("swap", f, world.engineer) for f in forms])
    assert [getattr(one, "outcome", repr(one)) for one in done] == ["done", "done"]
    adds_up()


def test_a_deadlock_is_no_reason_for_review(world: World, monkeypatch: Patch) -> None:
    """The entry is in order: the phone is told to come again, and its id stays free."""

    def broken(*_: Any) -> None:
        raise OperationalError("deadlock detected")

    form = envelope("swap", swap_form(world), world.engineer.person_id)
    before = snapshot()
    with monkeypatch.context() as patch:
        patch.setattr(levels, "change", broken)
        with pytest.raises(OperationalError):
            sync.submit(form, world.engineer)
    assert snapshot() == before
    assert sync.submit(form, world.engineer).outcome == "done"


# --- are the checks blind? ---------------------------------------------------------------------


ALL_LOOKED = threading.Barrier(6)


def unguarded(store: int, model: int, less: int) -> None:
    """levels._take as somebody might write it: looks first, and then sets what it worked out."""
    row = (StockLevel.store == store) & (StockLevel.model == model)
    left = StockLevel.get(row).quantity - less
    with suppress(threading.BrokenBarrierError):
        ALL_LOOKED.wait(2)
    if left < 0:
        raise Short(store, model, less)
    StockLevel.update(quantity=left).where(row).execute()


def test_without_the_guard_the_last_piece_is_taken_twice(
    fresh_world: World, store_kind: str, monkeypatch: Patch
) -> None:
    """PostgreSQL alone: SQLite has one writer, whatever the code does."""
    if store_kind == "sqlite":
        pytest.skip("one writer at a time")
    (store,), (cable,) = make(fresh_world)
    shift(cable, 1, SUPPLIER, store)
    monkeypatch.setattr(levels, "_take", unguarded)
    with pytest.raises(AssertionError):
        taken(store, cable)


def test_without_guard_and_check_a_level_falls_below_nothing(
    world: World, monkeypatch: Patch
) -> None:
    def blind(store: int, model: int, less: int) -> None:
        row = (StockLevel.store == store) & (StockLevel.model == model)
        StockLevel.update(quantity=StockLevel.quantity - less).where(row).execute()

    (store,), (cable,) = make(world)
    shift(cable, 1, SUPPLIER, store)
    monkeypatch.setattr(levels, "_take", blind)
    with pytest.raises(IntegrityError):  # the CHECK is the second net
        shift(cable, 2, store, USED)
    assert of(store, cable) == 1
    without_check()
    shift(cable, 2, store, USED)
    assert of(store, cable) == -1
    with pytest.raises(AssertionError):
        adds_up()


def without_check() -> None:
    """The table of levels without its CHECK."""
    rows = list(StockLevel.select().tuples())
    database.execute_sql("DROP TABLE stock_level")
    columns = ("store_id", "model_id", "quantity")
    declared = ", ".join(f"{name} INTEGER NOT NULL" for name in columns)
    database.execute_sql(f"CREATE TABLE stock_level ({declared}, PRIMARY KEY (store_id, model_id))")
    StockLevel.insert_many(rows).execute()


def test_without_its_lock_a_unit_moves_twice(
    fresh_world: World, store_kind: str, monkeypatch: Patch
) -> None:
    """PostgreSQL alone, for the same reason. Whoever reads without a lock reads what was."""
    if store_kind == "sqlite":
        pytest.skip("one writer at a time")
    stores, _ = make(fresh_world, stores=2)
    all_have_read = threading.Barrier(8)

    def read(key: int) -> Unit:
        found = Unit.get_by_id(key)
        all_have_read.wait(20)
        return found

    monkeypatch.setattr(stock, "hold", read)
    with pytest.raises(AssertionError):
        moved(stores)


def test_a_movement_that_is_not_recorded_is_seen(world: World, monkeypatch: Patch) -> None:
    monkeypatch.setattr(moves, "_record", lambda *_, **__: None)
    (store,), (cable,) = make(world)
    shift(cable, 1, SUPPLIER, store)
    assert stock.problems()
    with pytest.raises(AssertionError):
        adds_up()


def test_a_level_that_is_not_kept_is_seen(world: World, monkeypatch: Patch) -> None:
    monkeypatch.setattr(levels, "change", lambda _: None)
    deliver("swap", swap_form(world), world.engineer)
    assert stock.problems()
    assert ledger.verify(None) == []  # levels are in no log: only the sums tell
