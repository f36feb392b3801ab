"""A stranger with an in-app browser: no script, no cookie kept, a narrow screen, two languages."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.steps import Hand
from tests.e2e.test_installable import violations

WECHAT = (
    "Mozilla/5.0 (Linux; Android 13; V2171A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117 MMWEBSDK/20231202 MicroMessenger/8.0.47"
)
NARROW = {"width": 320, "height": 640}
BARE = {"java_script_enabled": False, "user_agent": WECHAT, "viewport": NARROW}
WIDTH = "document.documentElement.scrollWidth <= innerWidth"


def forgetful(page: Page) -> Page:
    """Every cookie is dropped as soon as it is set."""
    page.on("response", lambda _: page.context.clear_cookies())
    return page


def test_report_me_too_rating_and_still_broken_without_script_or_cookie(
    open_page: Open, tag: str
) -> None:
    first = forgetful(open_page(staff=False, **BARE))
    first.goto(f"/T/{tag}")
    hand = Hand(first)
    hand.report_as_attendee()
    first.wait_for_url("**/status/*")
    assert hand.taps <= 3
    link = first.url

    other = forgetful(open_page(staff=False, **BARE))
    other.goto(f"/T/{tag}")
    hand = Hand(other)
    hand.tap(other.get_by_role("button", name="Me too").first)
    other.wait_for_url("**/status/*")
    expect(other.locator("main")).to_contain_text("1 more report says the same.")
    assert hand.taps <= 2

    resolve(open_page(), other.locator("header .copyable").inner_text())
    later = forgetful(open_page(staff=False, **BARE))
    later.goto(f"{link}?lang=en")
    later.locator("label[for=s-stars-5]").click()
    later.get_by_role("button", name="Send the rating").click()
    expect(later.locator("main")).to_contain_text("You can correct it within a day.")
    later.get_by_role("button", name=re.compile("still broken")).click()
    expect(later.locator("main")).to_contain_text("Your report arrived")
    assert later.url.split("?")[0] != link


def resolve(staff: Page, number: str) -> None:
    """The fault that the report with this number belongs to."""
    staff.goto("/faults?state=all")
    staff.locator(f"a:has-text('{number}')").first.click()
    linked = staff.get_by_role("link", name="Open it")
    linked.click()
    staff.wait_for_selector("html[data-ready]")
    staff.locator("label[for=f-step-resolve]").click()
    staff.fill("[name=cause]", "torn cable")
    staff.fill("[name=remedy]", "new cable")
    staff.locator("#step button[type=submit]").click()
    expect(staff.locator(".chip", has_text="Resolved")).to_be_visible()


def test_the_language_switch_keeps_everything_typed(open_page: Open, tag: str) -> None:
    page = forgetful(open_page(staff=False, locale="zh-CN", **BARE))
    page.goto(f"/T/{tag}")
    page.locator("[name=symptom] + label").nth(1).click()
    page.locator("summary").last.click()
    page.fill("[name=description]", "左边的屏幕\n闪")
    page.get_by_role("button", name="English", exact=True).click()
    expect(page.locator("h1")).to_have_text("What is not working?")
    assert page.locator("[name=description]").input_value() == "左边的屏幕\n闪"
    expect(page.locator("[name=symptom]").nth(1)).to_be_checked()
    page.locator("[name=description]").press("Tab")
    page.locator("[name=contact]").press("Enter")
    page.wait_for_url("**/status/*lang=en")


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_the_pages_of_attendees_are_accessible_and_fit_320_px(
    open_page: Open, tag: str, locale: str
) -> None:
    page = open_page(staff=False, locale=locale, viewport=NARROW)
    page.goto(f"/T/{tag}")
    Hand(page).report_as_attendee()
    page.wait_for_url("**/status/*")
    assert violations(page) == []
    assert page.evaluate(WIDTH)
    page.goto(f"/T/{tag}")
    page.locator("[name=symptom] + label").first.click()
    assert violations(page) == []
    assert page.evaluate(WIDTH)
