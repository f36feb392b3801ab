"""How it should feel: taps from a scan to done, and what is seen without scrolling."""

import re

import pytest
from playwright.sync_api import Route, expect

from roundtag.models import Device, Tag
from tests.e2e.client import Client
from tests.e2e.conftest import PHONE, Open
from tests.e2e.server import PASSWORD, Server
from tests.e2e.steps import Hand, status

ON_TOP = """(link) => {
  const { left, top, width, height } = link.getBoundingClientRect();
  const at = (y) => link.contains(document.elementFromPoint(left + width / 2, y));
  return at(top + 2) && at(top + height - 2);
}"""
STOPWATCH = """
addEventListener("submit", ({ target }) => {
  const start = performance.now();
  new MutationObserver((_, observer) => {
    observer.disconnect();
    window.savedAfter = performance.now() - start;
  }).observe(target.querySelector("[data-outbox-status]"), { childList: true });
}, true);
"""


def test_healthy_check_is_three_taps(open_page: Open, tag: str) -> None:
    page = open_page()
    page.goto(f"/T/{tag}")
    hand = Hand(page)
    hand.check_healthy()
    expect(status(page, "#check")).to_contain_text("Received")
    assert hand.taps <= 3


def test_all_good_answers_every_question_of_every_checklist(site: Server) -> None:
    with site.records():
        devices = {device.category: device.id for device in Device.select()}
        codes = {row.device_id: row.code for row in Tag.select() if row.device_id}
    client = Client(site.url).sign_in("engineer", PASSWORD)
    for category, device in devices.items():
        page = client.ask("GET", f"/t/{codes[device]}").data.decode()
        radios = re.findall(r'<input type="radio"[^>]* name="(item\.[^"]+)"([^>]*)>', page)
        good = {name for name, rest in radios if "data-good" in rest}
        assert good == {name for name, _ in radios}, category


def test_swap_is_six_taps_and_the_choice_of_a_unit(open_page: Open, tag_with_spares: str) -> None:
    page = open_page()
    page.goto(f"/T/{tag_with_spares}")
    hand = Hand(page)
    hand.swap()
    expect(status(page, "#swap")).to_contain_text("Received")
    assert hand.taps <= 6


@pytest.mark.parametrize("scripts", [True, False])
def test_attendee_reports_in_three_taps_without_typing(
    open_page: Open, room_tag: str, scripts: bool
) -> None:
    page = open_page(staff=False, java_script_enabled=scripts)
    page.goto(f"/T/{room_tag}")
    hand = Hand(page)
    hand.report_as_attendee()
    page.wait_for_url("**/status/*")
    expect(page.locator("main")).to_contain_text("Your report arrived")
    assert hand.taps <= 3


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_today_says_what_is_next_without_scrolling(open_page: Open, locale: str) -> None:
    page = open_page(locale=locale)
    page.goto("/today")
    following = page.locator("main a[href^='/t/']").first
    box = following.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= PHONE["height"]
    assert following.evaluate(ON_TOP)


def test_device_page_offers_all_three_jobs_without_scrolling(open_page: Open, tag: str) -> None:
    page = open_page()
    page.goto(f"/T/{tag}")
    for job in ("#check", "#swap", "#fault"):
        assert page.locator(f"a[href='{job}']").evaluate(ON_TOP), job


def test_saved_is_said_before_the_server_is_heard(open_page: Open, tag: str) -> None:
    page = open_page()
    page.add_init_script(STOPWATCH)
    held: list[Route] | None = []

    def hold(route: Route) -> None:
        route.continue_() if held is None else held.append(route)

    page.route("**/sync/**", hold)
    page.goto(f"/T/{tag}")
    Hand(page).report()
    expect(status(page, "#fault")).to_contain_text("Saved on this phone")
    waiting, held = held, None
    for route in waiting:
        route.continue_()
    expect(status(page, "#fault")).to_contain_text("Received")
    print(f"saved after {page.evaluate('window.savedAfter'):.0f} ms")
