"""Family 6: the worker killed in the middle of a delivery, the browser killed after "Saved"."""

import pytest

from tests.e2e.offline import facts
from tests.e2e.offline.conftest import Hand
from tests.e2e.offline.handset import Handset
from tests.e2e.offline.plan import Entry
from tests.e2e.offline.town import Town
from tests.e2e.proxy import moments
from tests.house.chromium import Worker


def file_unsent(phone: Handset, town: Town, photo: int) -> None:
    """One entry with a photo on the phone, none of it at the server, and no page of ours open."""
    phone.network.away = True
    page = phone.at(0, f"/t/{town.tags()[photo % 4]['code']}")
    phone.file(page, Entry("inspection", photo % 4, (0, 1, 2), photo=photo, taps=1))


def finish(phone: Handset, town: Town) -> None:
    rows = phone.settled()
    assert len(rows) == 1
    facts.agree(town, rows)


@pytest.mark.parametrize("moment", moments())
def test_the_worker_is_killed_while_it_delivers(hand: Hand, town: Town, moment: str) -> None:
    phone, fault = hand(town), moments()[moment]
    worker = Worker(phone.context, phone.url)
    file_unsent(phone, town, 60 + list(moments()).index(moment))
    phone.page.goto("about:blank")
    phone.network.away = False
    phone.network.next(fault)
    worker.wake_until(fault.happened.is_set, "it has come so far")
    worker.kill()
    fault.release.set()
    phone.network.heal()
    finish(phone, town)


def test_the_worker_alone_delivers(hand: Hand, town: Town) -> None:
    phone = hand(town)
    worker = Worker(phone.context, phone.url)
    file_unsent(phone, town, 70)
    [entry] = phone.ids()
    phone.page.goto("about:blank")
    phone.network.away = False
    worker.wake_until(lambda: facts.arrived(town, entry), "the worker has delivered")
    finish(phone, town)


def test_the_browser_is_killed_as_soon_as_it_said_saved(hand: Hand, town: Town) -> None:
    phone = hand(town)
    file_unsent(phone, town, 71)
    before = phone.store("photos")
    phone.die()
    phone.network.heal()
    phone.network.away = True
    phone.switch_on()
    phone.sign_in()
    assert phone.store("photos") == before
    phone.network.away = False
    finish(phone, town)
