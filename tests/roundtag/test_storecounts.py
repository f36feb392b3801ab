"""A count of a store from its opening to its closing: lists, differences, and what is booked."""

import itertools
import json
from datetime import timedelta
from typing import Any

import pytest

from roundtag import clock, ledger, packs, stock, storecounts, sync
from roundtag.access import SYSTEM
from roundtag.db import database
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.models import (
    StockMovement,
    StockSlip,
    Store,
    StoreCount,
    StoreCountLine,
    StoreCountList,
    Unit,
)
from tests import world as worlds
from tests.seeing import assert_units_are_where_their_movements_say, snapshot
from tests.storecounting import (
    CABLE,
    add_store,
    add_unit,
    cables,
    close,
    count,
    draw,
    fields,
    line_of,
    listed,
    move,
    opened,
    outcomes,
    pieces,
    store_of,
)
from tests.world import World, deliver, envelope, run


def explain(key: int, kind: str = "no-slip", **what: Any) -> None:
    run(storecounts.explain_store_difference,
        storecounts.ExplainStoreDifference(key, kind, **what))  # fmt: skip


def unit(serial: str) -> Unit:
    return Unit.get(Unit.serial == serial)


def all_adds_up() -> None:
    assert stock.problems() == []
    assert_units_are_where_their_movements_say()
    assert ledger.verify(None) == []


def test_a_planted_difference_is_found_explained_and_booked(world: World) -> None:
    """SPA1 is gone, a strange unit lies there, two cables are short."""
    store = store_of(world)
    model, key = cables(store, 12), opened(world)
    receipt = listed(world.engineer, key, "SPA2", "sn: x-999", **{f"pieces.{model}": "10"})
    assert (receipt.outcome, receipt.values["count"]) == ("done", 3)
    assert outcomes(key) == {"SPA1": "missing", "SPA2": "found", "X-999": "unknown",
                             CABLE: "fewer"}  # fmt: skip
    with pytest.raises(Invalid) as refused:
        close(key)
    assert [e.field for e in refused.value.errors] == ["confirm"]
    explain(key, unit_id=unit("SPA1").id, note="小李拿走，未填单")
    explain(key, "miscounted", model_id=model)
    explain(key, "not-booked", serial="X-999")
    result = storecounts.report(key, SYSTEM).result
    assert (result.unexplained, len(result.differences)) == (0, 3)
    assert close(key).outcome == "done"
    lost, slip = unit("SPA1"), StockSlip.get()
    assert (lost.place, lost.store_id, pieces(store, model)) == ("adjustment", None, 10)
    assert (slip.kind, slip.store_id, slip.number[:3], slip.note) == (
        "adjust", store.id, "SL-", "四季度盘点")  # fmt: skip
    moved = StockMovement.select().where(StockMovement.slip == slip.id)
    assert [(m.unit_id, m.model_id, m.quantity, m.from_place, m.to_place, m.reason)
            for m in moved.order_by(StockMovement.quantity)] == [
        (lost.id, None, 1, "store", "adjustment", "count"),
        (None, model, 2, "store", "adjustment", "count")]  # fmt: skip
    closed = storecounts.report(key, SYSTEM)
    assert (closed.whole, closed.result.slip) == (True, slip.number)
    assert line_of(key, "SPA1").note == "小李拿走，未填单"
    assert "小李" not in json.dumps(snapshot()["leaf"], ensure_ascii=False)
    assert "小李" not in json.dumps(count(key).result, ensure_ascii=False)
    all_adds_up()


def test_a_unit_that_a_count_missed_comes_back_by_the_next_one(world: World) -> None:
    first = opened(world)
    listed(world.engineer, first, "SPA2")
    close(first, 1)
    assert unit("SPA1").place == "adjustment"
    second = opened(world)
    listed(world.engineer, second, "SPA1", "SPA2", shelf="B-7")
    assert outcomes(second) == {"SPA1": "elsewhere", "SPA2": "shelf"}
    close(second, 1)
    back = unit("SPA1")
    assert (back.place, back.store_id, back.shelf) == ("store", store_of(world).id, "B-7")
    assert unit("SPA2").shelf == "B-7"
    all_adds_up()


