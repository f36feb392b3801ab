"""pytest plugin: one playwright and one Chromium per test process; contexts belong to the tests."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.house import browsers
from tests.house.processes import Found, commands, until

# A machine may be busy with other tests; a state that never comes is still told.
expect.set_options(timeout=20_000)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP plain.test 127.0.0.1",
]
CONTROLLED = "() => Boolean(navigator.serviceWorker.controller)"
READ_STORE = """(store) => new Promise((resolve, reject) => {
  const open = indexedDB.open("roundtag");
  // There is no database yet, and this look makes none.
  open.onupgradeneeded = () => { open.transaction.abort(); resolve([]); };
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const reading = open.result.transaction(store);
    const get = reading.objectStore(store).getAll();
    reading.oncomplete = () => { open.result.close(); resolve(get.result); };
  };
})"""
KEY_IS_HERE = """async () => {
  return Boolean(await new Promise((done) => {
    const open = indexedDB.open("roundtag");
    open.onsuccess = () => {
      const get = open.result.transaction("meta").objectStore("meta").get("seal");
      get.onsuccess = () => { open.result.close(); done(get.result); };
    };
  }));
}"""


def becomes(page: Page, check: str, arg: Any = None) -> None:
    """Wait until a script says yes in the page.

    The script may be asynchronous, which `page.wait_for_function` takes for a yes.
    """
    end = time.monotonic() + 20
    while not _says_yes(page, check, arg):
        assert time.monotonic() < end, f"waited in vain until {check}"
        page.wait_for_timeout(30)


def _says_yes(page: Page, check: str, arg: Any) -> bool:
    try:
        return bool(page.evaluate(check, arg))
    except Error as error:
        if "context was destroyed" in error.message:
            return False  # asked while the page gave way to the next one
        raise


def grant_room(context: BrowserContext, url: str, quota: int) -> None:
    """Grants the origin so many bytes; set before anything is stored, or it has no effect.

    Said from a tab that stays where it is: a page that goes on might take the limit with it.
    """
    session = context.new_cdp_session(context.new_page())
    session.send("Storage.overrideQuotaForOrigin", {"origin": url, "quotaSize": quota})
    granted = session.send("Storage.getUsageAndQuota", {"origin": url})
    assert (granted["overrideActive"], granted["quota"]) == (True, quota), granted


class Worker:
    """The service worker of `url`, reached from a tab that holds nothing of ours.

    To be made while a page of that address is open, which is how Chromium tells of the worker.
    """

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.session = context.new_cdp_session(context.new_page())
        self.known: list[str] = []
        self.session.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: self.known.extend(
                one["registrationId"] for one in event["registrations"]
            ),
        )
        self.session.send("ServiceWorker.enable")

    def wake(self) -> None:
        """As the browser does once there is a network (Background Sync)."""
        self.session.send("ServiceWorker.dispatchSyncEvent", {
            "origin": self.url, "registrationId": self.known[0], "tag": "outbox",
            "lastChance": False,
        })  # fmt: skip

    def wake_until(self, condition: Callable[[], Found], what: str) -> Found:
        """The first true answer of `condition`, while the worker is woken again and again.

        Once is not enough: a page just closed may still hold the lock of those who send, and
        then the worker leaves it to the browser's next call.
        """

        def woken() -> Found:
            self.wake()
            return condition()

        return until(woken, what)

    def kill(self) -> None:
        self.session.send("ServiceWorker.stopAllWorkers")


@pytest.fixture(scope="session")
def launch_options() -> dict[str, Any]:
    """A browser named by CHROMIUM or found on the machine, else the test kit's own."""
    found = browsers.find()
    return {"args": FLAGS, "headless": True} | ({"executable_path": found} if found else {})


@pytest.fixture(scope="session")
def playwright(launch_options: dict[str, Any]) -> Iterator[Playwright]:
    """Comes after `launch_options`: looking for a browser may start a playwright of its own."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright, launch_options: dict[str, Any]) -> Iterator[Browser]:
    browser = playwright.chromium.launch(**launch_options)
    yield browser
    browser.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "playwright" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


def kill(context: BrowserContext, profile: Path) -> None:
    """kill -9 of every process of the browser that runs on this profile."""
    for process in _processes_of(profile):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    with suppress(Error):
        context.close()


def _processes_of(profile: Path) -> list[int]:
    mark = f"--user-data-dir={profile}"
    return [pid for pid, line in commands().items() if mark in line.split()]
