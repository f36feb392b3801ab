"""What the parts of stock do for each other: orders, faults, counts and repairs on one ledger."""

import pytest

from roundtag import access, loaners, slips, stock, storecounts
from roundtag.db import write
from roundtag.errors import Invalid
from roundtag.models import Fault, StockMovement, Store, Unit
from roundtag.storekeeping import rules, stores
from tests import world as worlds
from tests.repairing import bench
from tests.roundtag import slipping, stocking
from tests.seeing import assert_units_are_where_their_movements_say, at_once
from tests.storecounting import close, listed, opened, store_of
from tests.world import World, run


def sound() -> None:
    assert stock.problems() == []
    assert_units_are_where_their_movements_say()


def on_order(store: int, key: int) -> int:
    rule = rules.rule_of(store, key)
    return rule.on_order if rule else 0


# On order


def test_what_a_slip_or_a_purchase_brings_is_no_more_on_order(world: World) -> None:
    at = bench(world)
    model, part = stocking.projector().id, slipping.part()
    stocking.ruled(at.store.id, model, 2, 3)
    stocking.ruled(at.store.id, part, 9, 7)
    slipping.file(world.manager, "receive", at.store.id, pieces=((part, 4),))
    slipping.file(world.manager, "receive", at.store.id, serials=("N1",), model_id=model)
    assert (on_order(at.store.id, part), on_order(at.store.id, model)) == (3, 2)
    key = at.open()
    at.decide(key, "purchase", specification="同款")
    at.answer(at.offer(key))
    at.send(key)
    assert at.receive(key, "N2").outcome == "done"
    assert on_order(at.store.id, model) == 1
    back = at.to("sent", 1)
    at.receive(back)
    assert on_order(at.store.id, model) == 1  # what was repaired was never ordered
    sound()


# Drawn for a fault


def numbered(world: World) -> Fault:
    return Fault.get_by_id(worlds.fault(world))


def names(fault: Fault) -> list[tuple[str, str]]:
    points = loaners.open_points(Fault.get_by_id(fault.id))
    return [(point.name, point.url) for point in points if point.kind == "drawn"]


def test_what_is_drawn_for_a_fault_keeps_it_open_until_used_or_returned(world: World) -> None:
    fault, store = numbered(world), slipping.store(world)
    part = slipping.stocked(world, 9)
    drawn = slipping.file(world.engineer, "draw", store, serials=("SPA2",), pieces=((part, 3),),
                          fault=fault.number)  # fmt: skip
    url = f"/slips/{drawn.subject_id}"
    assert names(fault) == [("SPA2", url), ("ELPLP97 × 3", url)]
    slipping.file(world.engineer, "use", slipping.bag_of(world.engineer), pieces=((part, 2),),
                  device=world.devices[0].code, fault=fault.number)  # fmt: skip
    assert names(fault) == [("SPA2", url), ("ELPLP97 × 1", url)]
    back = slipping.file(world.engineer, "return", store, serials=("SPA2",), pieces=((part, 1),),
                         fault=fault.number)  # fmt: skip
    assert names(fault) == []
    run(slips.reverse_slip, slips.ReverseSlip(back.subject_id or 0, "弄错"), world.manager)
    assert [name for name, _ in names(fault)] == ["ELPLP97 × 1"]  # the unit moved by a later slip
    slipping.file(world.engineer, "draw", store, serials=("SPA1",))
    assert [name for name, _ in names(fault)] == ["ELPLP97 × 1"]  # drawn for something else
    sound()


def test_a_draw_that_was_undone_is_not_open(world: World) -> None:
    fault, part = numbered(world), slipping.stocked(world, 9)
    drawn = slipping.file(world.engineer, "draw", slipping.store(world), pieces=((part, 3),),
                          fault=fault.number)  # fmt: skip
    run(slips.reverse_slip, slips.ReverseSlip(drawn.subject_id or 0, "弄错"), world.manager)
    assert names(fault) == []


