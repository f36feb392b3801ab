"""Family 5: two tabs, a tab closed while it sends, one draft twice, a double tap, page and worker
at once; each with the browser's locks and without. (Finer points: tests/pwa/test_tabs.py.)"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.e2e.offline import facts
from tests.e2e.offline.conftest import Hand
from tests.e2e.offline.handset import Handset
from tests.e2e.offline.plan import Entry
from tests.e2e.offline.town import Town
from tests.e2e.proxy import Fault

NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', {value: undefined});"


@pytest.fixture(params=["locks", "no locks"])
def phone(request: pytest.FixtureRequest, hand: Hand, town: Town) -> Handset:
    phone = hand(town)
    if request.param == "no locks":
        phone.context.route("**/pwa/drain.js", _without_locks)
        phone.context.add_init_script(NO_LOCKS)
        phone.page.reload()
    return phone


def _without_locks(route: Route) -> None:
    """For the worker too, which no script of a test can reach."""
    reply = route.fetch()
    assert "navigator.locks" in reply.text()
    route.fulfill(response=reply, body=reply.text().replace("navigator.locks", "undefined"))


def page_of(phone: Handset, town: Town, tab: int, device: int) -> Any:
    return phone.at(tab, f"/t/{town.tags()[device]['code']}")


def waker(phone: Handset) -> Callable[[], None]:
    """Lets the browser tell the worker that the network is back."""
    session, known = phone.context.new_cdp_session(phone.page), list[str]()
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: known.extend(one["registrationId"] for one in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    sync = {"origin": phone.url, "tag": "outbox", "lastChance": False}
    return lambda: session.send(
        "ServiceWorker.dispatchSyncEvent", {**sync, "registrationId": known[0]}
    )


def test_two_tabs_a_double_tap_and_the_worker_at_once(phone: Handset, town: Town) -> None:
    wake = waker(phone)
    phone.network.away = True
    for tab, (form, taps) in enumerate([("fault", 2), ("fault", 1)]):
        entry = Entry(form, 0, (tab, 1), photo=50 + tab, taps=taps)
        phone.file(page_of(phone, town, tab, 0), entry)
    phone.network.heal()
    for _ in range(4):
        phone.network.next(Fault("POST /sync/", delay=0.2))
    wake()
    for tab in phone.tabs:
        tab.evaluate("() => dispatchEvent(new Event('online'))")
    rows = phone.settled()
    assert len(rows) == 2
    facts.agree(town, rows)


def test_a_tab_closed_while_it_sends_is_no_loss(phone: Handset, town: Town) -> None:
    fault = phone.network.next(Fault("POST /sync/", reply=0, hold=True))
    page = page_of(phone, town, 1, 1)
    phone.file(page, Entry("inspection", 1, (0, 1, 2), photo=53, taps=1))
    fault.wait()
    page.close()
    phone.tabs.remove(page)
    phone.network.heal()
    rows = phone.settled()
    assert len(rows) == 1
    facts.agree(town, rows)


def test_one_draft_in_two_tabs_is_never_thrown_away_as_a_double(phone: Handset, town: Town) -> None:
    """A copied tab brings a copy of the draft's id: the same words are one entry, others two."""
    first, second = page_of(phone, town, 0, 2), page_of(phone, town, 1, 2)
    state = first.evaluate("() => history.state")
    second.evaluate("(state) => history.replaceState(state, '')", state)
    phone.offline()
    phone.file(first, Entry("fault", 2, (1, 2), photo=None, taps=1))
    second.reload()
    # It shows the entry of the first tab, whose draft it has copied.
    second.wait_for_selector("form[data-outbox=fault][data-state]", state="attached")
    phone.file(second, Entry("fault", 2, (3, 4), photo=None, taps=1))
    phone.offline(False)
    rows = phone.settled()
    assert len(rows) == 2
    facts.agree(town, rows)
