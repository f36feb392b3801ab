"""Drafts of checklists: worked on by several people, published as versions that never change."""

from dataclasses import replace
from typing import Any

import pytest
from peewee import DatabaseError

from roundtag import checklists, data, installation, ledger
from roundtag.checklists import (
    DiscardChecklist,
    DraftChecklist,
    Item,
    MoveItem,
    NameChecklist,
    Option,
    Place,
    PublishChecklist,
    RemoveItem,
    SaveItem,
)
from roundtag.db import database
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import ChecklistDraft, ChecklistVersion, Leaf
from tests import world as worlds
from tests.seeing import queries_of, snapshot
from tests.world import World, run

AT = Place("projector", "monthly")
LIGHT = Item(
    "light", "choice", "光源", "Light source",
    options=(Option("lamp", "灯泡", "Lamp"), Option("dead", "不亮", "Dead", True)),
)  # fmt: skip


@pytest.fixture
def quality(world: World) -> Any:
    return worlds.person("quality-1", ("quality", "provider", None))


def begin(at: Place = AT, **more: Any) -> checklists.DraftPage:
    run(checklists.draft_checklist, DraftChecklist(at, **more))
    return checklists.draft_page(at)


def publish(actor: Any, at: Place = AT, note: str = "改") -> checklists.Version:
    page = checklists.draft_page(at)
    run(checklists.publish_checklist, PublishChecklist(at, page.revision, page.latest, note), actor)
    found = checklists.page(at).version
    assert found is not None
    return found


