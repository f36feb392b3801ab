"""Attacks on stores, slips, repairs, quotes and counts through their verbs: nobody takes, learns or
approves what is not theirs, and no sum of theirs breaks the books."""

from datetime import date
from typing import Any

import pytest

from roundtag import ledger, quotes, repairs, shipments, slips, stock, storecounts
from roundtag.access import SYSTEM, Actor
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import Log, Quote, RepairOrder, Store, Unit
from roundtag.quotes import money
from roundtag.repairs import choosing
from roundtag.slips import ReverseSlip
from roundtag.storekeeping import rules, stores, units
from tests import world as worlds
from tests.repairing import Bench, bench
from tests.roundtag.slipping import bag_of, file, level, stocked, store, unit
from tests.roundtag.stocking import bag, depot, moved
from tests.seeing import leaf_texts
from tests.storecounting import close, listed, opened
from tests.world import World, person, run


@pytest.fixture
def at(world: World) -> Bench:
    return bench(world)


@pytest.fixture
def keeper(world: World) -> Actor:
    """A storekeeper of client A alone."""
    return person("a-keeper", ("storekeeper", "client", world.client_id))


def told(refused: Any) -> str:
    """Everything that a refusal says."""
    return str([(e.message, e.values) for e in refused.value.errors])


# What a reader may learn


def test_a_name_that_is_taken_does_not_name_another_clients_store(
    keeper: Actor, world: World, other: World
) -> None:
    depot("B-SECRET", kind="client", client_id=other.client_id)
    Store.update(name="总部地下室").where(Store.code == "B-SECRET").execute()
    order = stores.SaveStore(None, "b-secret", "新库", "client", world.client_id)
    with pytest.raises(Invalid) as refused:
        run(stores.save_store, order, keeper)
    assert "总部地下室" not in told(refused)
    with pytest.raises(Invalid) as seen:
        run(stores.save_store, stores.SaveStore(None, "b-secret", "新库"))
    assert "总部地下室" in told(seen)


def test_a_keeper_does_not_look_into_the_bags_of_another_clients_people(
    keeper: Actor, world: World, other: World
) -> None:
    file(other.engineer, "draw", store(other), serials=("SPB1",))
    key = other.engineer.person_id
    assert slips.sheet("return", store(world), key, keeper).units == []
    assert [row[1] for row in slips.sheet("return", store(world), key, SYSTEM).units] == ["SPB1"]


def test_undoing_a_slip_does_not_tell_where_another_client_has_the_unit(
    keeper: Actor, world: World, other: World
) -> None:
    slip = file(keeper, "adjust", store(world), serials=("SPA1",), way="less").subject_id
    secret = depot("密库", kind="client", client_id=other.client_id)
    moved(unit("SPA1"), stock.Spot(stock.STORE, secret))
    answer = run(slips.reverse_slip, ReverseSlip(int(slip or 0), "x"), keeper)
    assert answer.outcome == "conflict"
    assert "密库" not in str(answer.values)
    assert "密库" in str(run(slips.reverse_slip, ReverseSlip(int(slip or 0), "x")).values)


def test_a_count_of_ones_own_bag_does_not_find_another_clients_units(
    world: World, other: World
) -> None:
    mine = bag(world.engineer)
    key = opened(world, Store.get_by_id(mine))
    listed(world.engineer, key, "SNB1", "SPB1")
    for line in storecounts.report(key, world.engineer).result.lines:
        assert (line.place, line.where, line.link, line.moved_at) == ("", "", "", "")
    assert "B-P01" in str(storecounts.report(key, SYSTEM).result.lines)
    links = {line.link for line in storecounts.report(key, SYSTEM).result.lines}
    assert f"/units/{unit('SPB1').id}" in links


def test_a_shelf_is_not_asked_of_a_unit_out_of_view(keeper: Actor, other: World) -> None:
    with pytest.raises(NotFound):
        run(rules.place_unit, rules.PlaceUnit(unit("SNB1").id, "A"), keeper)


def test_no_search_finds_another_clients_unit(keeper: Actor, world: World, other: World) -> None:
    for who in (keeper, world.engineer, world.viewer):
        assert units.by_serial("SNB1", who) == units.by_serial("SPB1", who) == []
        with pytest.raises(NotFound):
            units.page(unit("SPB1").id, who)
    assert choosing.candidates(keeper, "SPB") == []


