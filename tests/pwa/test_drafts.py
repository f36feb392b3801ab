from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.house.chromium import READ_STORE, becomes

KEPT_WORDS = f"""async (words) =>
  (await ({READ_STORE})("drafts")).some((draft) => draft.body.includes(words))"""
PHOTO = Path(__file__).with_name("photo.jpg").read_bytes()


def test_what_was_typed_and_photographed_survives_a_page_thrown_away(phone: Any, stub: Any) -> None:
    phone.page.fill("#check [name=volts]", "231")
    phone.add_photo(PHOTO)
    expect(phone.page.locator("#check .thumb canvas")).to_have_count(1)
    phone.keeps_photo()
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
    phone.page.once("dialog", lambda dialog: dialog.accept())
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


@pytest.mark.parametrize("leave", ["reload", "goto"])
def test_the_last_keystroke_before_leaving_is_kept(phone: Any, leave: str) -> None:
    for turn in range(4):
        words = f"lamp {turn} flickers"
        # A page that is being left is heard only where nothing else is written just then.
        phone.shows("[data-pack-progress]", "3/3 devices on this phone")
        phone.page.fill("#fault [name=what]", "")
        phone.page.locator("#fault [name=what]").press_sequentially(words)
        phone.page.reload() if leave == "reload" else phone.page.goto("/today")
        # The page that was left may still be writing when the next one is there.
        becomes(phone.page, KEPT_WORDS, words)
        phone.open("/t/7K3M9QX2PD")
        expect(phone.page.locator("#fault [name=what]")).to_have_value(words)


def test_two_tabs_on_one_form_make_two_drafts_and_both_are_told(
    phone: Any, make_phone: Any, stub: Any
) -> None:
    phone.page.fill("#fault [name=what]", "first")
    phone.keeps(1)
    other = make_phone(phone.page.context.new_page(), stub.url)
    other.open("/t/7K3M9QX2PD")
    other.says("#fault", "Open in another tab")
    expect(other.page.locator("#fault [name=what]")).to_have_value("")
    other.page.fill("#fault [name=what]", "second")
    other.keeps(2)
    phone.page.fill("#fault [name=what]", "first, longer")
    for tab in (phone, other):
        tab.page.click("#fault button:not([data-new-entry])")
        tab.says("#fault", "Received")
    bodies = [json.loads(envelope["body"])[-1][1] for envelope in stub.store.envelopes()]
    assert sorted(bodies) == ["first, longer", "second"]
    phone.keeps(0)


def test_a_draft_whose_tab_is_closed_is_free_for_the_next(
    phone: Any, make_phone: Any, stub: Any
) -> None:
    phone.page.fill("#fault [name=what]", "left open")
    phone.keeps(1)
    other = make_phone(phone.page.context.new_page(), stub.url)
    phone.page.close()
    other.open("/t/7K3M9QX2PD")
    expect(other.page.locator("#fault [name=what]")).to_have_value("left open")


def test_the_camera_in_front_keeps_the_page_at_once(phone: Any) -> None:
    phone.page.fill("#fault [name=what]", "before the camera")
    phone.page.evaluate(
        """() => { Object.defineProperty(document, "hidden", { get: () => true });
        document.dispatchEvent(new Event("visibilitychange")); }"""
    )
    phone.keeps(1)
