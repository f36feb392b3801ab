"""file_slip: whatever a slip lists moves, signed and numbered, or nothing does."""

from datetime import date
from typing import Any

import pytest

from roundtag import ledger, slips
from roundtag.access import SYSTEM
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import DeviceModel, StockMovement, StockRule, StockSlip, Store, Unit
from roundtag.slips import orders
from tests.roundtag.slipping import (
    bag_of,
    depot,
    file,
    level,
    part,
    stocked,
    store,
    unit,
)
from tests.seeing import at_once, counts, grown, leaf_texts, snapshot
from tests.world import World, deliver, person, swap_form

pytestmark = pytest.mark.usefixtures("books_agree")


def epson() -> int:
    return int(DeviceModel.get(DeviceModel.name == "CB-L500").id)


def refusal(world: World, kind: str, **more: Any) -> dict[str, str]:
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        file(world.manager, kind, store(world), **more)
    assert snapshot() == before
    return {error.field: error.code for error in refused.value.errors}


def test_goods_received_lie_in_the_store(world: World) -> None:
    rule = StockRule.create(store=store(world), model=epson(), on_order=3)
    lamp = part()
    before = counts()
    receipt = file(
        world.manager, "receive", store(world), serials=("N1", "N2"), model_id=epson(),
        warranty_until=date(2029, 1, 1), shelf="B-2", pieces=((lamp, 4),),
    )  # fmt: skip
    assert receipt.outcome == "done"
    assert grown(before) == {"counter": 1, "leaf": 1, "stock_level": 1, "stock_movement": 3,
                             "stock_slip": 1, "submission": 1, "unit": 2}  # fmt: skip
    made = unit("N1")
    assert (made.store_id, made.shelf, made.warranty_until) == (store(world), "B-2",
                                                                date(2029, 1, 1))  # fmt: skip
    assert (level(store(world), epson()), level(store(world), lamp)) == (4, 4)
    assert StockRule.get_by_id(rule.id).on_order == 1
    slip = StockSlip.get_by_id(receipt.subject_id)
    assert slip.number.startswith("SL-")
    assert slip.client_id == world.client_id
    bare = ("device_model", "stock_rule")  # made beside the ledger by this test
    assert [line for line in ledger.verify(None) if not line.startswith(bare)] == []


def test_what_is_on_order_never_falls_below_nothing(world: World) -> None:
    rule = StockRule.create(store=store(world), model=epson(), on_order=1)
    file(world.manager, "receive", store(world), serials=("N1", "N2"), model_id=epson())
    assert StockRule.get_by_id(rule.id).on_order == 0


def test_a_serial_that_is_known_at_the_model_is_refused_with_where_it_is(world: World) -> None:
    with pytest.raises(Invalid) as told:
        file(world.manager, "receive", store(world), serials=("SPA1", "N9", "SNA1"),
             model_id=epson())  # fmt: skip
    assert [e.values["where"] for e in told.value.errors] == ["备件库", "A-P01"]
    assert Unit.get_or_none(Unit.serial == "N9") is None


def test_new_units_need_their_model(world: World) -> None:
    assert refusal(world, "receive", serials=("N1",)) == {"model": "required"}
    assert refusal(world, "receive", serials=("N1",), model_id=part()) == {"model": "unknown"}
    assert refusal(world, "receive", pieces=((epson(), 2),)) == {"serials": "not-counted"}
    assert refusal(world, "scrap", serials=("N1",)) == {"serials": "unknown"}


def test_a_storekeeper_draws_for_an_engineer_whose_bag_is_made(world: World) -> None:
    lamp = stocked(world)
    for _ in range(2):
        file(world.manager, "draw", store(world), person_id=world.engineer.person_id,
             pieces=((lamp, 1),))  # fmt: skip
    file(world.manager, "draw", store(world), person_id=world.engineer.person_id,
         serials=("SPA1",))  # fmt: skip
    bag = bag_of(world.engineer)
    assert Store.select().where(Store.kind == "bag").count() == 1
    assert (unit("SPA1").store_id, level(bag, lamp), level(store(world), lamp)) == (bag, 2, 3)
    assert "先生" not in Store.get_by_id(bag).name
    found = slips.bag(world.engineer)
    assert [one.serial for one in found.units] == ["SPA1"]
    assert [one[2] for one in found.parts] == [2]
    answer = file(world.engineer, "return", store(world), serials=("SPA1",), pieces=((lamp, 2),))
    assert answer.outcome == "done"
    assert (unit("SPA1").store_id, level(bag, lamp)) == (store(world), 0)