def test_a_unit_of_another_store_is_transferred(world: World) -> None:
    bag = add_store("BAG", kind="bag", person=world.engineer.person_id)
    add_unit("BG-1", bag)
    key = opened(world)
    listed(world.engineer, key, "SPA1", "SPA2", "BG-1")
    line = line_of(key, "BG-1")
    assert (line.outcome, line.place, line.where) == ("elsewhere", "store", "库 BAG")
    close(key, 1)
    assert unit("BG-1").store_id == store_of(world).id
    assert StockMovement.get(StockMovement.reason == "count").from_key == bag.id
    all_adds_up()


def test_what_is_in_a_device_or_at_repair_is_left_to_a_person(world: World) -> None:
    move("SPA2", "repair")
    key = opened(world)
    listed(world.engineer, key, "SPA1", "SPA2", "SNA1")
    assert outcomes(key) == {"SPA1": "found", "SPA2": "held", "SNA1": "held"}
    line = line_of(key, "SNA1")
    assert (line.place, line.link) == ("device", f"/devices/{world.devices[0].id}")
    close(key, 2)
    assert (unit("SNA1").place, unit("SPA2").place) == ("device", "repair")
    assert [line.booked for line in storecounts.report(key, SYSTEM).result.lines] == [0, 0, 0]
    assert not StockSlip.select().exists()
    all_adds_up()


def test_what_moves_after_it_was_counted_is_no_difference(world: World) -> None:
    """Red when movements are not held against the moment of counting."""
    store = store_of(world)
    model, key = cables(store, 12), opened(world)
    listed(world.engineer, key, "SPA1", "SPA2", **{f"pieces.{model}": "12"})
    deliver("swap", worlds.swap_form(world, old_unit_to="store"), world.engineer)
    draw(store, model, 5)
    assert outcomes(key) == {"SPA1": "left", "SPA2": "found", "SNA1": "arrived", CABLE: "found"}
    assert close(key).outcome == "done"
    assert (pieces(store, model), unit("SPA1").place, unit("SNA1").place) == (7, "device", "store")
    assert not StockSlip.select().exists()
    all_adds_up()


def test_a_phone_without_network_is_believed_when_it_counted(world: World) -> None:
    """Counted, then swapped out, then the list comes in: no difference. A clock that is wrong by
    years is held to the time between the opening and the arrival."""
    key, moment = opened(world), clock.now()
    deliver("swap", worlds.swap_form(world), world.engineer)
    form = fields(key, "SPA1", "SPA2")
    deliver("storecount", form, world.engineer, claimed_at=moment)
    assert outcomes(key) == {"SPA1": "left", "SPA2": "found"}
    late = opened(world, add_store("K2", world.client_id))
    deliver("storecount", fields(late, "SPA1"), world.engineer,
            claimed_at=moment - timedelta(days=900))  # fmt: skip
    assert outcomes(late) == {"SPA1": "held"}


def test_pieces_drawn_after_a_wrong_count_are_not_taken_twice(world: World) -> None:
    store = store_of(world)
    model, key = cables(store, 10), opened(world)
    listed(world.engineer, key, "SPA1", "SPA2", **{f"pieces.{model}": "3"})
    draw(store, model, 6)
    close(key, 1)
    assert (pieces(store, model), line_of(key, CABLE).booked) == (0, -4)
    all_adds_up()


