"""A label of no pack, without network: recorded against its code, it arrives at the device."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Playwright, Request, expect

from roundtag.models import Attachment, Device, Fault, Note, RoundDevice, Submission, Tag
from tags import codes
from tests.e2e.conftest import sign_in
from tests.e2e.phone import Phone, photo
from tests.e2e.proxy import Proxy
from tests.e2e.server import Server
from tests.e2e.steps import status

FORM = "form[data-outbox=note]"


@pytest.fixture
def unlisted(own_site: Server) -> str:
    """A device that is in nobody's round."""
    code = str(own_site.tags()[0]["code"])
    with own_site.records():
        device = Tag.get_by_id(code).device
        RoundDevice.delete().where(RoundDevice.device == device).execute()
    return code


@pytest.fixture
def phone(
    playwright: Playwright, launch_options: dict[str, Any], own_site: Server, unlisted: str,
    tmp_path: Path,
) -> Iterator[Phone]:  # fmt: skip
    network = Proxy(own_site.port)
    phone = Phone(playwright, launch_options, tmp_path / "profile", network.url, network)
    sign_in(phone.page)
    phone.packed(len(own_site.tags()) - 1)
    yield phone
    with suppress(Error):
        phone.context.close()
    network.close()


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"{FORM} [name={name}][value={value}] + label").click()


def file(page: Page) -> None:
    page.locator(f"{FORM} button[type=submit]").click()
    expect(status(page, FORM)).to_contain_text("Saved on this phone")


def test_a_label_of_no_pack_is_recorded_offline_and_arrives(
    phone: Phone, own_site: Server, unlisted: str
) -> None:
    page = phone.page
    phone.offline()
    phone.open(f"/T/{unlisted}")
    expect(page.locator("[data-record-code]")).to_have_text(f"{unlisted[:5]}-{unlisted[5:]}")
    choose(page, "what", "fault")
    choose(page, "symptom", "no_picture")
    page.set_input_files(f"{FORM} [name=photo]", [photo()])
    expect(page.locator(f"{FORM} canvas")).to_have_count(1)
    file(page)

    stranger = codes.new()
    phone.open(f"/scan?code={stranger[:5]}-{stranger[5:].lower()}")
    page.wait_for_url(f"**/t/{stranger}")
    choose(page, "what", "note")
    page.fill(f"{FORM} [name=text]", "behind the cupboard")
    file(page)

    phone.open("/t/0000000001")
    expect(page.locator("[data-record-slip]")).to_be_visible()
    expect(page.locator(FORM)).to_be_hidden()

    phone.offline(False)
    phone.open("/outbox")
    states = page.locator("[data-outbox-list] [data-field=state]")
    expect(states.filter(has_text="Received")).to_have_count(1)
    expect(states.filter(has_text="Office is checking")).to_have_count(1)
    rows = phone.rows()
    assert [row["receipt"]["outcome"] for row in rows] == ["done", "review"]
    with own_site.records():
        [fault] = Fault.select()
        assert (fault.submission, fault.symptom) == (rows[0]["submission_id"], "no_picture")
        assert fault.device_id == Tag.get_by_id(unlisted).device_id
        assert Attachment.select().where(Attachment.subject == "fault").count() == 1
        assert not Note.select().exists()
        assert Submission.get_by_id(rows[1]["submission_id"]).outcome == "review"


def test_a_refresh_fetches_what_changed_and_a_room_may_be_kept(
    phone: Phone, own_site: Server, unlisted: str
) -> None:
    fetched: list[str] = []

    def note(request: Request) -> None:
        if request.headers.get("x-pack"):
            fetched.append(request.url.removeprefix(phone.url))

    page = phone.page
    page.on("request", note)
    with own_site.records():
        device = RoundDevice.select().first().device
        Device.update(name="Renamed").where(Device.id == device.id).execute()
        code = Tag.get(Tag.device == device.id).code
        room = Tag.get(Tag.room == device.room_id).code
        beside = {
            f"/t/{tag.code}" for tag in Tag.select().join(Device).where(Device.room == device.room)
        }
        kept = Tag.get_by_id(unlisted).device
    phone.open(f"/rooms/{kept.room_id}")
    page.locator("[data-keep=room]").click()
    expect(page.locator("[data-keep=room]")).to_have_attribute("aria-pressed", "true")
    phone.open("/today")
    phone.packed(len(own_site.tags()))
    wanted = {f"/t/{code}", f"/t/{room}", f"/t/{unlisted}", "/today"}
    assert wanted <= {*fetched}
    others = {path for path in fetched if path.startswith("/t/")} - wanted
    assert others <= beside  # their pages name the renamed one: it is next on the round
    assert len(beside) < len(own_site.tags()) / 2
    phone.offline()
    phone.open(f"/t/{unlisted}")
    expect(page.locator("#check")).to_have_count(1)
