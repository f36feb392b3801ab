from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

CACHES = "async () => (await caches.keys()).sort()"
PACK = """async () => { const name = (await caches.keys()).find((key) => key.startsWith("pack-"));
  return (await (await caches.open(name)).keys()).map((key) => new URL(key.url).pathname); }"""
UPDATE = """async () => {
  const registration = await navigator.serviceWorker.ready;
  try { await registration.update(); } catch { return "failed"; }
  const worker = registration.installing ?? registration.waiting;
  if (!worker) return "none";
  if (worker.state === "installed") return "installed";
  return new Promise((resolve) => worker.addEventListener("statechange", () =>
    ["installed", "redundant"].includes(worker.state) && resolve(worker.state)));
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
    stub.faults.waiting.append(("GET /sync/whoami", "portal"))
    phone.report("waiting row")
    phone.says("#fault", "Saved")
    stub.faults.build = "build2"
    assert phone.page.evaluate(UPDATE) == "installed"
    phone.page.fill("#check [name=volts]", "229")
    phone.page.click("[data-update-apply]")
    phone.shows("[data-update-note]", "Finish the open form first")
    phone.check("229")
    phone.says("#check", "Received")
    phone.page.click("[data-update-apply]")
    expect(phone.page.locator("body[data-build=build2]")).to_be_attached()
    phone.wired()
    assert "shell-build1" not in phone.page.evaluate(CACHES)
    assert len(stub.store.envelopes()) == 2


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