def test_an_engineer_draws_into_their_own_bag_only(world: World, other: World) -> None:
    lamp = stocked(world)
    assert file(world.engineer, "draw", store(world), pieces=((lamp, 1),)).outcome == "done"
    mate = person("mate", ("engineer", "client", world.client_id))
    before = snapshot()
    for actor, kind, more in (
        (world.engineer, "draw", {"person_id": mate.person_id}),
        (world.engineer, "receive", {}),
        (world.engineer, "scrap", {}),
        (world.engineer, "adjust", {"way": "less"}),
        (world.viewer, "draw", {}),
    ):
        with pytest.raises(Forbidden):
            file(actor, kind, store(world), pieces=((lamp, 1),), **more)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        file(other.engineer, "draw", store(world), pieces=((lamp, 1),))
    with pytest.raises(Invalid):
        file(world.manager, "draw", store(world), person_id=world.viewer.person_id,
             pieces=((lamp, 1),))  # fmt: skip
    assert snapshot() == before


def test_the_providers_own_depot_serves_engineers_of_every_client(world: World) -> None:
    where = depot()
    lamp = stocked(world, where=where)
    assert file(world.engineer, "draw", where, pieces=((lamp, 5),)).outcome == "done"
    client_only = person("keeper", ("storekeeper", "client", world.client_id))
    with pytest.raises(Forbidden):
        file(client_only, "scrap", where, pieces=((lamp, 1),))


def test_a_transfer_demands_rights_at_both_stores(world: World, other: World) -> None:
    where = depot()
    both = person("both", ("storekeeper", "client", world.client_id),
                  ("engineer", "client", other.client_id))  # fmt: skip
    for target, wanted in ((where, Forbidden), (store(other), Forbidden)):
        with pytest.raises(wanted):
            file(both, "transfer", store(world), other_store_id=target, serials=("SPA1",))
    assert file(world.manager, "transfer", store(world), other_store_id=where,
                serials=("SPA1",)).outcome == "done"  # fmt: skip
    assert unit("SPA1").store_id == where
    assert refusal(world, "transfer", other_store_id=store(world), serials=("SPA2",)) == {
        "other_store": "same"}  # fmt: skip
    assert refusal(world, "transfer", serials=("SPA2",)) == {"other_store": "required"}


def test_nothing_goes_into_a_store_that_is_retired(world: World) -> None:
    where = depot()
    Store.update(retired_at="2026-01-01T00:00:00.000000Z").where(Store.id == where).execute()
    assert refusal(world, "transfer", other_store_id=where, serials=("SPA2",)) == {
        "other_store": "retired"}  # fmt: skip
    with pytest.raises(Invalid):
        file(world.manager, "receive", where, pieces=((part(), 1),))


def test_all_lines_or_none_and_each_that_does_not_hold_is_named(world: World) -> None:
    """Red when the slip is written line by line."""
    lamp = stocked(world, 2)
    swap = swap_form(world, 1, new_serial="SPA1")
    deliver("swap", swap, world.engineer)
    places, before = list(Unit.select().order_by(Unit.id).tuples()), StockMovement.select().count()
    receipt = file(world.manager, "scrap", store(world), serials=("SPA1", "SPA2"),
                   pieces=((lamp, 3),))  # fmt: skip
    assert receipt.outcome == "conflict"
    assert receipt.values["lines"] == "SPA1 (A-P02), 爱普生 ELPLP97 (2/3)"
    assert [one["place"] for one in receipt.values["clashes"]] == ["device", ""]
    assert list(Unit.select().order_by(Unit.id).tuples()) == places
    assert StockMovement.select().count() == before
    assert StockSlip.select().where(StockSlip.kind == "scrap").count() == 0


def test_another_clients_units_are_as_unknown_as_none(world: World, other: World) -> None:
    keeper = person("keeper", ("storekeeper", "client", world.client_id))
    for serial in ("SPB1", "SNB1", "NO-SUCH"):
        with pytest.raises(Invalid) as told:
            file(keeper, "scrap", store(world), serials=(serial,))
        assert told.value.errors[0].code == "unknown"
    key = unit("SPB1").id
    with pytest.raises(Invalid) as told:
        file(keeper, "scrap", store(world), unit_ids=(key,))
    assert "SPB1" not in str(told.value.errors)


def test_there_and_back_to_the_client(world: World) -> None:
    file(world.manager, "hand_over", store(world), serials=("SPA1",))
    assert unit("SPA1").place == "client"
    assert refusal(world, "from_client", serials=("NEW-1",)) == {"serials": "unknown"}
    answer = file(world.manager, "from_client", store(world), serials=("SPA1", "NEW-1"),
                  model_id=epson())  # fmt: skip
    assert answer.outcome == "done"
    assert {unit(s).store_id for s in ("SPA1", "NEW-1")} == {store(world)}


