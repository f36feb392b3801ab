"""The pages of one device's life as a browser without JavaScript uses them."""

import io
import re

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from roundtag import blobs, clock, devices, software
from roundtag.fields import Fields
from roundtag.models import Attachment, Blob, Device, Lending, Room, Software, Store, Tag, Unit
from tests import world as worlds
from tests.seeing import snapshot, stored
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.web.test_packs import queries
from tests.world import World

NEW = {"name": "幕布", "code": "A-S01", "category": "display", "maker": "NEC", "model": "P-65",
       "serial": "N-1", "tagged": "now"}  # fmt: skip


@pytest.fixture
def manager(signed_in: SignIn) -> FlaskClient:
    browser = signed_in("manager-a")
    browser.set_cookie("lang", "en")
    return browser


@pytest.fixture
def base(world: World) -> str:
    return f"/devices/{world.devices[0].id}"


def send(browser: FlaskClient, page: str, action: str, **typed: str) -> TestResponse:
    """Opens a page, fills its form in, and sends it."""
    form = Page(browser.get(page).text).form(action)
    return browser.post(action, data={**form.filled(), **typed})


def followed(browser: FlaskClient, answer: TestResponse) -> Page:
    assert answer.status_code == 303, answer.text
    return Page(browser.get(answer.location, follow_redirects=True).text)


def test_a_device_is_registered_from_its_room(manager: FlaskClient, world: World) -> None:
    room = Page(manager.get(f"/rooms/{world.room.id}").text)
    link = next(a.get("href") for a in room.all("a") if a.get("href").startswith("/devices/new"))
    form = Page(manager.get(link).text).form("/devices/new")
    assert form.filled()["room"] == str(world.room.id)
    answer = manager.post("/devices/new", data={**form.filled(), **NEW})
    page = followed(manager, answer)
    assert "幕布 is registered." in page.flashes()[0]
    assert "幕布" in page.all("h1")[0].text
    again = manager.post("/devices/new", data={**form.filled(), **NEW})
    assert again.location == answer.location
    assert Device.select().where(Device.code == "A-S01").count() == 1


def test_what_is_wrong_stands_beside_its_field_and_all_typed_is_there(
    manager: FlaskClient, world: World
) -> None:
    before = snapshot()
    answer = send(manager, "/devices/new", "/devices/new", **{
        **NEW, "room": str(world.room.id), "code": "a-p01", "backup_device": "X-1",
        "category": "projector", "maker": "爱普生", "model": "CB-L500", "serial": "SNA2",
    })  # fmt: skip
    assert (answer.status_code, snapshot()) == (422, before)
    page = Page(answer.text)
    assert "投影机 1 in 视频会议室 bears this code" in page.error("code", "d-")
    assert "投影机 2 (A-P02)" in page.error("serial", "d-")
    assert page.error("backup_device", "d-")
    kept = page.form("/devices/new").filled()
    assert (kept["name"], kept["code"], kept["category"]) == ("幕布", "a-p01", "projector")
    assert kept["room"] == str(world.room.id)


def test_without_a_tag_its_page_offers_one(manager: FlaskClient, world: World) -> None:
    answer = send(manager, "/devices/new", "/devices/new", **{
        **NEW, "room": str(world.room.id), "tagged": "later"})  # fmt: skip
    device = Device.get(Device.code == "A-S01")
    assert answer.location == f"/devices/{device.id}"
    page = followed(manager, answer)
    assert "bears no tag yet" in page.text
    made = send(manager, answer.location, f"{answer.location}/tag")
    assert "ready to be printed" in followed(manager, made).flashes()[0]
    assert manager.get(answer.location).location == f"/t/{Tag.get(Tag.device == device.id).code}"


def test_an_edit_shows_what_is_stored_and_stores_what_is_changed(
    manager: FlaskClient, base: str, world: World
) -> None:
    details = f"{base}/details"
    answer = send(manager, details, details, name="主投影", key_device="1", remarks="一\r\n二")
    assert "主投影" in followed(manager, answer).all("h1")[0].text
    shown = Page(manager.get(details).text).form(details).filled()
    assert (shown["name"], shown["key_device"]) == ("主投影", "1")
    assert (shown["serial"], shown["warranty_until"]) == ("SNA1", "2028-01-01")
    assert Device.get_by_id(world.devices[0].id).remarks == "一\n二"
    form = Page(manager.get(details).text).form(details).filled()
    form.pop("key_device")  # what a browser sends of a box that was unticked
    assert manager.post(details, data=form).status_code == 303
    assert Device.get_by_id(world.devices[0].id).key_device is False


