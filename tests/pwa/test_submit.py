from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from playwright.sync_api import expect


def test_online_submit_is_received_and_carries_the_exact_body(phone: Any, stub: Any) -> None:
    phone.page.select_option("#check [name=lamp]", "fail")
    phone.page.fill("#check [name=note]", "dark 暗 \u00e9")
    phone.check("230")
    phone.says("#check", "Received")
    [envelope] = stub.store.envelopes()
    assert json.loads(envelope["body"]) == [
        ["lamp", "fail"],
        ["note", "dark 暗 é"],
        ["volts", "230"],
        ["result", "done"],
    ]
    assert hashlib.sha256(envelope["body"].encode()).hexdigest() == envelope["sha256"]
    assert (envelope["form"], envelope["owner"], envelope["carrier"]) == ("inspection", 1, None)
    assert phone.states() == ["received"]


def test_hidden_part_is_neither_asked_nor_sent(phone: Any, stub: Any) -> None:
    phone.check()
    phone.says("#check", "Received")
    assert "note" not in dict(json.loads(stub.store.envelopes()[0]["body"]))


def test_offline_submit_says_saved_then_received_when_the_network_is_back(
    phone: Any, stub: Any
) -> None:
    phone.page.context.set_offline(True)
    phone.check()
    phone.says("#check", "Saved on this phone")
    expect(phone.page.locator("[data-outbox-count]")).to_have_text("1")
    assert stub.store.envelopes() == []
    phone.page.context.set_offline(False)
    phone.says("#check", "Received")
    expect(phone.page.locator("[data-outbox-count]")).to_be_hidden()
    assert len(stub.store.envelopes()) == 1


def test_double_tap_is_one_record(phone: Any, stub: Any) -> None:
    phone.page.evaluate(
        "() => { const button = document.querySelector('#check button[name=result]');"
        " button.click(); button.click(); }"
    )
    phone.says("#check", "Received")
    assert len(phone.rows()) == len(stub.store.envelopes()) == 1


def test_two_forms_of_a_page_are_two_records(phone: Any, stub: Any) -> None:
    phone.report("no picture")
    phone.check()  # the upper form folds once it is filed, and moves the lower one
    phone.says("#check", "Received")
    phone.says("#fault", "Received")
    assert {envelope["form"] for envelope in stub.store.envelopes()} == {"inspection", "fault"}


def test_new_entry_is_a_second_record_from_an_empty_form(phone: Any, stub: Any) -> None:
    phone.report("first")
    phone.says("#fault", "Received")
    phone.page.click("#fault [data-new-entry]")
    expect(phone.page.locator("#fault [name=what]")).to_have_value("")
    phone.report("second")
    phone.says("#fault", "Received")
    assert [json.loads(e["body"])[0][1] for e in stub.store.envelopes()] == ["first", "second"]


def test_back_and_reload_show_the_record_instead_of_a_fresh_form(phone: Any, stub: Any) -> None:
    phone.report("once")
    phone.says("#fault", "Received")
    phone.open("/outbox")
    phone.page.go_back()
    phone.says("#fault", "Received")
    phone.page.reload()
    phone.says("#fault", "Received")
    expect(phone.page.locator("#fault [name=what]")).to_be_hidden()
    assert len(stub.store.envelopes()) == 1


@pytest.mark.usefixtures("worker")
def test_fresh_visit_to_a_cached_page_is_a_record_of_its_own(phone: Any, stub: Any) -> None:
    phone.packed()
    phone.page.context.set_offline(True)
    for what in ("first", "second"):
        phone.open("/today")
        phone.open("/t/7K3M9QX2PD")
        phone.report(what)
        phone.says("#fault", "Saved")
    phone.page.context.set_offline(False)
    phone.says("#fault", "Received")
    assert len(stub.store.envelopes()) == 2


def test_reading_outside_its_limits_is_told_and_still_filed(phone: Any, stub: Any) -> None:
    phone.page.fill("#check [name=volts]", "260")
    expect(phone.page.locator("[data-outside]")).to_be_visible()
    phone.check("260")
    phone.says("#check", "Received")


def test_full_disk_says_not_saved_and_keeps_the_form(phone: Any, stub: Any) -> None:
    phone.page.evaluate(
        "() => { IDBObjectStore.prototype.add = () => {"
        " throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    phone.report("typed with care")
    phone.says("#fault", "NOT saved: this phone is full")
    expect(phone.page.locator("#fault [name=what]")).to_have_value("typed with care")
    assert phone.rows() == []


@pytest.mark.usefixtures("worker")
def test_outbox_page_lists_every_row_in_words(phone: Any, stub: Any) -> None:
    phone.packed()
    phone.page.context.set_offline(True)
    phone.check()
    phone.says("#check", "Saved")
    phone.open("/outbox")
    phone.shows("[data-outbox-list] [data-field=state]", "Saved on this phone")
    phone.shows("[data-outbox-list] [data-field=label]", "Check 7K3M9QX2PD")
    phone.page.context.set_offline(False)
    phone.shows("[data-outbox-list] [data-field=state]", "Received")