def test_an_adjustment_goes_both_ways(world: World) -> None:
    lamp = stocked(world, 2)
    file(world.manager, "adjust", store(world), way="less", serials=("SPA1",), pieces=((lamp, 2),))
    assert (unit("SPA1").place, level(store(world), lamp)) == ("adjustment", 0)
    file(world.manager, "adjust", store(world), way="more", serials=("SPA1",), pieces=((lamp, 1),))
    assert (unit("SPA1").store_id, level(store(world), lamp)) == (store(world), 1)


def test_parts_are_used_at_a_device_and_units_are_swapped(world: World) -> None:
    lamp = stocked(world, 2)
    receipt = file(world.manager, "use", store(world), device="A-P01", pieces=((lamp, 2),))
    assert receipt.outcome == "done"
    assert refusal(world, "use", device="A-P01", serials=("SPA1",)) == {"serials": "units"}
    assert refusal(world, "use", device="NO", pieces=((lamp, 1),)) == {"device": "unknown"}
    assert refusal(world, "use", pieces=((lamp, 1),)) == {"device": "required"}


# Undoing


def undo(world: World, key: object, actor: Any = None) -> Any:
    from tests.world import run

    return run(slips.reverse_slip, slips.ReverseSlip(int(key or 0), "录错"),  # type: ignore[call-overload]
               actor or world.manager)  # fmt: skip


def test_a_slip_is_undone_once(world: World) -> None:
    lamp = stocked(world)
    first = file(world.manager, "draw", store(world), person_id=world.engineer.person_id,
                 serials=("SPA1",), pieces=((lamp, 2),))  # fmt: skip
    assert undo(world, first.subject_id).outcome == "done"
    assert (unit("SPA1").store_id, level(store(world), lamp)) == (store(world), 5)
    assert undo(world, first.subject_id).outcome == "conflict"
    page = slips.page(int(first.subject_id or 0), world.manager)
    assert page.undone_by
    assert not page.may_undo
    again = slips.page(page.undone_by[0], world.manager)
    assert again.undoes == (page.id, page.number)
    with pytest.raises(Forbidden):
        undo(world, again.id)


def test_a_slip_is_not_undone_when_things_have_moved_on(world: World) -> None:
    lamp = stocked(world)
    first = file(world.manager, "transfer", store(world), other_store_id=depot(),
                 serials=("SPA1", "SPA2"), pieces=((lamp, 3),))  # fmt: skip
    where = unit("SPA1").store_id
    file(world.manager, "scrap", where, serials=("SPA1",), pieces=((lamp, 1),))
    receipt = undo(world, first.subject_id)
    assert receipt.outcome == "conflict"
    assert receipt.values["lines"] == "SPA1, 爱普生 ELPLP97 (2/3)"
    assert unit("SPA2").store_id == where


def test_received_by_mistake_and_received_again(world: World) -> None:
    first = file(world.manager, "receive", store(world), serials=("N1",), model_id=epson())
    undo(world, first.subject_id)
    assert unit("N1").place == "supplier"
    assert file(world.manager, "receive", store(world), serials=("N1",),
                model_id=epson()).outcome == "done"  # fmt: skip
    assert Unit.select().where(Unit.serial == "N1").count() == 1


def test_who_may_not_undo(world: World, other: World) -> None:
    first = file(world.engineer, "draw", store(world), serials=("SPA1",))
    keeper = person("keeper-b", ("storekeeper", "client", other.client_id))
    for actor, wanted in ((world.engineer, Forbidden), (other.engineer, Forbidden),
                          (keeper, NotFound), (world.viewer, Forbidden)):  # fmt: skip
        with pytest.raises(wanted):
            undo(world, first.subject_id, actor)


# Reading the form


