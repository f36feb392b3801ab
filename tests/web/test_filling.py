"""The pages of filling: every due form, refused ones kept, entries and left-over problems."""

import pytest
from flask.testing import FlaskClient

from roundtag.models import Finding, Inspection
from tests import world as worlds
from tests.roundtag.filling import GOOD, Sheet, another_round, at_device, at_room, publish
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World

BAD = {"item.heat": "55", "note.heat": "很热"}


@pytest.fixture
def sheet(world: World) -> Sheet:
    return at_device(world)


def post(browser: FlaskClient, sheet: Sheet, **more: str):  # type: ignore[no-untyped-def]
    fields = {"tag": sheet.tag, "template_version": str(sheet.version_id), "scanned": "",
              "round": str(sheet.round_id or ""), "submission_id": worlds.new_id(), **GOOD,
              **more}  # fmt: skip
    return browser.post(f"/t/{sheet.tag}/inspections", data=fields)


def forms(html: str) -> list[str]:
    """What a phone calls the checks of a page."""
    found = [form.get("data-entity") or "" for form in Page(html).all("form")
             if form.get("data-outbox") == "inspection"]  # fmt: skip
    return found


def test_each_due_list_is_a_form_with_a_name_of_its_own(
    engineer: FlaskClient, world: World, sheet: Sheet
) -> None:
    publish("projector", occasion="quarterly")
    another_round(world, "quarterly")
    html = engineer.get(f"/t/{sheet.tag}").text
    assert forms(html) == [f"device:{sheet.tag}", f"device:{sheet.tag}:quarterly"]
    ids = [tag.get("id") for tag in Page(html).all("input") if tag.get("id")]
    assert len(ids) == len(set(ids))
    assert 'href="#check-quarterly"' in html


def test_a_refused_form_of_several_keeps_what_was_typed_where_it_was(
    engineer: FlaskClient, world: World, sheet: Sheet
) -> None:
    sheet.version_id = publish("projector", occasion="quarterly")
    sheet.round_id = another_round(world, "quarterly")
    answer = post(engineer, sheet, **{"item.heat": "235", "note.heat": "热"})
    assert answer.status_code == 422
    heat = [tag.get("value") for tag in Page(answer.text).all("input", name="item.heat")]
    assert heat == ["", "235"]
    assert "23.5" in answer.text
    assert Inspection.select().count() == 0


def test_a_room_has_its_own_form_and_files_it_without_scripts(
    engineer: FlaskClient, world: World
) -> None:
    sheet = at_room(world)
    assert forms(engineer.get(f"/t/{sheet.tag}").text) == [f"room:{sheet.tag}"]
    assert post(engineer, sheet).status_code == 303
    assert Inspection.get().device_id is None
    refused = post(engineer, sheet, **{"item.heat": "warm"})
    assert (refused.status_code, 'value="warm"' in refused.text) == (422, True)


def test_the_printed_address_proves_presence(engineer: FlaskClient, sheet: Sheet) -> None:
    for path, scanned in (("T", "1"), ("t", "")):
        page = Page(engineer.get(f"/{path}/{sheet.tag}").text)
        assert {tag.get("value") for tag in page.all("input", name="scanned")} == {scanned}
        moments = {tag.get("value") for tag in page.all("input", name="scanned_at")}
        assert all(bool(moment) == bool(scanned) for moment in moments)


def test_a_copy_for_a_phone_names_no_moment_and_all_stops_of_the_room(
    engineer: FlaskClient, world: World, sheet: Sheet
) -> None:
    other = Sheet(world, sheet.version_id, world.tags[1], world.round_id)
    other.send()
    live = engineer.get(f"/T/{sheet.tag}").text
    kept = engineer.get(f"/T/{sheet.tag}", headers={"X-Pack": "1"}).text
    assert f'data-next="{world.tags[1]}"' in kept
    assert f'data-next="{world.tags[1]}"' not in live
    moments = {tag.get("value") for tag in Page(kept).all("input", name="scanned_at")}
    assert moments == {""}


def test_an_entry_is_reached_from_the_logbook(
    engineer: FlaskClient, signed_in: SignIn, sheet: Sheet
) -> None:
    sheet.send(**BAD)
    key = Inspection.get().id
    assert f"/inspections/{key}" in engineer.get(f"/t/{sheet.tag}").text
    shown = signed_in("client-all").get(f"/inspections/{key}")
    assert shown.status_code == 200
    for word in ("55", "很热", "5–40 ℃", f"/findings/{Finding.get().id}"):
        assert word in shown.text


def test_left_over_problems_are_listed_and_settled_once(signed_in: SignIn, sheet: Sheet) -> None:
    sheet.send(**BAD, **{"outside.1": "<b>吊顶</b>"})
    manager, key = signed_in("manager-all"), Finding.get().id
    page = manager.get(f"/findings?client={sheet.world.client_id}").text
    assert "温度" in page
    assert "&lt;b&gt;吊顶" in page
    empty = manager.post(f"/findings/{key}/settlement", data={"reason": " "})
    assert empty.status_code == 422
    for _ in range(2):
        done = manager.post(f"/findings/{key}/settlement", data={"reason": "已换"})
        assert done.status_code == 303
    assert Finding.get_by_id(key).settled_how == "by_hand"
    assert "已换" in manager.get(f"/findings/{key}").text
    assert (
        "温度"
        not in manager.get(f"/findings?client={sheet.world.client_id}&category=projector").text
    )


@pytest.mark.parametrize(
    "query", ["state=x", "room=9999999999", "age=-1", "category=%00", "client=x"]
)
def test_odd_filters_are_left_out(engineer: FlaskClient, query: str) -> None:
    assert engineer.get(f"/findings?{query}").status_code == 200