def test_lists_of_two_phones_in_every_order_say_the_same(world: World) -> None:
    store = store_of(world)
    model = cables(store, 20)
    add_unit("SPA3", store, "A-2")
    second = worlds.person("second-a", ("engineer", "client", world.client_id))
    said = []

    def filed(order: tuple[int, ...]) -> Any:
        key, now = opened(world), clock.now() - timedelta(minutes=30)
        StoreCount.update(opened_at=now).where(StoreCount.id == key).execute()
        lists = [
            (fields(key, "SPA1", "spa1", "SPA3", shelf="A-1", **{f"pieces.{model}": "12"}),
             world.engineer, now),
            (fields(key, "SPA1", "X", shelf="A-2", **{f"pieces.{model}": "8"}), second,
             now + timedelta(minutes=1)),
            (fields(key, shelf="a-1", **{f"pieces.{model}": "11"}), second,
             now + timedelta(minutes=2)),
        ]  # fmt: skip
        made = [(envelope("storecount", form, actor.person_id, claimed_at=at), actor)
                for form, actor, at in lists]  # fmt: skip
        for one in order:
            assert sync.submit(*made[one]).outcome == "done"
        assert all(sync.submit(*one).repeated for one in made)
        lines = storecounts.report(key, SYSTEM).result.lines
        return [(x.serial or x.model, x.outcome, x.counted, x.seen_on, x.lists, x.people, x.twice)
                for x in lines]  # fmt: skip

    for order in itertools.permutations(range(3)):
        with database.atomic() as end:
            said.append(filed(order))
            end.rollback()
    assert all(one == said[0] for one in said)
    assert ("SPA1", "shelf", 1, ("A-1", "A-2"), 2, 2, ()) in said[0]
    assert [one[-1] for one in said[0] if CABLE in one[0]] == [(("a-1", (12, 11)),)]


def test_a_unit_that_is_booked_after_it_was_counted_is_known(world: World) -> None:
    key = opened(world)
    listed(world.engineer, key, "SPA1", "SPA2", "new-1")
    assert outcomes(key)["NEW-1"] == "unknown"
    add_unit("New-1", store_of(world))
    assert outcomes(key) == {"SPA1": "found", "SPA2": "found", "New-1": "found"}


def test_a_shelf_that_nobody_counted_is_not_booked_away(world: World) -> None:
    key = opened(world)
    listed(world.engineer, key, "SPA1", shelf="A-1")
    assert outcomes(key) == {"SPA1": "found", "SPA2": "uncounted"}
    assert close(key).outcome == "done"
    assert unit("SPA2").place == "store"


def test_after_the_closing_a_list_is_kept_and_nothing_changes(world: World) -> None:
    key = opened(world)
    listed(world.engineer, key, "SPA1")
    close(key, 1)
    before = count(key).result
    receipt = listed(world.engineer, key, "SPA2", note="在车上")
    assert (receipt.outcome, "closed before" in receipt.message) == ("done", True)
    report = storecounts.report(key, SYSTEM)
    [late] = [one for one in report.lists if one.late]
    assert (late.held, late.note, report.result.lists) == (("SPA2",), "在车上", 1)
    assert count(key).result == before
    assert close(key).outcome == "conflict"
    again = storecounts.ExplainStoreDifference(key, "broken", unit_id=unit("SPA1").id)
    assert run(storecounts.explain_store_difference, again).outcome == "conflict"
    altered = count(key)
    altered.result = {**altered.result, "lists": 9}
    altered.save()
    assert not storecounts.report(key, SYSTEM).whole


def test_one_open_count_of_a_store_and_none_of_a_retired_one(world: World) -> None:
    key = opened(world)
    order = storecounts.OpenStoreCount(store_of(world).id, "again")
    second = run(storecounts.open_store_count, order)
    assert (second.outcome, second.subject_id) == ("conflict", key)
    gone = add_store("OLD", world.client_id)
    Store.update(retired_at=clock.now()).where(Store.id == gone.id).execute()
    with pytest.raises(Invalid):
        run(storecounts.open_store_count, storecounts.OpenStoreCount(gone.id, "x"))
    # given up while it is counted: what was begun is ended
    Store.update(retired_at=clock.now()).where(Store.id == store_of(world).id).execute()
    listed(world.engineer, key, "SPA1", "SPA2")
    assert close(key).outcome == "done"