def codes(refused: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [error.code for error in refused.value.errors]


def test_what_was_saved_item_by_item_is_what_is_published(quality: Any) -> None:
    begin()
    run(checklists.save_item, SaveItem(AT, LIGHT, after="image"), quality)
    asked = replace(LIGHT, key="lamp_photo", kind="photo", options=(), required=False,
                    when=("light", ("dead",)))  # fmt: skip
    run(checklists.save_item, SaveItem(AT, asked, after="light"), quality)
    draft = checklists.draft_page(AT).items
    version = publish(quality)
    assert version.items == draft
    assert [item.key for item in version.items[:3]] == ["image", "light", "lamp_photo"]
    assert version.number == 2
    assert checklists.latest("projector", "monthly") == version
    row = ChecklistVersion.get_by_id(version.id)
    assert (row.own, row.person_id, row.note) == (True, quality.person_id, "改")
    assert ChecklistDraft.select().count() == 0


def test_drafts_leave_no_leaf_and_versions_one(quality: Any) -> None:
    before = Leaf.select().count()
    begin()
    run(checklists.save_item, SaveItem(AT, LIGHT), quality)
    assert Leaf.select().count() == before
    publish(quality)
    assert Leaf.select().count() == before + 1
    assert ledger.verify(None) == []


def test_a_published_version_cannot_be_changed(world: World) -> None:
    row = ChecklistVersion.get_by_id(world.version_id)
    row.note = "anders"
    with pytest.raises(DatabaseError, match="append-only"), database.atomic():
        row.save()


def test_an_item_is_not_saved_over_what_the_form_had_not_shown(quality: Any) -> None:
    page = begin()
    lamp = page.item("lamp")
    mine, theirs = replace(lamp, max=1000.0), replace(lamp, max=2000.0)
    run(checklists.save_item, SaveItem(AT, theirs, "lamp", seen=page.seen["lamp"]), quality)
    for command in (SaveItem(AT, mine, "lamp", seen=page.seen["lamp"]),
                    RemoveItem(AT, "lamp", page.seen["lamp"])):  # fmt: skip
        verb = checklists.save_item if isinstance(command, SaveItem) else checklists.remove_item
        with pytest.raises(Invalid) as refused:
            run(verb, command, quality)
        assert codes(refused) == ["stale"]
    assert checklists.draft_page(AT).item("lamp").max == 2000


def test_other_items_of_the_same_draft_do_not_get_in_the_way(quality: Any) -> None:
    page = begin()
    for key in ("lamp", "image"):
        item = replace(page.item(key), hint_zh="新")
        run(checklists.save_item, SaveItem(AT, item, key, seen=page.seen[key]), quality)
    now = checklists.draft_page(AT)
    assert {now.item(key).hint_zh for key in ("lamp", "image")} == {"新"}
    assert now.revision == page.revision + 2


@pytest.mark.parametrize(
    ("verb", "command"),
    [(checklists.publish_checklist, PublishChecklist(AT, 1, 1, "x")),
     (checklists.discard_checklist, DiscardChecklist(AT, 1)),
     (checklists.name_checklist, NameChecklist(AT, "名", "Name", 1))],
)  # fmt: skip
def test_the_whole_goes_only_as_the_page_had_shown_it(
    quality: Any, verb: Any, command: Any
) -> None:
    begin()
    run(checklists.save_item, SaveItem(AT, LIGHT), quality)
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        run(verb, command, quality)
    assert codes(refused) == ["stale"]
    assert snapshot() == before


def test_a_version_published_meanwhile_is_shown_first(quality: Any) -> None:
    begin()
    run(checklists.save_item, SaveItem(AT, LIGHT), quality)
    page = checklists.draft_page(AT)
    spec = {"category": "projector", "occasion": "monthly", "name_zh": "月检", "name_en": "Monthly",
            "items": [{"key": "x", "kind": "check", "zh": "查", "en": "Check"}]}  # fmt: skip
    run(checklists.publish_checklists, checklists.PublishChecklists((spec,)))
    with pytest.raises(Invalid) as refused:
        run(checklists.publish_checklist, PublishChecklist(AT, page.revision, 1, "x"), quality)
    assert codes(refused) == ["overtaken"]
    assert checklists.draft_page(AT).base == 1
    assert publish(quality).number == 3


def test_a_draft_without_change_or_with_problems_is_not_published(quality: Any) -> None:
    page = begin()
    with pytest.raises(Invalid) as refused:
        publish(quality)
    assert codes(refused) == ["same"]
    asked = replace(page.item("remark"), when=("image", ("fail",)))
    run(checklists.save_item, SaveItem(AT, asked, "remark", seen=page.seen["remark"]), quality)
    run(checklists.move_item, MoveItem(AT, "image", "end"), quality)
    assert [p.field for p in checklists.draft_page(AT).problems] == ["when"]
    with pytest.raises(Invalid) as refused:
        publish(quality)
    assert codes(refused) == ["unknown"]


def test_where_a_language_is_missing_the_other_stands_in(quality: Any) -> None:
    begin()
    item = Item("only", "check", "只有中文", "", section_en="End")
    run(checklists.save_item, SaveItem(AT, item), quality)
    assert checklists.draft_page(AT).lacking == {"only": ("zh", "en")}
    published = publish(quality).items[-1]
    assert (published.en, published.section_zh) == ("只有中文", "End")


def test_the_wrong_role_or_a_clients_own_quality_changes_nothing(world: World) -> None:
    begin()
    own = worlds.person("quality-2", ("quality", "client", world.client_id))
    before = snapshot()
    for actor in (world.engineer, world.manager, world.viewer, own):
        with pytest.raises(Forbidden):
            run(checklists.save_item, SaveItem(AT, LIGHT), actor)
    assert snapshot() == before


def test_without_a_draft_there_is_nothing_to_change(quality: Any) -> None:
    for command in (SaveItem(AT, LIGHT), MoveItem(AT, "image", "up")):
        verb = checklists.save_item if isinstance(command, SaveItem) else checklists.move_item
        with pytest.raises(NotFound):
            run(verb, command, quality)


def test_a_new_release_leaves_alone_what_is_the_providers_own(quality: Any) -> None:
    installation.renew()
    shipped = checklists.latest("projector", "monthly")
    assert shipped is not None
    assert shipped.number == 2
    begin()
    run(checklists.save_item, SaveItem(AT, LIGHT), quality)
    own = publish(quality)
    run(checklists.publish_checklists, checklists.PublishChecklists(data.checklist_rows()))
    assert checklists.latest("projector", "monthly") == own
    assert checklists.page(AT).differs
    line = next(one for one in checklists.lines(checklists.read_filter(empty())) if one.place == AT)
    assert (line.own, line.differs) == (True, True)
    before = snapshot()
    installation.renew()
    assert snapshot() == before


def empty() -> Fields:
    return Fields([])


def test_occasions_stand_in_for_one_another(world: World) -> None:
    installation.renew()
    wanted = {("projector", "monthly"): ("projector", "monthly"),
              ("projector", "observation"): ("any", "observation"),
              ("projector", "half_yearly"): ("projector", "quarterly"),
              ("projector", "before_meeting"): ("any", "daily"),
              ("room", "before_meeting"): ("room", "before_meeting"),
              ("room", "half_yearly"): ("room", "quarterly"),
              ("room", "commissioning"): ("room", "monthly"),
              ("lightning", "half_yearly"): ("lightning", "half_yearly")}  # fmt: skip
    for asked, found in wanted.items():
        version = checklists.latest(*asked)
        assert version is not None
        assert (version.category, version.occasion) == found
    assert queries_of(lambda: checklists.latest("projector", "before_meeting")) == 1


def test_pages_cost_the_same_however_much_there_is(quality: Any) -> None:
    def cost() -> list[int]:
        return [queries_of(read) for read in (
            lambda: checklists.lines(checklists.read_filter(empty())),
            lambda: checklists.page(AT),
            lambda: checklists.draft_page(AT),
            lambda: checklists.compare_page(AT, "1", "draft"),
        )]  # fmt: skip

    begin()
    few = cost()
    installation.renew()
    for number, note in enumerate(("一", "二", "三")):
        run(
            checklists.save_item,
            SaveItem(AT, replace(LIGHT, key=f"light_{number}")),
        )
        publish(quality, note=note)
        begin()
    assert cost() == few
    assert few == [2, 3, 2, 2]
