"""Lists as people and scanners send them: spellings, duplicates, far too much, and at once."""

from typing import Any

import pytest

from roundtag import stock, storecounts
from roundtag.access import SYSTEM
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.models import StockLevel, StockSlip, StoreCount, StoreCountLine, StoreCountList, Unit
from roundtag.storecounts import spelling
from tests import world as worlds
from tests.seeing import at_once, queries_of, snapshot
from tests.storecounting import (
    CABLE,
    add_store,
    add_unit,
    cables,
    close,
    draw,
    fields,
    line_of,
    listed,
    opened,
    outcomes,
    pieces,
    store_of,
)
from tests.world import World, deliver, run


@pytest.mark.parametrize(
    "typed",
    ["SPA1", " spa1 ", "SN:SPA1", "sn：SPA1", "S/N: spa1", "ＳＰＡ１", "SP A1"],
)
def test_a_serial_number_is_known_however_it_is_spelled(world: World, typed: str) -> None:
    key = opened(world)
    listed(world.engineer, key, typed, "SPA2")
    assert outcomes(key) == {"SPA1": "found", "SPA2": "found"}


def test_books_with_small_letters_and_gaps(world: World) -> None:
    add_unit("Ab 12-x", store_of(world))
    key = opened(world)
    listed(world.engineer, key, "AB12-X", "SPA1", "SPA2")
    assert set(outcomes(key).values()) == {"found"}


def test_a_shelfs_label_sets_the_shelf(world: World) -> None:
    assert spelling.shelf_label("shelf:KA/A 1/b") == ("KA", "A 1/b")
    key = opened(world)
    listed(world.engineer, key, "SHELF:KA/A-1", "SPA1")
    assert StoreCountList.get().shelf == "A-1"
    listed(world.engineer, key, "SPA2", shelf="ＳＨＥＬＦ：ka/A-2")
    assert outcomes(key) == {"SPA1": "found", "SPA2": "found"}


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"others": ""}, "others"),
        ({"others": "https://av.example.com/T/7K3M9QX2PD"}, "others"),
        ({"typed": "HTTPS://X.CN/t/7K3M9QX2PD", "others": ""}, "others"),
        ({"others": "X" * 81}, "others"),
        ({"others": "\n".join(f"S{n}" for n in range(5001))}, "others"),
        ({"shelf": "B-1", "others": "SHELF:KA/A-1\nSPA1"}, "shelf"),
        ({"shelf": "SHELF:KB/A-1"}, "shelf"),
        ({"shelf": "x" * 41}, "shelf"),
        ({"pieces.<m>": "-1"}, "pieces.<m>"),
        ({"pieces.<m>": "1.5"}, "pieces.<m>"),
        ({"pieces.<m>": "2,5"}, "pieces.<m>"),
        ({"pieces.<m>": "many"}, "pieces.<m>"),
        ({"pieces.<m>": "9" * 12}, "pieces.<m>"),
        ({"count": "x"}, "count"),
    ],
)
def test_a_bad_list_names_its_field_and_leaves_nothing(
    world: World, form: dict[str, str], wrong: str
) -> None:
    model = str(cables(store_of(world), 3))
    form = {**fields(opened(world), "SPA1"), **form}
    form = {name.replace("<m>", model): value for name, value in form.items()}
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        deliver("storecount", form, world.engineer)
    assert [error.field for error in refused.value.errors] == [wrong.replace("<m>", model)]
    assert snapshot() == before


def test_full_width_pieces_and_models_that_are_not_counted(world: World) -> None:
    model, key = cables(store_of(world), 12), opened(world)
    tracked = Unit.get(Unit.serial == "SPA1").model_id
    listed(world.engineer, key, "SPA1", "SPA2",
           **{f"pieces.{model}": " １２ ", f"pieces.{tracked}": "4", "pieces.99999": "1",
              "pieces.x": "1", f"pieces.0{model}": ""})  # fmt: skip
    assert outcomes(key) == {"SPA1": "found", "SPA2": "found", CABLE: "found"}


def test_a_serial_number_of_two_makers(world: World) -> None:
    """The one in this store is meant; of two in this store neither is lost, and a person looks."""
    depot = add_store("DEPOT")
    add_unit("TWIN", depot, maker="松下")
    add_unit("TWIN", store_of(world), "A-1")
    key = opened(world)
    listed(world.engineer, key, "TWIN", "SPA1", "SPA2")
    assert outcomes(key) == {"TWIN": "found", "SPA1": "found", "SPA2": "found"}
    close(key)
    add_unit("TWIN", store_of(world), "A-1", maker="明基")
    second = opened(world)
    listed(world.engineer, second, "twin", "SPA1", "SPA2")
    said = [(x.serial, x.outcome) for x in storecounts.report(second, SYSTEM).result.lines]
    assert sorted(said) == [("SPA1", "found"), ("SPA2", "found"), *[("TWIN", "ambiguous")] * 3]
    close(second, 3)
    assert Unit.select().where((Unit.serial == "TWIN") & (Unit.place == "store")).count() == 3
    both = [str(unit.id) for unit in Unit.select().where(Unit.store == store_of(world).id)]
    third = opened(world, blind=False)
    for unit in both:
        listed(world.engineer, third, unit=unit)
    assert {one.outcome for one in storecounts.report(third, SYSTEM).result.lines} == {"found"}
    assert stock.problems() == []


