"""An engineer works a fault from the report to its end in a basement: every step is filed on the
phone, and everything arrives once and in order."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Playwright, expect

from roundtag.models import Attachment, Fault, FaultEvent, Person, Tag
from tests.e2e.chaining import KEPT
from tests.e2e.conftest import sign_in
from tests.e2e.phone import Phone, photo
from tests.e2e.proxy import Proxy
from tests.e2e.server import Server
from tests.e2e.steps import Hand, status
from tests.e2e.test_installable import violations
from tests.house.chromium import becomes

FORM = "#step"


@pytest.fixture
def phone(
    playwright: Playwright, launch_options: dict[str, Any], own_site: Server, tmp_path: Path
) -> Iterator[Phone]:
    network = Proxy(own_site.port)
    phone = Phone(playwright, launch_options, tmp_path / "profile", network.url, network)
    sign_in(phone.page)
    yield phone
    with suppress(Error):
        phone.context.close()
    network.close()


def report(phone: Phone, site: Server, code: str) -> int:
    """A fault at this device that is the engineer's own; its key."""
    phone.open(f"/t/{code}")
    Hand(phone.page).report()
    expect(status(phone.page, "#fault")).to_contain_text("Received")
    with site.records():
        fault = Fault.select().order_by(Fault.id.desc()).get()
        me = Person.get(Person.username == "engineer")
        Fault.update(assignee=me).where(Fault.id == fault.id).execute()
        return int(fault.id)


def file(page: Page, word: str) -> None:
    """The step that stands ready is the one with this word."""
    button = page.locator(f"{FORM} button[type=submit]")
    expect(button).to_have_text(word)
    button.click()
    expect(status(page, FORM)).to_contain_text("Saved on this phone")
    page.locator(f"{FORM} [data-new-entry]").click()


def test_a_fault_is_worked_from_accept_to_resolved_without_network(
    phone: Phone, own_site: Server
) -> None:
    page, code = phone.page, str(own_site.tags()[0]["code"])
    key = report(phone, own_site, code)
    phone.open("/outbox")
    phone.packed(len(own_site.tags()))  # what is told so is wired, and nothing is under way
    page.locator("[data-pack-refresh]").click()
    becomes(page, KEPT, [f"/faults/{key}", ""])
    phone.offline()
    phone.open(f"/faults/{key}")
    expect(page.locator("[data-as-of]").first).to_be_visible()
    expect(page.locator(".clocks__one")).to_have_count(3)
    file(page, "Accept")
    phone.open(f"/T/{code}")  # the label, scanned: its page leads back and says which one it was
    page.locator(f"a[href*='/faults/{key}#at=']").first.click()
    phone.wired()
    expect(page.locator(f"{FORM} [name=tag]")).to_have_value(code)
    file(page, "I am here")
    expect(page.locator(f"{FORM} [name=tag]")).to_be_hidden()
    page.fill(f"{FORM} [name=diagnosis]", "the lamp burst")
    page.set_input_files(f"{FORM} [name=photo]", [photo()])
    expect(page.locator(f"{FORM} canvas")).to_have_count(1)
    file(page, "Works again")
    phone.open(f"/faults/{key}")  # a new visit to the same copy goes on where the phone stands
    page.fill(f"{FORM} [name=cause]", "age")
    page.fill(f"{FORM} [name=remedy]", "a new lamp")
    file(page, "Resolved")
    expect(page.locator("[data-step-none]")).to_be_visible()

    phone.offline(False)
    phone.open("/outbox")
    states = page.locator("[data-outbox-list] [data-field=state]")
    expect(states.filter(has_text="Received")).to_have_count(5)
    with own_site.records():
        events = list(FaultEvent.select().where(FaultEvent.fault == key).order_by(FaultEvent.id))
        assert [one.kind for one in events] == [
            "reported", "responded", "on_site", "restored", "resolved"]  # fmt: skip
        assert events[2].what == "scan"
        assert all(one.claimed_at and one.claimed_at <= one.at for one in events[1:])
        [kept] = Attachment.select().where(Attachment.subject == "fault_event")
        assert kept.subject_id == events[3].id
        assert Fault.get_by_id(key).state == "resolved"
    assert [reply["status"] for reply in phone.send_again()] == [200] * 5
    with own_site.records():
        assert FaultEvent.select().where(FaultEvent.fault == key).count() == len(events)
        assert Tag.get_by_id(code).device_id == Fault.get_by_id(key).device_id


def test_online_the_page_comes_back_with_the_next_step(phone: Phone, own_site: Server) -> None:
    page, code = phone.page, str(own_site.tags()[0]["code"])
    key = report(phone, own_site, code)
    phone.open(f"/faults/{key}")
    assert violations(page) == []
    page.locator(f"{FORM} button[type=submit]").click()
    expect(page.locator(".log__what").first).to_contain_text("Taken on")
    expect(page.locator(f"{FORM} button[type=submit]")).to_have_text("I am here")
    expect(page.locator(".clocks__one--met")).to_have_count(1)
    with own_site.records():
        Fault.update(state="resolved").where(Fault.id == key).execute()
    page.fill(f"{FORM} [name=tag]", code)
    page.locator(f"{FORM} button[type=submit]").click()
    expect(page.locator(f"{FORM} [data-outbox-status]")).to_contain_text("moved this fault on")