def test_untouched_it_changes_nothing(manager: FlaskClient, base: str) -> None:
    answer = send(manager, f"{base}/details", f"{base}/details")
    assert "Nothing had to be changed." in followed(manager, answer).flashes()[0]


def test_two_who_changed_the_same_field_are_both_shown(
    manager: FlaskClient, engineer: FlaskClient, base: str, world: World
) -> None:
    details = f"{base}/details"
    mine = Page(manager.get(details).text).form(details).filled()
    send(engineer, details, details, name="甲", position="左")
    answer = manager.post(details, data={**mine, "name": "乙", "remarks": "我的"})
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "“甲”" in page.error("name", "d-")
    kept = page.form(details).filled()
    assert (kept["name"], kept["remarks"], kept["position"]) == ("乙", "我的", "左")
    assert Device.get_by_id(world.devices[0].id).name == "甲"
    assert manager.post(details, data={**mine, "name": "乙", "remarks": "我的"}).status_code == 409
    assert manager.post(details, data=kept).status_code == 303
    device = Device.get_by_id(world.devices[0].id)
    assert (device.name, device.remarks, device.position) == ("乙", "我的", "左")


def test_a_serial_number_is_corrected_with_a_reason(
    manager: FlaskClient, base: str, world: World
) -> None:
    details = f"{base}/details"
    page = Page(manager.get(details).text)
    hints = [one.text for one in page.elements if one.get("id") == "d-h-serial"]
    assert "file a swap" in hints[0]
    refused = send(manager, details, details, serial="SNA9")
    assert refused.status_code == 422
    assert "corrected, not exchanged" in Page(refused.text).error("reason", "d-")
    answer = send(manager, details, details, serial="SNA9", reason="typo")
    assert "Serial number corrected" in followed(manager, answer).text
    assert Unit.get(Unit.device == world.devices[0].id).serial == "SNA9"


def test_moved_and_told(manager: FlaskClient, base: str, world: World) -> None:
    Room.create(client=world.client_id, building=world.room.building_id, code="A302",
                name="小会议室", kind="video")  # fmt: skip
    answer = send(manager, f"{base}/place", f"{base}/place", room="A302", position="前墙")
    page = followed(manager, answer)
    assert "Moved from 视频会议室 to 小会议室" in page.text
    assert send(manager, f"{base}/place", f"{base}/place", room="X").status_code == 422


def test_retired_its_tag_says_so_and_it_comes_back(
    manager: FlaskClient, engineer: FlaskClient, visitor: FlaskClient, base: str, world: World
) -> None:
    worlds.deliver("fault", worlds.fault_form(world), world.engineer)
    form = Page(manager.get(f"{base}/retirement").text).form(f"{base}/retirement").filled()
    assert form["resolves"] == "1"
    refused = manager.post(f"{base}/retirement", data={**form, "unit_to": "store", "store": ""})
    page = Page(refused.text)
    assert (page.error("reason", "x-") != "", page.error("store", "x-") != "") == (True, True)
    answer = manager.post(f"{base}/retirement", data={
        **form, "reason": "worn", "unit_to": "store",
        "store": str(Store.get(Store.code == "KA").id)})  # fmt: skip
    assert "This device is retired" in followed(manager, answer).text
    engineer.set_cookie("lang", "en")
    seen = Page(engineer.get(f"/T/{world.tags[0]}").text)
    assert "This device is retired" in seen.text
    assert [f.action for f in seen.forms if f.action.startswith("/t/")] == []
    visitor.set_cookie("lang", "en")
    assert "no longer in use" in Page(visitor.get(f"/t/{world.tags[0]}").text).text
    again = manager.post(f"{base}/retirement", data={
        "submission_id": worlds.new_id(), "reason": "x"})  # fmt: skip
    assert "was retired before" in followed(manager, again).flashes()[0]
    back = send(manager, f"{base}/retirement", f"{base}/reinstatement", reason="wrong one")
    page = followed(manager, back)
    assert "in use again" in page.flashes()[0]
    assert "Swap unit" in page.text
    assert Unit.get(Unit.serial == "SNA1").place == "device"


