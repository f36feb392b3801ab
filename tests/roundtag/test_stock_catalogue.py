"""The catalogue: how a part is kept stays, substitutes are never worse, nobody overwrites."""

from dataclasses import replace

import pytest

from roundtag import ledger, search
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import DeviceIndex, DeviceModel, Log, Substitute
from roundtag.stock.catalogue import substitutes_of
from roundtag.storekeeping import catalogue, part_pages, substitutes
from tests.roundtag import stocking
from tests.seeing import at_once, queries_of, snapshot
from tests.world import World, run


def code_of(refused: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {error.field: error.code for error in refused.value.errors}


def name(own: int, other: int, grade: str = "same", note: str = "") -> str:
    order = substitutes.AddSubstitute(own, other, grade, note)
    return run(substitutes.add_substitute, order).outcome


def edited(key: int, **changes: object) -> str:
    order = replace(catalogue.as_shown(catalogue.part(key)), **changes)
    return run(catalogue.save_part, order).outcome


def test_a_part_is_entered_and_changed(world: World) -> None:
    key = stocking.part(price="2.50", consumable="microphone_battery")
    row = catalogue.part(key)
    assert (row.maker, row.name, row.tracking, row.price) == ("南孚", "LR6", "count", "2.50")
    assert edited(key, price="3.00", discontinued_on=stocking.YESTERDAY) == "done"
    assert catalogue.part(key).discontinued_on == stocking.YESTERDAY
    assert not [line for log in Log.select() for line in ledger.verify(log.client_id)]


def test_the_same_model_twice_is_refused(world: World) -> None:
    stocking.part("LR6")
    with pytest.raises(Invalid) as refused:
        stocking.part("lr6")
    assert code_of(refused) == {"name": "taken"}


def test_what_somebody_else_changed_is_not_overwritten(world: World) -> None:
    key = stocking.part()
    shown = catalogue.as_shown(catalogue.part(key))
    assert edited(key, price="3.00") == "done"
    assert run(catalogue.save_part, replace(shown, price="4.00")).outcome == "conflict"
    assert catalogue.part(key).price == "3.00"


def test_of_two_who_change_a_part_at_once_one_is_told(fresh_world: World) -> None:
    key = stocking.part()
    shown = catalogue.as_shown(catalogue.part(key))
    orders = [replace(shown, price=f"{n}.00") for n in (1, 2, 3)]
    answers = at_once([lambda o=o: run(catalogue.save_part, o) for o in orders])  # type: ignore[misc]
    assert sorted(a.outcome for a in answers) == ["conflict", "conflict", "done"]  # type: ignore[union-attr]


def test_of_two_who_enter_one_model_at_once_one_is_told(fresh_world: World) -> None:
    answers = at_once([lambda: stocking.part("LR6") for _ in range(3)])
    assert sum(isinstance(one, Invalid) for one in answers) == 2
    assert DeviceModel.select().where(DeviceModel.name == "LR6").count() == 1


def test_how_it_is_kept_stays_once_there_are_pieces(world: World) -> None:
    key, store = stocking.part(), stocking.depot()
    assert edited(key, tracking="serial") == "done"
    assert edited(key, tracking="count") == "done"
    stocking.opened(store, key, 3)
    for change in ({"tracking": "serial"}, {"category": "cabling"}):
        with pytest.raises(Invalid) as refused:
            edited(key, **change)
        assert code_of(refused) == {next(iter(change)): "fixed"}
    with pytest.raises(Invalid) as refused:
        edited(stocking.projector().id, tracking="count")
    assert code_of(refused) == {"tracking": "fixed"}
    assert edited(key, price="9.00") == "done"


def test_a_new_name_is_found_at_its_devices(world: World) -> None:
    assert edited(stocking.projector().id, name="CB-L555") == "done"
    assert {row.model for row in DeviceIndex.select()} == {"爱普生 CB-L555"}
    before = snapshot()
    search.rebuild()
    assert snapshot()["device_index"] == before["device_index"]


def test_substitutes_are_the_same_or_better(world: World) -> None:
    low, same, high = (stocking.part(f"M{n}", "serial", grade=n or 2) for n in (1, 0, 3))
    own = stocking.part("OWN", "serial", grade=2)
    assert name(own, high, "better", "换支架") == "done"
    assert name(own, same) == "done"
    assert [(one.part_id, one.grade, one.note) for one in substitutes_of(own)] == [
        (same, "same", ""), (high, "better", "换支架")]  # fmt: skip
    for other, grade, wrong in ((low, "same", {"substitute": "lower"}),
                                (own, "same", {"substitute": "itself"}),
                                (same, "better", {"grade": "equal"}),
                                (999_999, "same", {"substitute": "unknown"})):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            name(own, other, grade)
        assert code_of(refused) == wrong
    other_kind = stocking.part("CABLE", "serial", category="cabling", grade=9)
    with pytest.raises(Invalid) as refused:
        name(own, other_kind)
    assert code_of(refused) == {"substitute": "kind"}


def test_no_grade_changes_under_a_substitute(world: World) -> None:
    own, other = stocking.part("OWN", "serial", grade=2), stocking.part("NEW", "serial", grade=3)
    name(own, other, "better")
    for key, change in ((own, {"grade": 4}), (own, {"grade": 3}), (other, {"grade": 1}),
                        (other, {"tracking": "count"})):  # fmt: skip
        with pytest.raises(Invalid):
            edited(key, **change)
    assert edited(other, grade=5) == "done"
    order = substitutes.RemoveSubstitute(own, other)
    assert run(substitutes.remove_substitute, order).outcome == "done"
    assert run(substitutes.remove_substitute, order).outcome == "conflict"
    assert edited(own, grade=9) == "done"
    assert substitutes_of(own) == []


def test_a_grade_and_a_substitute_at_once(fresh_world: World) -> None:
    """Without the locks of both parts a substitute of a lower grade could stay behind."""
    own, other = stocking.part("OWN", "serial", grade=2), stocking.part("NEW", "serial", grade=2)
    for _ in range(3):
        at_once([lambda: name(own, other), lambda: edited(other, grade=1)])
        lower = catalogue.part(other).grade < catalogue.part(own).grade
        assert not (lower and substitutes_of(own))
        at_once([lambda: run(substitutes.remove_substitute,
                             substitutes.RemoveSubstitute(own, other))])  # fmt: skip
        edited(other, grade=2)


def test_a_removed_substitute_is_named_anew_in_its_row(world: World) -> None:
    own, other = stocking.part("OWN", "serial"), stocking.part("NEW", "serial")
    name(own, other)
    run(substitutes.remove_substitute, substitutes.RemoveSubstitute(own, other))
    name(own, other, note="再用")
    assert [row.note for row in Substitute.select()] == ["再用"]


def test_who_may_not_change_the_catalogue(world: World) -> None:
    key = stocking.part()
    other = stocking.part("B")
    before = snapshot()
    for actor in (world.engineer, world.viewer):
        for verb, command in (
            (catalogue.save_part, catalogue.as_shown(catalogue.part(key))),
            (substitutes.add_substitute, substitutes.AddSubstitute(key, other, "same")),
            (substitutes.remove_substitute, substitutes.RemoveSubstitute(key, other)),
        ):
            with pytest.raises(Forbidden):
                run(verb, command, actor)
    assert snapshot() == before
    with pytest.raises(NotFound):
        catalogue.part(999_999)


@pytest.mark.parametrize(("fields", "wrong"), [
    ({}, {"category": "required", "maker": "required", "name": "required"}),
    ({"category": "room", "maker": "A", "name": "B"}, {"category": "unknown"}),
    ({"category": "mixer", "maker": "A", "name": "B", "grade": "0"}, {"grade": "range"}),
    ({"category": "mixer", "maker": "A", "name": "B", "price": "viel"}, {"price": "money"}),
    ({"category": "mixer", "maker": "A", "name": "B", "price": "-1"}, {"price": "money"}),
    ({"category": "mixer", "maker": "A", "name": "B", "currency": "XYZ"}, {"currency": "unknown"}),
])  # fmt: skip
def test_bad_fields_are_named(fields: dict[str, str], wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        catalogue.read(Fields(fields.items()))
    assert code_of(refused) == wrong


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("1280", "1280.00"), ("2.5", "2.50"), ("1,280.05", "1280.05"), ("０.１", "0.10"), ("", "")],
)
def test_money_has_two_digits(typed: str, kept: str) -> None:
    fields = {"category": "mixer", "maker": "A", "name": "B", "price": typed}
    assert catalogue.read(Fields(fields.items())).price == kept


def test_a_parts_page_costs_the_same_with_many_substitutes(world: World) -> None:
    own = stocking.part("OWN", "serial")
    name(own, stocking.part("M0", "serial"))
    few = queries_of(lambda: part_pages.page(own, world.manager))
    for n in range(1, 8):
        name(own, stocking.part(f"M{n}", "serial"))
    assert queries_of(lambda: part_pages.page(own, world.manager)) == few <= 8
