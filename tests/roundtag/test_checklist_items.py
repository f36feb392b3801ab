"""Items by themselves: what survives writing, what moves where, what differs. No database."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roundtag import checklists
from roundtag.checklists import Item, Option, ordering
from roundtag.checklists.versions import Version
from roundtag.errors import Invalid
from roundtag.fields import Fields
from roundtag.items import item_of, spec_of

WORDS = st.text("画声℃é%ab1", min_size=1, max_size=4)
MAYBE = st.one_of(st.just(""), WORDS)
FIGURES = st.one_of(st.none(), st.integers(-900, 900).map(lambda n: n / 10))
FEW = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
SECTIONS = st.sampled_from([("", ""), ("画面", "Picture"), ("声音", "Sound")])


@st.composite
def items_(draw: Any, key: str) -> Item:
    """A sound item without a condition."""
    kind = draw(st.sampled_from(checklists.KINDS))
    low, high = draw(FIGURES), draw(FIGURES)
    if low is not None and high is not None and low > high:
        low, high = high, low
    options = tuple(
        Option(f"o{n}", draw(WORDS), draw(WORDS), fail=n > 0 and draw(st.booleans()))
        for n in range(draw(st.integers(2, 3)))
    )
    section = draw(SECTIONS)
    measured = kind in ("reading", "counter")
    return Item(
        key, kind, draw(WORDS), draw(WORDS), draw(MAYBE) if measured else "",
        low if kind == "reading" else None,
        {"reading": high, "counter": draw(st.sampled_from([None, 4000.0]))}.get(kind),
        draw(st.sampled_from([None, 0.5, 1.0])) if measured else None, draw(st.booleans()),
        options if kind == "choice" else (), draw(MAYBE), draw(MAYBE), *section,
        None, draw(MAYBE),
    )  # fmt: skip


@st.composite
def lists(draw: Any) -> tuple[Item, ...]:
    """Items whose conditions name what comes before them."""
    found: list[Item] = []
    for number in range(draw(st.integers(1, 4))):
        item = draw(items_(f"item_{number}"))
        deciders = [one for one in found if one.kind in ("check", "choice")]
        if deciders and draw(st.booleans()):
            on = draw(st.sampled_from(deciders))
            answer = "fail" if on.kind == "check" else on.options[0].key
            item = Item(**{**vars(item), "when": (on.key, (answer,))})
        found.append(item)
    return tuple(found)


@FEW
@given(lists())
def test_a_list_survives_json_and_its_file(items: tuple[Item, ...]) -> None:
    specs = json.loads(json.dumps([spec_of(item) for item in items]))
    assert tuple(map(item_of, specs)) == items
    assert checklists.problems(items) == []
    version = Version(1, 1, "名", "Name", items, "projector", "monthly")
    order = checklists.read_file(checklists.written(version))
    assert tuple(map(item_of, order.items)) == items


@FEW
@given(lists())
def test_a_list_survives_its_forms(items: tuple[Item, ...]) -> None:
    for item in items:
        pairs = [*checklists.shown(item).items(), *(("when", t) for t in checklists.ticked(item))]
        assert checklists.read_item(Fields(pairs), items, item.key) == item


@FEW
@given(lists(), lists())
def test_comparing_backwards_is_the_mirror_image(
    one: tuple[Item, ...], other: tuple[Item, ...]
) -> None:
    there, back = checklists.compare(one, other), checklists.compare(other, one)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert there.reordered == back.reordered
    mirrored = [
        (c.after, c.before, [(d.field, d.after, d.before) for d in c.differences])
        for c in back.changed
    ]
    assert mirrored == [
        (c.before, c.after, [(d.field, d.before, d.after) for d in c.differences])
        for c in there.changed
    ]
    assert checklists.compare(one, one).same
    assert there.same == (one == other)


@FEW
@given(lists(), st.data())
def test_moving_loses_and_changes_nothing_but_the_section(
    items: tuple[Item, ...], draw: Any
) -> None:
    key = draw.draw(st.sampled_from([item.key for item in items]))
    targets = ["up", "down", "end", "nonsense", *(f"before:{item.key}" for item in items)]
    moved = ordering.move(items, key, draw.draw(st.sampled_from(targets)))
    bare = [{**vars(item), "section_zh": "", "section_en": ""} for item in items]
    after = [{**vars(item), "section_zh": "", "section_en": ""} for item in moved]
    assert sorted(bare, key=repr) == sorted(after, key=repr)


def named(*sections: str) -> tuple[Item, ...]:
    return tuple(
        Item(f"i{n}", "check", "查", "Check", section_zh=name) for n, name in enumerate(sections)
    )


def test_at_the_edge_of_a_section_an_item_first_joins_the_next_one() -> None:
    items = named("A", "A", "B")
    once = ordering.move(items, "i1", "down")
    assert [(i.key, i.section_zh) for i in once] == [("i0", "A"), ("i1", "B"), ("i2", "B")]
    twice = ordering.move(once, "i1", "down")
    assert [i.key for i in twice] == ["i0", "i2", "i1"]
    assert len(checklists.sections(ordering.move(items, "i2", "before:i0"))) == 1


@pytest.mark.parametrize(
    "spec",
    ["", "[]", "{}", '{"items": {}}', '{"items": [], "category": "x", "occasion": "monthly"}'],
)
def test_a_file_that_is_none_is_told_so(spec: str) -> None:
    with pytest.raises(Invalid):
        checklists.read_file(spec)


@pytest.mark.parametrize(
    "item",
    [None, 7, {}, {"key": "a"}, {"key": "a", "kind": "check", "zh": 5, "en": ""},
     {"key": "a", "kind": "reading", "zh": "x", "en": "x", "max": "9"},
     {"key": "a", "kind": "reading", "zh": "x", "en": "x", "max": float("nan")},
     {"key": "a", "kind": "check", "zh": "x", "en": "x", "required": "no"},
     {"key": "a", "kind": "check", "zh": "x", "en": "x", "colour": "red"},
     {"key": "a", "kind": "choice", "zh": "x", "en": "x", "options": [5]},
     {"key": "a", "kind": "choice", "zh": "x", "en": "x",
      "options": [{"key": 1, "zh": "", "en": ""}]},
     {"key": "a", "kind": "check", "zh": "x", "en": "x", "when": {"item": "b", "is": [1]}},
     {"key": "a", "kind": "check", "zh": "x", "en": "x", "when": "b"},
     {"key": "a", "kind": "check", "zh": "x" * 201, "en": "x"}],
)  # fmt: skip
def test_a_bad_item_of_a_file_is_named_by_its_number(item: Any) -> None:
    good = {"key": "good", "kind": "check", "zh": "好", "en": "Good"}
    spec = {"category": "any", "occasion": "monthly", "items": [good, item]}
    with pytest.raises(Invalid) as refused:
        checklists.read_file(json.dumps(spec))
    assert refused.value.errors[0].values == {"number": 2}


def test_a_counter_at_its_limit_is_due() -> None:
    lamp = Item("lamp", "counter", "灯时", "Lamp hours", "h", max=4000)
    assert [lamp.judge(text) for text in ("3999", "4000", "4001")] == ["pass", "fail", "fail"]
    assert Item("n", "counter", "次", "Times").judge("99999") == "pass"


def test_an_item_behind_an_item_that_is_not_asked_is_not_asked_either() -> None:
    first = Item("a", "check", "甲", "A")
    second = Item("b", "check", "乙", "B", when=("a", ("fail",)))
    third = Item("c", "text", "丙", "C", when=("b", ("fail",)))
    answers = {"a": "pass", "b": "fail"}
    assert checklists.asked([first, second, third], answers) == (first,)
    assert len(checklists.asked([first, second, third], {**answers, "a": "fail"})) == 3