def photo(orientation_and_place: bool = False) -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    picture = Image.new("RGB", (64, 48), "navy")
    exif = picture.getexif()
    if orientation_and_place:
        exif.get_ifd(0x8825)[2] = (23.0, 22.0, 11.0)
        exif[0x8825] = {1: "N", 2: (23.0, 22.0, 11.0)}
    picture.save(out, "JPEG", exif=exif)
    return io.BytesIO(out.getvalue()), "p.jpg"


def test_a_picture_is_set_without_its_place_and_taken_away(
    manager: FlaskClient, base: str, world: World
) -> None:
    action = f"{base}/photo"
    form = Page(manager.get(action).text).form(action).filled()
    answer = manager.post(action, data={**form, "photo": photo(True)})
    page = followed(manager, answer)
    picture = Device.get_by_id(world.devices[0].id).photo
    shown = next(i for i in page.all("img") if f"/photos/{picture}" in i.get("src"))
    assert shown.get("loading") == "lazy"
    served = manager.get(f"/photos/{picture}?size=thumb")
    assert (served.status_code, served.mimetype) == (200, "image/jpeg")
    kept = blobs.path_of(Blob.get().sha256)
    assert 2 not in Image.open(kept).getexif().get_ifd(0x8825)
    pack = manager.get(f"/t/{world.tags[0]}", headers={"X-Pack": "1"})
    assert f"/photos/{picture}" not in pack.text
    gone = manager.post(action, data={"submission_id": worlds.new_id(), "remove": "1"})
    assert "taken away" in followed(manager, gone).flashes()[0]
    assert Attachment.select().count() == 1


@pytest.mark.parametrize("data", [None, b"", b"no picture", b"\xff\xd8\xff\xe0" + bytes(40)])
def test_what_is_no_picture_leaves_nothing(
    manager: FlaskClient, base: str, data: bytes | None
) -> None:
    before = snapshot(), stored()
    sent = {} if data is None else {"photo": (io.BytesIO(data), "p.jpg")}
    answer = manager.post(f"{base}/photo", data=sent)
    assert answer.status_code == 422
    assert Page(answer.text).error("photo", "p-")
    assert (snapshot(), stored()) == before


def test_lent_shown_and_taken_back(manager: FlaskClient, base: str, world: World) -> None:
    refused = send(manager, f"{base}/lending", f"{base}/lending", borrower="王小姐",
                   due_on="2001-01-01")  # fmt: skip
    assert refused.status_code == 422
    assert Page(refused.text).form(f"{base}/lending").filled()["borrower"] == "王小姐"
    answer = send(manager, f"{base}/lending", f"{base}/lending", borrower="王小姐",
                  due_on="2100-01-01")  # fmt: skip
    page = followed(manager, answer)
    assert "Lent" in [c.text for c in page.elements if c.get("class").startswith("chip chip--info")]
    assert manager.get(f"{base}/lending").location == f"/lendings/{Lending.get().id}"
    pack = manager.get(f"/t/{world.tags[0]}", headers={"X-Pack": "1"}).text
    assert "王小姐" not in pack
    assert "chip--info" in pack
    assert "王小姐" in manager.get("/lendings").text
    one = f"/lendings/{Lending.get().id}"
    longer = send(manager, one, f"{one}/due-day", due_on="2100-02-01")
    assert "2100-02-01" in followed(manager, longer).flashes()[0]
    back = send(manager, one, f"{one}/return", condition="fine")
    assert "The device is back." in followed(manager, back).flashes()[0]
    assert "Nothing is lent" in manager.get("/lendings").text
    assert "王小姐" in manager.get("/lendings?state=all").text
    assert [f.action for f in Page(manager.get(one).text).forms if "/lendings/" in f.action] == []


