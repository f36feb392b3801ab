"""pytest plugin: one playwright and one Chromium per test process; contexts belong to the tests."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Playwright, expect, sync_playwright

from tests.house import browsers
from tests.house.processes import commands

# A machine may be busy with other tests; a state that never comes is still told.
expect.set_options(timeout=20_000)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP plain.test 127.0.0.1",
]
CONTROLLED = """() => navigator.serviceWorker.controller ? true : new Promise((resolve) =>
  navigator.serviceWorker.addEventListener("controllerchange", () => resolve(true)))"""
READ_STORE = """(store) => new Promise((resolve, reject) => {
  const open = indexedDB.open("roundtag");
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const get = open.result.transaction(store).objectStore(store).getAll();
    get.onsuccess = () => { open.result.close(); resolve(get.result); };
  };
})"""


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
