"""Pages about rounds: lists, shares, re-checks, readings, consumables, quality."""

import re
from datetime import timedelta

import brotli
import pytest
from flask.testing import FlaskClient

from roundtag import clock
from roundtag.models import (
    ContractTarget,
    Device,
    Inspection,
    Recheck,
    Room,
    Round,
    RoundDevice,
    RoundShare,
    Tag,
)
from tags import codes
from tests import world as worlds
from tests.roundtag import slipping
from tests.web.conftest import SignIn
from tests.world import World, check_form, deliver


def _id(page: str) -> str:
    found = re.search(r'name="submission_id" value="([^"]+)"', page)
    assert found
    return found.group(1)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_answer_everybody_of_the_client(
    signed_in: SignIn, world: World, language: str
) -> None:
    deliver("inspection", check_form(world), world.engineer)
    viewer = signed_in("viewer-a")
    viewer.set_cookie("lang", language)
    for path in ("/rounds", "/rounds?state=closed", "/rounds?state=accepted&late=1&site=1",
                 "/rounds?after=nonsense", f"/rounds/{world.round_id}?show=failed",
                 f"/devices/{world.devices[0].id}/readings", f"/rooms/{world.room.id}/readings",
                 "/lamps", "/lamps?within=7&client=x", "/consumables", "/consumables?months=12",
                 "/quality"):  # fmt: skip
        answer = viewer.get(path)
        assert answer.status_code == 200, path
    assert viewer.get(f"/rounds/{world.round_id}/shares").status_code == 403
    assert viewer.get(f"/rounds/{world.round_id}/comparison").status_code == 404


def test_the_round_page_shows_its_chosen_part(engineer: FlaskClient, world: World) -> None:
    deliver("inspection", check_form(world), world.engineer)
    whole = engineer.get(f"/rounds/{world.round_id}").text
    assert "投影机 1" in whole
    assert "投影机 2" in whole
    rest = engineer.get(f"/rounds/{world.round_id}?show=open").text
    stops = rest.partition('id="stops"')[2]
    assert "投影机 1" not in stops
    assert "投影机 2" in stops


def test_rooms_are_given_out_by_a_plain_form(engineer: FlaskClient, world: World) -> None:
    second = worlds.person("second", ("engineer", "client", world.client_id))
    url = f"/rounds/{world.round_id}/shares"
    page = engineer.get(url).text
    form = {"submission_id": _id(page), "person": str(second.person_id)}
    refused = engineer.post(url, data=form)
    assert refused.status_code == 422
    for _ in range(2):
        answer = engineer.post(url, data={**form, "room": str(world.room.id)})
        assert (answer.status_code, answer.headers["Location"]) == (303, url)
    assert [(r.room_id, r.person_id) for r in RoundShare.select()] == [
        (world.room.id, second.person_id)
    ]


def test_a_recheck_is_drawn_and_compared(signed_in: SignIn, world: World) -> None:
    second = worlds.person("second", ("engineer", "client", world.client_id))
    deliver("inspection", check_form(world), world.engineer)
    quality = signed_in("quality-all")
    url = f"/rounds/{world.round_id}/recheck"
    soon = (clock.local_day(clock.now()) + timedelta(days=7)).isoformat()
    form = {"submission_id": _id(quality.get(url).text), "percent": "100", "seed": "W48",
            "engineer": str(second.person_id), "due_on": soon}  # fmt: skip
    for field, value in (("percent", "0"), ("engineer", ""), ("due_on", "2020-01-01"),
                         ("due_on", "soon")):  # fmt: skip
        refused = quality.post(url, data={**form, field: value})
        assert refused.status_code == 422
        assert 'value="W48"' in refused.text
    answer = quality.post(url, data=form)
    made = Recheck.get().round_id
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/rounds/{made}")
    deliver("inspection", check_form(world, round=str(made)), second)
    text = quality.get(f"/rounds/{made}/comparison").text
    assert "100 %" in text
    assert "W48" in text


