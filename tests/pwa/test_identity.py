"""A shared phone: what one person leaves there is read, sent and deleted by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.house.chromium import becomes
from tests.pwa.marks import FIND, found, found_sealed

MARK = "words-of-Ann-灯"
ENTRY = "**/sync/*-*-*"  # and not /sync/seal-key
SEAL_ALL = """async () => (await import("/static/build1/pwa/hands.js")).leave()"""
KEY = """async () => {
  const { readMeta } = await import("/static/build1/pwa/db.js");
  const { key } = await readMeta("seal");
  const out = await crypto.subtle.exportKey("raw", key).then(() => "out", (error) => error.name);
  return [key.extractable, out];
}"""


def leave(phone: Any, choice: str = "Seal") -> None:
    phone.page.click("[data-signout] button")
    phone.page.click(f"dialog button:text-is('{choice}')")


def another_tab(phone: Any) -> None:
    """The old one may move on by itself (the line is back, or somebody else signed in), and would
    break in on where the test goes."""
    context, old = phone.page.context, phone.page
    phone.page = context.new_page()
    old.close()


@pytest.fixture
def two_left(phone: Any) -> Any:
    """Offline, Ann has filed one entry with a photo-less form and begun another."""
    phone.packed()
    phone.keyed()
    phone.page.context.set_offline(True)
    phone.report(MARK)
    phone.says("#fault", "Saved")
    phone.page.fill("#check [name=volts]", "231")
    phone.keeps(1)
    return phone


@pytest.mark.usefixtures("worker")
def test_signing_out_asks_and_may_be_thought_better_of(two_left: Any) -> None:
    leave(two_left, "Stay")
    expect(two_left.page.locator("dialog")).to_be_hidden()
    assert two_left.states() == ["saved"]
    two_left.page.click("[data-signout] button")
    expect(two_left.page.locator("dialog")).to_be_visible()
    expect(two_left.page.locator("[data-signout-count]")).to_have_text("1 entries are not sent")
    two_left.page.keyboard.press("Escape")
    expect(two_left.page.locator("dialog")).to_be_hidden()
    assert two_left.states() == ["saved"]
    assert two_left.page.evaluate(KEY) == [False, "InvalidAccessError"]


@pytest.mark.usefixtures("worker")
def test_an_offline_sign_out_leaves_nothing_readable_and_her_return_opens_it(
    two_left: Any, stub: Any
) -> None:
    phone = two_left
    assert found(phone.page, MARK)
    leave(phone)
    phone.page.wait_for_url("**/offline")
    assert found(phone.page, MARK) == []
    assert found(phone.page, "231") == []
    assert found_sealed(phone.page) == [[1, "Ann", 0], [1, "Ann", 1]]
    assert phone.page.evaluate("async () => await caches.keys()") == ["shell-build1"]
    phone.page.context.set_offline(False)
    phone.page.goto("/today")
    phone.page.wait_for_url("**/sign-in")
    assert phone.page.context.cookies([stub.url])[0]["name"] != "user"
    assert stub.store.envelopes() == []

    phone.sign_in(2)
    phone.open("/outbox")
    phone.shows("[data-outbox-others]", "1 entries of Ann are sealed")
    expect(phone.page.locator("[data-carry]")).to_be_hidden()
    phone.send()
    assert found(phone.page, MARK) == []
    assert stub.store.envelopes() == []

    phone.sign_in(1)
    phone.open("/t/7K3M9QX2PD")
    phone.shows("[data-back]", "1 entries of yours go on")
    phone.open("/outbox")
    received = phone.page.locator("[data-outbox-list] [data-field=state]", has_text="Received")
    expect(received).to_have_count(1)
    [sent] = stub.store.envelopes()
    assert (sent["owner"], sent["carrier"], MARK in sent["body"]) == (1, None, True)
    assert found_sealed(phone.page) == []
    phone.open("/t/7K3M9QX2PD")
    expect(phone.page.locator("#check [name=volts]")).to_have_value("231")


def test_who_signs_in_over_a_waiting_queue_finds_it_sealed(phone: Any, stub: Any) -> None:
    stub.faults.waiting += [("GET /sync/whoami", "portal")] * 50
    phone.keyed()
    phone.report(MARK)
    phone.says("#fault", "Saved")
    phone.open("/t/ABCDEFGHJ2")
    phone.check("229")
    phone.says("#check", "Saved")
    another_tab(phone)
    phone.sign_in(2)
    stub.faults.waiting.clear()
    phone.open("/outbox")
    phone.shows("[data-outbox-others]", "2 entries of Ann are sealed")
    assert found(phone.page, MARK) == []
    phone.report_at("/t/7K3M9QX2PD", "of Ben")
    assert [sent["owner"] for sent in stub.store.envelopes()] == [2]
    phone.sign_in(1)
    phone.open("/outbox")
    expect(phone.page.locator("[data-outbox-list] [data-field=state]")).to_contain_text(
        ["Received", "Received"]
    )
    assert [sent["owner"] for sent in stub.store.envelopes()] == [2, 1, 1]
    assert found(phone.page, "of Ben") == []


def test_receipts_of_one_person_are_closed_to_the_next(phone: Any, stub: Any) -> None:
    phone.keyed()
    phone.report(MARK)
    phone.says("#fault", "Received")
    phone.page.click("[data-signout] button")
    phone.page.wait_for_url("**/offline")
    assert found(phone.page, MARK) == []
    assert found_sealed(phone.page) == [[1, "Ann", 0]]


def test_a_colleague_sends_what_was_left_open_for_them(phone: Any, stub: Any) -> None:
    stub.faults.waiting += [("GET /sync/whoami", "portal")] * 50
    phone.keyed()
    phone.report(MARK)
    phone.says("#fault", "Saved")
    phone.page.context.set_offline(True)
    stub.faults.waiting.clear()
    with phone.page.expect_event("framenavigated"):
        leave(phone, "Colleagues")
    another_tab(phone)
    phone.page.context.set_offline(False)
    phone.page.context.clear_cookies()
    phone.sign_in(2)
    phone.open("/outbox")
    phone.shows("[data-outbox-others]", "1 entries of Ann may be sent")
    assert MARK not in phone.page.content()
    assert stub.store.envelopes() == []
    phone.page.click("[data-carry]")
    expect(phone.page.locator("[data-outbox-others]")).to_be_hidden()
    [sent] = stub.store.envelopes()
    assert (sent["owner"], sent["carrier"]) == (1, 2)
    assert found(phone.page, MARK) == []


def test_what_a_colleague_may_not_send_waits_for_its_owner(phone: Any, stub: Any) -> None:
    stub.faults.waiting += [("GET /sync/whoami", "portal")] * 50
    phone.keyed()
    phone.report(MARK)
    phone.says("#fault", "Saved")
    phone.page.context.set_offline(True)
    stub.faults.waiting[:] = [("POST /sync/", "status:403")]
    with phone.page.expect_event("framenavigated"):
        leave(phone, "Colleagues")
    another_tab(phone)
    phone.page.context.set_offline(False)
    phone.page.context.clear_cookies()
    phone.sign_in(2)
    phone.open("/outbox")
    phone.page.click("[data-carry]")
    phone.shows("[data-outbox-others]", "1 entries of Ann were declined")
    phone.sign_in(1)
    phone.open("/outbox")
    phone.shows("[data-outbox-list] [data-field=state]", "Received")
    assert [(sent["owner"], sent["carrier"]) for sent in stub.store.envelopes()] == [(1, None)]


def test_a_seal_that_breaks_off_is_ended_by_the_next_page(
    phone: Any, make_phone: Any, stub: Any
) -> None:
    stub.faults.waiting += [("GET /sync/whoami", "portal")] * 50
    phone.keyed()
    for n in range(4):
        if n:
            phone.page.click("#fault [data-new-entry]")
        phone.report(f"{MARK} {n}")
        phone.says("#fault", "Saved")
    # The tab dies while it seals: every encryption after the second never ends.
    phone.page.evaluate(
        """() => { let left = 2; const { encrypt } = SubtleCrypto.prototype;
        SubtleCrypto.prototype.encrypt = function (...all) {
          left -= 1; return left < 0 ? new Promise(() => {}) : encrypt.apply(this, all); }; }"""
    )
    context = phone.page.context
    watcher = context.new_page()
    watcher.goto("/static/build1/pwa/words.js")
    phone.page.evaluate("() => { import('/static/build1/pwa/hands.js').then((m) => m.leave()); }")
    becomes(
        watcher,
        """() => new Promise((done) => { const open = indexedDB.open("roundtag");
        open.onsuccess = () => { const get = open.result.transaction("sealed")
          .objectStore("sealed").count();
          get.onsuccess = () => { open.result.close(); done(get.result === 2); }; }; })""",
    )
    phone.page.close()
    assert (len(found(watcher, MARK)), found_sealed(watcher)) == (2, [[1, "Ann", 1]] * 2)
    stub.faults.waiting.clear()
    other = make_phone(context.new_page(), stub.url)
    other.sign_in(2)
    other.open("/outbox")
    other.shows("[data-outbox-others]", "4 entries of Ann are sealed")
    assert found(other.page, MARK) == []
    other.sign_in(1)
    other.open("/outbox")
    expect(other.page.locator("[data-outbox-list] [data-field=state]")).to_contain_text(
        ["Received"] * 4
    )
    assert len(stub.store.envelopes()) == 4


def test_a_row_sealed_while_it_is_on_its_way_is_one_record(phone: Any, stub: Any) -> None:
    held: list[Any] = []
    phone.keyed()
    phone.page.route(ENTRY, lambda route: held.append(route))
    phone.report(MARK)
    while not held:
        phone.page.evaluate("document.readyState")  # lets the route be told
    phone.page.evaluate(SEAL_ALL)
    assert found_sealed(phone.page) == [[1, "Ann", 1]]
    held.pop().continue_()
    phone.page.unroute(ENTRY)
    phone.sign_in(1)
    phone.open("/outbox")
    phone.shows("[data-outbox-list] [data-field=state]", "Received")
    assert len(stub.store.envelopes()) == 1


def test_without_a_key_entries_stay_open_and_a_colleague_may_send_them(
    context: BrowserContext, make_phone: Any, stub: Any
) -> None:
    context.route("**/sync/seal-key", lambda route: route.abort())
    phone = make_phone(context.new_page(), stub.url)
    phone.sign_in(1)
    phone.open("/t/7K3M9QX2PD")
    stub.faults.waiting += [("GET /sync/whoami", "portal")] * 200  # however often it is tried
    phone.report(MARK)
    phone.says("#fault", "Saved")
    another_tab(phone)
    phone.sign_in(2)
    stub.faults.waiting.clear()
    phone.open("/outbox")
    phone.shows("[data-outbox-others]", "1 entries of a colleague may be sent")
    assert MARK not in phone.page.content()
    phone.page.click("[data-carry]")
    expect(phone.page.locator("[data-outbox-others]")).to_be_hidden()
    assert [(s["owner"], s["carrier"]) for s in stub.store.envelopes()] == [(1, 2)]


def test_another_tab_of_who_has_gone_shows_nothing_of_theirs_any_more(
    phone: Any, make_phone: Any, stub: Any
) -> None:
    other = make_phone(phone.page.context.new_page(), stub.url)
    other.open("/t/ABCDEFGHJ2")
    other.page.fill("#fault [name=what]", MARK)
    other.keeps(1)
    phone.page.click("[data-signout] button")
    phone.page.wait_for_url("**/offline")
    other.page.wait_for_url("**/sign-in")
    becomes(other.page, f"async (mark) => (await ({FIND})(mark)).length === 0", MARK)


def test_an_expired_session_asks_once_and_goes_on_from_the_same_page(phone: Any, stub: Any) -> None:
    phone.page.context.clear_cookies()
    phone.report(MARK)
    link = phone.page.locator("[data-paused=sign-in] a")
    expect(link).to_be_visible()
    assert (link.get_attribute("href") or "").endswith("/sign-in?next=%2Ft%2F7K3M9QX2PD")
    assert phone.states() == ["saved"]
    phone.sign_in(1)
    phone.open("/t/7K3M9QX2PD")
    phone.open("/outbox")
    phone.shows("[data-outbox-list] [data-field=state]", "Received")
    assert len(stub.store.envelopes()) == 1


@pytest.mark.usefixtures("worker")
def test_pack_of_another_person_goes_before_anything_else(phone: Any) -> None:
    phone.packed()
    phone.sign_in(2)
    phone.open("/t/7K3M9QX2PD")
    phone.packed()
    names = phone.page.evaluate("async () => (await caches.keys()).sort()")
    assert [name for name in names if name.startswith("pack-")] == ["pack-2-build1-False"]


@pytest.fixture
def plain(browser: Any, stub: Any, make_phone: Any) -> Iterator[Any]:
    url = f"http://plain.test:{stub.port}"
    context = browser.new_context(base_url=url)
    phone = make_phone(context.new_page(), url)
    phone.sign_in(1)
    phone.page.goto("/t/7K3M9QX2PD")
    yield phone
    context.close()


def test_plain_http_keeps_plain_forms_and_says_so(plain: Any) -> None:
    expect(plain.page.locator("[data-needs-https]")).to_be_visible()
    expect(plain.page.locator("#check [name=note]")).to_be_hidden()
    plain.check()
    plain.shows("body", "plain inspections for 7K3M9QX2PD")


def test_without_storage_the_form_goes_online(context: Any, stub: Any, make_phone: Any) -> None:
    context.add_init_script("IDBFactory.prototype.open = () => { throw new Error('none'); };")
    phone = make_phone(context.new_page(), stub.url)
    phone.sign_in(1)
    phone.page.goto("/t/7K3M9QX2PD")
    phone.check()
    phone.shows("body", "plain inspections for 7K3M9QX2PD")


def test_the_scan_itself_sees_a_mark_everywhere(phone: Any) -> None:
    """The oracle of this file must be able to fail."""
    page: Page = phone.page
    page.evaluate(
        """async (mark) => {
        sessionStorage.setItem("a", mark); localStorage.setItem("b", mark);
        const folder = await navigator.storage.getDirectory();
        const file = await folder.getFileHandle("x", { create: true });
        const writer = await file.createWritable(); await writer.write(mark); await writer.close();
        history.replaceState({ mark }, "");
        await (await caches.open("x")).put("/x", new Response(mark)); }""",
        MARK,
    )
    phone.report(MARK)
    phone.says("#fault", "Received")
    assert {place.split(" ")[0] for place in found(page, MARK)} == {
        "sessionStorage", "localStorage", "cache", "outbox", "file", "history",
    }  # fmt: skip
