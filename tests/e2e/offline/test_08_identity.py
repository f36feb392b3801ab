"""Family 8: the session ends, a portal answers, another person takes the phone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from roundtag.models import Person, Session, Submission
from tests.e2e.conftest import Open, sign_in
from tests.e2e.server import PASSWORD, Server
from tests.house.chromium import KEY_IS_HERE, READ_STORE, becomes
from tests.house.processes import until
from tests.pwa.marks import found, found_sealed

MARK = "只有我知道-mark"
GOT = "[data-outbox-list] [data-state=received]"
WAITING = "[data-outbox-list] [data-state]:not([data-state=received])"


class Shared:
    """One phone that several people use."""

    def __init__(self, page: Page, site: Server, tag: str) -> None:
        self.page, self.site, self.tag = page, site, tag

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def sign_in(self, username: str) -> None:
        sign_in(self.page, username)
        becomes(self.page, KEY_IS_HERE)

    def report(self, words: str) -> None:
        self.page.goto(f"/t/{self.tag}")
        self.page.click("a[href='#fault']")
        self.page.locator("#fault [name=symptom] + label").first.click()
        self.page.fill("#fault [name=description]", words)
        self.page.click("#fault button[type=submit]")
        expect(self.page.locator("#fault [data-outbox-status]")).to_contain_text(
            re.compile("Saved|Received")
        )

    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.page.evaluate(READ_STORE, "outbox")
        return sorted(rows, key=lambda row: int(row["seq"]))

    def received(self) -> None:
        self.open("/outbox")
        expect(self.page.locator(GOT).first).to_be_attached()
        expect(self.page.locator(WAITING)).to_have_count(0)

    def answer(self, reply: Callable[[Route], None]) -> None:
        """Somebody else than our server answers whatever is sent."""
        self.page.context.route("**/sync/**", reply)

    def answer_no_more(self) -> None:
        self.page.context.unroute("**/sync/**")

    def leave(self, choice: str) -> None:
        self.open("/more")
        # It shows itself later, above the button.
        expect(self.page.locator("[data-paused=unreachable]")).to_be_visible()
        self.page.click("[data-signout] button")
        self.page.click(f"[data-signout-dialog] button[value='{choice}']")

    def held(self, key: str) -> tuple[str, str | None] | None:
        """Whose submission the server holds, and who carried it."""
        with self.site.records():
            row = Submission.get_or_none(Submission.id == key)
            name = {p.id: p.username for p in Person.select()}
            return row and (name[row.owner_id], name.get(row.carrier_id))


@pytest.fixture
def phone(open_page: Open, site: Server, tag: str) -> Shared:
    shared = Shared(open_page(staff=False), site, tag)
    shared.sign_in("engineer")
    return shared


PORTALS: dict[str, Callable[[Route], None]] = {
    "302 to a login": lambda route: route.fulfill(status=302, headers={"Location": "/sign-in"}),
    "a page of a hotel": lambda route: route.fulfill(
        status=200, content_type="text/html", body="<h1>Welcome</h1>"
    ),
    "JSON of somebody else": lambda route: route.fulfill(status=200, json={"ok": True}),
    "nobody": lambda route: route.abort(),
}


@pytest.mark.parametrize("portal", PORTALS)
def test_who_is_not_our_server_takes_nothing(phone: Shared, portal: str) -> None:
    phone.answer(PORTALS[portal])
    phone.report(MARK)
    [row] = phone.rows()
    assert row["state"] == "saved"
    assert phone.held(row["submission_id"]) is None
    phone.answer_no_more()
    phone.received()
    assert phone.held(row["submission_id"]) == ("engineer", None)


def test_an_expired_session_is_one_tap_and_goes_on_by_itself(phone: Shared) -> None:
    with phone.site.records():
        me = Person.get(Person.username == "engineer").id
        newest = Session.select().where(Session.person == me).order_by(Session.created_at.desc())
        ended = newest.first()
    phone.open(f"/t/{phone.tag}")
    with phone.site.records():
        ended.revoked_at = ended.seen_at
        ended.save()
    page = phone.page
    page.click("a[href='#fault']")
    page.locator("#fault [name=symptom] + label").first.click()
    page.fill("#fault [name=description]", MARK)
    page.click("#fault button[type=submit]")
    page.click("[data-paused=sign-in]:not([hidden]) a")
    page.fill("[name=username]", "engineer")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**/t/{phone.tag}*")
    phone.received()
    [row] = phone.rows()
    assert phone.held(row["submission_id"]) == ("engineer", None)


def test_a_sealed_queue_waits_for_its_owner(phone: Shared) -> None:
    page = phone.page
    phone.report(f"{MARK} 1")
    expect(page.locator("#fault [data-outbox-status]")).to_contain_text("Received")
    phone.answer(PORTALS["nobody"])
    phone.report(f"{MARK} 2")
    waiting = phone.rows()[1]["submission_id"]
    phone.leave("")
    assert len(phone.rows()) == 2
    page.keyboard.press("Escape")
    phone.leave("seal")
    page.wait_for_url("**/offline")
    assert found(page, MARK) == []
    assert [key[2] for key in found_sealed(page)] == [0, 1]
    phone.answer_no_more()
    page.goto("/today")
    page.wait_for_url(re.compile("/sign-in"))

    phone.sign_in("manager")
    phone.open("/outbox")
    others = page.locator("[data-outbox-others]")
    expect(others).to_contain_text(": 1.")
    expect(others.locator("[data-carry]")).to_be_hidden()
    phone.report("of the manager")
    expect(page.locator("#fault [data-outbox-status]")).to_contain_text("Received")
    page.go_back()
    assert found(page, MARK) == []
    assert phone.held(waiting) is None
    phone.open("/more")
    page.click("[data-signout] button")
    page.wait_for_url(re.compile("/sign-in"))

    phone.sign_in("engineer")
    phone.open("/outbox")
    until(lambda: phone.held(waiting), "what was sealed is delivered")
    phone.received()
    kept = [place for place in found(page, "of the manager") if not place.startswith("cache")]
    assert kept == []  # what a device's logbook shows of it is the engineer's to read
    assert phone.held(waiting) == ("engineer", None)


def test_a_colleague_sends_and_both_are_on_record(phone: Shared) -> None:
    page = phone.page
    phone.answer(PORTALS["nobody"])
    phone.report(MARK)
    [row] = phone.rows()
    phone.leave("colleagues")
    page.wait_for_url("**/offline")
    phone.answer_no_more()
    page.goto("/today")
    page.wait_for_url(re.compile("/sign-in"))
    phone.sign_in("manager")
    phone.open("/outbox")
    assert MARK not in page.content()
    page.click("[data-carry]")
    expect(page.locator("[data-outbox-others]")).to_be_hidden()
    assert phone.held(row["submission_id"]) == ("engineer", "manager")
    assert found(page, MARK) == []
