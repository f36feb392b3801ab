"""The product itself, served once per test process, and phones to look at it with."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState

from tests.e2e.server import PASSWORD, Server

PHONE = {"width": 390, "height": 844}
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that tests share; each writes only at a device of its own (see `tag`)."""
    server = Server(tmp_path_factory.mktemp("site") / "data").start()
    yield server
    server.stop()


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Server]:
    """A server for one test, which may kill it."""
    server = Server(tmp_path / "data").start()
    yield server
    server.stop()


def sign_in(page: Page, username: str = "engineer") -> None:
    page.goto("/sign-in")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/today")


@pytest.fixture(scope="session")
def session(browser: Browser, site: Server) -> StorageState:
    """The cookies of the engineer, signed in once through the form."""
    context = browser.new_context(base_url=site.url, service_workers="block")
    sign_in(context.new_page())
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def open_page(browser: Browser, site: Server, session: StorageState) -> Iterator[Open]:
    """open_page(staff=True, **context options) → a page of a browser context of its own."""
    contexts: list[BrowserContext] = []

    def open_page(staff: bool = True, **options: Any) -> Page:
        chosen: dict[str, Any] = {
            "base_url": site.url,
            "viewport": PHONE,
            "locale": "en-GB",
            "service_workers": "block",
            **({"storage_state": session} if staff else {}),
            **options,
        }
        contexts.append(browser.new_context(**chosen))
        contexts[-1].set_default_timeout(20_000)
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def unused(site: Server) -> dict[str, list[str]]:
    """Codes of tags that no test has taken yet, by kind."""
    return {kind: [tag["code"] for tag in site.tags(kind)] for kind in ("device", "room")}


@pytest.fixture
def tag(unused: dict[str, list[str]]) -> str:
    """A device's code for this test alone."""
    return unused["device"].pop()


@pytest.fixture
def tag_with_spares(site: Server, unused: dict[str, list[str]]) -> str:
    fitting = next(code for code in site.tags_with_spares() if code in unused["device"])
    unused["device"].remove(fitting)
    return fitting


@pytest.fixture
def room_tag(unused: dict[str, list[str]]) -> str:
    return unused["room"].pop()
