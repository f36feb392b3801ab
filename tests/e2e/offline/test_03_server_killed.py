"""Family 3: kill -9 of the whole server before a commit, after it, and in the middle of a photo."""

from tests.e2e.offline import facts
from tests.e2e.offline.conftest import Hand
from tests.e2e.offline.plan import Entry
from tests.e2e.offline.town import Town
from tests.e2e.proxy import moments


def test_killed_at_each_moment_nothing_is_lost_or_doubled(hand: Hand, own_town: Town) -> None:
    phone, codes = hand(own_town), [tag["code"] for tag in own_town.tags()]
    for number, (moment, fault) in enumerate(moments().items()):
        entry = Entry("inspection", number, (0, 1, 2), photo=30 + number, taps=1)
        phone.network.next(fault)
        page = phone.at(0, f"/t/{codes[number]}")
        phone.file(page, entry)
        fault.wait()
        own_town.kill()
        phone.network.heal()
        assert len(phone.ids()) == number + 1, moment
        own_town.start()
    rows = phone.settled()
    assert len(rows) == len(moments())
    facts.agree(own_town, rows)
    assert "NOT" not in own_town.command("ledger", "verify")
