"""Stocktakes as a browser without scripts sees them: opened, counted, read, closed."""

import csv
import io

import pytest
from flask.testing import FlaskClient

from roundtag import clients
from roundtag.models import Device, Stocktake, StocktakeEntry, StocktakeVisit
from tests import world as worlds
from tests.seeing import snapshot
from tests.web.conftest import SignIn
from tests.web.reading import Form, Page
from tests.world import World

UNKNOWN = "7K3M9QX2PR"
PACK = {"X-Pack": "1"}


@pytest.fixture
def manager(signed_in: SignIn) -> FlaskClient:
    browser = signed_in("manager-all")
    browser.set_cookie("lang", "en")
    return browser


@pytest.fixture
def key(world: World) -> int:
    return worlds.stocktake(world)


def form_of(browser: FlaskClient, path: str, end: str) -> Form:
    return next(one for one in Page(browser.get(path).text).forms if one.action.endswith(end))


def test_of_many_clients_the_places_of_one_are_offered(
    manager: FlaskClient, world: World, other: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [f'value="room:{one.room.id}"' for one in (world, other)]
    page = manager.get("/stocktakes").text
    assert [one in page for one in both] == [True, True]
    monkeypatch.setattr(clients, "FEW", 1)
    page = manager.get(f"/stocktakes?client={other.client_id}").text
    assert [one in page for one in both] == [False, True]
    form = next(one for one in Page(page).forms if one.action.startswith("/stocktakes?"))
    refused = manager.post(form.action, data={**form.filled(), "name": ""})
    assert refused.status_code == 422
    assert [one in refused.text for one in both] == [False, True]
    sent = {**form.filled(), "name": "B", "where": f"room:{other.room.id}"}
    assert manager.post(form.action, data=sent).status_code == 303


def count(browser: FlaskClient, world: World, key: int, **typed: object) -> object:
    path = f"/stocktakes/{key}/rooms/{world.room.id}"
    form = form_of(browser, path, "/counts")
    return browser.post(form.action, data={**form.filled(), **typed})


def test_it_is_opened_by_the_office_once(manager: FlaskClient, world: World) -> None:
    form = form_of(manager, "/stocktakes", "/stocktakes")
    sent = {**form.filled(), "name": "Year-end", "where": f"client:{world.client_id}"}
    first, second = (manager.post("/stocktakes", data=sent) for _ in range(2))
    assert first.status_code == 303
    assert first.location == second.location == f"/stocktakes/{Stocktake.get().id}"
    assert Stocktake.select().count() == 1
    assert "Year-end" in manager.get("/stocktakes").text
    assert "Year-end" in manager.get("/today").text


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"name": ""}, "name"), ({"where": "client:99999"}, "where"), ({"where": "x"}, "where"),
     ({"name": "x" * 81}, "name")],
)  # fmt: skip
def test_a_bad_opening_keeps_what_was_typed(
    manager: FlaskClient, world: World, typed: dict[str, str], field: str
) -> None:
    before = snapshot()
    sent = {"name": "Year-end", "where": f"client:{world.client_id}", **typed}
    answer = manager.post("/stocktakes", data=sent)
    assert answer.status_code == 422
    assert any(e.get("data-error-for") == field and e.text for e in Page(answer.text).elements)
    assert sent["name"] in answer.text
    assert snapshot() == before


def test_field_staff_count_and_find_no_form_to_open_or_close(
    engineer: FlaskClient, world: World, key: int
) -> None:
    assert "/closure" not in engineer.get(f"/stocktakes/{key}").text
    assert not [form for form in Page(engineer.get("/stocktakes").text).forms
                if form.action == "/stocktakes"]  # fmt: skip
    answer = count(engineer, world, key, code=world.tags, others=f"{UNKNOWN.lower()}\n")
    assert (answer.status_code, answer.location) == (303, f"/stocktakes/{key}/rooms")
    assert {entry.code for entry in StocktakeEntry.select()} == {*world.tags, UNKNOWN}


def test_a_slip_is_named_beside_its_field_and_every_tick_is_still_there(
    engineer: FlaskClient, world: World, key: int
) -> None:
    engineer.set_cookie("lang", "en")
    answer = count(engineer, world, key, code=world.tags[:1], others="7K3M9QX2PX", note="locked")
    assert answer.status_code == 422
    page = Page(answer.text)
    [error] = [e.text for e in page.elements if e.get("data-error-for") == "others"]
    assert "7K3M9QX2PX has a slip" in error
    boxes = {e.get("value"): "checked" in e.attributes for e in page.all("input", name="code")}
    assert boxes == {world.tags[0]: True, world.tags[1]: False}
    assert "locked" in answer.text
    assert not StocktakeVisit.select().exists()


