"""A slip of a swap is taken back while all is where it put it; nothing moves otherwise."""

from datetime import timedelta
from typing import Any

import pytest

from roundtag import clock, devices, dues, faults, history, ledger, loaners, spares, stock
from roundtag.commands import Receipt
from roundtag.db import write
from roundtag.errors import Forbidden, NotFound
from roundtag.models import (
    Fault,
    FaultDue,
    FaultEvent,
    Loaner,
    RepairEvent,
    RepairOrder,
    StockMovement,
    Swap,
    Unit,
)
from tests import world as worlds
from tests.seeing import (
    assert_units_are_where_their_movements_say,
    at_once,
    snapshot,
)
from tests.world import World, deliver, run, swap_form


def swap(world: World, **more: str) -> int:
    receipt = deliver("swap", swap_form(world, **more), world.engineer, form_version="2")
    assert receipt.outcome == "done"
    return int(receipt.subject_id or 0)


def take_back(world: World, key: int, who: Any = None) -> Receipt:
    return run(spares.swap_back, spares.SwapBack(key), who or world.engineer)


def sound(world: World) -> None:
    assert_units_are_where_their_movements_say()
    assert stock.problems() == []
    assert ledger.verify(None) + ledger.verify(world.client_id) == []


def places() -> list[Any]:
    return [(row.serial, row.place, row.device_id, row.store_id, row.shelf)
            for row in Unit.select().order_by(Unit.id)]  # fmt: skip


@pytest.mark.parametrize("target", spares.OLD_UNIT_TO)
def test_everything_is_where_it_was(world: World, target: str) -> None:
    before = places()
    key = swap(world, old_unit_to=target)
    assert spares.undoable(key, world.engineer).stands
    assert take_back(world, key).outcome == "done"
    assert places() == before
    assert Swap.get_by_id(key).undone_at
    line = history.of_device(world.devices[0].id)[0]
    assert (line.kind, line.data) == ("swap_back", {"old_serial": "SPA1", "new_serial": "SNA1"})
    if target == "repair":
        order = RepairOrder.get()
        assert (order.state, order.ended_how) == ("closed", "cancelled")
        assert [row.kind for row in RepairEvent.select().order_by(RepairEvent.id)] == [
            "opened", "cancelled"]  # fmt: skip
    sound(world)
    before_again = snapshot()
    assert take_back(world, key).outcome == "conflict"
    assert {k: v for k, v in snapshot().items() if k in before_again and k in
            ("unit", "stock_movement", "swap", "repair_order")} == {
        k: before_again[k] for k in ("unit", "stock_movement", "swap", "repair_order")}  # fmt: skip


def test_a_device_without_a_unit_is_without_one_again(world: World) -> None:
    Unit.delete().where(Unit.serial == "SNA1").execute()
    key = swap(world, expected_old_serial="")
    assert take_back(world, key).outcome == "done"
    assert not Unit.select().where(Unit.device == world.devices[0].id).exists()
    assert_units_are_where_their_movements_say()
    assert stock.problems() == []


def undone_by(world: World, key: int, what: str) -> None:
    if what == "another swap":
        swap(world, expected_old_serial="SPA1", new_serial="SPA2", old_unit_to="store")
    elif what == "the old unit is used elsewhere":
        swap_two = swap_form(world, 1, new_serial="SNA1", old_unit_to="store")
        assert deliver("swap", swap_two, world.engineer).outcome == "done"
    elif what == "its repair has gone on":
        with write():
            RepairOrder.update(state="sent").execute()
    elif what == "its way was decided":
        with write():
            RepairOrder.update(route="warranty").execute()
    else:
        with write():
            Swap.update(received_at=clock.now() - timedelta(hours=25)).execute()


@pytest.mark.parametrize(("what", "target"), [
    ("another swap", "store"), ("the old unit is used elsewhere", "store"),
    ("its repair has gone on", "repair"), ("its way was decided", "repair"), ("a day", "store"),
])  # fmt: skip
def test_nothing_moves_when_something_has_moved_since(world: World, what: str, target: str) -> None:
    key = swap(world, old_unit_to=target)
    undone_by(world, key, what)
    before, moves = places(), StockMovement.select().count()
    assert not spares.undoable(key, world.engineer).stands
    assert take_back(world, key).outcome == "conflict"
    assert (places(), StockMovement.select().count()) == (before, moves)


