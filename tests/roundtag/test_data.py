"""The shipped data must be whole in both languages and must agree with itself."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from roundtag import checklists as checks
from roundtag import data, items
from roundtag.checklists import ANY, OCCASIONS

HAN = re.compile(r"[\u4e00-\u9fff]")


def codes() -> set[str]:
    return {category.code for category in data.categories()}


def repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def texts() -> Iterator[tuple[str, str, str]]:
    """(where, Chinese, English) of every pair that a person may read."""
    for category in data.categories():
        yield category.code, category.name_zh, category.name_en
        yield category.code, category.subsystem_zh, category.subsystem_en
    for kind in data.room_kinds():
        yield kind.code, kind.name_zh, kind.name_en
    for checklist in data.checklists():
        yield checklist.category, checklist.name_zh, checklist.name_en
        for item in checklist.items:
            yield f"{checklist.category}.{item.key}", item.zh, item.en
            for option in item.options:
                yield f"{checklist.category}.{item.key}.{option.key}", option.zh, option.en
    for symptom in data.symptoms():
        yield symptom.code, symptom.zh, symptom.en
        for tip in symptom.tips:
            yield symptom.code, tip.zh, tip.en
    for category, tips in data.category_tips().items():
        for tip in tips:
            yield category, tip.zh, tip.en


def test_every_text_exists_in_both_languages() -> None:
    wrong = [where for where, zh, en in texts() if not HAN.search(zh) or not en or HAN.search(en)]
    assert wrong == []


def test_tips_are_for_categories_that_exist() -> None:
    assert set(data.category_tips()) <= codes()
    assert all(symptom.tips for symptom in data.symptoms())


def test_hints_come_in_pairs() -> None:
    items = [item for checklist in data.checklists() for item in checklist.items]
    assert [item.key for item in items if bool(item.hint_zh) != bool(item.hint_en)] == []


def record_names(record: data.Category | data.RoomKind) -> set[str]:
    names = (record.code, record.name_zh, record.name_en, *record.aliases)
    return {name.casefold() for name in names}


def test_names_and_aliases_mean_one_thing_only() -> None:
    for records in (data.categories(), data.room_kinds()):
        names = [name for record in records for name in record_names(record)]
        assert repeated(names) == []


def test_orders_are_unique_and_lives_long_enough() -> None:
    assert repeated([str(category.order) for category in data.categories()]) == []
    lives = {category.code: category.life_years for category in data.categories()}
    assert lives.pop("room") is None
    assert all(life is not None and life >= 6 for life in lives.values())


@pytest.mark.parametrize(
    ("text", "code"),
    [("projector", "projector"), (" 投影仪 ", "projector"), ("ups 电源", "ups"), ("椅子", None)],
)
def test_a_category_is_found_by_any_of_its_names(text: str, code: str | None) -> None:
    assert data.category_code(text) == code


@pytest.mark.parametrize(
    ("text", "code"), [("礼堂", "hall"), ("Video conference room", "video"), ("", None)]
)
def test_a_room_kind_is_found_by_any_of_its_names(text: str, code: str | None) -> None:
    assert data.room_kind_code(text) == code


def test_every_category_has_one_monthly_checklist() -> None:
    monthly = [item.category for item in data.checklists() if item.occasion == "monthly"]
    assert sorted(monthly) == sorted(codes())


def test_there_is_one_checklist_for_each_place() -> None:
    places = [f"{item.category}/{item.occasion}" for item in data.checklists()]
    assert repeated(places) == []
    assert {item.category for item in data.checklists()} == codes() | {ANY}
    assert {item.occasion for item in data.checklists()} == set(OCCASIONS)


def test_equipment_has_upkeep_and_commissioning_of_its_own() -> None:
    for occasion in ("quarterly", "commissioning"):
        served = {item.category for item in data.checklists() if item.occasion == occasion}
        assert codes() - served <= ({"room"} if occasion == "commissioning" else set())


@pytest.mark.parametrize(
    "checklist", data.checklists(), ids=lambda one: f"{one.category}-{one.occasion}"
)
def test_a_checklist_is_short_and_well_formed(checklist: data.Checklist) -> None:
    most = 10 if checklist.occasion in ("monthly", "daily", "weekly") else 22
    assert 3 <= len(checklist.items) <= most
    assert checks.problems(checklist.items) == []
    assert [item.key for item in checklist.items if checks.lacking(item)] == []
    for section in items.sections(checklist.items):
        assert section.zh
    names = [section.zh for section in items.sections(checklist.items)]
    assert repeated(names) == []
    for item in checklist.items:
        check_item(item)


def test_every_shipped_item_survives_writing() -> None:
    for checklist in data.checklists():
        for item in checklist.items:
            assert items.item_of(items.spec_of(item)) == item


def test_items_of_the_first_release_keep_their_keys() -> None:
    """Readings of years hang on them."""
    kept = {item.key for one in data.checklists() if one.category == "projector"
            and one.occasion == "monthly" for item in one.items}  # fmt: skip
    assert kept >= {"image", "geometry", "lamp_hours", "laser_hours", "dust", "inputs",
                    "remote_battery", "photo_picture"}  # fmt: skip


def check_item(item: items.Item) -> None:
    if item.kind == "reading":
        assert item.min is not None
        assert item.max is not None
        assert item.step is not None
        assert item.min < item.max
        assert 0 < item.step <= item.max - item.min
        assert item.unit
    elif item.kind == "counter":
        assert (item.min, item.step) == (None, 1)
        assert item.max is None or item.unit
    else:
        assert (item.min, item.max, item.step, item.unit) == (None, None, None, "")
    if item.kind != "choice":
        assert item.options == ()


def test_symptoms_point_at_categories_and_offer_help() -> None:
    assert repeated([symptom.code for symptom in data.symptoms()]) == []
    assert data.symptoms()[-1].code == "other"
    for symptom in data.symptoms():
        assert symptom.categories
        assert set(symptom.categories) <= codes()
        assert 2 <= len(symptom.tips) <= 3
        assert symptom.icon


def test_loading_twice_gives_the_same_objects() -> None:
    assert data.categories() is data.categories()
    assert data.checklists() is data.checklists()
