"""The hotline's pages as a browser without JavaScript uses them."""

import pytest
from flask.testing import FlaskClient

from roundtag.models import Contract, Fault, HotlineCall
from tests import world as worlds
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World


@pytest.fixture
def desk(world: World, signed_in: SignIn) -> FlaskClient:
    worlds.person("desk-a", ("desk", "client", world.client_id))
    browser = signed_in("desk-a")
    browser.set_cookie("lang", "en")
    return browser


def filled(page: str, **more: str) -> dict[str, str]:
    return {**Page(page).form("/hotline").filled(), **more}


def test_a_call_step_by_step(desk: FlaskClient, world: World) -> None:
    """The room is looked for by a button; what was typed stays, and no address holds it."""
    form = filled(desk.get("/hotline/new").text, q="301", caller="王女士", phone="138", find="1")
    answer = desk.post("/hotline", data=form)
    assert answer.status_code == 200
    form = filled(answer.text)
    assert (form["room"], form["caller"], form["phone"]) == (str(world.room.id), "王女士", "138")
    done = desk.post("/hotline", data={**form, "symptom": "no_sound"})
    fault = Fault.get()
    assert (done.status_code, done.location) == (303, f"/faults/{fault.id}")
    again = desk.post("/hotline", data={**form, "symptom": "no_sound"})  # a double tap
    assert again.location == done.location
    assert HotlineCall.select().count() == Fault.select().count() == 1
    assert "王女士 138" in desk.get(done.location).text
    listed = desk.get("/hotline").text
    assert fault.number in listed
    assert "100.0 %" in listed


def test_what_is_refused_is_shown_with_everything_typed(desk: FlaskClient, world: World) -> None:
    form = filled(desk.get("/hotline/new").text, caller="王女士", phone="138", q="301",
                  note="嗡嗡响", level="I", room=str(world.room.id))  # fmt: skip
    answer = desk.post("/hotline", data=form)
    assert answer.status_code == 422
    for kept in ("王女士", "138", "嗡嗡响", "Choose what is wrong.", "视频会议室"):
        assert kept in answer.text
    again = filled(answer.text)
    assert (again["room"], again["level"]) == (str(world.room.id), "I")
    assert not HotlineCall.select().exists()


def test_the_part_that_finds_rooms_and_what_is_wrong_there(
    desk: FlaskClient, world: World, other: World
) -> None:
    worlds.deliver("fault", worlds.fault_form(world), world.engineer)
    fault = Fault.get()
    for text in ("301", "sphys", "视频"):  # its code, its initials, a part of its name
        part = desk.get(f"/hotline/rooms?q={text}").text
        assert f'id="room-{world.room.id}"' in part, text
        assert fault.number in part
        assert "Add to this one" in part
        assert f'id="room-{other.room.id}"' not in part
    assert "No room like this" in desk.get("/hotline/rooms?q=zzz").text
    assert desk.get("/hotline/rooms?q=").text.strip() == ""
    assert desk.get("/hotline/rooms?q=301&room=99999999999999999999").status_code == 200


def test_the_known_fault_gets_the_report(desk: FlaskClient, world: World) -> None:
    worlds.deliver("fault", worlds.fault_form(world), world.engineer)
    first = Fault.get()
    page = desk.get(f"/hotline/new?room={world.room.id}").text
    desk.post("/hotline", data=filled(page, same=str(first.id), caller="李先生"))
    second = Fault.get(Fault.id != first.id)
    assert second.duplicate_of_id == first.id
    assert "A fault that was known" in desk.get("/hotline?about=again").text or second.number in (
        desk.get("/hotline?about=again").text)  # fmt: skip


def test_a_missed_call(desk: FlaskClient, world: World) -> None:
    form = filled(desk.get("/hotline/new").text, answered="missed", phone="139")
    assert desk.post("/hotline", data=form).location == "/hotline"
    page = desk.get("/hotline").text
    assert "0.0 %" in page
    assert "below the target of 90 %" in page
    assert "139" in page


def test_a_caller_is_erased(desk: FlaskClient, world: World, signed_in: SignIn) -> None:
    form = filled(desk.get("/hotline/new").text, about="question", caller="王女士")
    desk.post("/hotline", data=form)
    action = f"/erasure/hotline_call/{HotlineCall.get().id}"
    assert signed_in("desk-elsewhere").post(action).status_code == 404
    assert signed_in("engineer-a").post(action).status_code in (403, 404)
    assert action in desk.get("/hotline").text
    form = Page(desk.get(action).text).form(action).filled()
    assert desk.post(action, data=form | {"sure": "1"}).location == "/hotline"
    page = desk.get("/hotline").text
    assert "王女士" not in page
    assert "erased" in page


def test_the_file(desk: FlaskClient, world: World) -> None:
    form = filled(desk.get("/hotline/new").text, about="question", caller="王女士")
    desk.post("/hotline", data=form)
    answer = desk.get("/hotline/calls.csv")
    assert answer.mimetype == "text/csv"
    assert "A question" in answer.text
    assert "王女士" not in answer.text


def test_whoever_reads_figures_sees_no_caller(
    desk: FlaskClient, world: World, signed_in: SignIn
) -> None:
    form = filled(desk.get("/hotline/new").text, about="question", caller="王女士", phone="138")
    desk.post("/hotline", data=form)
    for role in ("client", "auditor", "storekeeper"):
        assert signed_in(f"{role}-all").get("/hotline").status_code == 403


def test_the_numbers_stand_in_the_contract(desk: FlaskClient, world: World,
                                           signed_in: SignIn) -> None:  # fmt: skip
    manager, address = signed_in("manager-a"), f"/contracts/{world.contract_id}"
    form = Page(manager.get(f"{address}/edit").text).form(f"{address}/edit").filled()
    numbers = {"hotline": "400-820-0000", "hotline_backup": "赵强 139"}
    assert manager.post(f"{address}/edit", data={**form, **numbers}).status_code == 303
    assert Contract.get_by_id(world.contract_id).terms["hotline"] == "400-820-0000"
    for path in (address, "/hotline", "/hotline/new"):
        page = manager.get(path).text
        assert "400-820-0000" in page, path
        assert "赵强 139" in page, path


def test_hostile_values(desk: FlaskClient, world: World, other: World) -> None:
    form = filled(desk.get("/hotline/new").text, symptom="no_sound")
    for more, status in (({"room": str(other.room.id)}, 404), ({"room": "9" * 15}, 404),
                         ({"room": "x"}, 422), ({"about": "question", "client": "9" * 15}, 404),
                         ({"about": "question", "client": str(other.client_id)}, 404),
                         ({"room": str(world.room.id), "same": "9" * 15}, 422)):  # fmt: skip
        assert desk.post("/hotline", data={**form, **more}).status_code == status, more
    assert not HotlineCall.select().exists()
    for tail in ("month=2026-13", "month=x", "client=x", "page=0", "page=99999999", "channel=%00"):
        assert desk.get(f"/hotline?{tail}").status_code == 200
