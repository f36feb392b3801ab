"""The words of an article, which articles fit, and the ones that come with the product. Pure."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtag import data
from roundtag.knowledge import markup, matching, owing, shipped
from roundtag.knowledge.matching import Card, Wanted, rank, score
from tests.roundtag.test_data import HAN

GUIDE = Card(1, "a", "projector", None, "guide", False, ("no_picture",), "标题", "Title", "", "", 0)


def shape(text: str) -> list[tuple[str, list[str]]]:
    return [(block.kind, [markup.plain(line) for line in block.lines])
            for block in markup.blocks(text)]  # fmt: skip


def test_paragraphs_steps_and_bold() -> None:
    text = "**现象**：黑屏\n第二行\n\n1. 看灯\n   再看线\n2、换线\n\n3) 重启\n\n完"
    assert shape(text) == [
        ("text", ["现象：黑屏", "第二行"]), ("steps", ["看灯 再看线", "换线", "重启"]),
        ("text", ["完"])]  # fmt: skip
    assert markup.blocks("**现象**：黑屏")[0].lines[0] == (
        markup.Span("现象", bold=True), markup.Span("：黑屏"))  # fmt: skip


@pytest.mark.parametrize("text", ["", "   \n\n", "**", "** a **", "****", "1.", "2026年", "a ** b"])
def test_odd_marks_are_shown_as_they_stand(text: str) -> None:
    shown = " ".join(line for _, lines in shape(text) for line in lines)
    assert shown == " ".join(text.split()) or shown == text.strip()


@given(st.text(st.sampled_from("ab*1.、) \n<&机")))
def test_no_word_is_lost_or_added(text: str) -> None:
    """What is taken away are marks, numbers of steps and space; nothing else, and in order."""
    shown = "".join(line for _, lines in shape(text) for line in lines)
    kept = [sign for sign in text if sign in "ab<&机"]
    assert [sign for sign in shown if sign in "ab<&机"] == kept


def test_the_first_step_is_what_to_try_first() -> None:
    assert markup.first_step("**现象**：黑\n\n1. 看**灯**\n2. 换线") == "看灯"
    assert markup.first_step("只有一段\n两行") == "只有一段"
    assert markup.first_step("") == ""


def test_model_before_symptom_before_category() -> None:
    wanted = Wanted("projector", 7, "no_picture")
    model = replace(GUIDE, id=2, model_id=7)
    general = replace(GUIDE, id=3, symptoms=())
    other_symptom = replace(GUIDE, id=4, symptoms=("no_sound",))
    other_kind = replace(GUIDE, id=5, category="display")
    other_model = replace(GUIDE, id=6, model_id=8)
    anywhere = replace(GUIDE, id=7, category="")
    cards = [anywhere, other_model, other_kind, other_symptom, general, GUIDE, model]
    assert [card.id for card in rank(cards, wanted)] == [2, 1, 7, 3]
    assert [card.id for card in rank(cards, Wanted("projector"))] == [1, 3, 4]


def test_without_a_kind_of_device_the_symptom_alone_decides() -> None:
    """A caller cannot say which device it is."""
    kind = replace(GUIDE, id=2, symptoms=())
    other = replace(GUIDE, id=3, category="speaker", symptoms=("no_sound",))
    anywhere = replace(GUIDE, id=4, category="")
    cards = [anywhere, other, kind, GUIDE]
    assert [card.id for card in rank(cards, Wanted("", None, "no_picture"))] == [1, 4]
    assert rank(cards, Wanted("")) == []


def test_the_problems_own_article_comes_first_whatever_it_says() -> None:
    own = replace(GUIDE, id=9, category="display", problem_id=5)
    wanted = Wanted("projector", None, "no_picture", 5)
    assert [card.id for card in rank([GUIDE, own], wanted)] == [9, 1]
    assert not score(own, replace(wanted, problem_id=6))
    assert not score(replace(own, problem_id=None), replace(wanted, problem_id=None))


def test_known_errors_then_what_helped_more() -> None:
    cards = [GUIDE, replace(GUIDE, id=2, helped=3), replace(GUIDE, id=3, kind="known_error")]
    assert [card.id for card in rank(cards, Wanted("projector"))] == [3, 2, 1]
    assert len(rank([replace(GUIDE, id=n) for n in range(9)], Wanted("projector"))) == matching.MOST


@given(st.lists(st.builds(
    replace, st.just(GUIDE), id=st.integers(1, 99),
    category=st.sampled_from(["", "projector", "x"]), model_id=st.sampled_from([None, 1, 2]),
    helped=st.integers(0, 3),
    symptoms=st.sampled_from([(), ("no_picture",), ("power",)]),
), unique_by=lambda card: card.id), st.randoms())  # fmt: skip
def test_the_order_given_does_not_matter(cards: list[Card], rng: object) -> None:
    wanted = Wanted("projector", 1, "no_picture")
    mixed = list(cards)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    assert rank(mixed, wanted) == rank(cards, wanted)
    assert all(score(card, wanted) for card in rank(cards, wanted))


def test_owed_is_what_no_article_covers() -> None:
    first = owing.First(1, "F-1", "projector", "no_picture", None)  # type: ignore[arg-type]
    other = replace(first, fault_id=2, symptom="power")
    assert owing.still_owed([first, other], [GUIDE]) == [other]
    assert owing.still_owed([first, other], [replace(GUIDE, category="display")]) == [first, other]
    assert owing.still_owed([first, other], [replace(GUIDE, category="")]) == [other]


# The articles that come with the product


def texts() -> list[tuple[str, str, str]]:
    return [(f"{row['key']} {part}", *(_text(row[lang][part]) for lang in ("zh", "en")))
            for row in shipped.rows() for part in ("title", "body")]  # fmt: skip


def _text(value: object) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)


def test_shipped_articles_are_whole_in_both_languages() -> None:
    assert [w for w, zh, en in texts() if not HAN.search(zh) or not en or HAN.search(en)] == []
    for _, zh, en in texts():
        assert len(markup.blocks(zh)) == len(markup.blocks(en))
        steps = [[len(b.lines) for b in markup.blocks(t) if b.kind == "steps"] for t in (zh, en)]
        assert steps[0] == steps[1]


def test_shipped_articles_name_what_exists_and_say_what_to_try() -> None:
    keys = [row["key"] for row in shipped.rows()]
    assert len(keys) == len(set(keys)) >= 15
    codes = {one.code for one in data.categories()} | {""}
    for row in shipped.rows():
        assert row["category"] in codes
        assert row["symptoms"]
        assert all(data.symptom(code) for code in row["symptoms"])
        for lang in ("zh", "en"):
            assert 3 < len(markup.first_step(_text(row[lang]["body"]))) < 120
            assert len(row[lang]["title"]) <= 60
    assert sum(row["public"] for row in shipped.rows()) >= 3


def test_the_categories_of_the_troubleshooting_guide_are_covered() -> None:
    wanted = {"projector", "display", "amplifier", "speaker", "mixer", "dsp", "microphone",
              "camera", "terminal", "central_control",
              "network", "wireless_presentation", "led_wall", "ups",
              "matrix", "discussion"}  # fmt: skip
    assert wanted <= {row["category"] for row in shipped.rows()}