@pytest.mark.parametrize(("pairs", "wrong"), [
    ({"kind": "scrap", "store": "1", "note": "x"}, {"serials": "empty"}),
    ({"kind": "scrap", "store": "1", "serials": "A"}, {"note": "required"}),
    ({"kind": "draw", "store": "1", "serials": "A"}, {"signer": "required"}),
    ({"kind": "receive", "serials": "A\nB\nS/N: A"}, {"store": "required", "serials": "twice"}),
    ({"kind": "receive", "store": "1", "serials": "\n".join(map(str, range(201)))},
     {"serials": "many"}),
    ({"kind": "receive", "store": "1", "serials": "9" * 81}, {"serials": "long"}),
    ({"kind": "adjust", "store": "1", "serials": "A", "note": "x"}, {"way": "required"}),
    ({"kind": "receive", "store": "1", "part.0": "3", "quantity.0": "0"},
     {"quantity.0": "range"}),
    ({"kind": "receive", "store": "1", "part.0": "3", "quantity.0": "1.5"},
     {"quantity.0": "range"}),
    ({"kind": "receive", "store": "1", "part.0": "", "quantity.0": "2"}, {"part.0": "required"}),
])  # fmt: skip
def test_bad_fields_are_named(pairs: dict[str, str], wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as told:
        orders.read(Fields(pairs.items()))
    assert {e.field: e.code for e in told.value.errors} == wrong


def test_full_width_digits_and_our_own_labels_are_read() -> None:
    pairs = {"kind": "receive", "store": "1", "serials": " SN:AB 1 \n\nCD2", "part.0": "3",
             "quantity.0": "１２", "part.1": "3", "quantity.1": "3", "part.2": "",
             "quantity.2": ""}  # fmt: skip
    order = orders.read(Fields(pairs.items()))
    assert order.serials == ("AB 1", "CD2")
    assert order.pieces == ((3, 15),)
    with pytest.raises(NotFound):
        orders.read(Fields([("kind", "steal")]))


def test_names_and_words_stay_out_of_the_log(world: World) -> None:
    file(world.engineer, "draw", store(world), serials=("SPA1",), signer="张三丰", note="去现场")
    for word in ("张三丰", "去现场", "先生"):
        assert word not in leaf_texts()
    assert ledger.verify(None) == []


def test_the_same_slip_sent_twice_moves_once(world: World) -> None:
    from roundtag import commands
    from tests.world import new_id

    key, order = new_id(), slips.FileSlip("scrap", store(world), serials=("SPA1",), note="坏")
    first = commands.run(key, slips.file_slip, order, world.manager)
    again = commands.run(key, slips.file_slip, order, world.manager)
    assert (first.outcome, again.repeated) == ("done", True)
    assert StockSlip.select().count() == 1


# Two at once


def outcomes(answers: list[Any]) -> list[str]:
    return sorted(getattr(one, "outcome", type(one).__name__) for one in answers)


def test_of_two_who_draw_the_last_piece_one_gets_it(fresh_world: World) -> None:
    world = fresh_world
    lamp = stocked(world, 1)
    where = store(world)
    who = (world.engineer, world.manager)
    answers = at_once([lambda a=a: file(a, "draw", where, pieces=((lamp, 1),)) for a in who])  # type: ignore[misc]
    assert outcomes(answers) == ["conflict", "done"]
    assert level(where, lamp) == 0


def test_of_two_who_draw_a_unit_one_gets_it(fresh_world: World) -> None:
    world = fresh_world
    where = store(world)
    who = (world.engineer, world.manager)
    answers = at_once([lambda a=a: file(a, "draw", where, serials=("SPA1",)) for a in who])  # type: ignore[misc]
    assert outcomes(answers) == ["conflict", "done"]


def test_a_draw_while_it_is_transferred(fresh_world: World) -> None:
    """Several units and parts, named in the opposite order: nobody waits for who waits."""
    world = fresh_world
    lamp, where, other = stocked(world, 3), store(world), depot()
    cable = part("HDMI", "")
    file(world.manager, "receive", where, pieces=((cable, 3),))
    answers = at_once([
        lambda: file(world.engineer, "draw", where, serials=("SPA1", "SPA2"),
                     pieces=((lamp, 2), (cable, 2))),
        lambda: file(world.manager, "transfer", where, other_store_id=other,
                     serials=("SPA2", "SPA1"), pieces=((cable, 2), (lamp, 2))),
    ])  # fmt: skip
    assert outcomes(answers) == ["conflict", "done"]
    assert level(where, lamp) == level(where, cable) == 1


def test_two_first_draws_make_one_bag(fresh_world: World) -> None:
    world = fresh_world
    lamp, where = stocked(world, 4), store(world)
    answers = at_once([
        lambda: file(world.engineer, "draw", where, pieces=((lamp, 1),)),
        lambda: file(world.manager, "draw", where, person_id=world.engineer.person_id,
                     pieces=((lamp, 1),)),
    ])  # fmt: skip
    assert outcomes(answers) == ["done", "done"]
    assert level(bag_of(world.engineer), lamp) == 2


def test_of_two_who_undo_one_does(fresh_world: World) -> None:
    world = fresh_world
    first = file(world.manager, "scrap", store(world), serials=("SPA1",))
    answers = at_once([lambda: undo(world, first.subject_id, SYSTEM) for _ in range(2)])
    assert outcomes(answers) == ["conflict", "done"]


def test_of_two_who_receive_a_serial_one_brings_it(fresh_world: World) -> None:
    world, model, where = fresh_world, epson(), store(fresh_world)
    answers = at_once([
        lambda: file(world.manager, "receive", where, serials=("TWICE",), model_id=model)
        for _ in range(2)
    ])  # fmt: skip
    assert outcomes(answers) == ["Invalid", "done"]
    assert Unit.select().where(Unit.serial == "TWICE").count() == 1
