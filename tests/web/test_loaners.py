"""The pages of loaners and of a swap that is taken back, as a browser without scripts uses them."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from roundtag import clock
from roundtag.db import write
from roundtag.models import Fault, Loaner, Swap, Unit
from tests import world as worlds
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World


@pytest.fixture
def manager(signed_in: SignIn) -> FlaskClient:
    browser = signed_in("manager-a")
    browser.set_cookie("lang", "en")
    return browser


def send(browser: FlaskClient, page: str, action: str, **typed: str) -> TestResponse:
    form = Page(browser.get(page).text).form(action)
    return browser.post(action, data={**form.filled(), **typed})


def followed(browser: FlaskClient, answer: TestResponse) -> Page:
    assert answer.status_code == 303, answer.text
    return Page(browser.get(answer.location, follow_redirects=True).text)


def swap(browser: FlaskClient, world: World, **typed: str) -> Page:
    tag = world.tags[0]
    return followed(browser, send(browser, f"/t/{tag}", f"/t/{tag}/swaps", **typed))


def lend(browser: FlaskClient, world: World) -> Page:
    return swap(browser, world, new_serial="SPA1", reason="loan", old_unit_to="store",
                due_on="2100-01-02", old_serial_seen="SNA1")  # fmt: skip


def chips(page: Page) -> list[str]:
    return [one.text for one in page.elements if one.get("class").startswith("chip chip--warn")]


def test_lent_seen_everywhere_and_put_back_in_four_fields(
    manager: FlaskClient, world: World
) -> None:
    page = lend(manager, world)
    assert "SNA1 out, SPA1 in" in page.flashes()[0]
    assert "Loaner in use" in chips(page)
    one = f"/loaners/{Loaner.get().id}"
    text = manager.get("/loaners").text
    assert "SPA1" in text
    assert "in store: 备件库" in text
    assert "投影机 1" in manager.get("/devices?state=loaner").text
    assert "The own unit SNA1 is in store again" in manager.get(one).text
    form = Page(manager.get(f"/t/{world.tags[0]}").text).form(f"/t/{world.tags[0]}/swaps")
    filled = form.filled()
    assert {name: filled[name] for name in ("expected_old_serial", "reason", "old_unit_to")} == {
        "expected_old_serial": "SPA1", "reason": "back", "old_unit_to": "store"}  # fmt: skip
    page = swap(manager, world, new_serial="SNA1")
    assert "Loaner in use" not in chips(page)
    assert "No loaner is in use" in manager.get("/loaners").text
    assert "Came back" in manager.get("/loaners?state=all").text
    assert [f for f in Page(manager.get(one).text).forms if "/loaners/" in f.action] == []


def test_the_copy_on_the_phone_names_the_loaner_and_no_person(
    manager: FlaskClient, world: World
) -> None:
    lend(manager, world)
    pack = manager.get(f"/t/{world.tags[0]}", headers={"X-Pack": "1"}).text
    assert "Loaner in use" in pack
    assert "/loaners/" not in pack
    assert "/swaps/" not in pack.replace(f"/t/{world.tags[0]}/swaps", "")


def test_the_pack_s_version_moves_with_the_loaner_and_its_day(
    manager: FlaskClient, world: World
) -> None:
    def version() -> str:
        pages = manager.get("/pack?room=" + str(world.room.id)).json["pages"]
        return next(p["v"] for p in pages if p["url"] == f"/t/{world.tags[0]}")

    lend(manager, world)
    first = version()
    assert version() == first
    with write():
        Loaner.update(due_on="2100-01-03").execute()
    assert version() != first


def test_longer_and_for_good(manager: FlaskClient, world: World) -> None:
    lend(manager, world)
    one = f"/loaners/{Loaner.get().id}"
    refused = send(manager, one, f"{one}/due-day", due_on="2001-01-01", reason="备件晚到")
    assert refused.status_code == 422
    assert Page(refused.text).form(f"{one}/due-day").filled()["reason"] == "备件晚到"
    answer = send(manager, one, f"{one}/due-day", due_on="2100-02-01", reason="备件晚到")
    assert "2100-02-01" in followed(manager, answer).flashes()[0]
    refused = send(manager, one, f"{one}/keeping", reason="满意")
    assert refused.status_code == 422
    assert Page(refused.text).form(f"{one}/keeping").filled()["reason"] == "满意"
    answer = send(manager, one, f"{one}/keeping", reason="满意", consent="王处长")
    page = followed(manager, answer)
    assert "SPA1 stays for good." in page.flashes()[0]
    assert [f for f in page.forms if "/loaners/" in f.action] == []
    log = manager.get(f"/devices/{world.devices[0].id}").text
    assert "The loaner SPA1 stays for good" in log or Swap.select().count() == 1


def test_a_slip_is_taken_back_from_the_device_s_page(manager: FlaskClient, world: World) -> None:
    page = lend(manager, world)
    link = next(a.get("href") for a in page.all("a") if "/swaps/" in a.get("href"))
    page = followed(manager, send(manager, link, link))
    assert "Swapped back: SPA1 out, SNA1 in." in page.flashes()[0]
    assert Unit.get(Unit.device == world.devices[0].id).serial == "SNA1"
    assert not [a for a in page.all("a") if "/swaps/" in a.get("href")]
    answer = manager.get(link).text
    assert "cannot be taken back any more" in answer
    again = followed(manager, manager.post(link))
    assert "Not swapped back" in again.flashes()[0]


def test_the_fault_s_page_lists_what_is_open_with_links(manager: FlaskClient, world: World) -> None:
    fault = worlds.fault(world)
    swap(manager, world, new_serial="SPA1", reason="loan", old_unit_to="repair",
         fault=str(fault), settles_fault="1")  # fmt: skip
    page = Page(manager.get(f"/faults/{fault}").text)
    links = [a.get("href") for a in page.all("a") if "row--now" in a.get("class")]
    assert f"/loaners/{Loaner.get().id}" in links
    assert any(link.startswith("/repairs/") for link in links)
    with write():
        today = clock.local_day(clock.now())
        Fault.update(state="observing", observed_until=today).where(Fault.id == fault).execute()
    page = Page(manager.get(f"/faults/{fault}").text)
    assert "It cannot be closed yet" in " ".join(a.text for a in page.all("a"))
    answer = manager.post(f"/faults/{fault}/closing", data={})
    assert answer.status_code == 409
    assert "Not closed: the loaner SPA1 is still in use." in answer.text
    assert Fault.get_by_id(fault).state == "observing"


def test_the_file_of_loaners(manager: FlaskClient, world: World) -> None:
    lend(manager, world)
    answer = manager.get("/loaners.csv")
    assert answer.mimetype == "text/csv"
    assert "SPA1,爱普生 CB-L500,投影机 1" in answer.data.decode("utf-8-sig")


@pytest.mark.parametrize("query", ["state=x&client=a&page=-1", "page=999999999", "q=%25", "page=0"])
def test_an_address_that_makes_no_sense_shows_the_list(manager: FlaskClient, query: str) -> None:
    assert manager.get(f"/loaners?{query}").status_code == 200


def test_a_client_reads_and_decides_nothing(
    manager: FlaskClient, signed_in: SignIn, world: World
) -> None:
    lend(manager, world)
    viewer, key = signed_in("viewer-a"), Loaner.get().id
    assert "SPA1" in viewer.get("/loaners").text
    page = Page(viewer.get(f"/loaners/{key}").text)
    assert [f for f in page.forms if "/loaners/" in f.action] == []
    for path in (f"/loaners/{key}/keeping", f"/loaners/{key}/due-day", "/swaps/1/back"):
        assert viewer.post(path, data={"reason": "x"}).status_code == 403