def test_thousands_of_lines_in_a_fixed_number_of_statements(world: World) -> None:
    key, store = opened(world), store_of(world)
    few = queries_of(lambda: storecounts.report(key, SYSTEM))
    twice = [f"big-{number}" for number in range(3000)]
    receipt = listed(world.engineer, key, *twice, *twice[:500], "SPA1", "SPA2")
    assert receipt.values["count"] == 3002
    assert StoreCountLine.select().count() == 3002
    many = queries_of(lambda: storecounts.report(key, SYSTEM))
    assert many <= few + 2
    assert len(storecounts.report(key, SYSTEM).result.lines) == 3002
    page = queries_of(lambda: storecounts.page(key, world.engineer))
    for number in range(5):
        add_unit(f"more-{number}", store, f"S-{number}")
    assert queries_of(lambda: storecounts.page(key, world.engineer)) == page <= 8
    assert queries_of(lambda: storecounts.report(key, SYSTEM)) == many <= 20


# Races


def race(*calls: Any) -> list[Any]:
    return [one.outcome if hasattr(one, "outcome") else type(one).__name__
            for one in at_once(list(calls))]  # fmt: skip


def test_two_who_open_a_store_open_one_count(fresh_world: World) -> None:
    world = fresh_world
    store = store_of(world)
    add_unit("W", store)

    def begin() -> Any:
        return run(storecounts.open_store_count, storecounts.OpenStoreCount(store.id, "x"))

    assert sorted(race(begin, begin)) == ["conflict", "done"]
    assert StoreCount.select().count() == 1


def test_two_who_close_book_once(fresh_world: World) -> None:
    world = fresh_world
    store = store_of(world)
    model, key = cables(store, 9), opened(world)
    listed(world.engineer, key, "SPA2", **{f"pieces.{model}": "7"})
    assert sorted(race(*[lambda: close(key, 2)] * 3)) == ["conflict", "conflict", "done"]
    assert (StockSlip.select().count(), pieces(store, model)) == (1, 7)
    assert stock.problems() == []


def test_a_list_and_the_closing_at_once(fresh_world: World) -> None:
    """The list is in the result or late: SPA1 is gone only when nobody told of it."""
    world = fresh_world
    key = opened(world)
    listed(world.engineer, key, "SPA2")
    said = race(lambda: listed(world.engineer, key, "SPA1"), lambda: close(key, 1))
    [filed] = StoreCountList.select().where(StoreCountList.id != StoreCountList.select(
        StoreCountList.id).order_by(StoreCountList.id).limit(1))  # fmt: skip
    lost = Unit.get(Unit.serial == "SPA1")
    if filed.late:
        assert (said, lost.place) == (["done", "done"], "adjustment")
    else:  # the figure that was confirmed is not the one there is: asked again
        assert (said, lost.place) == (["done", "Invalid"], "store")
        assert close(key).outcome == "done"
    assert stock.problems() == []


def test_the_closing_while_others_move_what_it_books(fresh_world: World) -> None:
    world = fresh_world
    store = store_of(world)
    model, key = cables(store, 9), opened(world)
    listed(world.engineer, key, "SPA2", **{f"pieces.{model}": "7"})
    swap = worlds.swap_form(world, old_unit_to="store")
    at_once([lambda: close(key, 2), lambda: draw(store, model, 2),
             lambda: deliver("swap", swap, world.engineer)])  # fmt: skip
    if storecounts.report(key, SYSTEM).closed_at is None:
        close(key, storecounts.report(key, SYSTEM).result.unexplained)
    assert pieces(store, model) in (5, 7)
    assert StockLevel.select().where(StockLevel.quantity < 0).count() == 0
    assert stock.problems() == []


def test_nobody_explains_what_is_not_there(world: World, other: World) -> None:
    key = opened(world)
    listed(world.engineer, key, "SPA1", "X1")
    for what in ({"unit_id": Unit.get(Unit.serial == "SPB1").id}, {"serial": "X2"},
                 {"model_id": 99_999}):  # fmt: skip
        order = storecounts.ExplainStoreDifference(key, "broken", **what)
        with pytest.raises(NotFound):
            run(storecounts.explain_store_difference, order)
    order = storecounts.ExplainStoreDifference(key, "broken", serial="X1")
    with pytest.raises(Forbidden):
        run(storecounts.explain_store_difference, order, world.engineer)
    order = storecounts.ExplainStoreDifference(key, "other", serial="X1", note="客户的")
    run(storecounts.explain_store_difference, order)
    assert line_of(key, "X1").reason == "other"
