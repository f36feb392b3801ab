"""The editor of checklists as a browser without scripts sees it."""

import json

import pytest
from flask.testing import FlaskClient

from roundtag import checklists, data
from roundtag.checklists import PublishChecklists, publish_checklists
from roundtag.models import ChecklistDraft, ChecklistVersion
from tests import world as worlds
from tests.seeing import snapshot
from tests.web.conftest import SignIn
from tests.web.reading import Form, Page
from tests.world import World

HOME = "/checklists/projector/monthly"
DRAFT = f"{HOME}/draft"


@pytest.fixture
def quality(signed_in: SignIn, world: World) -> FlaskClient:
    browser = signed_in("quality-all")
    browser.set_cookie("lang", "en")
    return browser


@pytest.fixture
def editor(quality: FlaskClient) -> FlaskClient:
    """With a draft of the projector's monthly check begun."""
    assert quality.post(DRAFT).location == DRAFT
    return quality


def form_of(browser: FlaskClient, path: str, end: str) -> Form:
    return next(one for one in Page(browser.get(path).text).forms if one.action.endswith(end))


def keys() -> list[str]:
    return [item["key"] for item in ChecklistDraft.get().items]


def test_the_list_shows_and_narrows_what_there_is(quality: FlaskClient) -> None:
    worlds.run(publish_checklists, PublishChecklists(data.checklist_rows()))
    page = quality.get("/checklists").text
    assert "Observation: any device" in page
    assert "Half-yearly test: lightning protection" in page
    narrowed = quality.get("/checklists?category=lightning&occasion=half_yearly").text
    assert narrowed.count('class="row"') == 1
    assert "Nothing found" in quality.get("/checklists?state=draft").text


def test_a_draft_is_begun_once_and_leads_back_to_itself(quality: FlaskClient) -> None:
    sent = {"category": "projector", "occasion": "monthly"}
    for _ in range(2):
        answer = quality.post("/checklists", data=sent)
        assert (answer.status_code, answer.location) == (303, DRAFT)
    assert ChecklistDraft.select().count() == 1
    assert "Draft" in quality.get("/checklists?state=draft").text
    for path in (DRAFT, f"{DRAFT}/preview", f"{HOME}/compare?one=1&other=draft", HOME):
        assert quality.get(path).status_code == 200


def test_a_checklist_nobody_has_yet_is_written_from_nothing(quality: FlaskClient) -> None:
    answer = quality.post("/checklists", data={"category": "any", "occasion": "recheck"})
    page = quality.get(answer.location).text
    assert "No item yet" in page
    assert quality.get("/checklists/any/recheck").status_code == 200
    sent = form_of(quality, answer.location, "/publish").filled()
    refused = quality.post(f"{answer.location}/publish", data={**sent, "note": "First"})
    assert refused.status_code == 422
    assert "Add an item first." in refused.text
    quality.post(f"{answer.location}/discard", data={"revision": "1"})
    assert ChecklistDraft.select().count() == 0
    assert quality.get("/checklists/any/recheck").status_code == 404


@pytest.mark.parametrize("sent", [{}, {"category": "x", "occasion": "monthly"}])
def test_an_unknown_place_is_refused(quality: FlaskClient, sent: dict[str, str]) -> None:
    assert quality.post("/checklists", data=sent).status_code == 422
    assert quality.get("/checklists/x/monthly").status_code == 404
    assert quality.get("/checklists/projector/yearly/draft").status_code == 404


def test_an_item_goes_through_its_form_unchanged(editor: FlaskClient) -> None:
    before = checklists.draft_page(checklists.place("projector", "monthly")).items
    for key in keys():
        form = form_of(editor, f"{DRAFT}/items/{key}", f"/items/{key}")
        assert editor.post(form.action, data=form.filled()).status_code == 303
    assert checklists.draft_page(checklists.place("projector", "monthly")).items == before


def test_an_item_is_added_with_answers_and_a_condition(editor: FlaskClient) -> None:
    form = form_of(editor, f"{DRAFT}/items/new?after=image", "/items")
    answer = editor.post(form.action, data={
        **form.filled(), "kind": "choice", "zh": "色彩", "en": "Colour cast", "when": "image=fail",
        "option.0.zh": "偏红", "option.0.en": "Red", "option.0.fail": "1", "option.2.zh": "正常",
    })  # fmt: skip
    assert answer.location == f"{DRAFT}#item-colour_cast"
    assert keys()[:2] == ["image", "colour_cast"]
    item = checklists.draft_page(checklists.place("projector", "monthly")).item("colour_cast")
    assert [(o.key, o.zh, o.fail) for o in item.options] == [
        ("red", "偏红", True), ("answer_2", "正常", False)]  # fmt: skip
    assert item.when == ("image", ("fail",))
    page = editor.get(DRAFT).text
    assert "English missing" in page
    assert 'data-show-if="item.image=fail"' in editor.get(f"{DRAFT}/preview").text


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"kind": "reading", "min": "9", "max": "3"}, "lies below the lower one"),
     ({"kind": "reading", "max": "viel"}, "Give a number"),
     ({"kind": "choice"}, "two answers at least"),
     ({"key": "image"}, "Another item has this key"),
     ({"key": "Ä b"}, "Small letters"),
     ({"zh": "", "en": ""}, "Say what is asked"),
     ({"when": "remark=x"}, "only a check or a choice can decide"),
     ({"when": "nothing=pass"}, "does not come before it"),
     ({"kind": "nonsense"}, "Choose one of the list")],
)  # fmt: skip
def test_a_bad_item_names_the_field_and_keeps_what_was_typed(
    editor: FlaskClient, typed: dict[str, str], words: str
) -> None:
    before = snapshot()
    sent = {"zh": "新的检查", "en": "", "kind": "check", "hint_zh": "别丢", **typed}
    refused = editor.post(f"{DRAFT}/items", data=sent)
    assert refused.status_code == 422
    assert words in refused.text
    assert "别丢" in refused.text
    assert snapshot() == before


