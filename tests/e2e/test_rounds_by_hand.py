"""A round in the hand: taps per healthy device, the next one, what is asked; offline too."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Playwright, expect

from roundtag.models import Answer, Finding, Inspection
from tests.e2e.conftest import Open, sign_in
from tests.e2e.phone import Phone
from tests.e2e.proxy import Proxy
from tests.e2e.server import Server
from tests.e2e.steps import Hand, status

SAVED = re.compile("^Saved on this phone")
FORM = "#check form"


@pytest.fixture
def phone(
    playwright: Playwright, launch_options: dict[str, Any], own_site: Server, tmp_path: Path
) -> Iterator[Phone]:
    network = Proxy(own_site.port)
    phone = Phone(playwright, launch_options, tmp_path / "profile", network.url, network)
    sign_in(phone.page)
    phone.packed(len(own_site.tags()))
    phone.offline()
    yield phone
    with suppress(Error):
        phone.context.close()
    network.close()


def test_offline_three_taps_a_device_and_one_to_the_next(phone: Phone, own_site: Server) -> None:
    page = phone.page
    page.goto(f"{phone.url}/T/{own_site.tags()[0]['code']}")
    seen = []
    for _ in range(3):
        hand = Hand(page)
        hand.check_healthy()
        expect(status(page, "#check")).to_have_text(SAVED)
        assert hand.taps <= 3
        seen.append(page.url.split("#")[0][-10:])
        page.locator("#check .next-stops a:visible").first.click()
        page.wait_for_url(lambda url: url.split("#")[0][-10:] not in seen)
        page.wait_for_selector("html[data-ready]")
    assert len(set(seen)) == 3
    phone.offline(False)
    page.goto(f"{phone.url}/outbox")
    states = page.locator("[data-outbox-list] [data-field=state]")
    expect(states).to_have_text([re.compile("^Received")] * 3)
    with own_site.records():
        # Entries of different devices leave side by side: they arrive in any order.
        rows = list(Inspection.select().order_by(Inspection.claimed_at))
        assert [row.result for row in rows] == ["pass"] * 3
        assert [row.scanned for row in rows] == [True, False, False]
        assert rows[0].scanned_at is not None


def with_reading(page: Page, site: Server) -> str:
    """The page of a device whose form asks for a reading with limits."""
    for code in (tag["code"] for tag in site.tags()):
        page.goto(f"/t/{code}#check")
        if page.locator(f"{FORM} input[data-odd]").count():
            page.wait_for_selector("html[data-ready]")
            return code
    raise AssertionError("no device has a reading")


def test_a_swipe_fails_a_row_and_a_point_in_the_wrong_place_is_asked_about(
    open_page: Open, site: Server
) -> None:
    page = open_page(has_touch=True)
    with_reading(page, site)
    row = page.locator(f"{FORM} [data-swipe]").first
    row.evaluate("""(row) => {
      const at = row.getBoundingClientRect();
      const send = (kind, x) => row.querySelector("legend").dispatchEvent(new PointerEvent(kind, {
        bubbles: true, pointerType: "touch", clientX: x, clientY: at.top + 5 }));
      send("pointerdown", at.right - 10);
      send("pointerup", at.right - 150);
    }""")
    expect(row.locator("input[data-fails]")).to_be_checked()
    expect(row.locator("textarea")).to_be_visible()
    reading = page.locator(f"{FORM} input[data-odd]").first
    low, high, places = (reading.get_attribute("data-odd") or "").split(";")[0].split()
    reading.fill(f"{(float(low) + float(high)) / 2:g}")
    field = reading.locator("xpath=ancestor::div[contains(@class, 'field')][1]")
    expect(field.locator("[data-doubt]")).to_be_visible()
    expect(field.locator("[data-outside]")).to_be_hidden()
    field.locator("[data-doubt] input").check()
    expect(field.locator("[data-outside]")).to_be_visible()
    reading.fill(f"{float(low) * 10 ** int(places):g}")
    expect(field.locator("[data-doubt]")).to_be_hidden()


def test_without_scripts_a_failure_is_filed_and_left_over(open_page: Open, tag: str,
                                                          site: Server) -> None:  # fmt: skip
    page = open_page(java_script_enabled=False)
    page.goto(f"/t/{tag}#check")
    for group in page.locator(f"{FORM} fieldset.ask").all():
        group.locator("input[type=radio] + label").first.click()
    for reading in page.locator(f"{FORM} input[data-unit]").all():
        reading.fill(reading.get_attribute("data-min") or "1")
    page.locator(f"{FORM} summary").click()
    page.fill(f"{FORM} [name='outside.1']", "a loose panel")
    page.locator(f"{FORM} button[type=submit]").click()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("a loose panel")
    with site.records():
        found = Finding.get(Finding.kind == "outside")
        assert Answer.select().where(Answer.inspection == found.inspection_id).count()
