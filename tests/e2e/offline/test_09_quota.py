"""Family 9: the phone is full – for a photo, for an entry, with kept pages that can make room."""

import io
import os

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.conftest import Open
from tests.e2e.server import Server
from tests.e2e.steps import Hand, status
from tests.house.chromium import READ_STORE, grant_room


def noise() -> FilePayload:
    """Random bytes: a browser's store makes zeros small."""
    out = io.BytesIO()
    side = 1200
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(out, "JPEG")
    return FilePayload(name="noise.jpg", mimeType="image/jpeg", buffer=out.getvalue())


def open_form(page: Page, tag: str) -> None:
    page.goto(f"/t/{tag}")
    page.wait_for_selector("html[data-ready]", state="attached")


def test_a_photo_that_does_not_fit_leaves_the_form_open_and_the_rest_untouched(
    open_page: Open, site: Server, tag: str
) -> None:
    page = open_page()
    grant_room(page.context, site.url, 500_000)
    open_form(page, tag)
    page.set_input_files("#fault input[name=photo]", [noise()])
    expect(page.locator("#fault canvas")).to_have_count(1)
    Hand(page).report()
    expect(status(page, "#fault")).to_contain_text("NOT saved")
    expect(page.locator("#fault canvas")).to_have_count(1)
    assert page.evaluate(READ_STORE, "outbox") == []
    assert page.evaluate(READ_STORE, "photos") == []

    page.click("#fault .thumb button")
    page.click("#fault button[type=submit]")
    expect(status(page, "#fault")).to_contain_text("Received")