def test_moving_needs_no_script(editor: FlaskClient) -> None:
    first = keys()
    editor.post(f"{DRAFT}/items/{first[0]}/move", data={"to": "down"})
    assert keys() == [first[1], first[0], *first[2:]]
    editor.post(f"{DRAFT}/items/{first[-1]}/move", data={"to": f"before:{first[1]}"})
    assert keys()[0] == first[-1]
    assert editor.post(f"{DRAFT}/items/nothing/move", data={"to": "up"}).status_code == 404


def test_an_item_is_duplicated_and_taken_out(editor: FlaskClient) -> None:
    answer = editor.post(f"{DRAFT}/items/lamp/copy")
    assert answer.location == f"{DRAFT}/items/lamp_2"
    assert "lamp_2" in keys()
    form = form_of(editor, answer.location, "/remove")
    editor.post(form.action, data=form.filled())
    assert "lamp_2" not in keys()


def test_whoever_saves_second_sees_what_the_first_one_saved(
    editor: FlaskClient, signed_in: SignIn
) -> None:
    mine = form_of(editor, f"{DRAFT}/items/lamp", "/items/lamp")
    theirs = form_of(signed_in("admin-all"), f"{DRAFT}/items/lamp", "/items/lamp")
    signed_in("admin-all").post(theirs.action, data={**theirs.filled(), "zh": "灯泡小时"})
    refused = editor.post(mine.action, data={**mine.filled(), "zh": "灯时数"})
    assert refused.status_code == 422
    assert "灯泡小时" in refused.text
    assert "灯时数" in refused.text
    again = next(f for f in Page(refused.text).forms if f.action.endswith("/items/lamp"))
    assert editor.post(again.action, data=again.filled()).status_code == 303
    assert (
        checklists.draft_page(checklists.place("projector", "monthly")).item("lamp").zh == "灯时数"
    )


def test_publishing_makes_a_version_that_says_what_changed(editor: FlaskClient) -> None:
    form = form_of(editor, f"{DRAFT}/items/lamp", "/items/lamp")
    editor.post(form.action, data={**form.filled(), "max": "3000"})
    publish = form_of(editor, DRAFT, "/publish")
    assert editor.post(publish.action, data=publish.filled()).status_code == 422
    sent = {**publish.filled(), "note": "Lamps die sooner"}
    for _ in range(2):
        answer = editor.post(publish.action, data=sent)
        assert answer.location == HOME
    assert ChecklistVersion.select().where(ChecklistVersion.own).count() == 1
    page = editor.get(HOME).text
    assert "Lamps die sooner" in page
    compared = editor.get(f"{HOME}/compare?one=1&other=2").text
    assert "4000" in compared
    assert "3000" in compared
    assert editor.get(f"{HOME}/versions/1").status_code == 200
    assert editor.get(f"{HOME}/versions/7").status_code == 404
    file = json.loads(editor.get(f"{HOME}/versions/2.json").text)
    assert file["items"][1]["max"] == 3000


def test_names_are_saved_and_missed_ones_refused(editor: FlaskClient) -> None:
    form = form_of(editor, DRAFT, "/name")
    assert editor.post(form.action, data={**form.filled(), "name": ""}).status_code == 422
    assert editor.post(form.action, data={**form.filled(), "name": "月检二"}).status_code == 303
    assert ChecklistDraft.get().name == "月检二"
    stale = editor.post(form.action, data=form.filled())
    assert stale.status_code == 422
    assert "Somebody else" in stale.text


def test_an_engineer_reads_and_changes_nothing(signed_in: SignIn, editor: FlaskClient) -> None:
    engineer = signed_in("engineer-all")
    page = engineer.get(HOME)
    assert page.status_code == 200
    assert "Begin a draft" not in engineer.get("/checklists").text
    assert engineer.get(DRAFT).status_code == 403
    assert engineer.post(f"{DRAFT}/publish").status_code == 403