def test_a_loan_that_was_a_slip_was_none(world: World) -> None:
    key = swap(world, reason="loan", old_unit_to="store")
    take_back(world, key)
    assert Loaner.get().back_how == "undone"
    assert devices.page(world.devices[0].id, "x", world.engineer).state == "ok"
    assert not loaners.in_place(world.devices[0].id)
    sound(world)
    swap(world, reason="loan", old_unit_to="store")
    assert Loaner.select().where(Loaner.back_at.is_null()).count() == 1


def test_a_loaner_that_was_brought_back_by_a_slip_is_out_again(world: World) -> None:
    swap(world, reason="loan", old_unit_to="store")
    key = swap(world, reason="back", expected_old_serial="SPA1", new_serial="SNA1",
               old_unit_to="store")  # fmt: skip
    assert Loaner.get().back_at
    take_back(world, key)
    row = Loaner.get()
    assert (row.back_at, row.back_how, row.swap_back_id) == (None, "", None)
    assert devices.page(world.devices[0].id, "x", world.engineer).state == "loaner"
    sound(world)


def events(fault: Fault) -> list[str]:
    rows = FaultEvent.select().where(FaultEvent.fault == fault.id).order_by(FaultEvent.id)
    return [row.kind for row in rows]


def test_a_fault_that_the_slip_had_settled_is_open_again(world: World) -> None:
    fault = Fault.get_by_id(worlds.fault(world))
    key = swap(world, fault=str(fault.id), settles_fault="1", old_unit_to="store")
    assert Fault.get_by_id(fault.id).state == "resolved"
    assert "as open as before" in take_back(world, key).message
    fault = Fault.get_by_id(fault.id)
    assert (fault.state, fault.resolved_at, fault.restored_at) == ("on_site", None, None)
    assert events(fault)[-2:] == ["swapped", "undone"]
    sound(world)


def test_a_fault_that_has_gone_on_is_left_to_the_desk(world: World) -> None:
    fault = Fault.get_by_id(worlds.fault(world))
    key = swap(world, fault=str(fault.id), settles_fault="1", old_unit_to="store")
    run(faults.observe_fault, faults.ObserveFault(fault.id))
    assert "the desk has to reopen it" in take_back(world, key).message
    assert Fault.get_by_id(fault.id).state == "observing"
    sound(world)


def test_a_fault_that_the_swap_had_not_ended_goes_on(world: World) -> None:
    fault = Fault.get_by_id(worlds.fault(world))
    key = swap(world, fault=str(fault.id), old_unit_to="store")
    assert "goes on" in take_back(world, key).message
    assert Fault.get_by_id(fault.id).state == "on_site"


def test_what_the_slip_had_fulfilled_is_owed_again(world: World) -> None:
    for _ in range(3):
        worlds.resolve(worlds.fault(world))
    due = FaultDue.get(FaultDue.kind == "replacement")
    assert due.done_at is None
    key = swap(world, reason="upgrade", old_unit_to="store")
    assert FaultDue.get_by_id(due.id).done_how == "swap"
    take_back(world, key)
    assert FaultDue.get_by_id(due.id).done_at is None
    swap(world, reason="back", old_unit_to="store")
    assert FaultDue.get_by_id(due.id).done_at is None
    assert dues.KINDS
    sound(world)


def test_who_may_not(world: World, other: World) -> None:
    key = swap(world)
    before = snapshot()
    with pytest.raises(Forbidden):
        take_back(world, key, world.viewer)
    with pytest.raises(NotFound):
        take_back(world, key, other.engineer)
    with pytest.raises(NotFound):
        spares.undoable(key, other.engineer)
    assert snapshot() == before


def test_of_two_who_take_it_back_at_once_one_does(fresh_world: World) -> None:
    world = fresh_world
    key = swap(world)
    answers = at_once([lambda: take_back(world, key) for _ in range(4)])
    assert sorted(getattr(one, "outcome", repr(one)) for one in answers) == [
        *["conflict"] * 3, "done"]  # fmt: skip
    assert StockMovement.select().count() == 4
    assert Unit.get(Unit.device == world.devices[0].id).serial == "SNA1"
    sound(world)


def test_taking_back_and_the_next_swap_at_once_leave_one_unit(fresh_world: World) -> None:
    world = fresh_world
    key = swap(world, old_unit_to="store")
    form = swap_form(world, expected_old_serial="SPA1", new_serial="SPA2", old_unit_to="store")
    at_once([lambda: take_back(world, key), lambda: deliver("swap", form, world.engineer)])
    assert Unit.get(Unit.device == world.devices[0].id).serial in {"SNA1", "SPA2"}
    sound(world)
