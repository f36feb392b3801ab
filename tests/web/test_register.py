"""Lists and forms of the register in a browser without scripts: addresses, previews, both sides."""

import re

import pytest
from flask.testing import FlaskClient

from roundtag.models import Building, Device, Room, Site, Tag
from tests.seeing import snapshot
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World, new_id


@pytest.fixture
def manager(signed_in: SignIn) -> FlaskClient:
    browser = signed_in("manager-a")
    browser.set_cookie("lang", "en")
    return browser


def ids(world: World) -> list[str]:
    return [str(device.id) for device in world.devices]


def errors(text: str) -> list[str]:
    return [
        e.text for e in Page(text).elements if "error" in e.get("class").split() and not e.hidden
    ]


def test_the_list_says_in_its_address_what_it_shows(manager: FlaskClient, world: World) -> None:
    page = manager.get("/devices?q=tyj&category=projector&sort=code&down=1")
    assert page.text.index("A-P02") < page.text.index("A-P01")
    assert 'aria-sort="descending"' in page.text
    chips = re.findall(r'class="chip chip--info tap" href="([^"]+)"', page.text)
    start, end = f"/devices?client={world.client_id}&amp;", "&amp;sort=code&amp;down=1"
    assert chips == [f"{start}category=projector{end}", f"{start}q=tyj{end}"]
    part = manager.get("/devices?q=tyj", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "A-P01" in part.text


def test_nothing_found_and_nothing_there_say_the_next_step(
    manager: FlaskClient, signed_in: SignIn, world: World
) -> None:
    assert "remove a filter" in manager.get("/devices?q=nowhere").text
    assert "remove a filter" in manager.get("/rooms?q=nowhere").text


def test_people_of_several_clients_choose_one(
    signed_in: SignIn, world: World, other: World
) -> None:
    browser = signed_in("manager-all")
    assert "A-P01" in browser.get("/devices").text
    page = browser.get(f"/devices?client={other.client_id}").text
    assert "B-P01" in page
    assert "A-P01" not in page
    assert f"/rooms?client={other.client_id}" in browser.get("/rooms").text


def test_many_are_changed_after_a_preview(manager: FlaskClient, world: World) -> None:
    form = manager.get("/devices/edit", query_string={"device": ids(world)})
    assert form.status_code == 200
    before = snapshot()
    filled = {"device": ids(world), "supplier": "华声", "empty.position": "1", "step": "preview"}
    preview = manager.post("/devices/edit", data=filled)
    assert preview.status_code == 200
    assert snapshot() == before
    assert preview.text.count("<ins>华声</ins>") == 2
    sent = Page(preview.text).form("/devices/edit").filled()
    sent |= {"device": ids(world), "step": "apply"}
    done = manager.post("/devices/edit", data=sent)
    assert (done.status_code, done.location) == (303, "/devices")
    assert {d.supplier for d in Device.select().where(Device.client == world.client_id)} == {"华声"}
    after = snapshot()
    assert manager.post("/devices/edit", data=sent).status_code in {303, 409}
    assert snapshot() == after
    back = manager.post("/devices/edit", data={**sent, "step": "back"})
    assert 'value="华声"' in back.text


def test_an_overtaken_preview_is_shown_anew(manager: FlaskClient, world: World) -> None:
    filled = {"device": ids(world), "supplier": "华声", "step": "preview"}
    sent = Page(manager.post("/devices/edit", data=filled).text).form("/devices/edit").filled()
    sent |= {"device": ids(world), "step": "apply"}
    Device.update(supplier="别家").where(Device.id == world.devices[0].id).execute()
    late = manager.post("/devices/edit", data=sent)
    assert late.status_code == 409
    assert "<del>别家</del>" in late.text
    again = Page(late.text).form("/devices/edit").filled()
    assert again["submission_id"] != sent["submission_id"]
    again |= {"device": ids(world), "step": "apply"}
    assert manager.post("/devices/edit", data=again).status_code == 303


def test_bad_changes_are_named_and_nothing_is_lost(manager: FlaskClient, world: World) -> None:
    before = snapshot()
    filled = {"device": ids(world), "installed_on": "bald", "supplier": "华声"}
    answer = manager.post("/devices/edit", data={**filled, "step": "preview"})
    assert answer.status_code == 422
    assert errors(answer.text) == ["This is no date. Write it like 2024-05-01."]
    assert 'value="华声"' in answer.text
    nothing = manager.post("/devices/edit", data={"step": "preview"})
    assert nothing.status_code == 422
    assert manager.get("/devices/edit").status_code == 422
    assert manager.get("/devices/edit?device=999999").status_code == 404
    assert snapshot() == before


def test_tags_are_given_and_printed(manager: FlaskClient, world: World) -> None:
    Tag.update(state="revoked").where(Tag.code == world.tags[0]).execute()
    page = manager.get("/devices/edit", query_string={"device": ids(world)})
    assert "1 of them has no tag." in page.text
    key = new_id()
    for _ in range(2):
        done = manager.post("/devices/tags", data={"device": ids(world), "submission_id": key})
        assert done.status_code == 303
    tags = Tag.select().where((Tag.device == world.devices[0].id) & (Tag.state == "bound"))
    assert tags.count() == 1
    sheet = manager.get("/devices/print?all=1&q=tyj")
    assert (sheet.status_code, sheet.location.split("?")[0]) == (303, "/tags/sheets")
    assert sheet.location.count("tag=") == 2
    assert manager.get("/devices/print").status_code == 422


def test_a_site_a_building_a_room(manager: FlaskClient, world: World) -> None:
    assert manager.post("/places/sites/new", data={"name": "东区"}).status_code == 303
    site = Site.get(Site.name == "东区")
    made = manager.post(f"/places/sites/{site.id}/buildings/new", data={"name": "会展楼"})
    assert made.status_code == 303
    building = Building.get(Building.name == "会展楼")
    assert "会展楼" in manager.get("/places").text
    form = {"building": str(building.id), "code": "Z1", "name": "展厅", "kind": "exhibition",
            "floor": "1", "capacity": "", "client_unit": "办公室", "remarks": ""}  # fmt: skip
    done = manager.post("/rooms/new", data=form)
    room = Room.get(Room.code == "Z1")
    assert (done.status_code, done.location) == (303, f"/rooms/{room.id}")
    page = manager.get(done.location).text
    assert "办公室" in page
    assert "Usual in such a room, but not registered" in page
    assert '<option value="办公室">' in manager.get("/rooms/new").text
    assert manager.post(f"/rooms/{room.id}/retire").status_code == 303
    assert "Out of use" in manager.get(f"/rooms/{room.id}").text


def test_an_overtaken_form_shows_both_sides(manager: FlaskClient, world: World) -> None:
    shown = Page(manager.get(f"/rooms/{world.room.id}/edit").text)
    mine = shown.form(f"/rooms/{world.room.id}/edit").filled() | {"name": "我的名称"}
    Room.update(name="别人的名称").where(Room.id == world.room.id).execute()
    late = manager.post(f"/rooms/{world.room.id}/edit", data=mine)
    assert late.status_code == 409
    assert 'value="我的名称"' in late.text
    assert "Now: 别人的名称" in late.text
    assert Room.get_by_id(world.room.id).name == "别人的名称"
    again = Page(late.text).form(f"/rooms/{world.room.id}/edit").filled()
    assert manager.post(f"/rooms/{world.room.id}/edit", data=again).status_code == 303
    assert Room.get_by_id(world.room.id).name == "我的名称"


def test_an_overtaken_name_shows_both_sides(manager: FlaskClient, world: World) -> None:
    building = Building.get(Building.client == world.client_id)
    address = f"/places/buildings/{building.id}/edit"
    mine = Page(manager.get(address).text).form(address).filled() | {"name": "甲楼"}
    Building.update(name="乙楼").where(Building.id == building.id).execute()
    late = manager.post(address, data=mine)
    assert late.status_code == 409
    assert "Now: 乙楼" in late.text
    assert 'value="甲楼"' in late.text


def test_a_bad_room_is_named_and_nothing_is_lost(manager: FlaskClient, world: World) -> None:
    before = snapshot()
    answer = manager.post("/rooms/new", data={"name": "展厅", "capacity": "many"})
    assert answer.status_code == 422
    assert "Give a whole number." in errors(answer.text)
    assert 'value="展厅"' in answer.text
    refused = manager.post(f"/rooms/{world.room.id}/retire")
    assert refused.status_code == 422
    assert "投影机 1 A-P01" in refused.text
    assert snapshot() == before


def test_a_room_page_leads_on(manager: FlaskClient, world: World) -> None:
    page = manager.get(f"/rooms/{world.room.id}").text
    assert f"/devices?client={world.client_id}&amp;room={world.room.id}" in page
    assert page.count("tag=") == 3
    older = manager.get(f"/rooms/{world.room.id}/history?before=99999")
    assert older.status_code == 200
    assert "<html" not in older.text
