"""The outbox page: every state in words, and what may be done about each entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.house.processes import until

PHOTO = Path(__file__).with_name("photo.jpg").read_bytes()
DEVICE = "/t/7K3M9QX2PD"


def group(phone: Any, name: str) -> Locator:
    found: Locator = phone.page.locator(f"[data-outbox-group={name}] li")
    return found


def act(item: Locator, name: str) -> Locator:
    return item.locator(f"[data-act={name}]")


def save_offline(phone: Any, words: str = "no picture") -> None:
    phone.page.context.set_offline(True)
    phone.report(words)
    phone.says("#fault", "Saved")


def stay_away(stub: Any) -> None:
    """The pages come, deliveries do not."""
    stub.faults.waiting.extend([("POST /sync/", "status:503")] * 50)


def test_a_draft_is_listed_opened_and_thrown_away(phone: Any) -> None:
    phone.page.fill("#check [name=volts]", "231")
    phone.add_photo(PHOTO)
    expect(phone.page.locator("#check canvas")).to_have_count(1)
    phone.keeps_photo()
    phone.open("/outbox")
    draft = group(phone, "drafts")
    expect(draft).to_have_count(1)
    expect(draft.locator("[data-field=state]")).to_have_text("Draft")
    expect(draft.locator("[data-field=photos]")).to_have_text("1 photos")
    expect(draft.locator("img")).to_have_count(1)
    expect(act(draft, "delete")).to_be_hidden()
    act(draft, "open").click()
    phone.says("#check", "Back since")
    expect(phone.page.locator("#check [name=volts]")).to_have_value("231")

    phone.open("/outbox")
    phone.page.once("dialog", lambda dialog: dialog.dismiss())
    act(draft, "discard").click()
    expect(draft).to_have_count(1)
    phone.page.once("dialog", lambda dialog: dialog.accept())
    act(draft, "discard").click()
    expect(draft).to_have_count(0)
    expect(phone.page.locator("[data-outbox-empty]")).to_be_visible()
    phone.keeps(0)


def test_groups_progress_and_one_announcement(phone: Any, stub: Any) -> None:
    phone.check("9999")
    phone.says("#check", "Needs you")
    stay_away(stub)
    for code in ("ABCDEFGHJ2", "ABCDEFGHJ3"):
        phone.open(f"/t/{code}")
        phone.report("dark")
        phone.says("#fault", "Saved")
    phone.open("/outbox")
    expect(group(phone, "needs")).to_have_count(1)
    expect(group(phone, "waiting").locator("[data-field=state]")).to_have_text(
        ["Saved on this phone"] * 2
    )
    told = phone.page.locator("[data-outbox-told]")
    expect(told).to_have_text("2 waiting, 1 need you, 0 received")
    phone.page.evaluate(
        """() => { window.progress = new Set();
        const place = document.querySelector("[data-outbox-progress] p");
        new MutationObserver(() => window.progress.add(place.textContent))
          .observe(place, { childList: true }); }"""
    )
    stub.faults.waiting.clear()
    phone.send()
    expect(group(phone, "received").locator("[data-field=state]")).to_contain_text(
        ["Received", "Received"]
    )
    expect(told).to_have_text("0 waiting, 1 need you, 2 received")
    seen = phone.page.evaluate("[...window.progress]")
    assert "Sending 2 of 2" in seen
    expect(phone.page.locator("[data-outbox-progress]")).to_be_hidden()


def test_what_has_not_changed_stays_in_the_list(phone: Any, stub: Any) -> None:
    """A browser lays out anew whatever is taken out, be it put back at once.

    Nothing is sent meanwhile: an entry on its way is drawn anew.
    """
    stub.faults.waiting.extend([("GET /sync/whoami", "status:503")] * 50)
    for code in ("7K3M9QX2PD", "ABCDEFGHJ2", "ABCDEFGHJ3"):
        phone.report_at(f"/t/{code}", "dark", "Saved")
    phone.open("/outbox")
    expect(group(phone, "waiting")).to_have_count(3)
    phone.page.evaluate(
        """() => { window.taken = 0;
        new MutationObserver((all) => all.forEach((one) => (taken += one.removedNodes.length)))
          .observe(document.querySelector("[data-outbox-group=waiting] ul"), { childList: true });
        }"""
    )
    phone.page.once("dialog", lambda dialog: dialog.accept())
    act(group(phone, "waiting").nth(1), "delete").click()
    expect(group(phone, "waiting")).to_have_count(2)
    assert phone.page.evaluate("taken") == 1


def test_drawing_rests_the_longer_the_longer_it_takes(phone: Any) -> None:
    turns = phone.page.evaluate(
        """async () => {
          const main = document.querySelector('script[src$="main.js"]').src;
          const { calmly } = await import(main.replace("main.js", "calmly.js"));
          let turns = 0;
          const until = (end) => { while (performance.now() < end); };
          const slow = calmly(() => { turns += 1; until(performance.now() + 100); });
          for (const end = performance.now() + 1500; performance.now() < end;) {
            slow();
            await new Promise((done) => setTimeout(done, 20));
          }
          return turns;
        }"""
    )
    assert turns <= 2


def test_a_refused_entry_is_corrected_from_the_list_or_deleted(phone: Any, stub: Any) -> None:
    phone.check("9999")
    phone.says("#check", "Needs you")
    phone.open("/outbox")
    act(group(phone, "needs"), "correct").click()
    phone.shows("[data-error-for=volts]", "No mains has 9999 V")
    phone.check("9999")
    until(lambda: phone.states() == ["replaced", "attention"], "the first gives way")
    phone.open("/outbox")
    expect(group(phone, "received").locator("[data-field=state]")).to_have_text(
        "Replaced by a later entry"
    )
    phone.page.once("dialog", lambda dialog: dialog.accept())
    act(group(phone, "needs"), "delete").click()
    expect(group(phone, "needs")).to_have_count(0)
    assert phone.rows() == []
    assert stub.store.envelopes() == []


def test_what_the_server_has_is_not_deleted_here(phone: Any, stub: Any) -> None:
    stub.faults.waiting.extend([("PUT /sync/photos/", "status:503")] * 50)
    phone.add_photo(PHOTO)
    expect(phone.page.locator("#check canvas")).to_have_count(1)
    phone.check()
    phone.says("#check", "Waiting for 1 photos")
    phone.open("/outbox")
    item = group(phone, "waiting")
    expect(item.locator("[data-field=state]")).to_have_text("Waiting for 1 photos")
    expect(item.locator("[data-field=message]")).to_have_text("Only photos are still here")
    expect(act(item, "delete")).to_be_hidden()
    [row] = phone.rows()
    phone.page.evaluate(
        """async (id) => { const build = document.body.dataset.build;
        const { discard } = await import(`/static/${build}/pwa/leave.js`); await discard(id, 1);
        await discard(id, 2); }""",
        row["submission_id"],
    )
    assert len(phone.rows()) == 1
    act(item, "retry").click()  # in vain; what comes after it is not
    stub.faults.waiting.clear()
    expect(group(phone, "received")).to_have_count(1)
    assert list(stub.store.photos())


def test_an_entry_under_check_shows_the_decision_and_is_asked_about_no_more(
    phone: Any, stub: Any
) -> None:
    stub.store.outcome = "conflict"
    phone.report("dark")
    phone.says("#fault", "Office is checking")
    phone.open("/outbox")
    expect(group(phone, "checking").locator("[data-field=state]")).to_have_text(
        "Office is checking"
    )
    stub.store.decision = {"at": "2026-11-23T01:00:00Z", "by": "Eve", "decision": "kept",
                           "message": "Your unit stays in the room."}  # fmt: skip
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    phone.send()
    settled = group(phone, "received")
    expect(settled.locator("[data-field=message]")).to_have_text("Your unit stays in the room.")
    [row] = phone.rows()
    assert row["settled"]["decision"] == "kept"
    asked.clear()
    phone.page.reload()
    expect(settled).to_have_count(1)
    assert not [line for line in asked if row["submission_id"] in line]


def test_the_keyboard_keeps_its_place_while_the_list_changes(phone: Any, stub: Any) -> None:
    stay_away(stub)
    phone.report("dark")
    phone.says("#fault", "Saved")
    phone.open("/outbox")
    item = group(phone, "waiting")
    on_retry = "document.activeElement.dataset.act === 'retry'"
    while not phone.page.evaluate(on_retry):
        act(item, "retry").focus()
    for _ in range(3):
        phone.page.keyboard.press("Enter")
    expect(phone.page.locator("[data-outbox-group=waiting] :is(li, li *):focus")).to_have_count(1)
    expect(act(item, "retry")).to_be_focused()
    stub.faults.waiting.clear()


def test_only_its_owner_sees_and_saves_entries(phone: Any, stub: Any) -> None:
    save_offline(phone)
    phone.page.context.set_offline(False)
    phone.says("#fault", "Received")
    stay_away(stub)
    phone.add_photo(PHOTO)
    expect(phone.page.locator("#check canvas")).to_have_count(1)
    phone.check()
    phone.says("#check", "Saved")
    phone.open("/outbox")
    told = phone.page.locator("[data-outbox-told]")
    expect(told).to_have_text("1 waiting, 0 need you, 1 received")  # it stands above the button
    with phone.page.expect_download() as saved:
        phone.page.click("[data-outbox-export]")
    assert saved.value.suggested_filename.startswith("roundtag-unsent-")
    file = json.loads(Path(saved.value.path()).read_text("utf-8"))
    waiting = next(row for row in phone.rows() if row["state"] == "saved")
    assert [row["id"] for row in file["rows"]] == [waiting["submission_id"]]
    [row] = file["rows"]
    assert row["sha256"] == waiting["body_sha256"]
    assert (row["sync"], row["owner"], file["roundtag_rescue"]) == (1, 1, 1)
    assert list(file["photos"]) == phone.photos()


@pytest.mark.parametrize("hours", [23, 25])
def test_what_waits_for_more_than_a_day_is_told(phone: Any, stub: Any, hours: int) -> None:
    save_offline(phone)
    age = f"""() => new Promise((done) => {{ const open = indexedDB.open("roundtag");
      open.onsuccess = () => {{ const store = open.result.transaction("outbox", "readwrite")
        .objectStore("outbox"); store.getAll().onsuccess = ({{ target }}) => {{
        const [row] = target.result;
        row.created_wall = new Date(Date.now() - {hours} * 3600000).toISOString();
        store.put(row).onsuccess = () => {{ open.result.close(); done(); }}; }}; }}; }})"""
    phone.page.evaluate(age)
    stay_away(stub)
    phone.page.context.set_offline(False)
    phone.open("/outbox")
    expect(group(phone, "waiting")).to_have_count(1)
    told = phone.page.locator("[data-unsent-old]")
    expect(told).to_be_visible() if hours > 24 else expect(told).to_be_hidden()
