from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.house.processes import until

POST = "POST /sync/"
AGAIN = 50
"""A phone tries again by itself after a second or two, and a busy machine may look later than that:
what is looked at in between lasts until the test ends it."""


@pytest.mark.parametrize("fault", ["cut-before", "cut-after"])
def test_lost_request_or_reply_then_retry_is_one_record(phone: Any, stub: Any, fault: str) -> None:
    stub.faults.waiting += [(POST, fault)] * AGAIN
    phone.check()
    expect(phone.page.locator("[data-paused=unreachable]")).to_be_visible()
    assert phone.states() == ["saved"]
    stub.faults.waiting.clear()
    phone.send()
    phone.says("#check", "Received")
    assert len(stub.store.envelopes()) == 1


def test_sending_all_again_changes_nothing(phone: Any, stub: Any) -> None:
    phone.check()
    phone.says("#check", "Received")
    [envelope] = stub.store.envelopes()
    status = phone.page.evaluate(
        """async (envelope) => (await fetch(`/sync/${envelope.id}`, {method: "POST",
        headers: {"Content-Type": "application/json", "X-Roundtag-Sync": "1"},
        body: JSON.stringify(envelope)})).status""",
        envelope,
    )
    assert status == 200
    assert len(stub.store.envelopes()) == 1


@pytest.mark.parametrize("match", ["GET /sync/whoami", POST])
def test_login_portal_with_200_is_a_failure(phone: Any, stub: Any, match: str) -> None:
    stub.faults.waiting += [(match, "portal")] * AGAIN
    phone.check()
    until(lambda: len(stub.faults.waiting) < AGAIN, "it met the portal")
    expect(phone.page.locator("#check")).to_have_attribute("data-state", "saved")
    assert stub.store.envelopes() == []
    stub.faults.waiting.clear()
    phone.open("/outbox")
    phone.send()
    phone.shows("[data-outbox-list] [data-field=state]", "Received")
    assert len(stub.store.envelopes()) == 1


def test_receipt_for_another_entry_is_no_receipt(phone: Any, stub: Any) -> None:
    stub.faults.waiting += [(POST, "stranger")] * AGAIN
    with phone.page.expect_response("**/sync/*-*-*"):
        phone.check()
    expect(phone.page.locator("#check")).to_have_attribute("data-state", "saved")
    assert stub.store.envelopes() == []
    stub.faults.waiting.clear()
    phone.send()
    phone.says("#check", "Received")
    assert len(stub.store.envelopes()) == 1


def test_other_body_under_the_same_id_is_kept_and_ours_sent_under_a_new_id(
    phone: Any, stub: Any
) -> None:
    stub.faults.waiting.append((POST, "other-body"))
    phone.report("mine")
    phone.says("#fault", "Replaced")
    phone.open("/outbox")
    phone.shows("[data-outbox-list] li[data-state=received] [data-field=state]", "Received")
    seeded, ours = stub.store.envelopes()
    assert json.loads(ours["body"]) == [["what", "mine"]]
    assert ours["supersedes"] == seeded["id"] != ours["id"]
    assert sorted(phone.states()) == ["received", "replaced"]


def test_refused_entry_stands_at_its_field_and_the_corrected_one_names_it(
    phone: Any, stub: Any
) -> None:
    phone.check("9999")
    phone.says("#check", "Needs you: One field")
    phone.shows("[data-error-for=volts]", "No mains has 9999 V")
    expect(phone.page.locator("#check [name=volts]")).to_have_value("9999")
    [refused] = phone.rows()
    assert refused["state"] == "attention"
    phone.check("231")
    phone.says("#check", "Received")
    [envelope] = stub.store.envelopes()
    assert envelope["supersedes"] == refused["submission_id"] != envelope["id"]
    assert sorted(phone.states()) == ["received", "replaced"]


def test_refused_entry_does_not_hold_up_the_others(phone: Any, stub: Any) -> None:
    phone.page.context.set_offline(True)
    phone.check("9999")
    phone.says("#check", "Saved")
    phone.report("same device")
    phone.says("#fault", "Saved")
    phone.page.context.set_offline(False)
    phone.says("#fault", "Received")
    phone.says("#check", "Needs you")


def test_expired_session_pauses_and_goes_on_after_signing_in(phone: Any, stub: Any) -> None:
    phone.page.context.clear_cookies()
    phone.check()
    phone.says("#check", "Saved")
    expect(phone.page.locator("[data-paused=sign-in]")).to_be_visible()
    assert phone.states() == ["saved"]
    phone.sign_in(1)
    phone.open("/outbox")
    phone.shows("[data-outbox-list] [data-field=state]", "Received")
    assert len(stub.store.envelopes()) == 1


def test_401_in_the_middle_of_a_run_pauses_all(phone: Any, stub: Any) -> None:
    stub.faults.waiting += [(POST, "status:401")] * 50  # it asks who is there, and tries again
    phone.check()
    expect(phone.page.locator("[data-paused=sign-in]")).to_be_visible()
    assert phone.states() == ["saved"]
    assert stub.store.envelopes() == []


@pytest.mark.usefixtures("worker")
def test_500_backs_off_its_device_and_lets_others_pass(phone: Any, stub: Any) -> None:
    phone.packed()
    phone.page.context.set_offline(True)
    phone.report("first")
    phone.says("#fault", "Saved")
    phone.page.click("#fault [data-new-entry]")
    phone.report("second")
    phone.says("#fault", "Saved")
    phone.open("/t/ABCDEFGHJ2")
    phone.report("other device")
    phone.says("#fault", "Saved")
    first = phone.rows()[0]["submission_id"]
    stub.faults.waiting.append((f"{POST}{first}", "status:500"))
    phone.page.context.set_offline(False)
    phone.says("#fault", "Received")
    assert bodies(stub)[0] == "other device"
    phone.open("/outbox")
    phone.send()
    expect(phone.page.locator("li[data-state=received]")).to_have_count(3)
    assert bodies(stub) == ["other device", "first", "second"]


def test_fifth_500_in_a_row_asks_for_a_person(phone: Any, stub: Any) -> None:
    stub.faults.waiting.extend([(POST, "status:500")] * 50)
    phone.report("poison")
    phone.says("#fault", "Saved")
    phone.open("/outbox")
    state = phone.page.locator("[data-outbox-list] [data-field=state]")
    phone.page.evaluate(
        "() => setInterval(() => document.querySelector('[data-outbox-send]').click(), 50)"
    )
    expect(state).to_contain_text("Needs you: the office could not take it")
    stub.faults.waiting.clear()
    phone.page.click("[data-act=retry]")
    expect(state).to_contain_text("Received")


@pytest.mark.parametrize("status", [429, 503, 507])
def test_server_that_asks_to_wait_keeps_the_row(phone: Any, stub: Any, status: int) -> None:
    stub.faults.waiting += [(POST, f"status:{status}")] * AGAIN
    phone.check()
    expect(phone.page.locator("[data-paused=unreachable]")).to_be_visible()
    assert phone.states() == ["saved"]
    stub.faults.waiting.clear()
    phone.send()
    phone.says("#check", "Received")


def bodies(stub: Any) -> list[str]:
    return [json.loads(envelope["body"])[0][1] for envelope in stub.store.envelopes()]
