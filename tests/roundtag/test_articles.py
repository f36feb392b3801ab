"""Articles: written, published, retired, read, found and counted when they help."""

from typing import Any

import pytest
from peewee import DatabaseError

from roundtag import commands, devices, faults, installation, knowledge, ledger, search
from roundtag.access import ATTENDEE, SYSTEM, Actor
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.knowledge import Wish, Words, WriteArticle, shipped
from roundtag.models import (
    Article,
    ArticleHelp,
    ArticleIndex,
    ArticleVersion,
    Log,
    Unit,
)
from roundtag.tagging import resolve
from tests import world as worlds
from tests.seeing import at_once, leaf_texts, queries_of, snapshot
from tests.world import World, deliver, fault_form, new_id, run

WORDS = Words("投影机冷启动黑屏", "Projector is dark when cold",
              "**现象**：开机没有画面\n\n1. 等两分钟\n2. 换线",
              "1. Wait two minutes\n2. Change the cable")  # fmt: skip


@pytest.fixture
def writer(world: World) -> Actor:
    return worlds.person("analyst-p", ("analyst", "provider", None))


def write(writer: Actor, **more: Any) -> int:
    order = WriteArticle(**{"words": WORDS, "category": "projector", "publish": True,
                            "symptoms": ("no_picture",), **more})  # fmt: skip
    return int(run(knowledge.write_article, order, writer).subject_id or 0)


def titles(wish: Wish, actor: Actor) -> list[str]:
    return [line.title_zh for line in knowledge.listing(wish, actor).lines]


def test_a_draft_is_for_writers_until_it_is_published(world: World, writer: Actor) -> None:
    key = write(writer, publish=False)
    assert titles(Wish(), world.engineer) == []
    assert titles(Wish(state="draft"), world.engineer) == []  # nobody but writers sees drafts
    assert titles(Wish(state="draft"), writer) == [WORDS.title_zh]
    with pytest.raises(NotFound):
        knowledge.page(key, world.engineer)
    run(knowledge.publish_article, knowledge.PublishArticle(key, 1), writer)
    page = knowledge.page(key, world.viewer)
    assert page.words == WORDS
    assert (page.published, page.versions) == (1, [])
    assert titles(Wish(), world.viewer) == [WORDS.title_zh]


def test_what_people_read_changes_only_when_it_is_published(world: World, writer: Actor) -> None:
    key = write(writer)
    new = Words("新标题", "New title", "1. 新", "1. New")
    write(writer, article_id=key, expected=1, words=new, category="display", publish=False)
    assert knowledge.page(key, world.engineer).words == WORDS
    assert knowledge.of_device("projector", None)[0][0].title_zh == WORDS.title_zh
    assert knowledge.listing(Wish(), writer).lines[0].ahead
    assert knowledge.page(key, writer, newest=True).words == new
    with pytest.raises(NotFound):
        knowledge.page(key, world.engineer, 2)
    run(knowledge.publish_article, knowledge.PublishArticle(key, 2), writer)
    assert knowledge.page(key, world.engineer).words == new
    assert knowledge.of_device("projector", None) == ([], [])
    assert [v.number for v in knowledge.page(key, writer).versions] == [2, 1]
    assert knowledge.page(key, writer, 1).words == WORDS


def test_who_writes_from_an_older_version_saves_nothing_over_it(
    world: World, writer: Actor
) -> None:
    key = write(writer)
    write(writer, article_id=key, expected=1)
    before = snapshot()
    order = WriteArticle(WORDS, article_id=key, expected=1)
    receipt = run(knowledge.write_article, order, writer)
    assert (receipt.outcome, receipt.values) == ("conflict", {"number": 2})
    stale = run(knowledge.publish_article, knowledge.PublishArticle(key, 1), writer)
    assert stale.outcome == "conflict"
    after = snapshot()
    assert {table for table in after if after[table] != before[table]} == {"submission"}


