"""JavaScript off: what is tapped twice, sent again or gone back to stays one record."""

import io
import random
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from roundtag.models import Fault, Inspection, Swap, Tag
from tests.e2e.conftest import Open
from tests.e2e.server import Server
from tests.e2e.steps import fill_readings

NOTE = "dies on battery"


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page(java_script_enabled=False)


def fill_check(page: Page) -> None:
    for good in page.locator("#check [data-good] + label").all():
        good.click()
    fill_readings(page)


def fill_swap(page: Page) -> None:
    page.locator("#swap [name=new_serial]").select_option(index=1)
    page.click("#swap [name=reason][value=wear] + label")


def fill_fault(page: Page) -> None:
    page.locator("#fault [name=symptom] + label").first.click()
    page.fill("#fault [name=description]", NOTE)


FORMS: dict[str, tuple[Callable[[Page], None], Any]] = {
    "check": (fill_check, Inspection),
    "swap": (fill_swap, Swap),
    "fault": (fill_fault, Fault),
}


def records(site: Server, table: Any, code: str) -> int:
    with site.records():
        device = Tag.get(Tag.code == code).device_id
        return int(table.select().where(table.device == device).count())


@pytest.mark.parametrize("form", FORMS)
def test_double_tap_and_back_leave_one_record(
    page: Page, site: Server, tag_with_spares: str, form: str
) -> None:
    fill, table = FORMS[form]
    page.goto(f"/T/{tag_with_spares}#{form}")
    fill(page)
    button = page.locator(f"#{form} button[type=submit]")
    button.dblclick()
    expect(page.locator("main > .notice--ok").first).to_be_visible()
    page.go_back()
    # The page comes anew, with nothing of the sent form in it, so it cannot be sent by a slip.
    button.click()
    refused = f"#{form} form:invalid, #{form} .notice--now"
    expect(page.locator(refused).first).to_be_visible()
    assert records(site, table, tag_with_spares) == 1


def noise(side: int) -> bytes:
    """A picture of random dots: three bytes each, which nothing compresses."""
    out = io.BytesIO()
    dots = random.Random(side).randbytes(3 * side * side)
    Image.frombytes("RGB", (side, side), dots).save(out, "PNG", compress_level=1)
    return out.getvalue()


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (lambda: FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=b"%PDF-1.7 no photo"),
         "not a photo"),
        (lambda: FilePayload(name="photo.png", mimeType="image/png", buffer=noise(1700)),
         "8 MB"),
        (lambda: FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=b""), "0 bytes"),
    ],
    ids=["no image", "too large", "empty"],
)  # fmt: skip
def test_a_photo_that_is_none_is_refused_and_the_form_kept(
    page: Page, site: Server, tag: str, file: Callable[[], FilePayload], reason: str
) -> None:
    page.goto(f"/T/{tag}#fault")
    fill_fault(page)
    page.set_input_files("#fault [name=photo]", [file()])
    page.click("#fault button[type=submit]")
    expect(page.locator("#fault [data-error-for=photo]")).to_contain_text(reason)
    expect(page.locator("#fault [name=description]")).to_have_value(NOTE)
    expect(page.locator("#fault [name=symptom]").first).to_be_checked()
    assert records(site, Fault, tag) == 0
    page.click("#fault button[type=submit]")
    page.wait_for_url("**/faults/*")
    assert records(site, Fault, tag) == 1