def test_a_count_without_any_list_is_not_closed(world: World) -> None:
    key = opened(world)
    with pytest.raises(Invalid):
        close(key)
    listed(world.engineer, key, nothing="1")
    assert close(key, 2).outcome == "done"
    assert {unit("SPA1").place, unit("SPA2").place} == {"adjustment"}
    all_adds_up()


def test_who_may(world: World, other: World) -> None:
    key = opened(world)
    provider = worlds.person("keeper", ("storekeeper", "provider", None))
    engineer_all = worlds.person("engineer-p", ("engineer", "provider", None))
    for actor, refusal in ((world.viewer, Forbidden), (other.engineer, NotFound),
                           (other.viewer, Forbidden)):  # fmt: skip
        with pytest.raises(refusal):
            listed(actor, key, "SPA1")
    with pytest.raises(Forbidden):
        close(key, 0, world.engineer)
    with pytest.raises(NotFound):
        close(key, 0, worlds.person("keeper-b", ("storekeeper", "client", other.client_id)))
    with pytest.raises(NotFound):
        storecounts.report(key, other.viewer)
    assert [card.may for card in storecounts.cards(world.viewer)] == [False]
    assert storecounts.cards(other.viewer) == []
    assert not StoreCountList.select().exists()
    assert storecounts.report(key, world.viewer).store == "备件库"
    depot = add_store("DEPOT")
    mine = opened(world, depot)
    with pytest.raises(Forbidden):
        listed(world.engineer, mine, "X")
    assert listed(engineer_all, mine, "X").outcome == "done"
    assert close(mine, 1, provider).outcome == "done"
    bag = add_store("BAG", kind="bag", person=world.engineer.person_id)
    own = opened(world, bag)
    assert listed(world.engineer, own, "X").outcome == "done"
    with pytest.raises(Forbidden):
        listed(worlds.person("mate", ("engineer", "client", world.client_id)), own, "X")


def test_another_clients_units_are_unknown(world: World, other: World) -> None:
    key = opened(world)
    listed(worlds.person("both", ("engineer", "provider", None)), key, "SPA1", "SPA2", "SPB1",
           "SNB1", unit=str(unit("SPB2").id))  # fmt: skip
    assert outcomes(key) == {"SPA1": "found", "SPA2": "found", "SPB1": "unknown",
                             "SNB1": "unknown"}  # fmt: skip
    close(key, 2)
    assert unit("SPB1").store_id == store_of(other).id
    all_adds_up()


def test_the_pack_holds_the_page_of_an_open_count(world: World, other: World) -> None:
    def urls(actor: Any) -> set[str]:
        return {page.url for page in packs.manifest(actor, "zh", "1").pages}

    key = opened(world)
    page = f"/stock/counts/{key}/lists/new"
    assert page in urls(world.engineer)
    assert page not in urls(world.viewer)
    assert page not in urls(other.engineer)
    listed(world.engineer, key, "SPA1", "SPA2")
    close(key)
    assert page not in urls(world.engineer)


def test_a_blind_page_says_nothing_of_what_is_expected(world: World) -> None:
    store = store_of(world)
    cables(store, 12)
    blind = storecounts.page(opened(world), world.engineer)
    assert (blind.units, [model.expected for model in blind.models]) == ([], [None])
    assert blind.shelves == ("A-1", "A-2")
    close_it = blind.id
    listed(world.engineer, close_it, "SPA1", "SPA2")
    close(close_it)
    seeing = storecounts.page(opened(world, blind=False), world.engineer)
    assert [one.serial for one in seeing.units] == ["SPA1", "SPA2"]
    assert [model.expected for model in seeing.models] == [12]
    listed(world.engineer, seeing.id, unit=str(seeing.units[0].id))
    line = StoreCountLine.get(StoreCountLine.count == seeing.id)
    assert (line.serial, line.scanned) == ("SPA1", False)
