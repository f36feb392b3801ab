"""The product itself, served once per test process, and phones to look at it with."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState

from roundtag import clock, db, demo, people, settings
from roundtag.models import Client
from tests import world as worlds
from tests.conftest import KINDS, _copy, _template
from tests.e2e.daytime import Day, Now
from tests.e2e.server import PASSWORD, Server
from tests.house.processes import free_port

PHONE = {"width": 390, "height": 844}
Open = Callable[..., Page]
TEAM = (
    ("desk", "周婷", "desk"), ("supervisor", "高峰", "supervisor"), ("head", "马骏", "manager"),
    ("quality", "孙悦", "quality"), ("second", "赵强", "engineer"),
)  # fmt: skip


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


@pytest.fixture
def day(browser: Browser, databases: dict[str, str], data_dir: Path,
        tmp_path_factory: pytest.TempPathFactory,
        monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:  # fmt: skip
    now, port = Now("2026-09-30 08:55"), free_port()
    monkeypatch.setattr(clock, "now", now)
    monkeypatch.setenv("BASE_URL", f"http://localhost:{port}")
    url = _copy(KINDS[0], _template(KINDS[0], databases, tmp_path_factory), data_dir)
    monkeypatch.setenv("DATABASE_URL", url)
    settings.current.cache_clear()
    db.connect(url)
    with db.database.connection_context():
        demo.load(PASSWORD)
        client_id = Client.get().id
        for username, name, role in TEAM:
            grants = ((role, "client", client_id),)
            worlds.run(people.add_person, people.AddPerson(username, name, PASSWORD, grants))
    day = Day(browser, now, port)
    yield day
    day.stop()
    db.database.close_all()
