"""Family 14: going back without network, and a fragment that fails, erase no form."""

import uuid

from playwright.sync_api import expect

from tests import world
from tests.e2e.client import Client, Forms, envelope
from tests.e2e.offline.conftest import Hand
from tests.e2e.offline.town import PEOPLE, Town

LINES = 25
WORDS = "#fault [name=description]"


def test_back_and_forward_without_network_keep_what_was_typed(hand: Hand, town: Town) -> None:
    phone, code = hand(town), town.tags()[0]["code"]
    page = phone.page
    page.goto("/devices")
    page.fill("#q", "S-P")
    page.wait_for_url("**/devices?q=S-P")
    phone.visit(page, f"/t/{code}")
    page.click("a[href='#fault']")
    page.fill(WORDS, "typed before the lift")
    phone.offline()
    page.go_back()
    page.go_back()
    expect(page.locator("h1").first).to_be_visible()
    phone.visit(page, f"/t/{code}")
    expect(page.locator(WORDS)).to_have_value("typed before the lift")
    phone.offline(False)


def test_a_fragment_that_fails_leaves_the_page_as_it_is(hand: Hand, town: Town) -> None:
    script = Client(town.url).sign_in(PEOPLE[0], world.PASSWORD)
    code, me = town.tags()[3]["code"], script.whoami()
    pairs = Forms(script.ask("GET", f"/t/{code}").data.decode()).filled["fault"]
    for number in range(LINES):
        item = {**envelope("fault", pairs, me, number + 1), "install_id": str(uuid.uuid4())}
        assert script.send(item).status == 201
    phone = hand(town)
    page = phone.page
    phone.visit(page, f"/t/{code}")
    page.click("a[href='#fault']")
    page.fill(WORDS, "not to be erased")
    page.click("#fault a[href='#main']")
    lines = page.locator("#log li").count()
    page.context.route("**/history?**", lambda route: route.fulfill(status=503, body="boom"))
    with page.expect_response("**/history?**"):
        page.click("#log .log__more button")
    expect(page.locator(WORDS)).to_have_value("not to be erased")
    expect(page.locator("#log li")).to_have_count(lines)
    expect(page.locator("body")).not_to_contain_text("boom")
