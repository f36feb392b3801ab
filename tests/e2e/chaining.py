"""Hands and eyes of the chain of a repair: what is done on each page, and whether all agree."""

import io
import re
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from roundtag import db, ledger, stock
from roundtag.models import Unit
from tests.e2e.cast import fill, open_up
from tests.e2e.conftest import PHONE
from tests.e2e.daytime import Day
from tests.e2e.steps import status
from tests.e2e.test_month import draw
from tests.house.chromium import CONTROLLED, READ_STORE, becomes
from tests.house.processes import until

WAITING = f"""async () =>
    !(await ({READ_STORE})("outbox")).some((row) => row.state !== "received")"""

KEPT = f"""async ([path, words]) => {{
  const [pack] = await ({READ_STORE})("packs");
  const page = pack && (await caches.match(path, {{ cacheName: pack.cache }}));
  return Boolean(page) && (await page.text()).includes(words);
}}"""


@dataclass(frozen=True)
class Books:
    """What every page should say: `device`, the serial number in it; where the own and the spare
    unit are; pieces in all stores by model; how the loaner and the repair order stand."""

    device: str
    own: str
    spare: str
    pieces: dict[str, int]
    loaner: str = ""
    repair: str = ""


@dataclass
class Eyes:
    """Somebody of the office who looks at every page that tells of the two units."""

    page: Page
    tag: str
    own: int
    spare: int
    pages: dict[str, str] = field(default_factory=dict)
    """loaner, repair → address, once there is one."""
    lent: bool = False
    """Whether the device's page named a loaner."""

    def agree(self, books: Books) -> None:
        """Opens every page that tells of the two units and holds them against what should be; then
        asks the stock and every log whether they agree with themselves."""
        told = Books(
            self._device(),
            self._unit(self.own),
            self._unit(self.spare),
            {model: self._pieces(model) for model in books.pieces},
            self._chip("loaner"),
            self._chip("repair"),
        )
        assert told == books
        assert self.lent == (books.loaner == "Loaner in use")
        with db.database.connection_context():
            assert stock.problems() == []
            wrong = [line for _, client in ledger.logs() for line in ledger.verify(client)]
        assert wrong == []

    def text(self, path: str) -> str:
        self.page.goto(path, wait_until="domcontentloaded")
        return self.page.locator("main").inner_text()

    def learn(self) -> str:
        """Finds the loaner and the repair order by the device's page; the order's number."""
        self.page.goto(f"/t/{self.tag}")
        for name, kind in (("loaner", "loaners"), ("repair", "repairs")):
            link = self.page.locator(f"main a[href^='/{kind}/']").first
            self.pages[name] = link.get_attribute("href") or ""
        self.page.goto(self.pages["repair"])
        return self.page.locator("header .mono.soft").inner_text()

    def _device(self) -> str:
        """The unit by the form for a swap; its facts and a loaner's card say the same."""
        self.text(f"/t/{self.tag}")
        serial = self.page.locator("#swap [name=expected_old_serial]").input_value()
        lent = self.page.locator("main a.card[href^='/loaners/']")
        assert lent.count() == 0 or serial in lent.inner_text()
        self.lent = bool(lent.count())
        about = self.page.locator("details:not(#more):has(> summary:has-text('About this device'))")
        assert serial in (about.text_content() or "")
        return serial

    def _unit(self, key: int) -> str:
        """Where it is; its last movement ended there."""
        self.text(f"/units/{key}")
        here = self.page.locator("section.card.line p b").inner_text()
        moves = self.page.locator("section:has(> h2:text('Where it was')) .row b")
        assert moves.count() == 0 or moves.first.inner_text().endswith(f"→ {here}")
        return here

    def _pieces(self, model: str) -> int:
        self.text(f"/stock?q={model}")
        figures = self.page.locator("main table tbody tr td.num b")
        return int(figures.first.inner_text()) if figures.count() else 0

    def _chip(self, name: str) -> str:
        if name not in self.pages:
            return ""
        self.text(self.pages[name])
        return self.page.locator("header .chip").first.inner_text()


class Handset:
    """An engineer's phone that keeps the device's page for a time without network."""

    def __init__(self, day: Day, username: str, tag: str) -> None:
        self.page = day.page(username, viewport=PHONE, service_workers="allow")
        self.tag = tag
        becomes(self.page, CONTROLLED)

    def packed(self, words: str) -> None:
        """Fetches anew what is kept, until the device's page there has these words."""
        self.page.goto("/outbox")
        self.page.locator("[data-pack-refresh]").click()
        looking = [f"/t/{self.tag}", words]
        until(lambda: self.page.evaluate(KEPT, looking), f"{words} is on the phone", 90)

    def swap(self, **values: str) -> None:
        """Files a swap without network, and sends it once there is one."""
        page = self.page
        page.context.set_offline(True)
        page.goto(f"/t/{self.tag}")
        page.wait_for_selector("html[data-ready]", state="attached")
        page.locator("a[href='#swap']").first.click()
        form = page.locator("#swap form[data-outbox]")
        open_up(form)
        if values.pop("settles", ""):
            form.locator("[name=settles_fault]").check()
        fill(form, **values)
        form.locator("button[type=submit]").click()
        expect(status(page, "#swap")).to_contain_text("Saved on this phone")
        page.context.set_offline(False)
        page.goto("/outbox")
        page.locator("[data-outbox-send]").click()
        becomes(page, WAITING)


def press(form: Locator, **values: str) -> None:
    """Fills one form and presses its last button; the page that follows is there."""
    open_up(form)
    fill(form, **values)
    with form.page.expect_navigation():
        form.locator("button:not([type=button])").last.click()


def approve(page: Page, link: str, name: str) -> str:
    """A client decides by the link, on a phone without an account; what the page says then."""
    page.goto(link)
    page.fill("[name=signer]", name)
    draw(page)
    with page.expect_navigation():
        page.locator("button[value=approved]").click()
    return page.locator("main").inner_text()


def unit(serial: str) -> Unit:
    with db.database.connection_context():
        return Unit.get(Unit.serial == serial)


def paper(page: Page, path: str) -> str:
    """The text of a PDF, as the reader gets it, without spaces: a cell may break a line."""
    reply = page.request.get(path)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/pdf"), path
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(reply.body())).pages)
    return re.sub(r"\s", "", text)


def sheet(page: Page, path: str) -> list[list[Any]]:
    """The rows of a workbook's first sheet; no cell is a formula."""
    reply = page.request.get(path)
    assert reply.status == 200, path
    first = openpyxl.load_workbook(io.BytesIO(reply.body())).worksheets[0]
    cells = [list(row) for row in first.iter_rows()]
    assert not [cell.coordinate for row in cells for cell in row if cell.data_type == "f"]
    return [[cell.value for cell in row] for row in cells]
