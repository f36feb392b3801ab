"""A room is counted in a basement, by camera and by hand; a round is walked by scanning alone."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Error, Playwright, expect

from roundtag import stocktakes
from roundtag.access import SYSTEM
from roundtag.models import Client, Device, Inspection, Room, StocktakeEntry, Submission, Tag
from tags import codes, qr
from tests import world as worlds
from tests.e2e.conftest import sign_in
from tests.e2e.lens import Lens, symbol
from tests.e2e.phone import Phone
from tests.e2e.server import Server
from tests.e2e.steps import fill_readings, status

FORM = "form[data-outbox=count]"
ROWS = "[data-count-rows] [data-name]"
PACKED = """async (url) => {
  for (const name of await caches.keys()) {
    if (name.startsWith("pack-") && (await caches.match(url, { cacheName: name }))) return true;
  }
  return false;
}"""


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


def printed(site: Server, code: str) -> Image.Image:
    return symbol(qr.address(site.url, code))


def opened(site: Server) -> tuple[int, int, list[str], list[str]]:
    """A stocktake of everything: its key, a room's key, the room's labels and those of others."""
    with site.records():
        order = stocktakes.OpenStocktake("client", Client.get().id, "年终盘点")
        key = worlds.run(stocktakes.open_stocktake, order).subject_id
        room = Room.get()
        tags = Tag.select(Tag.code, Device.room).join(Device).order_by(Tag.code)
        here = [tag.code for tag in tags if tag.device.room_id == room.id]
        elsewhere = [tag.code for tag in tags if tag.device.room_id != room.id]
        return int(str(key)), room.id, here, elsewhere


def test_a_room_is_counted_offline_by_camera_and_by_hand(
    phone: Phone, own_site: Server, lens: Lens
) -> None:
    key, room, here, elsewhere = opened(own_site)
    unknown, page = codes.new(), phone.page
    path = f"/stocktakes/{key}/rooms/{room}"
    sign_in(page)
    phone.packed(len(own_site.tags()))
    assert page.evaluate(PACKED, path)
    phone.offline()
    lens.show_in_turn(*(printed(own_site, code) for code in (here[0], here[1], elsewhere[0])))

    phone.open("/today")
    page.click(f"a[href='/stocktakes/{key}/rooms']")
    page.click(f"a[href='{path}']")
    phone.wired()
    expect(page.locator(ROWS)).to_have_count(3, timeout=60_000)
    expect(page.locator(f"input[value='{here[0]}']")).to_be_checked()
    progress = page.locator("[data-count-progress]")
    expect(progress).to_have_text(f"2 of {len(here)} here")
    # The camera has stayed open and sees the same labels again: they are not taken twice.
    expect(page.locator("[data-scan=says]")).to_contain_text("on the list already", timeout=30_000)
    expect(page.locator(ROWS)).to_have_count(3)
    assert page.url.endswith(path)

    page.fill("[name=typed]", here[2][:-1] + ("0" if here[2][-1] != "0" else "1"))
    expect(page.locator("[data-error-for=typed]")).to_contain_text("has a slip")
    for code in (here[2], unknown):
        page.fill("[name=typed]", f"{code[:5].lower()}-{code[5:]}")
        page.press("[name=typed]", "Enter")
    expect(page.locator(ROWS)).to_have_count(5)
    page.click("[data-count-undo]")
    expect(page.locator(ROWS)).to_have_count(4)
    page.fill("[name=typed]", unknown)
    page.press("[name=typed]", "Enter")
    expect(progress).to_have_text(f"3 of {len(here)} here")

    phone.open(path)  # thrown away by the phone and opened again: the draft is back
    expect(progress).to_have_text(f"3 of {len(here)} here")
    page.click(f"{FORM} button[type=submit]")
    expect(status(page, FORM)).to_contain_text("Saved on this phone")
    expect(page.locator("[data-scan=view]")).to_be_hidden()

    phone.offline(False)
    phone.open("/outbox")
    expect(page.locator("[data-outbox-group=received] [data-field=kind]")).to_have_text(
        "Stocktake list"
    )
    assert [reply["status"] for reply in phone.send_again()] == [200]
    with own_site.records():
        assert Submission.select().where(Submission.form == "count").count() == 1
        entries = {entry.code: entry for entry in StocktakeEntry.select()}
        assert set(entries) == {*here[:3], elsewhere[0], unknown}
        assert {code for code, entry in entries.items() if entry.scanned} >= {*here[:2]}
        assert not entries[unknown].scanned
        lines = stocktakes.report(key, SYSTEM).result.lines
        said = {line.tag: line.outcome for line in lines if line.tag in entries}
    assert said == {**dict.fromkeys(here[:3], "found"), elsewhere[0]: "misplaced",
                    unknown: "unknown"}  # fmt: skip


def test_a_round_of_three_devices_by_scanning_alone(
    phone: Phone, own_site: Server, lens: Lens
) -> None:
    """Scan, check, scan the next one: no list is read and nothing typed but the readings."""
    walked = [tag["code"] for tag in own_site.tags()[:3]]
    page = phone.page
    sign_in(page)
    phone.packed(len(own_site.tags()))
    phone.offline()
    lens.show(printed(own_site, walked[0]))
    phone.open("/scan")
    for number, code in enumerate(walked):
        page.wait_for_url(f"**/T/{code}")
        phone.wired()
        page.click("a[href='#check']")
        page.click("#check [data-all-good]")
        fill_readings(page)
        page.click("#check button[type=submit]")
        expect(status(page, "#check")).to_contain_text("Saved on this phone")
        if code == walked[-1]:
            break
        page.click(".next-stop")  # the label before one's eyes is the one just done
        expect(page.locator("[data-scan=says]")).to_contain_text("This one is done")
        lens.show(printed(own_site, walked[number + 1]))
        page.reload()  # Chromium reads the film anew when the camera opens
    phone.offline(False)
    phone.open("/outbox")
    received = page.locator("[data-outbox-group=received] [data-field=state]")
    expect(received).to_have_count(3, timeout=30_000)
    with own_site.records():
        done = Inspection.select(Inspection, Tag).join(
            Tag, on=(Tag.device == Inspection.device), attr="tag"
        )
        assert {(row.tag.code, row.scanned) for row in done} == {(code, True) for code in walked}