def test_targets_are_set_by_who_may(signed_in: SignIn, world: World) -> None:
    url = f"/contracts/{world.contract_id}/targets"
    assert signed_in("engineer-a").get(url).status_code == 403
    assert signed_in("manager-elsewhere").get(url).status_code == 404
    quality = signed_in("quality-all")
    form = {"submission_id": _id(quality.get(url).text), "pass_rate": "98.5",
            "availability": "99,9", "on_time": "101"}  # fmt: skip
    refused = quality.post(url, data=form)
    assert refused.status_code == 422
    assert ContractTarget.select().count() == 0
    answer = quality.post(url, data={**form, "availability": "99.9", "on_time": "100"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/quality")
    assert "98.5 %" in quality.get("/quality").text


def test_consumables_come_as_files(engineer: FlaskClient, world: World) -> None:
    answer = engineer.get("/consumables.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"].endswith('"consumables.csv"')
    assert engineer.get("/consumables.xlsx").data[:2] == b"PK"


def test_a_round_of_500_devices_stays_light(engineer: FlaskClient, world: World) -> None:
    """Every room stands there with how far it is; its stops come when it is opened, by htmx or by a
    plain link."""
    many(world, 500)
    here = f"/rounds/{world.round_id}"
    answer = engineer.get(here, headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200
    assert len(answer.data) <= 15_000
    page = brotli.decompress(answer.data).decode()
    room = Room.select().order_by(Room.id.desc()).first()
    link = f'href="{here}?room={room.id}#room-{room.id}"'
    assert page.count("<details") >= 51
    assert link in page
    assert f'id="room-{room.id}" open' not in page
    opened = engineer.get(f"{here}?room={room.id}").get_data(as_text=True)
    assert link not in opened
    assert f'id="room-{room.id}" open' in opened
    assert opened.count('class="row" href="/t/') == page.count('class="row" href="/t/') + 10


def many(world: World, count: int) -> None:
    """Devices in rooms of ten, each with an entry."""
    deliver("inspection", check_form(world), world.engineer)
    last = Inspection.select().dicts().first()
    for number in range(count):
        if number % 10 == 0:
            room = Room.create(client=world.client_id, building=world.room.building_id,
                               floor=f"{number % 20}F", code=f"R{number:04}",
                               name=f"第{number}会议室", kind="video")  # fmt: skip
        device = Device.create(client=world.client_id, room=room, name=f"会议屏 {number}",
                               code=f"A-X{number:04}", category="display")  # fmt: skip
        Tag.create(code=codes.new(), state="bound", client=world.client_id, device=device,
                   made_at=clock.now())  # fmt: skip
        Inspection.create(**{**last, "id": None, "device": device.id,
                             "submission": f"copy-{number}"})  # fmt: skip
        RoundDevice.create(client=world.client_id, round=world.round_id, device=device,
                           done_at=clock.now(), result="pass")  # fmt: skip


def test_a_closed_round_can_still_be_read(engineer: FlaskClient, world: World) -> None:
    Round.update(closed_at=clock.now()).where(Round.id == world.round_id).execute()
    assert engineer.get(f"/rounds/{world.round_id}").status_code == 200
    assert f"/rounds/{world.round_id}" in engineer.get("/rounds?state=closed").text


def test_a_phone_shows_the_month_that_runs_first(engineer: FlaskClient, world: World) -> None:
    """The oldest first, the use of these days stood out of view."""
    lamp = slipping.stocked(world)
    slipping.file(world.engineer, "draw", slipping.store(world), pieces=((lamp, 2),))
    form = slipping.use_form(world, f"{slipping.bag_of(world.engineer)}:{lamp}", "2")
    deliver("use", form, world.engineer)
    heads = re.findall(r"<th [^>]*>(\d+年\d+月)</th>", engineer.get("/consumables").text)
    today = clock.local_day(clock.now())
    assert heads[0] == f"{today:%Y}年{today.month}月"
    cells = re.findall(r'<td class="num">(?:<b>)?(\d+|—)', engineer.get("/consumables").text)
    assert cells[0] == "2"
