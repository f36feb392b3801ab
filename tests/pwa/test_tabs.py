from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', {value: undefined});"


@pytest.mark.parametrize("locks", [True, False])
def test_two_tabs_make_one_record_of_each(
    phone: Any, make_phone: Any, stub: Any, locks: bool
) -> None:
    if not locks:
        phone.page.context.add_init_script(NO_LOCKS)
    phone.open("/t/7K3M9QX2PD")
    other = make_phone(phone.page.context.new_page(), stub.url)
    other.open("/t/ABCDEFGHJ2")
    phone.page.context.set_offline(True)
    phone.report("tab one")
    other.report("tab two")
    phone.says("#fault", "Saved")
    other.says("#fault", "Saved")
    phone.page.context.set_offline(False)
    phone.says("#fault", "Received")
    other.says("#fault", "Received")
    deliveries = stub.store.rows("SELECT deliveries FROM submission")
    assert len(deliveries) == 2
    if locks:
        assert deliveries == [(1,), (1,)]


def test_copied_tab_with_other_words_is_another_record(
    phone: Any, make_phone: Any, stub: Any
) -> None:
    other = make_phone(phone.page.context.new_page(), stub.url)
    other.open("/t/7K3M9QX2PD")
    state = phone.page.evaluate("() => history.state")
    other.page.evaluate("(state) => history.replaceState(state, '')", state)
    other.page.reload()
    other.wired()
    other.says("#fault", "Open in another tab")
    phone.report("words of one")
    phone.says("#fault", "Received")
    other.report("words of two")
    other.says("#fault", "Received")
    assert len(stub.store.envelopes()) == 2


def test_copied_tab_files_nothing_of_the_first_one(phone: Any, make_phone: Any, stub: Any) -> None:
    other = make_phone(phone.page.context.new_page(), stub.url)
    other.open("/t/7K3M9QX2PD")
    state = phone.page.evaluate("() => history.state")
    other.page.evaluate("(state) => history.replaceState(state, '')", state)
    other.page.reload()
    other.wired()
    other.says("#fault", "Open in another tab")
    phone.report("once")
    phone.says("#fault", "Received")
    other.page.reload()
    other.wired()
    expect(other.page.locator("#fault [name=what]")).to_have_value("")
    assert len(stub.store.envelopes()) == 1


@pytest.mark.usefixtures("worker")
def test_tab_closed_while_sending_is_finished_by_the_next_page(
    phone: Any, make_phone: Any, stub: Any
) -> None:
    phone.packed()
    stub.stop()
    phone.report("left behind")
    phone.says("#fault", "Saved")
    context = phone.page.context
    phone.page.close()
    stub.start()
    other = make_phone(context.new_page(), stub.url)
    other.open("/outbox")
    other.shows("[data-outbox-list] [data-field=state]", "Received")
    assert len(stub.store.envelopes()) == 1