def test_two_who_write_at_once(fresh_world: World) -> None:
    writer = worlds.person("analyst-p", ("analyst", "provider", None))
    key = write(writer)
    calls = [lambda: run(knowledge.write_article, WriteArticle(WORDS, article_id=key, expected=1),
                         writer)] * 2  # fmt: skip
    assert sorted(one.outcome for one in at_once(calls)) == ["conflict", "done"]  # type: ignore[union-attr]
    assert ArticleVersion.select().where(ArticleVersion.article == key).count() == 2


def test_retired_it_is_shown_nowhere_and_comes_back(world: World, writer: Actor) -> None:
    key = write(writer)
    run(knowledge.retire_article, knowledge.RetireArticle(key), writer)
    assert titles(Wish(), world.engineer) == []
    assert knowledge.of_device("projector", None) == ([], [])
    assert knowledge.page(key, world.engineer).line.state == "retired"  # old links still tell
    assert titles(Wish(state="retired"), writer) == [WORDS.title_zh]
    run(knowledge.publish_article, knowledge.PublishArticle(key, 1), writer)
    assert titles(Wish(), world.engineer) == [WORDS.title_zh]


@pytest.mark.parametrize(
    "text", ["黑屏", "投影", "tyjlqd", "dark", "等两", "没有画面", "投影仪", "CABLE 两分"]
)
def test_found_by_any_words_in_both_languages(world: World, writer: Actor, text: str) -> None:
    write(writer)
    write(writer, words=Words("音箱", "Speaker", "1. 听", "1. Listen"), category="speaker",
          symptoms=("no_sound",))  # fmt: skip
    assert titles(Wish(text=text), world.engineer) == [WORDS.title_zh]


@pytest.mark.parametrize("text", ["黑白", "%", "_", "'", "\\"])
def test_not_found_by_what_it_does_not_say(world: World, writer: Actor, text: str) -> None:
    write(writer)
    assert titles(Wish(text=text), world.engineer) == []


def test_the_index_is_what_a_rebuild_makes(world: World, writer: Actor) -> None:
    key = write(writer)
    write(writer, article_id=key, expected=1, words=Words("甲", "", "1. 乙", ""), publish=False)
    write(writer, publish=False)
    before = {row.article: row.text for row in ArticleIndex.select()}
    search.rebuild()
    assert {row.article: row.text for row in ArticleIndex.select()} == before
    assert len(before) == 2


def test_filters_narrow_in_one_query(world: World, writer: Actor) -> None:
    write(writer)
    write(writer, category="", kind="known_error", public=True)
    write(writer, category="display")

    def count(**chosen: Any) -> int:
        return len(knowledge.listing(Wish(**chosen), world.engineer).lines)

    assert [count(), count(category="projector"), count(kind="known_error"), count(public=True),
            count(text="黑屏", category="display")] == [3, 2, 1, 1, 2]  # fmt: skip
    assert queries_of(lambda: knowledge.listing(Wish(text="黑屏"), world.engineer)) == 1
    odd = knowledge.read_wish(Fields({"category": "'", "kind": "x", "state": "y"}.items()))
    assert odd == Wish()
    assert not odd.narrows


def test_pages_cost_the_same_with_many(world: World, writer: Actor) -> None:
    key = write(writer)
    reads = {
        "page": lambda: knowledge.page(key, writer),
        "device": lambda: knowledge.of_device("projector", 1),
        "room": lambda: knowledge.in_room(world.room.id, {"projector"}),
        "list": lambda: knowledge.listing(Wish(), writer),
    }
    few = {name: queries_of(read) for name, read in reads.items()}
    for number in range(1, 9):
        write(writer, article_id=key, expected=number)
        write(writer, public=True)
    assert {name: queries_of(read) for name, read in reads.items()} == few
    assert few == {"page": 4, "device": 1, "room": 1, "list": 1}


