"""A day in the basement: filed without network, the browser killed, everything arrives once."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, FilePayload, Playwright, expect

from roundtag import clock
from roundtag.models import (
    Attachment,
    Blob,
    Fault,
    Inspection,
    Job,
    KnownBrowser,
    LogCheck,
    LogHead,
    Session,
    Setting,
    SignInDelay,
    Submission,
    Swap,
)
from tests.e2e.client import Client
from tests.e2e.conftest import sign_in
from tests.e2e.phone import Phone, photo
from tests.e2e.proxy import Proxy
from tests.e2e.server import PASSWORD, Server
from tests.e2e.steps import Hand, status
from tests.house.processes import until
from tests.seeing import snapshot

OF_ITSELF = (Job, KnownBrowser, LogCheck, LogHead, Session, Setting, SignInDelay)
"""Tables that grow when somebody signs in, or by the minute."""
SAVED = re.compile("^Saved on this phone")
RECEIVED = re.compile("^Received")


@pytest.fixture
def phone(
    playwright: Playwright, launch_options: dict[str, Any], own_site: Server, tmp_path: Path
) -> Iterator[Phone]:
    """An engineer's phone, filled and switched off yesterday, switched on without network.

    Chromium writes cookies with a delay of up to 30 s; switching off is what waits for that.
    """
    network = Proxy(own_site.port)
    phone = Phone(playwright, launch_options, tmp_path / "profile", network.url, network)
    sign_in(phone.page)
    phone.packed(len(own_site.tags()))
    phone.context.close()
    phone.switch_on()
    phone.offline()
    yield phone
    with suppress(Error):
        phone.context.close()
    network.close()


def check(phone: Phone, picture: FilePayload) -> None:
    phone.page.set_input_files("#check input[name=photo]", [picture])
    expect(phone.page.locator("#check canvas")).to_have_count(1)
    Hand(phone.page).check_healthy()
    expect(status(phone.page, "#check")).to_have_text(SAVED)


def swap(phone: Phone) -> None:
    Hand(phone.page).swap()
    expect(status(phone.page, "#swap")).to_have_text(SAVED)


def report(phone: Phone) -> None:
    Hand(phone.page).report()
    expect(status(phone.page, "#fault")).to_have_text(SAVED)


def facts(site: Server, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """All that the server holds, after seeing that the phone's rows made one record each."""
    with site.records():
        made = [[row.submission for row in model.select()] for model in (Inspection, Swap, Fault)]
        assert made == [[row["submission_id"]] for row in rows]
        phones = Submission.select().where(Submission.install_id == rows[0]["install_id"])
        assert [row.scanned for row in Inspection.select()] == [True]
        assert {row.id for row in phones} == {row["submission_id"] for row in rows}
        return snapshot(*OF_ITSELF)


def turned(site: Server, since: datetime) -> bool:
    """The scheduler has done all that was due, once since then."""
    with site.records():
        tick = Setting.get(Setting.name == "scheduler.tick").value
    return clock.from_text(json.loads(tick)) > since


def held(site: Server) -> dict[str, bytes]:
    """Every photo of a record: its hash → the bytes in the server's store."""
    with site.records():
        named = [row.sha256 for row in Attachment.select()]
        assert named == [row.sha256 for row in Blob.select()]
    return {sha: (site.data_dir / "blobs" / sha[:2] / sha).read_bytes() for sha in named}


def test_three_entries_survive_the_basement_and_arrive_once(phone: Phone, own_site: Server) -> None:
    [first, *_] = own_site.tags_with_spares()
    second = next(tag["code"] for tag in own_site.tags() if tag["code"] != first)

    phone.open(f"/T/{second}")
    check(phone, photo())
    phone.open("/scan")
    phone.page.fill("[name=code]", f"{first[:5].lower()}-{first[5:]}")
    phone.page.press("[name=code]", "Enter")
    phone.page.wait_for_url(f"**/t/{first}")
    phone.wired()
    swap(phone)
    phone.open(f"/T/{first}")
    report(phone)
    [(sha, data)] = phone.photos().items()
    assert hashlib.sha256(data).hexdigest() == sha
    assert len(data) > 300_000

    phone.die()
    own_site.kill()
    phone.switch_on()
    phone.offline()
    phone.open("/outbox")
    states = phone.page.locator("[data-outbox-list] [data-field=state]")
    expect(states).to_have_text([SAVED] * 3)
    assert phone.photos() == {sha: data}

    began = clock.now()
    own_site.start()
    until(lambda: turned(own_site, began), "the scheduler has had its first turn", 60)
    phone.offline(False)
    expect(states).to_have_text([RECEIVED] * 3)
    rows = phone.rows()
    assert [row["kind"] for row in rows] == ["inspection", "swap", "fault"]
    assert [row["receipt"]["outcome"] for row in rows] == ["done"] * 3
    assert phone.photos() == {}
    before = facts(own_site, rows)
    assert held(own_site) == {sha: data}

    replies = phone.send_again()
    assert [(reply["status"], reply["missing"]) for reply in replies] == [(200, [])] * 3
    client = Client(own_site.url).sign_in("engineer", PASSWORD)
    again = client.ask("PUT", f"/sync/photos/{sha}", data, **{"Content-Type": "image/jpeg"})
    assert again.status == 200
    assert facts(own_site, rows) == before
    assert "NOT" not in own_site.command("ledger", "verify")
