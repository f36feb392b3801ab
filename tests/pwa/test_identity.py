from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Dialog, expect


@pytest.mark.usefixtures("worker")
def test_rows_of_another_person_stay_unsent_unshown_and_undeleted(phone: Any, stub: Any) -> None:
    phone.packed()
    phone.page.context.set_offline(True)
    phone.report("of Ann")
    phone.says("#fault", "Saved")
    phone.page.context.clear_cookies()
    phone.sign_in(2)
    phone.page.context.set_offline(False)
    phone.open("/outbox")
    phone.shows("[data-outbox-others]", "1 entries of another person")
    phone.send()
    phone.open("/t/7K3M9QX2PD")
    phone.report("of Ben")
    phone.says("#fault", "Received")
    assert [envelope["owner"] for envelope in stub.store.envelopes()] == [2]
    assert "of Ann" not in phone.page.content()
    assert phone.states() == ["saved", "received"]
    phone.sign_in(1)
    phone.open("/outbox")
    phone.shows("[data-outbox-list] [data-field=state]", "Received")
    assert [envelope["owner"] for envelope in stub.store.envelopes()] == [2, 1]


@pytest.mark.usefixtures("worker")
def test_pack_of_another_person_goes_before_anything_else(phone: Any, stub: Any) -> None:
    phone.packed()
    phone.sign_in(2)
    phone.open("/t/7K3M9QX2PD")
    phone.packed()
    names = phone.page.evaluate("async () => (await caches.keys()).sort()")
    assert [name for name in names if name.startswith("pack-")] == ["pack-2-build1-False"]


@pytest.mark.usefixtures("worker")
def test_signing_out_warns_clears_pages_and_keeps_the_rows(phone: Any, stub: Any) -> None:
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        if len(asked) == 1:
            dialog.dismiss()
        else:
            dialog.accept()

    phone.packed()
    phone.page.on("dialog", answer)
    stub.faults.waiting.append(("GET /sync/whoami", "portal"))
    phone.report("unsent")
    expect(phone.page.locator("[data-paused=unreachable]")).to_be_visible()
    phone.page.context.set_offline(True)
    phone.page.click("[data-signout] button")
    assert phone.page.evaluate("async () => (await caches.keys()).length") == 2
    phone.page.click("[data-signout] button")
    phone.page.wait_for_url("**/offline")
    assert asked == ["1 entries are not sent. Sign out?"] * 2
    assert phone.page.evaluate("async () => await caches.keys()") == ["shell-build1"]
    assert phone.states() == ["saved"]
    phone.page.context.set_offline(False)
    phone.page.goto("/sign-in")
    phone.page.wait_for_load_state("networkidle")
    assert phone.page.context.cookies() == []
    assert stub.store.envelopes() == []


def test_plain_http_keeps_plain_forms_and_says_so(browser: Any, stub: Any, make_phone: Any) -> None:
    url = f"http://plain.test:{stub.port}"
    context = browser.new_context(base_url=url)
    phone = make_phone(context.new_page(), url)
    phone.sign_in(1)
    phone.page.goto("/t/7K3M9QX2PD")
    expect(phone.page.locator("[data-needs-https]")).to_be_visible()
    expect(phone.page.locator("#check [name=note]")).to_be_hidden()
    phone.check()
    phone.shows("body", "plain inspections for 7K3M9QX2PD")
    context.close()


def test_without_storage_the_form_goes_online(context: Any, stub: Any, make_phone: Any) -> None:
    context.add_init_script("IDBFactory.prototype.open = () => { throw new Error('none'); };")
    phone = make_phone(context.new_page(), stub.url)
    phone.sign_in(1)
    phone.page.goto("/t/7K3M9QX2PD")
    phone.check()
    phone.shows("body", "plain inspections for 7K3M9QX2PD")
