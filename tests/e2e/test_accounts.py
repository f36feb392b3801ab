"""A manager invites somebody, who comes in by the link and sets a second factor up."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from roundtag import clock
from roundtag.accounts import totp
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

NEW = "gravel lantern 92 otter"
NARROW = {"width": 320, "height": 640}


@pytest.fixture(params=["script", "plain"])
def scripted(request: pytest.FixtureRequest) -> bool:
    """Everything here works without JavaScript too."""
    return request.param == "script"


@pytest.fixture
def pages(browser: Browser, site: Server, scripted: bool) -> Iterator[tuple[Page, Page]]:
    """The manager's browser and the guest's."""
    contexts = [
        browser.new_context(base_url=site.url, viewport=NARROW, locale="en-GB",
                            service_workers="block", java_script_enabled=scripted)
        for _ in range(2)
    ]  # fmt: skip
    manager, guest = (one.new_page() for one in contexts)
    sign_in(manager, "manager")
    yield manager, guest
    for one in contexts:
        one.close()


def send(page: Page) -> None:
    page.locator("main form .btn--main").last.click()


def test_from_the_invitation_to_the_second_factor(pages: tuple[Page, Page], scripted: bool) -> None:
    manager, guest = pages
    name = f"guest-{'script' if scripted else 'plain'}"
    manager.goto("/people/new")
    manager.fill("[name=name]", "赵强")
    manager.fill("[name=username]", name)
    manager.select_option("[name=role]", "engineer")
    manager.select_option("[name=scope]", "provider")
    send(manager)
    link = manager.locator("p.copyable").inner_text()

    guest.goto(re.sub(r"^https?://[^/]+", "", link))
    guest.fill("[name=password]", NEW)
    if scripted:
        guest.click("[data-show-word]")
        expect(guest.locator("[name=password]")).to_have_attribute("type", "text")
    else:
        expect(guest.locator("[data-show-word]")).to_be_hidden()
    send(guest)
    guest.wait_for_url("**/sign-in")
    enter(guest, name)
    guest.wait_for_url("**/today")

    guest.goto("/account/second-factor")
    address = guest.locator("a[href^='otpauth:']").get_attribute("href") or ""
    secret = re.search(r"secret=(\w+)", address)
    assert secret is not None
    guest.fill("[name=code]", totp.code_at(secret.group(1), totp.step_at(clock.now())))
    guest.fill("[name=password]", NEW)
    send(guest)
    expect(guest.locator(".codes li")).to_have_count(10)
    code = guest.locator(".codes li").first.inner_text()

    guest.context.clear_cookies()
    enter(guest, name)
    guest.wait_for_url("**/sign-in/code")
    guest.fill("[name=code]", code)
    send(guest)
    guest.wait_for_url("**/today")


def enter(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=username]", name)
    page.fill("[name=password]", NEW)
    send(page)