# What a writer may take


@pytest.mark.parametrize("by", ["serial", "key"])
def test_a_lost_unit_is_found_again_only_where_it_belongs(
    keeper: Actor, world: World, other: World, by: str
) -> None:
    file(other.manager, "adjust", store(other), serials=("SPB1",), way="less")
    lost = unit("SPB1")
    what: dict[str, Any] = {"serials": ("SPB1",), "model_id": lost.model_id}
    if by == "key":
        what = {"unit_ids": (lost.id,)}
    with pytest.raises(Invalid):
        file(keeper, "adjust", store(world), way="more", **what)
    assert unit("SPB1").place == stock.ADJUSTMENT
    assert file(other.manager, "adjust", store(other), way="more",
                serials=("SPB1",)).outcome == "done"  # fmt: skip


def test_a_unit_at_repair_for_another_client_keeps_its_order(
    keeper: Actor, world: World, other: World
) -> None:
    spare = unit("SPB1")
    moved(spare, stock.Spot(stock.STORE, depot("总库")))
    run(repairs.open_repair, repairs.OpenRepair(spare.id, "坏", other.client_id))
    with pytest.raises(NotFound):
        run(repairs.open_repair, repairs.OpenRepair(spare.id, "坏", world.client_id), keeper)
    order = RepairOrder.get(RepairOrder.unit == spare.id)
    assert (order.client_id, order.ended_at) == (other.client_id, None)


def test_an_order_bears_no_fault_of_another_client(world: World, other: World) -> None:
    theirs = worlds.fault(other)
    with pytest.raises(Invalid):
        run(repairs.open_repair, repairs.OpenRepair(unit("SPA1").id, "坏", None, theirs))


def test_what_was_used_at_a_client_is_undone_by_a_keeper_of_that_client(
    world: World, other: World
) -> None:
    both = person("ab", ("storekeeper", "client", world.client_id),
                  ("engineer", "client", other.client_id))  # fmt: skip
    here = depot("总库")
    lamp = stocked(world, where=here)
    file(both, "draw", here, pieces=((lamp, 2),))
    used = file(both, "use", bag_of(both), device="B-P01", pieces=((lamp, 1),)).subject_id
    with pytest.raises(Forbidden):
        run(slips.reverse_slip, ReverseSlip(int(used or 0), "x"), both)
    assert level(bag_of(both), lamp) == 1
    assert run(slips.reverse_slip, ReverseSlip(int(used or 0), "x"),
               other.manager).outcome == "done"  # fmt: skip


def test_nothing_of_one_client_goes_into_a_bag_that_is_anothers(world: World, other: World) -> None:
    both = person("ab", ("engineer", "client", world.client_id),
                  ("engineer", "client", other.client_id))  # fmt: skip
    depot("B 的包", kind="bag", person_id=both.person_id, client_id=other.client_id)
    with pytest.raises(Invalid):
        file(both, "draw", store(world), serials=("SPA1",))
    assert file(both, "draw", store(other), serials=("SPB1",)).outcome == "done"
    assert unit("SPA1").store_id == store(world)


@pytest.mark.parametrize("kind", ["draw", "transfer", "scrap", "hand_over", "adjust"])
def test_no_slip_moves_another_clients_unit(
    keeper: Actor, world: World, other: World, kind: str
) -> None:
    more: dict[str, Any] = {"other_store_id": store(world), "way": "less"}
    for what in ({"serials": ("SPB1",)}, {"unit_ids": (unit("SPB1").id,)}):
        with pytest.raises(Invalid):
            file(keeper, kind, store(world), **{**more, "other_store_id": None, **what})
        with pytest.raises(NotFound):
            file(keeper, kind, store(other), **{**more, **what})
    assert unit("SPB1").store_id == store(other)


def test_an_engineer_moves_nothing_out_of_another_ones_bag(world: World, other: World) -> None:
    lamp = stocked(other)
    file(other.engineer, "draw", store(other), pieces=((lamp, 2),), serials=("SPB1",))
    theirs = bag_of(other.engineer)
    mate = person("mate", ("engineer", "client", other.client_id))
    with pytest.raises((Forbidden, Invalid)):
        file(mate, "use", theirs, device="B-P01", pieces=((lamp, 1),))
    for who in (mate, world.engineer):
        with pytest.raises((Forbidden, NotFound)):
            file(who, "return", store(other), serials=("SPB1",),
                 person_id=other.engineer.person_id)  # fmt: skip
    assert level(theirs, lamp) == 2