def test_nothing_is_drawn_for_a_closed_or_an_unknown_fault(world: World, other: World) -> None:
    part, store = slipping.stocked(world, 9), slipping.store(world)
    fault, theirs = numbered(world), numbered(other)
    with write():
        Fault.update(state="closed").where(Fault.id == fault.id).execute()
    depot = slipping.depot()
    slipping.stocked(world, 2, depot)
    assert fault.number == theirs.number  # each client counts its own
    for who, where, number, code in ((world.engineer, store, fault.number, "closed"),
                                     (world.engineer, depot, fault.number, "closed"),
                                     (world.engineer, store, "?", "unknown"),
                                     (access.SYSTEM, depot, fault.number, "ambiguous"),
                                     ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            slipping.file(who, "draw", where, pieces=((part, 1),), fault=number,
                          person_id=world.engineer.person_id)  # fmt: skip
        assert [(e.field, e.code) for e in refused.value.errors] == [("fault", code)]
    sound()


# Where things meet


def test_a_transfer_to_itself_is_refused_at_its_field(world: World) -> None:
    store = slipping.store(world)
    with pytest.raises(Invalid) as refused:
        slipping.file(world.manager, "transfer", store, other_store_id=store, serials=("SPA1",))
    assert [(e.field, e.code) for e in refused.value.errors] == [("other_store", "same")]


def test_a_unit_out_for_repair_that_a_count_finds_stays_with_its_order(world: World) -> None:
    at = bench(world)
    key = at.to("sent")
    unit = Unit.get_by_id(at.order(key).unit_id)
    count = opened(world)
    listed(world.engineer, count, "SPA2", unit.serial)
    result = storecounts.report(count, access.SYSTEM).result
    assert (unit.serial, "held") in [(line.serial, line.outcome) for line in result.lines]
    close(count, result.unexplained)
    assert Unit.get_by_id(unit.id).place == "repair"
    assert at.receive(key).outcome == "done"
    sound()


def test_what_the_client_gives_back_comes_from_that_client(world: World) -> None:
    store = slipping.store(world)
    slipping.file(world.manager, "hand_over", store, serials=("SPA1",))
    back = slipping.file(world.manager, "from_client", store, serials=("SPA1",))
    move = StockMovement.get(StockMovement.slip == back.subject_id)
    assert (move.from_place, move.from_key) == ("client", world.client_id)
    sound()


def test_retiring_a_store_and_receiving_into_it_at_once(fresh_world: World) -> None:
    """Never does anything lie in a store that is out of use."""
    depot, part = slipping.depot("D9"), slipping.part()
    at_once([
        lambda: run(stores.retire_store, stores.RetireStore(depot)),
        lambda: slipping.file(fresh_world.manager, "receive", depot, pieces=((part, 2),)),
    ])  # fmt: skip
    store = Store.get_by_id(depot)
    assert (store.retired_at is not None) != (slipping.level(depot, part) == 2)
    sound()


def test_a_count_that_closes_while_something_is_drawn(fresh_world: World) -> None:
    """Whoever comes first, the books are what was counted less what was drawn since."""
    world = fresh_world
    part, store = slipping.stocked(world, 9), slipping.store(world)
    key = opened(world, store_of(world))
    listed(world.engineer, key, "SPA2", **{f"pieces.{part}": "6"})
    open_ones = storecounts.report(key, access.SYSTEM).result.unexplained
    answers = at_once([
        lambda: close(key, open_ones),
        lambda: slipping.file(world.engineer, "draw", store, serials=("SPA1",)),
        lambda: slipping.file(world.engineer, "draw", store, pieces=((part, 2),)),
    ])  # fmt: skip
    assert getattr(answers[2], "outcome", answers[2]) == "done"
    if isinstance(answers[0], Invalid):  # SPA1 was drawn first: one difference less than told
        close(key, storecounts.report(key, access.SYSTEM).result.unexplained)
    assert slipping.level(store, part) == 4
    drawn = getattr(answers[1], "outcome", "") == "done"  # else it is known to nobody any more
    assert Unit.get(Unit.serial == "SPA1").place == ("store" if drawn else "adjustment")
    sound()
