"""A fault closes only when device, stock, repair and loaner agree; what is open is named."""

from datetime import date

from roundtag import (
    clock,
    faults,
    ledger,
    loaners,
    settling,
    spares,
    stock,
)
from roundtag.commands import Receipt
from roundtag.db import write
from roundtag.models import (
    Conflict,
    DeviceModel,
    Fault,
    RepairOrder,
    StockMovement,
    StockSlip,
    Store,
    Swap,
    Unit,
)
from tests import world as worlds
from tests.seeing import (
    assert_units_are_where_their_movements_say,
    at_once,
    queries_of,
)
from tests.world import World, deliver, run, swap_form


def lend(world: World, device: int = 0, **more: str) -> Receipt:
    fields = {"reason": "loan", "old_unit_to": "store", **more}
    return deliver("swap", swap_form(world, device, **fields), world.engineer, form_version="2")


def own_back(world: World, **more: str) -> Receipt:
    fields = {"reason": "back", "old_unit_to": "store", "expected_old_serial": "SPA1",
              "new_serial": "SNA1", **more}  # fmt: skip
    return deliver("swap", swap_form(world, **fields), world.engineer, form_version="2")


def sound(world: World) -> None:
    assert_units_are_where_their_movements_say()
    assert stock.problems() == []
    assert ledger.verify(None) + ledger.verify(world.client_id) == []


def today() -> date:
    return clock.local_day(clock.now())


def a_fault(world: World) -> Fault:
    return Fault.get_by_id(worlds.fault(world))


def ripe(world: World, fault: Fault) -> None:
    """Past the days of observation, so that only open points keep it open."""
    with write():
        Fault.update(state="observing", observed_until=today()).where(
            Fault.id == fault.id
        ).execute()


def close(fault: Fault) -> Receipt:
    return run(faults.close_fault, faults.CloseFault(fault.id))


def kinds(fault: Fault) -> list[str]:
    return [point.kind for point in loaners.open_points(Fault.get_by_id(fault.id))]


def test_each_open_point_keeps_the_file_open(world: World) -> None:
    fault = a_fault(world)
    assert kinds(fault) == []
    lend(world, fault=str(fault.id), old_unit_to="repair", old_serial_seen="SN-X")
    assert kinds(fault) == ["loaner", "conflict", "repair"]
    ripe(world, fault)
    answer = close(fault)
    assert (answer.outcome, answer.values) == ("conflict", {"name": "SPA1", "more": 2})
    assert Fault.get_by_id(fault.id).state == "observing"
    for wanted, deed in (
        (["conflict", "repair"], lambda: deliver("swap", swap_form(
            world, expected_old_serial="SPA1", new_serial="SPA2", old_unit_to="store"),
            world.engineer)),
        (["repair"], lambda: run(settling.settle_conflict, settling.Settle(
            f"conflict:{Conflict.get().id}", "accept"), world.manager)),
    ):  # fmt: skip
        deed()
        assert kinds(fault) == wanted
        assert close(fault).outcome == "conflict"
    with write():
        RepairOrder.update(route="warranty").execute()
    assert kinds(fault) == []
    assert close(fault).outcome == "done"


def test_a_device_that_lost_its_unit_keeps_it_open_and_one_that_never_had_one_does_not(
    world: World,
) -> None:
    fault = a_fault(world)
    lend(world)
    own_back(world)
    with write():
        unit = Unit.get(Unit.device == world.devices[0].id)
        Unit.update(place="scrap", device=None).where(Unit.id == unit.id).execute()
    assert kinds(fault) == ["empty"]
    other_fault = Fault.get_by_id(worlds.fault(world, 1))
    with write():
        Unit.update(place="scrap", device=None).where(Unit.serial == "SNA2").execute()
    assert kinds(other_fault) == []


def test_what_was_drawn_and_neither_used_nor_returned_keeps_it_open(world: World) -> None:
    fault = a_fault(world)
    with write():
        depot = Store.get(Store.code == "KA")
        bag = Store.create(code="B1", name="包", kind="bag", person=world.engineer.person_id)
        cable = DeviceModel.create(category="cabling", maker="x", name="HDMI", tracking="count")
        slips = {kind: StockSlip.create(number=f"S-{kind}", kind=kind, store=depot, fault=fault,
                                        submission=kind, at=clock.now())
                 for kind in ("draw", "use", "return")}  # fmt: skip
        spare = Unit.get(Unit.serial == "SPA2")
        common = {"from_place": "store", "from_key": depot.id, "to_place": "store",
                  "to_key": bag.id, "reason": "draw", "at": clock.now(),
                  "slip": slips["draw"]}  # fmt: skip
        StockMovement.create(**common, unit=spare)
        StockMovement.create(**common, model=cable, quantity=3)
        Unit.update(store=bag).where(Unit.id == spare.id).execute()

    def names() -> list[str]:
        return [point.name for point in loaners.open_points(fault)]

    assert names() == ["SPA2", "HDMI × 3"]
    with write():
        Unit.update(store=depot).where(Unit.id == spare.id).execute()
        for kind, pieces in (("use", 2), ("return", 1)):
            StockMovement.create(**{**common, "slip": slips[kind], "to_place": "used"},
                                 model=cable, quantity=pieces)  # fmt: skip
            assert names() == (["HDMI × 1"] if kind == "use" else [])


def test_open_points_cost_the_same_however_many(world: World) -> None:
    fault = a_fault(world)
    few = queries_of(lambda: loaners.open_points(fault))
    lend(world, fault=str(fault.id), old_unit_to="repair", old_serial_seen="SN-X")
    assert queries_of(lambda: loaners.open_points(fault)) <= few <= 9


def test_closing_and_lending_at_once_agree(fresh_world: World) -> None:
    """Whoever comes first: a closed fault has no loaner of its own out."""
    world = fresh_world
    fault = a_fault(world)
    ripe(world, fault)
    form = swap_form(world, reason="loan", fault=str(fault.id), old_unit_to="store")
    at_once([lambda: close(fault), lambda: deliver("swap", form, world.engineer)])
    fault = Fault.get_by_id(fault.id)
    swap = Swap.get()
    assert swap.fault_id in (None, fault.id)
    assert fault.state in {"closed", "observing"}
    if fault.state == "observing":
        assert [point.kind for point in loaners.open_points(fault)] == ["loaner"]
    assert_units_are_where_their_movements_say()
    assert stock.problems() == []


def test_the_spares_of_a_due_are_of_the_same_or_a_better_grade(world: World) -> None:
    assert [line.serial for line in spares.loaners(world.devices[0].id)] == ["SPA1", "SPA2"]
