"""A store is counted in a basement by camera and by hand; the planted difference is explained,
closed, and read back from paper and workbook."""

import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from playwright.sync_api import Error, Page, Playwright, expect

from roundtag import stock
from roundtag.models import Store, StoreCountLine, Submission, Tag, Unit
from tags import qr
from tests import storecounting
from tests.e2e.conftest import sign_in
from tests.e2e.lens import Lens, symbol
from tests.e2e.phone import SCANNER_KEPT, Phone
from tests.e2e.server import Server
from tests.e2e.steps import status
from tests.e2e.test_stocktake import PACKED
from tests.house.chromium import CONTROLLED, becomes

FORM = "form[data-outbox=storecount]"
ROWS = "[data-count-rows] [data-name]"


@pytest.fixture
def lens(tmp_path: Path) -> Lens:
    return Lens(tmp_path / "camera.y4m")


@pytest.fixture
def phone(
    playwright: Playwright, launch_options: dict[str, Any], own_site: Server, lens: Lens,
    tmp_path: Path,
) -> Iterator[Phone]:  # fmt: skip
    args = [*launch_options["args"], *lens.flags]
    options = launch_options | {"args": args, "permissions": ["camera"]}
    phone = Phone(playwright, options, tmp_path / "profile", own_site.url)
    yield phone
    with suppress(Error):
        phone.context.close()


def kept(page: Page, url: str) -> None:
    """Waits until the page is on the phone, and what reads symbols after it; a manager without
    devices of their own has no other pages."""
    becomes(page, CONTROLLED)
    becomes(page, PACKED, url)
    becomes(page, SCANNER_KEPT)


def opened(site: Server) -> tuple[int, list[str], int, str]:
    """A blind count of the first store: its key, the serial numbers there, a counted model of which
    the books have 12, and the label of some device."""
    with site.records():
        store = Store.get()
        here = [unit.serial for unit in Unit.select().where(Unit.store == store.id)]
        Unit.update(shelf="A-1").where(Unit.store == store.id).execute()
        model = storecounting.cables(store, 12)
        world: Any = None
        return storecounting.opened(world, store), here, model, Tag.get().code


def test_a_store_is_counted_offline_and_the_books_are_put_right(
    phone: Phone, own_site: Server, lens: Lens
) -> None:
    key, here, model, tag = opened(own_site)
    lost, page, path = here[-1], phone.page, f"/stock/counts/{key}"
    sign_in(page, "manager")
    kept(page, f"{path}/lists/new")
    phone.offline()
    with own_site.records():
        code = Store.get().code
    lens.show_in_turn(*(symbol(text) for text in (
        f"SHELF:{code}/A-1", f"SN:{here[0]}", here[1], qr.address(own_site.url, tag))))  # fmt: skip

    phone.open("/today")
    page.click(f"a[href='{path}/lists/new']")
    phone.wired()
    expect(page.locator(ROWS)).to_have_count(2, timeout=60_000)
    expect(page.locator("[name=shelf]")).to_have_value("A-1", timeout=30_000)
    expect(page.locator("[data-scan=says]")).to_contain_text("device's label", timeout=30_000)
    for serial in (*here[2:-1], "x-999"):
        page.fill("[name=typed]", f" {serial.lower()}")
        page.press("[name=typed]", "Enter")
    expect(page.locator("[data-count-undo]")).to_contain_text("X-999")
    page.click("[data-count-undo]")
    page.fill("[name=typed]", "x-999")
    page.click("[data-count-add]")
    expect(page.locator("[data-count-progress]")).to_have_text(f"{len(here)} counted")
    page.fill(f"[name='pieces.{model}']", "12")
    less = page.locator(f"[name='pieces.{model}']").locator("xpath=..").locator("[data-step='-1']")
    less.click()
    less.click()
    phone.open(f"{path}/lists/new")  # thrown away by the phone and opened again
    expect(page.locator(f"[name='pieces.{model}']")).to_have_value("10")
    page.click(f"{FORM} button[type=submit]")
    expect(status(page, FORM)).to_contain_text("Saved on this phone")

    phone.offline(False)
    phone.open("/outbox")
    received = page.locator("[data-outbox-group=received] [data-field=kind]")
    expect(received).to_have_text("Store count", timeout=30_000)
    with own_site.records():
        assert Submission.select().where(Submission.form == "storecount").count() == 1
        assert StoreCountLine.select().where(StoreCountLine.scanned).count() >= 2

    phone.open(path)
    rows = page.locator("#lines > ul > li")
    expect(rows).to_have_count(3)
    missing = rows.filter(has_text=lost)
    expect(missing).to_contain_text("Missing")
    missing.locator("summary").click()
    missing.locator("[name=kind]").select_option("no-slip")
    missing.locator("[name=note]").fill("小李")
    missing.locator("button").click()
    expect(rows.filter(has_text=lost)).to_contain_text("小李")
    page.click("#close summary")
    page.click("#close button")
    expect(page.get_by_role("alert")).to_contain_text("Unexplained differences: 2")
    page.check("#close [name=confirm]")
    page.click("#close button")
    expect(page.locator("main")).to_contain_text("Booked on slip SL-")
    read_back(page, path, lost)
    with own_site.records():
        assert Unit.get(Unit.serial == lost).place == "adjustment"
        assert storecounting.pieces(Store.get(), model) == 10
        assert stock.problems() == []


def read_back(page: Page, path: str, lost: str) -> None:
    """What the page says is in the workbook and on paper."""
    sent = page.request.get(f"{path}/report.xlsx?lang=en")
    sheet = openpyxl.load_workbook(io.BytesIO(sent.body())).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    told = {row[2] or row[1]: (row[0], row[12], row[14]) for row in rows[1:]}
    assert told[lost] == ("Missing", -1, "小李")
    assert told["X-999"][0] == "Unknown serial number"
    assert ("Fewer than in the books", -2) in [one[:2] for one in told.values()]
    document = pypdfium2.PdfDocument(page.request.get(f"{path}/report.pdf?lang=en").body())
    text = "".join(one.get_textpage().get_text_range() for one in document)
    assert all(word in text for word in (lost, "X-999", "小李", "SL-"))
