from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.house.chromium import Worker, becomes
from tests.house.processes import until

CACHES = "async () => (await caches.keys()).sort()"
PACK = """async () => { const name = (await caches.keys()).find((key) => key.startsWith("pack-"));
  return (await (await caches.open(name)).keys()).map((key) => new URL(key.url).pathname); }"""
REGISTERED = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration.sync.getTags()).includes("outbox");
}"""
LOCKLESS = """async () => !(await (await fetch("/static/build1/pwa/drain.js")).text())
  .includes("navigator.locks")"""
UPDATE = """async () => {
  const registration = await navigator.serviceWorker.ready;
  try { await registration.update(); } catch { return "failed"; }
  const worker = registration.installing ?? registration.waiting;
  if (!worker) return "none";
  if (worker.state === "installed") return "installed";
  return new Promise((resolve) => worker.addEventListener("statechange", () =>
    ["installed", "redundant"].includes(worker.state) && resolve(worker.state)));
}"""
WAYS = """() => {
  const all = performance.getEntriesByType("resource");
  const sent = all.filter(({ name }) => name.includes("/sync/"));
  return sent.map((one) => one.workerMatchedSourceType);
}"""


@pytest.mark.parametrize(
    "path", ["/t/ABCDEFGHJ2", "/T/ABCDEFGHJ2", "/t/abcde-fghj2", "/today", "/"]
)
@pytest.mark.usefixtures("worker")
def test_pages_of_the_pack_open_without_network(phone: Any, stub: Any, path: str) -> None:
    phone.packed()
    stub.stop()
    phone.open(path)
    phone.shows("h1", "Today" if path in {"/today", "/"} else "Device ABCDEFGHJ2")
    assert phone.page.get_attribute("body", "data-user") is None


@pytest.mark.usefixtures("worker")
def test_typed_code_leads_to_its_page_and_an_unknown_one_to_the_offline_page(
    phone: Any, stub: Any
) -> None:
    phone.packed()
    stub.stop()
    phone.open("/scan?code=abcdefghj3")
    phone.shows("h1", "Device ABCDEFGHJ3")
    assert phone.page.url.endswith("/t/ABCDEFGHJ3")
    phone.open("/t/ZZZZZZZZZZ")
    phone.shows("h1", "Offline")


@pytest.mark.usefixtures("worker")
def test_progress_counts_devices(phone: Any, stub: Any) -> None:
    phone.packed()
    assert sorted(phone.page.evaluate(PACK)) == [
        "/outbox",
        "/scan",
        "/t/7K3M9QX2PD",
        "/t/ABCDEFGHJ2",
        "/t/ABCDEFGHJ3",
        "/today",
    ]


@pytest.mark.usefixtures("worker")
def test_page_with_another_digest_leaves_the_old_pack(phone: Any, stub: Any) -> None:
    phone.packed()
    stub.faults.tampered = True
    phone.page.click("[data-pack-refresh]")
    phone.shows("[data-pack-progress]", "3/3 devices on this phone")
    phone.shows("[data-pack-progress]", "not complete")
    stub.stop()
    phone.open("/t/ABCDEFGHJ2")
    expect(phone.page.locator("#check option[value=pass]")).to_have_count(1)


@pytest.mark.usefixtures("worker")
def test_fragments_and_posts_pass_by_the_worker(phone: Any, stub: Any) -> None:
    phone.packed()
    stub.stop()
    fragment = "() => fetch('/today', {headers: {'HX-Request': 'true'}}).then(() => 1, () => 0)"
    assert phone.page.evaluate(fragment) == 0
    assert phone.page.evaluate(fragment.replace("headers", "method: 'POST', headers")) == 0


@pytest.mark.usefixtures("worker")
def test_deliveries_do_not_wake_the_worker(phone: Any) -> None:
    phone.packed()
    phone.open("/t/7K3M9QX2PD")
    phone.report("dark")
    phone.says("#fault", "Received")
    ways = phone.page.evaluate(WAYS)
    assert ways == ["network"] * len(ways) != []


@pytest.mark.usefixtures("worker")
def test_failed_precache_leaves_the_old_shell_in_charge(phone: Any, stub: Any) -> None:
    phone.packed()
    stub.faults.build = "build2"
    stub.faults.broken_shell = True
    assert phone.page.evaluate(UPDATE) == "redundant"
    stub.stop()
    phone.open("/t/ABCDEFGHJ2")
    assert phone.page.get_attribute("body", "data-build") == "build1"


@pytest.mark.usefixtures("worker")
def test_update_waits_for_a_dirty_form_and_never_for_the_outbox(phone: Any, stub: Any) -> None:
    phone.packed()
    stub.faults.waiting.extend([("GET /sync/whoami", "portal")] * 50)
    phone.report("waiting row")
    phone.says("#fault", "Saved")
    stub.faults.build = "build2"
    assert phone.page.evaluate(UPDATE) == "installed"
    phone.page.fill("#check [name=volts]", "229")
    phone.page.click("[data-update-apply]")
    phone.shows("[data-update-note]", "Finish the open form first")
    stub.faults.waiting.clear()
    phone.check("229")
    phone.says("#check", "Received")
    expect(phone.page.locator("[data-paused=unreachable]")).to_be_hidden()  # it stands above
    phone.page.click("[data-update-apply]")
    expect(phone.page.locator("body[data-build=build2]")).to_be_attached()
    phone.wired()
    assert "shell-build1" not in phone.page.evaluate(CACHES)
    assert len(stub.store.envelopes()) == 2
    # The pages on the phone follow at once, however young they are.
    until(lambda: [row["build"] for row in phone.store("packs")] == ["build2"], "the pack is new")


@pytest.mark.usefixtures("worker")
def test_kept_page_of_an_older_build_runs_on_the_newer_shell(phone: Any, stub: Any) -> None:
    phone.packed()
    stub.faults.build = "build2"
    assert phone.page.evaluate(UPDATE) == "installed"
    phone.page.click("[data-update-apply]")
    expect(phone.page.locator("body[data-build=build2]")).to_be_attached()
    stub.stop()
    phone.open("/t/ABCDEFGHJ3")
    phone.report("still works")
    phone.says("#fault", "Saved on this phone")


@pytest.mark.usefixtures("worker")
def test_with_all_tabs_closed_the_worker_delivers(phone: Any, make_phone: Any, stub: Any) -> None:
    phone.packed()
    context = phone.page.context
    woken = Worker(context, stub.url)
    stub.stop()
    phone.report("left to the worker")
    phone.says("#fault", "Saved")
    becomes(phone.page, REGISTERED)
    phone.page.close()
    stub.start()
    woken.wake_until(stub.store.envelopes, "the worker has delivered")
    assert [sent["owner"] for sent in stub.store.envelopes()] == [1]
    other = make_phone(context.new_page(), stub.url)
    other.open("/outbox")
    other.shows("[data-outbox-list] [data-field=state]", "Received")
    assert stub.store.rows("SELECT deliveries FROM submission") == [(1,)]


@pytest.mark.usefixtures("worker")
def test_the_worker_sends_nothing_in_the_name_of_another(phone: Any, stub: Any) -> None:
    phone.packed()
    woken = Worker(phone.page.context, stub.url)
    stub.stop()
    phone.report("of Ann")
    phone.says("#fault", "Saved")
    phone.page.close()
    phone.page.context.clear_cookies()
    phone.sign_in(2)
    stub.start()
    # The second question comes after all that the first run did.
    woken.wake_until(lambda: stub.store.asked_by.count(2) >= 2, "the worker has asked twice")
    assert stub.store.envelopes() == []


@pytest.mark.parametrize("locks", [True, False])
@pytest.mark.usefixtures("worker")
def test_two_tabs_and_the_worker_make_one_record_of_each(
    context: BrowserContext, make_phone: Any, stub: Any, locks: bool
) -> None:
    without: list[bool] = []

    def cut(route: Route) -> None:
        """For the worker too, which no script of a test can reach."""
        reply = route.fetch()
        text = reply.text()
        assert "navigator.locks" in text
        route.fulfill(response=reply, body=text.replace("navigator.locks", "undefined"))
        without.append(route.request.service_worker is not None)

    if not locks:
        context.route("**/pwa/drain.js", cut)
    phone, other = (make_phone(context.new_page(), stub.url) for _ in range(2))
    phone.sign_in(1)
    phone.open("/t/7K3M9QX2PD")
    phone.packed()
    woken = Worker(context, stub.url)
    other.open("/t/ABCDEFGHJ2")
    stub.stop()
    phone.report("tab one")
    phone.says("#fault", "Saved")
    other.report("tab two")
    other.says("#fault", "Saved")
    stub.start()
    woken.wake()
    phone.send()
    other.send()
    phone.says("#fault", "Received")
    other.says("#fault", "Received")
    assert stub.store.rows("SELECT count(*) FROM submission") == [(2,)]
    assert locks or True in without
    assert locks or all(tab.page.evaluate(LOCKLESS) for tab in (phone, other))
