"""Family 12 on two phones. (Every order of arrival: tests/roundtag; the office: tests/web.)"""

from playwright.sync_api import expect

from roundtag.checklists import PublishChecklists, publish_checklists
from roundtag.models import Inspection, Submission
from tests import world
from tests.e2e.offline import facts
from tests.e2e.offline.conftest import Hand
from tests.e2e.offline.handset import Handset
from tests.e2e.offline.plan import Entry
from tests.e2e.offline.town import Town


def swap(phone: Handset, town: Town, device: int, serial: str) -> None:
    entry = Entry("swap", device, (0, 0), photo=None, taps=1)
    page = phone.at(0, f"/t/{town.tags()[device]['code']}")
    phone.fill(page, entry)
    page.locator("#swap [name=new_serial]").evaluate(
        "(field, serial) => field.value = serial", serial
    )
    phone.tap(page, entry)
    phone.saved(page, entry)


def outcomes(phone: Handset) -> list[str]:
    return [row["receipt"]["outcome"] for row in phone.settled()]


def test_who_comes_second_is_kept_and_told(hand: Hand, own_town: Town) -> None:
    away, here = hand(own_town, 0), hand(own_town, 1)
    old = Entry("inspection", 3, (0, 0, 0), photo=None, taps=1)
    away.offline()
    swap(away, own_town, 0, "SPS1")
    swap(away, own_town, 1, "SPS2")
    away.file(away.at(0, f"/t/{own_town.tags()[3]['code']}"), old)

    swap(here, own_town, 0, "SPS3")
    swap(here, own_town, 2, "SPS2")
    assert outcomes(here) == ["done", "done"]
    with own_town.records():
        items = [*world.ITEMS, {"key": "fan", "kind": "check", "zh": "风扇", "en": "Fan"}]
        world.run(publish_checklists, PublishChecklists((
            {"category": "projector", "occasion": "monthly", "name_zh": "投影机月检",
             "name_en": "Projector, monthly", "items": items},)))  # fmt: skip

    away.offline(False)
    assert outcomes(away) == ["conflict", "conflict", "done"]
    waiting = away.page.locator("[data-outbox-list] li", has_text="Office is checking")
    expect(waiting).to_have_count(2)
    facts.agree(own_town, [*away.settled(), *here.settled()])
    with own_town.records():
        [filed] = Inspection.select()
        first = Submission.get_by_id(filed.submission)
        assert f'["template_version","{filed.version_id}"]' in first.body
    assert "NOT" not in own_town.command("ledger", "verify")