def test_a_double_tap_is_one_list(engineer: FlaskClient, world: World, key: int) -> None:
    form = form_of(engineer, f"/stocktakes/{key}/rooms/{world.room.id}", "/counts")
    sent = {**form.filled(), "code": world.tags[0]}
    assert {engineer.post(form.action, data=sent).status_code for _ in range(2)} == {303}
    assert StocktakeVisit.select().count() == 1


def test_the_office_explains_moves_and_closes(
    manager: FlaskClient, engineer: FlaskClient, world: World, key: int
) -> None:
    other = worlds.add_room(world)
    count(engineer, world, key, nothing="1", note="the door was stuck")
    engineer.post(f"/stocktakes/{key}/rooms/{other.id}/counts", data={
        "stocktake": key, "room": other.id, "others": world.tags[0]})  # fmt: skip
    path = f"/stocktakes/{key}"
    page = manager.get(path).text
    assert "the door was stuck" in page
    moving = form_of(manager, path, "/moves")
    assert manager.post(moving.action, data=moving.filled()).location == path
    assert Device.get(Device.code == "A-P01").room_id == other.id
    why = form_of(manager, path, "/explanations")
    told = manager.post(why.action, data={**why.filled(), "kind": "other", "note": ""})
    assert told.status_code == 422
    assert "Say in a few words why it is not there" in told.text
    assert manager.post(why.action, data={**why.filled(), "kind": "lent", "note": "hall 2"}
                        ).location == path  # fmt: skip
    assert "hall 2" in manager.get(path).text
    closing = form_of(manager, path, "/closure")
    assert manager.post(closing.action, data=closing.filled()).location == path
    closed = manager.get(path)
    assert "As it stood at the closing" in closed.text
    assert not [f for f in Page(closed.text).forms if f.action.startswith("/stocktakes")]
    room = engineer.get(f"{path}/rooms/{world.room.id}")
    assert not [f for f in Page(room.text).forms if f.action.endswith("/counts")]


def test_who_only_reads_gets_the_report_and_its_files(
    engineer: FlaskClient, signed_in: SignIn, world: World, key: int
) -> None:
    Device.update(name="=cmd").where(Device.code == "A-P02").execute()
    count(engineer, world, key, code=world.tags[:1])
    for role in ("client", "auditor"):
        browser = signed_in(f"{role}-all")
        browser.set_cookie("lang", "en")
        assert "A-P02" in browser.get(f"/stocktakes/{key}").text
        assert "A-P01" in browser.get(f"/stocktakes/{key}?show=found").text
        sent = browser.get(f"/stocktakes/{key}/report.csv")
        assert "attachment" in sent.headers["Content-Disposition"]
        rows = list(csv.reader(io.StringIO(sent.data.decode("utf-8-sig"))))
        assert [row[:3] for row in rows] == [
            ["Outcome", "Device code", "Name"], ["Missing", "A-P02", "'=cmd"],
            ["Found", "A-P01", "投影机 1"]]  # fmt: skip
        assert browser.get(f"/stocktakes/{key}/report.xlsx").data.startswith(b"PK")
        assert "field staff and the office count" in browser.get(
            f"/stocktakes/{key}/rooms/{world.room.id}").text  # fmt: skip


def test_a_blind_count_shows_nothing_of_what_is_expected(
    engineer: FlaskClient, world: World
) -> None:
    key = worlds.stocktake(world, blind=True)
    for path in (f"/stocktakes/{key}/rooms", f"/stocktakes/{key}/rooms/{world.room.id}"):
        seen = engineer.get(path, headers=PACK).text
        assert not [word for word in (*world.tags, "A-P01", "投影机") if word in seen]
        assert "0 / 2" not in seen


def test_a_copy_for_a_phone_names_nobody(engineer: FlaskClient, world: World, key: int) -> None:
    count(engineer, world, key, code=world.tags[:1])
    for path in (f"/stocktakes/{key}/rooms", f"/stocktakes/{key}/rooms/{world.room.id}"):
        copy = engineer.get(path, headers=PACK)
        assert copy.headers["X-Pack"] == "1"
        assert "engineer-a" not in copy.text
        assert "submission_id" not in copy.text


@pytest.mark.parametrize("end", ["", "/rooms", "/rooms/1", "/report.csv"])
def test_what_is_not_there_is_not_found(engineer: FlaskClient, end: str) -> None:
    assert engineer.get(f"/stocktakes/999{end}").status_code == 404


def test_odd_filters_show_the_differences(engineer: FlaskClient, world: World, key: int) -> None:
    count(engineer, world, key, nothing="1")
    for wanted in ("x", "", "found'--", "\0"):
        answer = engineer.get(f"/stocktakes/{key}", query_string={"show": wanted})
        assert answer.status_code == 200
        assert "A-P01" in answer.text