def test_at_the_device_those_of_its_model_come_first(world: World, writer: Actor) -> None:
    model = Unit.get(Unit.serial == "SNA1").model_id
    write(writer, words=Words("一般", "General", "1. 看", "1. Look"))
    write(writer, model_id=model)
    found = devices.page(world.devices[0].id, "x", world.engineer).known
    assert [(card.title_zh, card.first_zh) for card in found] == [
        (WORDS.title_zh, "等两分钟"), ("一般", "看")]  # fmt: skip


def test_helped_is_counted_once_for_a_person_and_fault_or_day(world: World, writer: Actor) -> None:
    key = write(writer)
    fault = int(deliver("fault", fault_form(world), world.engineer).subject_id or 0)

    def help_(actor: Actor, fault_id: int | None = None) -> None:
        run(knowledge.article_helped, knowledge.ArticleDidHelp(key, fault_id), actor)

    for _ in range(2):
        help_(world.engineer)
        help_(world.engineer, fault)
        help_(world.manager, fault)
    assert knowledge.page(key, writer).line.helped == 3


def test_no_help_from_what_cannot_be_seen(world: World, other: World, writer: Actor) -> None:
    key, draft = write(writer), write(writer, publish=False)
    fault = int(deliver("fault", fault_form(other), other.engineer).subject_id or 0)
    for order in (knowledge.ArticleDidHelp(draft), knowledge.ArticleDidHelp(999_999),
                  knowledge.ArticleDidHelp(key, fault)):  # fmt: skip
        with pytest.raises(NotFound):
            run(knowledge.article_helped, order, world.engineer)
    assert ArticleHelp.select().count() == 0


def test_attendees_read_public_articles_of_their_room_only(
    world: World, other: World, writer: Actor
) -> None:
    public, secret = write(writer, public=True), write(writer)
    camera = write(writer, public=True, category="camera")
    model = Unit.get(Unit.serial == "SNA1").model
    foreign = type(model).create(category="projector", maker="NEC", name="P")
    elsewhere = write(writer, public=True, model_id=foreign.id)
    page = faults.attendee_page(resolve(world.room_tag, ATTENDEE))
    assert [card.id for card in page.articles] == [public]
    for key, right in ((public, True), (secret, False), (camera, False), (elsewhere, False)):
        assert knowledge.is_public_here(key, world.room.id) == right
    visit = new_id()
    for _ in range(2):
        order = knowledge.ArticleHelpedHere(world.room_tag, public)
        commands.run(visit, knowledge.article_helped_here, order, ATTENDEE)
    assert ArticleHelp.select().count() == 1
    with pytest.raises(NotFound):
        run(knowledge.article_helped_here, knowledge.ArticleHelpedHere(world.room_tag, secret),
            ATTENDEE)  # fmt: skip


def test_who_may_not(world: World, writer: Actor) -> None:
    key = write(writer)
    before = snapshot()
    orders = ((knowledge.write_article, WriteArticle(WORDS)),
              (knowledge.publish_article, knowledge.PublishArticle(key, 1)),
              (knowledge.retire_article, knowledge.RetireArticle(key)))  # fmt: skip
    local = worlds.person("analyst-a", ("analyst", "client", world.client_id))
    before = snapshot()
    for verb, order in orders:
        for actor in (world.engineer, world.viewer, local, ATTENDEE):
            with pytest.raises(Forbidden):
                run(verb, order, actor)
    with pytest.raises(NotFound):
        run(knowledge.retire_article, knowledge.RetireArticle(999_999), writer)
    assert snapshot() == before


def test_repeated_it_is_one_article(world: World, writer: Actor) -> None:
    for _ in range(2):
        commands.run("00000000-0000-4000-8000-000000000001", knowledge.write_article,
                     WriteArticle(WORDS), writer)  # fmt: skip
    assert ArticleVersion.select().count() == 1


