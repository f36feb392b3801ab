"""Family 11: a phone's clock two days off, and one in a zone that changes its clocks."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from roundtag import clock
from roundtag.models import Fault, Submission
from tests.e2e.conftest import Open
from tests.e2e.server import Server
from tests.e2e.steps import Hand, status

SHIFT = """(() => { const Real = Date; const by = SECONDS * 1000;
  globalThis.Date = class extends Real {
    constructor(...parts) { parts.length ? super(...parts) : super(Real.now() + by); }
    static now() { return Real.now() + by; } }; })()"""
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("days", "words", "zone"),
    [(2, "ahead", "Asia/Shanghai"), (-2, "behind", "America/New_York"), (0, "", "Europe/Berlin")],
)
def test_a_wrong_clock_is_shown_and_moves_no_deadline(
    open_page: Open, site: Server, tag: str, days: int, words: str, zone: str
) -> None:
    page = open_page(timezone_id=zone)
    page.add_init_script(SHIFT.replace("SECONDS", str(days * 86_400)))
    page.goto(f"/t/{tag}")
    page.wait_for_selector("html[data-ready]", state="attached")
    Hand(page).report()
    expect(status(page, "#fault")).to_contain_text("Received")
    notice = page.locator("[data-clock-wrong]")
    if days:
        expect(notice).to_contain_text("days")
        expect(notice).to_contain_text(words)
    else:
        expect(notice).to_be_hidden()
    with site.records():
        fault = Fault.select().order_by(Fault.id.desc()).first()
        sent = Submission.get_by_id(fault.submission)
    assert abs(fault.reported_at - clock.now()) < MINUTE
    assert fault.reported_at == sent.received_at
    assert abs(sent.claimed_at - clock.now() - timedelta(days=days)) < MINUTE
    page.goto(f"/faults/{fault.id}")
    told = page.locator("main").get_by_text("phone clock was")
    expect(told).to_have_count(1 if days else 0)
    page.goto("/outbox")
    expect(page.locator("[data-outbox-group=received] li")).to_have_count(1)
