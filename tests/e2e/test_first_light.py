"""The first minute with the product: print a tag, scan it, see the four things, file a check."""

import base64
import re

import pypdfium2
import zxingcpp
from playwright.sync_api import Page, expect

from roundtag.models import Inspection, Tag
from tests.e2e.conftest import Open
from tests.e2e.server import Server
from tests.e2e.steps import Hand, status

SUBMIT = """async (form) => {
  const body = new URLSearchParams(new FormData(form));
  const reply = await fetch(form.action, { method: form.method, body });
  const bytes = new Uint8Array(await reply.arrayBuffer());
  return [reply.headers.get("Content-Type"), btoa(String.fromCharCode(...bytes))];
}"""
DOTS_PER_POINT = 300 / 72


def printed(page: Page, codes: list[str]) -> bytes:
    """The PDF that the sheet's form makes for these tags."""
    page.goto("/tags/sheets")
    for code in codes:
        page.evaluate("(box) => (box.checked = true)", page.query_selector(f"[value='{code}']"))
    kind, data = page.eval_on_selector("form[data-sheet]", SUBMIT)
    assert kind == "application/pdf"
    return base64.b64decode(data)


def decoded(pdf: bytes) -> list[str]:
    """What a scanner reads from the rendered sheet."""
    sheet = pypdfium2.PdfDocument(pdf)
    images = [page.render(scale=DOTS_PER_POINT).to_pil() for page in sheet]
    return [code.text for image in images for code in zxingcpp.read_barcodes(image)]


def test_printed_tag_opens_the_four_things(open_page: Open, site: Server, tag: str) -> None:
    page = open_page()
    room = next(each for each in site.tags("room"))
    addresses = decoded(printed(page, [tag, room["code"]]))
    assert sorted(addresses) == sorted([f"{upper(site.url)}/T/{tag}", room["url"]])

    page.goto(next(address for address in addresses if address.endswith(tag)))
    assert page.url.startswith(site.url)
    expect(page.get_by_role("link", name=re.compile("^Start check"))).to_be_visible()
    expect(page.get_by_role("link", name="Swap unit")).to_be_visible()
    expect(page.get_by_role("link", name="Report fault")).to_be_visible()
    expect(page.get_by_role("heading", name="Logbook")).to_be_visible()
    expect(page.locator("#log")).to_contain_text("Registered")

    Hand(page).check_healthy()
    expect(status(page, "#check")).to_contain_text("Received")
    page.goto(f"/t/{tag}")
    expect(page.locator("#log li").first).to_contain_text("tag scanned")
    with site.records():
        device = Tag.get(Tag.code == tag).device_id
        [filed] = Inspection.select().where(Inspection.device == device)
    assert (filed.scanned, filed.result) == (True, "pass")


def upper(url: str) -> str:
    scheme, rest = url.split("://")
    return f"{scheme}://{rest.upper()}"


def test_room_tag_opens_the_room(open_page: Open, site: Server) -> None:
    page = open_page()
    room = site.tags("room")[0]
    [address] = decoded(printed(page, [room["code"]]))
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text(room["name"])