def test_software_from_the_first_version_to_the_whole_model(
    manager: FlaskClient, base: str, world: World
) -> None:
    page = f"{base}/software"
    refused = send(manager, page, page, kind="application", version="1")
    assert Page(refused.text).error("name", "s-")
    answer = send(manager, page, page, kind="firmware", version="1.0", backup_taken="1")
    assert "Version 1.0 is recorded." in followed(manager, answer).flashes()[0]
    one = f"/software/{Software.get().id}"
    order = software.RecordUpdate(world.devices[1].id, "firmware", "", "1.0",
                                  clock.local_day(clock.now()))  # fmt: skip
    worlds.run(software.record_software_update, order, world.engineer)
    form = Page(manager.get(one).text).form(f"{one}/latest").filled()
    assert form["whole_model"] == "1"
    answer = manager.post(f"{one}/latest", data={**form, "latest": "2.0"})
    assert "for 2 devices" in followed(manager, answer).flashes()[0]
    assert manager.get("/software?outdated=1").text.count("Update to 2.0") == 4
    stale = Page(manager.get(one).text).form(f"{one}/updates").filled()
    answer = send(manager, one, f"{one}/updates", version="2.0", note="ok")
    assert followed(manager, answer).text.count("1.0 → 2.0") >= 1
    told = manager.post(f"{one}/updates", data={
        **stale, "submission_id": worlds.new_id(), "version": "1.5"})  # fmt: skip
    assert "Nothing was written" in followed(manager, told).flashes()[0]
    shown = Page(manager.get(f"/t/{world.tags[0]}").text).text
    assert "Up to date" in shown
    narrowed = "/software?kind=firmware&category=projector&room=x&outdated=1"
    assert manager.get(narrowed).status_code == 200


@pytest.mark.parametrize("page", ["details", "place", "retirement", "photo", "lending"])
def test_a_client_reads_and_changes_nothing(
    signed_in: SignIn, world: World, base: str, page: str
) -> None:
    viewer = signed_in("viewer-a")
    assert viewer.get(f"{base}/{page}").status_code == 403
    before = snapshot()
    assert viewer.post(f"{base}/{page}", data={"name": "x", "reason": "x"}).status_code == 403
    assert snapshot() == before
    assert viewer.get("/lendings").status_code == 200
    assert viewer.get(f"{base}/software").status_code == 200


def test_pages_cost_a_fixed_number_of_queries(
    manager: FlaskClient, base: str, world: World
) -> None:
    paths = ["/devices/new", f"{base}/details", f"{base}/place", f"{base}/retirement",
             f"{base}/lending", f"{base}/software", "/lendings", "/software"]  # fmt: skip
    few = {path: queries(manager, path) for path in paths}
    for number in range(30):
        fields = {**NEW, "code": f"X{number}", "serial": f"Y{number}", "firmware": "1",
                  "room": str(world.room.id), "supplier": f"S{number}"}  # fmt: skip
        order = devices.read_new(Fields(fields.items()))
        worlds.run(devices.register_device, order, world.engineer)
    assert {path: queries(manager, path) for path in paths} == few
    assert max(few.values()) <= 14


def test_a_pack_copy_holds_nothing_of_the_desk(manager: FlaskClient, world: World) -> None:
    path = f"/t/{world.tags[0]}"
    live, copy = manager.get(path).text, manager.get(path, headers={"X-Pack": "1"}).text
    assert "More about this device" in live
    assert "More about this device" not in copy
    assert not re.search(r'href="/devices/\d', copy)


def test_a_refused_form_at_a_retired_device_keeps_what_was_typed(
    engineer: FlaskClient, manager: FlaskClient, base: str, world: World
) -> None:
    send(manager, f"{base}/retirement", f"{base}/retirement", reason="worn", unit_to="stays")
    path = f"/t/{world.tags[0]}/faults"
    data = {"tag": world.tags[0], "symptom": "spoon", "description": "亮一下又灭"}
    answer = engineer.post(path, data=data)
    assert answer.status_code == 422
    assert Page(answer.text).form(path).filled()["description"] == "亮一下又灭"
    assert engineer.post(path, data={**data, "symptom": "no_picture"}).status_code == 303
