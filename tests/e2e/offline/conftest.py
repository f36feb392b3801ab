"""Phones and scripts behind a network that we can break."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Playwright, Route

from tests import world
from tests.e2e.client import Client
from tests.e2e.offline.handset import Handset
from tests.e2e.offline.town import PEOPLE, Town
from tests.e2e.proxy import Proxy
from tests.e2e.server import PASSWORD, Server

PWA = Path(__file__).resolve().parents[3] / "pwa"
Mutants = dict[str, tuple[str, str]]
Hand = Callable[..., Handset]


@pytest.fixture
def network(site: Server) -> Iterator[Proxy]:
    """The way to the shared server, for one test to break."""
    proxy = Proxy(site.port)
    yield proxy
    proxy.close()


@pytest.fixture(scope="session")
def engineer(site: Server) -> Client:
    """A script's session."""
    return Client(site.url).sign_in("engineer", PASSWORD)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Four devices and two engineers, shared by tests that kill no server."""
    town = Town(tmp_path_factory.mktemp("town") / "data").start().fill()
    yield town
    town.stop()


@pytest.fixture
def own_town(tmp_path: Path) -> Iterator[Town]:
    """The same for one test, which may kill it."""
    town = Town(tmp_path / "data").start().fill()
    yield town
    town.kill()


@pytest.fixture
def hand(playwright: Playwright, launch_options: dict[str, Any], tmp_path: Path) -> Iterator[Hand]:
    """hand(town, person=0) → a signed-in phone with its pack, behind a network of its own.

    `mutants`: file of pwa/ → (text, text that it gets instead); such a phone has no worker, which
    would bring the true file from its cache.
    """
    with ExitStack() as stack:

        def hand(town: Town, person: int = 0, mutants: Mutants | None = None) -> Handset:
            proxy = Proxy(town.port)
            stack.callback(proxy.close)
            cookie = Client(town.url).sign_in(PEOPLE[person], world.PASSWORD).cookie
            profile = tmp_path / f"phone-{proxy.port}"
            phone = Handset(playwright, launch_options, profile, proxy, cookie)
            stack.callback(_close, phone)
            if mutants:
                _mutate(phone, mutants)
            else:
                phone.begin(len(town.tags()))
            return phone

        yield hand


def _mutate(phone: Handset, mutants: Mutants) -> None:
    phone.context.add_init_script("delete Navigator.prototype.serviceWorker")
    for name, (text, instead) in mutants.items():
        source = (PWA / name).read_text()
        assert text in source
        mutant = partial(_replace, body=source.replace(text, instead))
        phone.context.route(f"**/pwa/{name}", mutant)
    phone.sign_in()


def _replace(route: Route, body: str) -> None:
    """What is served is shrunk: the mutant is made of the source."""
    route.fulfill(response=route.fetch(), body=body)


def _close(phone: Handset) -> None:
    with suppress(Error):
        phone.context.close()
