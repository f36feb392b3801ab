"""A full phone, a cleared phone: pages make room, entries never go in silence."""

from __future__ import annotations

import io
import os
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, expect

from tests.house.chromium import becomes, grant_room

CLEAR = """() => new Promise((done) => { const gone = indexedDB.deleteDatabase("roundtag");
  gone.onsuccess = gone.onblocked = () => done(); })"""
COUNTED = "(n) => document.cookie.split('; ').includes(`roundtag_unsent=${n}`)"
FILL = """async ([name, bytes]) => { const cache = await caches.open(name);
  for (let n = 0; n < bytes / 65536; n += 1) {
    const noise = crypto.getRandomValues(new Uint8Array(65536));
    await cache.put(`/noise/${n}`, new Response(noise)); } }"""
DEVICE = "/t/7K3M9QX2PD"
WRITTEN = """const real = IDBDatabase.prototype.transaction;
window.written = [];
IDBDatabase.prototype.transaction = function (stores, mode, options) {
  const made = real.call(this, stores, mode, options);
  if (mode === "readwrite") written.push([[...made.objectStoreNames], made.durability]);
  return made;
};"""
KEPT = "async () => (await caches.keys()).filter((name) => name.startsWith('pack-'))"


def noise(count: int) -> FilePayload:
    """A picture that no drawing makes much smaller."""
    out = io.BytesIO()
    Image.frombytes("RGB", (count, count), os.urandom(count * count * 3)).save(out, "JPEG")
    return FilePayload(name="noise.jpg", mimeType="image/jpeg", buffer=out.getvalue())


@pytest.fixture
def tight(context: BrowserContext, make_phone: Any, stub: Any) -> Any:
    """A phone that grants one megabyte."""
    phone = make_phone(context.new_page(), stub.url)
    phone.sign_in(1)
    grant_room(context, stub.url, 1_000_000)
    stub.faults.waiting.extend([("POST /sync/", "status:503")] * 50)
    phone.open("/t/7K3M9QX2PD")
    return phone


def test_a_full_phone_keeps_the_form_and_says_not_saved(tight: Any, stub: Any) -> None:
    tight.report("an entry from before")
    tight.says("#fault", "Saved")
    [before] = tight.rows()
    tight.page.evaluate(FILL, ["pack-1-old", 65_536])
    tight.page.set_input_files("#check [name=photo]", [noise(1600)])
    expect(tight.page.locator("#check canvas")).to_have_count(1)
    tight.check("229")
    tight.says("#check", "NOT saved: this phone is full")
    expect(tight.page.locator("#check [name=volts]")).to_have_value("229")
    expect(tight.page.locator("#check canvas")).to_have_count(1)
    assert [row["submission_id"] for row in tight.rows()] == [before["submission_id"]]
    assert tight.photos() == []
    assert tight.page.evaluate(KEPT) == []
    tight.page.click("#check .thumb button")
    stub.faults.waiting.clear()
    tight.page.click("#check button[name=result]")
    tight.says("#check", "Received")
    assert len(stub.store.envelopes()) == 2


@pytest.mark.parametrize("unsent", [0, 2])
def test_a_cleared_phone_is_told_in_words(phone: Any, stub: Any, unsent: int) -> None:
    stub.faults.waiting.extend([("POST /sync/", "status:503")] * 50 * bool(unsent))
    for _ in range(2):
        phone.report("dark")
        phone.says("#fault", "Saved" if unsent else "Received")
        phone.page.click("#fault [data-new-entry]")
    becomes(phone.page, COUNTED, unsent)
    phone.page.evaluate(CLEAR)
    phone.open("/today")
    told = phone.page.locator("[data-entries-lost]")
    if not unsent:
        expect(told).to_be_hidden()
        return
    expect(told).to_contain_text("Cleared: 2 entries are gone")
    phone.open("/outbox")
    expect(phone.page.locator("[data-outbox-empty]")).to_be_visible()  # it stands above the note
    expect(told).to_be_visible()
    phone.page.click("[data-entries-lost-seen]")
    expect(told).to_be_hidden()
    phone.open("/today")
    expect(told).to_be_hidden()


def test_the_browser_is_asked_once_to_keep_the_site(
    context: BrowserContext, make_phone: Any, stub: Any
) -> None:
    context.add_init_script(
        """Object.getPrototypeOf(navigator.storage).persist = async () => {
        localStorage.asked = Number(localStorage.asked ?? 0) + 1; return false; };"""
    )
    phone = make_phone(context.new_page(), stub.url)
    phone.sign_in(1)
    phone.open("/t/7K3M9QX2PD")
    for _ in range(2):
        phone.report("dark")
        phone.says("#fault", "Received")
        phone.page.click("#fault [data-new-entry]")
    assert phone.page.evaluate("localStorage.asked") == "1"


def test_an_entry_waits_for_the_disk_and_its_receipt_does_not(phone: Any) -> None:
    phone.page.add_init_script(WRITTEN)
    phone.open(DEVICE)
    phone.check()
    phone.says("#check", "Received")
    written = phone.page.evaluate("written")
    assert [how for stores, how in written if "outbox" in stores] == ["strict", "relaxed"]


def test_what_is_used_is_shown(phone: Any) -> None:
    shown = phone.page.locator("[data-storage-use]")
    expect(shown).to_contain_text("used")
