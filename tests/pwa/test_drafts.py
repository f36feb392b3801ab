from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import expect

PHOTO = Path(__file__).with_name("photo.jpg").read_bytes()


def test_what_was_typed_and_photographed_survives_a_page_thrown_away(phone: Any, stub: Any) -> None:
    phone.page.fill("#check [name=volts]", "231")
    phone.add_photo(PHOTO)
    expect(phone.page.locator("#check .thumb canvas")).to_have_count(1)
    phone.keeps(1)
    phone.page.reload()
    phone.says("#check", "Back since")
    expect(phone.page.locator("#check [name=volts]")).to_have_value("231")
    expect(phone.page.locator("#check .thumb canvas")).to_have_count(1)
    phone.page.click("#check button[name=result]")
    phone.says("#check", "Received")
    [envelope] = stub.store.envelopes()
    assert "231" in envelope["body"]
    assert len(envelope["blobs"]) == 1
    phone.keeps(0)


def test_a_draft_may_be_thrown_away(phone: Any, stub: Any) -> None:
    phone.page.fill("#fault [name=what]", "wrong device")
    phone.keeps(1)
    phone.page.reload()
    phone.says("#fault", "Back since")
    phone.page.click("#fault [data-new-entry]")
    expect(phone.page.locator("#fault [name=what]")).to_have_value("")
    phone.keeps(0)
    phone.page.reload()
    phone.wired()
    expect(phone.page.locator("#fault [name=what]")).to_have_value("")


def test_a_refused_entry_is_corrected_on_a_later_visit(phone: Any, stub: Any) -> None:
    phone.check("9999")
    phone.says("#check", "Needs you: One field")
    [refused] = phone.rows()
    phone.open("/outbox")
    phone.page.click("[data-outbox-list] a")
    phone.wired()
    phone.shows("[data-error-for=volts]", "No mains has 9999 V")
    expect(phone.page.locator("#check [name=volts]")).to_have_value("9999")
    phone.check("231")
    phone.says("#check", "Received")
    [envelope] = stub.store.envelopes()
    assert envelope["supersedes"] == refused["submission_id"]
    assert sorted(phone.states()) == ["received", "replaced"]


def test_nobody_sees_the_draft_of_another_person(phone: Any, stub: Any) -> None:
    phone.page.fill("#fault [name=what]", "mine")
    phone.keeps(1)
    phone.sign_in(2)
    phone.page.reload()
    phone.wired()
    expect(phone.page.locator("#fault [name=what]")).to_have_value("")