# Who approves


def test_nobody_approves_their_own_quote(at: Bench) -> None:
    two = person("two-hats", ("storekeeper", "client", at.world.client_id),
                 ("client", "client", at.world.client_id))  # fmt: skip
    quote = at.offer(at.to("quoting"), who=two)
    with pytest.raises(Forbidden):
        at.answer(quote, who=two)
    assert at.answer(quote).outcome == "done"


def test_who_writes_quotes_does_not_decide_them_by_link(at: Bench) -> None:
    quote = at.offer(at.to("quoting"))
    secret = at.link(quote)
    seen = quotes.digest(Quote.get_by_id(quote))
    order = quotes.QuoteByLink(quote, seen, "approved", "陈敏", secret_link=secret)
    with pytest.raises(Forbidden):
        run(quotes.quote_by_link, order, at.keeper)
    assert at.answer_by_link(quote, secret).outcome == "done"


def test_who_asks_for_time_does_not_grant_it(at: Bench) -> None:
    two = person("two-hats", ("storekeeper", "client", at.world.client_id),
                 ("client", "client", at.world.client_id))  # fmt: skip
    key = at.to("sent")
    at.ask(key, date(2099, 1, 4), two)
    with pytest.raises(Forbidden):
        at.extend(key, who=two)
    assert at.extend(key).outcome == "done"


# Sums and words


@pytest.mark.parametrize("typed", ["-1", "NaN", "1e309", "1" + "0" * 30, "inf", "0x10", "１ｅ9",
                                   "1.005", "--1", "1,2,3"])  # fmt: skip
def test_amounts_that_are_none(typed: str) -> None:
    form = Fields([("words.1", "主板"), ("price.1", typed)])
    money.read_lines(form)
    with pytest.raises(Invalid):
        form.done()


def test_no_amount_is_less_than_nothing() -> None:
    for typed in ("-0", "-0.00", "－0"):
        form = Fields([("words.1", "主板"), ("price.1", typed)])
        assert [line["price"] for line in money.read_lines(form)] == ["0.00"]


def test_the_words_of_a_quote_are_sealed(at: Bench) -> None:
    line = {"kind": "labour", "words": "找张三 13800000000", "quantity": "1", "price": "10.00"}
    at.offer(at.to("quoting"), lines=(line,))
    assert "张三" not in leaf_texts()
    assert not [fault for log in Log.select() for fault in ledger.verify(log.client_id)]


def test_the_address_of_a_shipment_is_sealed(at: Bench) -> None:
    key = at.to("decided")
    order = shipments.OpenShipment("爱普生", (key,), "李四 13900000000 上海")
    sent = run(shipments.open_shipment, order, at.keeper)
    go = shipments.SendShipment(int(sent.subject_id or 0), "顺丰", "", (key,))
    assert run(shipments.send_shipment, go, at.keeper).outcome == "done"
    assert "李四" not in leaf_texts()
    assert not [fault for log in Log.select() for fault in ledger.verify(log.client_id)]


def test_a_shipment_has_a_limit_from_its_opening_on(at: Bench) -> None:
    form = Fields([("maker", "爱普生"), *(("order", str(key)) for key in range(1, 102))])
    with pytest.raises(Invalid):
        shipments.read_open(form)


def test_the_books_add_up_after_all_that(world: World) -> None:
    assert stock.problems() == []
    assert Unit.select().where(Unit.place == "store").count() == 4


def test_a_count_does_not_find_what_another_client_has_lost(world: World, other: World) -> None:
    file(other.manager, "adjust", store(other), serials=("SPB1",), way="less")
    key = opened(world)
    listed(world.engineer, key, "SPA1", "SPA2", "SPB1")
    outcomes = {line.serial: line.outcome for line in storecounts.report(key, SYSTEM).result.lines}
    assert outcomes["SPB1"] == "unknown"
    close(key, 1)
    assert unit("SPB1").place == stock.ADJUSTMENT
