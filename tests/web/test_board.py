"""The board as a browser gets it: whole, as a part, and as nothing when nothing has changed."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from roundtag import clock
from roundtag.models import Fault, Person, Room
from tests import world as worlds
from tests.seeing import queries_of
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World

PART = {"HX-Request": "true"}


@pytest.fixture
def desk(world: World, signed_in: SignIn) -> FlaskClient:
    worlds.person("desk-a", ("desk", "client", world.client_id))
    browser = signed_in("desk-a")
    browser.set_cookie("lang", "en")
    return browser


@pytest.fixture
def fault(world: World) -> Fault:
    worlds.deliver("fault", worlds.fault_form(world), world.engineer)
    return Fault.get(Fault.client == world.client_id)


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert found
    return found.group(1)


def test_a_line_says_everything_and_colour_nothing_alone(desk: FlaskClient, fault: Fault) -> None:
    page = desk.get("/board").text
    for words in (fault.number, "No level", "New, no level yet", "投影机 1", "left", "Response",
                  "engineer-a 先生", "Send engineer-all 先生", "Set the level"):  # fmt: skip
        assert words in page, words
    assert f'action="/faults/{fault.id}/dispatch"' in page
    assert f'href="/faults/{fault.id}"' in page


def test_an_overdue_one_says_so(desk: FlaskClient, fault: Fault) -> None:
    earlier = clock.now() - timedelta(days=30)
    Fault.update(reported_at=earlier).where(Fault.id == fault.id).execute()
    fault.events.model.update(at=earlier).where(fault.events.model.fault == fault.id).execute()
    Fault.update(next_due_at=earlier).where(Fault.id == fault.id).execute()
    page = desk.get("/board").text
    assert "overdue" in page
    assert "data-late" in page


def test_a_part_holds_the_list_alone(desk: FlaskClient, fault: Fault) -> None:
    part = desk.get("/board?level=none", headers=PART)
    assert "<html" not in part.text
    assert fault.number in part.text
    assert fault.number not in desk.get("/board?level=I", headers=PART).text
    assert "take the filters away" in desk.get("/board?level=I", headers=PART).text


def test_nothing_new_costs_nothing(desk: FlaskClient, fault: Fault) -> None:
    mark = seen(desk.get("/board").text)
    answer = desk.get(f"/board?seen={mark}", headers=PART)
    while answer.status_code == 200 and seen(answer.text) != mark:  # a minute began in between
        mark = seen(answer.text)
        answer = desk.get(f"/board?seen={mark}", headers=PART)
    assert (answer.status_code, answer.data) == (204, b"")
    cheap = queries_of(lambda: desk.get(f"/board?seen={mark}", headers=PART))
    assert cheap <= 5 < queries_of(lambda: desk.get("/board", headers=PART))
    other = desk.get(f"/board?seen={mark}&late=1", headers=PART)
    assert other.status_code == 200, "another filter is another list"
    assert desk.get(f"/board?seen={mark}").status_code == 200, "a whole page is always answered"


def test_a_new_fault_changes_what_is_seen(desk: FlaskClient, fault: Fault, world: World) -> None:
    mark = seen(desk.get("/board").text)
    worlds.deliver("fault", worlds.fault_form(world, symptom="no_sound"), world.engineer)
    answer = desk.get(f"/board?seen={mark}", headers=PART)
    assert answer.status_code == 200
    assert answer.text.count("data-fault=") == 2


def test_who_may_only_look_is_offered_nothing_to_do(
    world: World, signed_in: SignIn, fault: Fault
) -> None:
    worlds.person("admin-a", ("admin", "client", world.client_id))
    page = signed_in("admin-a").get("/board").text
    assert fault.number in page
    assert "data-key=" not in page


def test_a_long_board_shows_a_hundred_and_says_how_many_more(
    desk: FlaskClient, fault: Fault
) -> None:
    row = Fault.select().where(Fault.id == fault.id).dicts().get()
    for number in range(120):
        Fault.create(**{**row, "id": None, "number": f"F-L-{number}"})
    page = desk.get("/board?level=none").text
    assert page.count("data-fault=") == 100
    assert "121 faults" in page
    assert "21 are not shown" in page
    more = desk.get("/board?level=none&hundreds=2", headers=PART).text
    assert more.count("data-fault=") == 121
    assert 'name="hundreds" value="2"' in more


def test_names_are_text(desk: FlaskClient, fault: Fault) -> None:
    Person.update(name="<i>赵").execute()
    Room.update(name='"><b>礼堂').execute()
    page = desk.get("/board").text
    assert "Send &lt;i&gt;赵" in page
    assert "<i>赵" not in page
    assert "<b>礼堂" not in page


def test_hostile_addresses(desk: FlaskClient, fault: Fault) -> None:
    for tail in ("client=99999999999999", "site=x", "hundreds=-1", "hundreds=1e9", "level=%00",
                 "state=closed&mine=maybe&late=2", "seen=%27"):  # fmt: skip
        assert desk.get(f"/board?{tail}").status_code == 200


def test_the_desk_begins_at_the_board(desk: FlaskClient, engineer: FlaskClient) -> None:
    assert desk.get("/").location == "/board"
    assert 'href="/board"' in desk.get("/more").text
    assert 'href="/board"' in desk.get("/today").text
    assert 'href="/board"' not in engineer.get("/more").text


def test_it_speaks_chinese(signed_in: SignIn, fault: Fault) -> None:
    browser = signed_in("supervisor-all")
    browser.set_cookie("lang", "zh")
    page = browser.get("/board").text
    assert "新报，未定级" in page
    assert "值班看板" in page
    names = [one.get("aria-labelledby") for one in Page(page).elements if one.tag == "section"]
    assert "band-new" in names
