"""Family 2: the network goes or comes between any two steps."""

import pytest

from tests.e2e.offline import facts
from tests.e2e.offline.conftest import Hand
from tests.e2e.offline.plan import Entry
from tests.e2e.offline.town import Town

ENTRIES = (
    Entry("inspection", 0, (0, 1, 2), photo=21, taps=1),
    Entry("fault", 1, (3, 4), photo=None, taps=1),
)


@pytest.mark.parametrize("offline_first", [True, False])
def test_toggled_at_every_step(hand: Hand, town: Town, offline_first: bool) -> None:
    phone, codes = hand(town), [tag["code"] for tag in town.tags()]
    offline = not offline_first

    def toggle() -> None:
        nonlocal offline
        offline = not offline
        phone.offline(offline)

    for entry in ENTRIES:
        toggle()
        page = phone.at(0, f"/t/{codes[entry.device]}")
        toggle()
        phone.fill(page, entry)
        toggle()
        phone.tap(page, entry)
        toggle()
        phone.saved(page, entry)
        toggle()
        page.evaluate("() => dispatchEvent(new Event('online'))")
        toggle()
        page.reload()
    phone.offline(False)
    rows = phone.settled()
    assert [row["kind"] for row in rows] == [entry.form for entry in ENTRIES]
    facts.agree(town, rows)
