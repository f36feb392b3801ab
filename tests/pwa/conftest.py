from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from tests.house.chromium import CONTROLLED, KEY_IS_HERE, READ_STORE, becomes

DEVICE = "/t/7K3M9QX2PD"
SO_MANY_DRAFTS = f"""async (wanted) => (await ({READ_STORE})("drafts")).length === wanted"""
PHOTO_KEPT = f"""async () =>
  (await ({READ_STORE})("drafts")).some((draft) => draft.photos.length)"""

sys.path.insert(0, str(Path(__file__).parent))
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = importlib.import_module("sync_stub.server")


@pytest.fixture
def stub(tmp_path: Path) -> Iterator[Any]:
    stub = server.Stub(server.Store(tmp_path / "stub.db"), server.Faults())
    stub.start()
    yield stub
    stub.stop()


@pytest.fixture
def worker() -> None:
    """Asked for by a test that needs the service worker; the others start quicker without."""


@pytest.fixture
def context(
    browser: Browser, stub: Any, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    workers: Literal["allow", "block"] = "allow" if "worker" in request.fixturenames else "block"
    context = browser.new_context(base_url=stub.url, service_workers=workers)
    context.set_default_timeout(30_000)
    yield context
    context.close()


class Phone:
    """One page of one browser, and what it holds."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, path: str) -> None:
        """Go there and wait until the modules have wired the page."""
        self.page.goto(path)
        self.wired()

    def wired(self) -> None:
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def packed(self) -> None:
        """Wait until the worker is in charge and the whole pack is on the phone."""
        becomes(self.page, CONTROLLED)
        self.shows("[data-pack-progress]", "3/3 devices on this phone")

    def keyed(self) -> None:
        """Wait until the person's key is here, without which nothing can be sealed."""
        becomes(self.page, KEY_IS_HERE)

    def sign_in(self, person: int) -> None:
        self.page.context.add_cookies([{"name": "user", "value": str(person), "url": self.url}])

    def check(self, volts: str = "230") -> None:
        self.page.fill("#check [name=volts]", volts)
        self.page.click("#check button[name=result]")

    def report(self, what: str) -> None:
        self.page.fill("#fault [name=what]", what)
        self.page.click("#fault button")

    def report_at(self, path: str, what: str, becomes: str = "Received") -> None:
        self.open(path)
        self.report(what)
        self.says("#fault", becomes)

    def says(self, form: str, sentence: str) -> None:
        """Wait until the form's status line says so."""
        expect(self.page.locator(f"{form} [data-outbox-status]")).to_contain_text(sentence)

    def shows(self, selector: str, text: str) -> None:
        expect(self.page.locator(selector)).to_contain_text(text)

    def add_photo(self, data: bytes, mime: str = "image/jpeg") -> None:
        photo = FilePayload(name="photo.jpg", mimeType=mime, buffer=data)
        self.page.set_input_files("#check [name=photo]", [photo])

    def send(self) -> None:
        self.page.click("[data-outbox-send]")

    def rows(self) -> list[dict[str, Any]]:
        """The outbox as it lies on the disk, oldest first."""
        rows: list[dict[str, Any]] = self.page.evaluate(READ_STORE, "outbox")
        return sorted(rows, key=lambda row: int(row["seq"]))

    def store(self, name: str) -> list[dict[str, Any]]:
        return list(self.page.evaluate(READ_STORE, name))

    def photos(self) -> list[str]:
        """Hashes of the photo bytes still on the phone."""
        return [row["sha256"] for row in self.page.evaluate(READ_STORE, "photos")]

    def keeps_photo(self) -> None:
        """Wait until an unfiled draft lies on the disk with its photo."""
        becomes(self.page, PHOTO_KEPT)

    def keeps(self, drafts: int) -> None:
        """Wait until so many unfiled drafts lie on the disk."""
        becomes(self.page, SO_MANY_DRAFTS, drafts)

    def states(self) -> list[str]:
        return [row["state"] for row in self.rows()]


@pytest.fixture
def phone(context: BrowserContext, stub: Any) -> Phone:
    """Ann, signed in, on a device page."""
    phone = Phone(context.new_page(), stub.url)
    phone.sign_in(1)
    phone.open(DEVICE)
    return phone


@pytest.fixture(scope="session")
def make_phone() -> type[Phone]:
    return Phone


@pytest.fixture(scope="session")
def stub_words() -> dict[str, str]:
    words: dict[str, str] = importlib.import_module("sync_stub.pages").WORDS
    return words