def test_words_are_sealed_and_versions_only_change_to_be_erased(
    world: World, writer: Actor
) -> None:
    key = write(writer)
    assert "黑屏" not in leaf_texts()
    assert not [line for log in Log.select() for line in ledger.verify(log.client_id)]
    row = ArticleVersion.article == key
    for change in ({"title_zh": "x"}, {"number": 9}):
        with pytest.raises(DatabaseError), ArticleVersion._meta.database.atomic():
            ArticleVersion.update(**change).where(row).execute()
    with pytest.raises(DatabaseError), ArticleVersion._meta.database.atomic():
        ArticleVersion.delete().where(row).execute()
    nothing: dict[str, Any] = dict.fromkeys(("title_zh", "title_en", "body_zh", "body_en"))
    ArticleVersion.update(**nothing, salts={}).where(row).execute()
    assert knowledge.page(key, writer).words == Words()


@pytest.mark.parametrize(("fields", "wrong"), [
    ({}, {"title_zh": "required", "kind": "required"}),
    ({"kind": "guide", "title_zh": "题"}, {"body_zh": "required"}),
    ({"kind": "guide", "body_en": "1. x"}, {"title_en": "required"}),
    ({"kind": "x", "title_zh": "题", "body_zh": "文", "category": "y"},
     {"kind": "unknown", "category": "unknown"}),
    ({"kind": "guide", "title_zh": "题" * 121, "body_zh": "文" * 8001},
     {"title_zh": "long", "body_zh": "long"}),
    ({"kind": "guide", "title_zh": "题", "body_zh": "文", "symptoms": "x", "model": "不存在"},
     {"symptoms": "unknown", "model": "unknown"}),
])  # fmt: skip
def test_bad_fields_are_named(store: str, fields: dict[str, str], wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as told:
        knowledge.read_article(Fields(fields.items()))
    assert {e.field: e.code for e in told.value.errors} == wrong


def test_a_model_is_named_by_its_maker_and_name(world: World) -> None:
    assert "爱普生 CB-L500" in knowledge.model_names()
    fields = {"kind": "guide", "title_zh": "题", "body_zh": "文", "category": "projector",
              "model": "爱普生 CB-L500"}  # fmt: skip
    found = knowledge.read_article(Fields(fields.items()))
    assert found.model_id == Unit.get(Unit.serial == "SNA1").model_id
    with pytest.raises(Invalid):
        knowledge.read_article(Fields({**fields, "category": "display"}.items()))


# What comes with the product


def load(*rows: dict[str, Any]) -> int:
    return int(run(knowledge.load_articles, knowledge.LoadArticles(rows)).values["count"])


def test_shipped_articles_load_once_and_again_only_when_they_say_something_new(
    world: World, writer: Actor
) -> None:
    first, second = shipped.rows()[:2]
    assert load(first, second) == 2
    assert load(first, second) == 0
    newer = {**first, "zh": {**first["zh"], "title": "新标题"}}
    assert load(newer, second) == 1
    article = Article.get(Article.key == first["key"])
    assert (article.version, article.published, article.shipped) == (2, 2, True)
    assert knowledge.page(article.id, world.engineer).words.title_zh == "新标题"


def test_ones_own_edits_are_never_written_over(world: World, writer: Actor) -> None:
    first, second = shipped.rows()[:2]
    load(first, second)
    edited, gone = (Article.get(Article.key == row["key"]).id for row in (first, second))
    write(writer, article_id=edited, expected=1, publish=False)
    run(knowledge.retire_article, knowledge.RetireArticle(gone), writer)
    newer = tuple({**row, "zh": {**row["zh"], "title": "新"}} for row in (first, second))
    assert load(*newer) == 0


def test_an_installation_begins_with_them_all(store: str) -> None:
    installation.begin()
    assert Article.select().where(Article.state == "published").count() == len(shipped.rows())
    before = snapshot()
    installation.begin()
    installation.load_articles()
    assert snapshot() == before
    assert len(knowledge.listing(Wish(text="投影"), SYSTEM).lines) >= 2
    assert not ledger.verify(None)
