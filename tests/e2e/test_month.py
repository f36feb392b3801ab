"""A month's round from the first scan to the signed report: two phones, one in a basement."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Error, Page, Playwright, expect
from pypdf import PdfReader

from roundtag import clock, people, plans, rounds
from roundtag.models import (
    Answer,
    Client,
    Contract,
    Device,
    Finding,
    Inspection,
    Person,
    Room,
    Round,
    RoundDevice,
    RoundPlan,
    Tag,
)
from tests import world as worlds
from tests.e2e.conftest import PHONE, sign_in
from tests.e2e.phone import Phone
from tests.e2e.server import PASSWORD, Server
from tests.e2e.steps import check_open, status
from tests.house.processes import until

ROOMS = ("LT101", "SP501", "DG301")
SIZE = 60
FAILURES = ("画面偏绿", "风扇异响", "遥控器失灵")
LOOSE = "吊顶检修口松动"
SAVED = re.compile("^(Saved on this phone|Received)")


@dataclass
class Tour:
    """The round of the test: its key, and the stops that each of the two engineers walks."""

    key: int
    mine: list[str]
    others: list[str]
    failing: list[str] = field(default_factory=list)


@pytest.fixture
def tour(own_site: Server) -> Tour:
    """Sixty devices of three rooms; two engineers share the rooms."""
    with own_site.records():
        client, contract = Client.get(), Contract.get()
        for plan in RoundPlan.select():
            worlds.run(plans.retire_plan, plans.RetirePlan(plan.id))
        for old in Round.select():
            worlds.run(rounds.close_round, rounds.CloseRound(old.id))
        rooms = {room.code: room.id for room in Room.select().where(Room.code.in_(ROOMS))}
        grants = (("engineer", "client", client.id),)
        worlds.run(people.add_person, people.AddPerson("second", "赵强", PASSWORD, grants))
        first, second = (Person.get(Person.username == name).id for name in ("engineer", "second"))
        worlds.run(plans.save_plan, plans.SavePlan(
            contract.id, "会议室月检（六十台）", "monthly", "monthly", contract.starts_on,
            rooms=tuple(rooms.values()), categories=but_one(list(rooms.values())),
            due_rule="day", due=31, engineer_id=first, backup_id=second))  # fmt: skip
        rounds.ensure(clock.now())
        key = Round.select().where(Round.closed_at.is_null()).order_by(Round.id.desc()).get().id
        theirs = tuple(rooms[code] for code in ROOMS[1:])
        worlds.run(rounds.share_round, rounds.ShareRound(key, theirs, second))
        return Tour(key, *(codes(key, [rooms[c] for c in part]) for part in (ROOMS[:1], ROOMS[1:])))


def but_one(rooms: list[int]) -> tuple[str, ...]:
    """All categories but one that a single device has: these rooms hold 61."""
    there = Device.select(Device.category).where(Device.room.in_(rooms))
    counted = Counter(row.category for row in there)
    rare = min(one for one, count in counted.items() if count == 1)
    return tuple(sorted(set(counted) - {rare}))


def codes(key: int, rooms: list[int]) -> list[str]:
    here = Device.select(Device.id).where(Device.room.in_(rooms))
    stops = RoundDevice.select(RoundDevice.device).where(
        (RoundDevice.round == key) & RoundDevice.device.in_(here)
    )
    tags = Tag.select().where(Tag.device.in_(stops) & (Tag.state == "bound")).order_by(Tag.device)
    return [tag.code for tag in tags]


@pytest.fixture
def phones(playwright: Playwright, launch_options: dict[str, Any], own_site: Server,
           tour: Tour, tmp_path: Path) -> Iterator[dict[str, Phone]]:  # fmt: skip
    held = {
        name: Phone(playwright, launch_options, tmp_path / name, own_site.url)
        for name in ("engineer", "second")
    }
    for name, phone in held.items():
        sign_in(phone.page, name)
    yield held
    for phone in held.values():
        with suppress(Error):
            phone.context.close()


def walk(phone: Phone, stops: list[str], failures: dict[str, str]) -> None:
    """Scan, answer, next; what fails gets its note."""
    for code in stops:
        phone.open(f"/T/{code}")
        taps = check_open(phone.page, failures.get(code, ""))
        expect(status(phone.page, "#check")).to_have_text(SAVED)
        assert taps <= 3 or code in failures


def problem_beside(phone: Phone, code: str) -> None:
    """At a healthy device something is found that no item asks about."""
    phone.open(f"/T/{code}")
    phone.page.click("a[href='#check']")
    phone.page.locator("#check [data-all-good]").first.click()
    phone.page.locator("#check details summary").click()
    phone.page.fill("#check [name='outside.1']", LOOSE)
    check_open(phone.page, "", opened=True)
    expect(status(phone.page, "#check")).to_have_text(SAVED)


def delivered(phone: Phone) -> None:
    """Every entry of this phone is with the server."""
    phone.offline(False)
    phone.open("/outbox")
    until(lambda: {row["state"] for row in phone.rows()} <= {"received"}, "all is there", 120)


def desktop(browser: Browser, site: Server, name: str) -> Page:
    context = browser.new_context(base_url=site.url, locale="en-GB", service_workers="block",
                                  viewport=PHONE if name == "client" else None)  # fmt: skip
    context.set_default_timeout(30_000)
    page = context.new_page()
    sign_in(page, name)
    return page


def draw(page: Page) -> None:
    """A signature by finger: two strokes over the paper."""
    paper = page.locator("[data-signature-paper]")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box is not None
    for row in (0.3, 0.6):
        page.mouse.move(box["x"] + 30, box["y"] + box["height"] * row)
        page.mouse.down()
        for step in range(1, 12):
            lift = 18 if step % 2 else -18
            page.mouse.move(box["x"] + 30 + step * 20, box["y"] + box["height"] * row + lift)
        page.mouse.up()


def sign(page: Page, tour: Tour, button: str) -> None:
    page.goto(f"/rounds/{tour.key}/acceptance")
    if not page.input_value("[name=signer]"):
        page.fill("[name=signer]", "签名人")
    draw(page)
    page.get_by_role("button", name=button).click()
    page.wait_for_url(f"**/rounds/{tour.key}/acceptance")
    expect(page.locator(".notice--ok").first).to_be_visible()


def issued(page: Page, tour: Tour) -> dict[str, bytes]:
    """The four files of the report, fetched as a reader does."""
    page.goto(f"/rounds/{tour.key}/report")
    page.locator("form[action$='/report/issue'] button").click()
    page.get_by_role("link", name="Open the document").click(timeout=120_000)
    links = page.locator("main a[href$='.pdf'], main a[href$='.xlsx']")
    expect(links).to_have_count(4)
    hrefs = [link.get_attribute("href") or "" for link in links.all()]
    return {href.rsplit("/", 1)[-1]: page.request.get(href).body() for href in hrefs}


def entries(tour: Tour) -> dict[str, dict[str, str]]:
    """What is stored: device code → item → value, verdict and result of the entry that counts."""
    stops = RoundDevice.select(RoundDevice, Device).join(Device).where(
        RoundDevice.round == tour.key)  # fmt: skip
    found = {}
    for stop in stops:
        answers = Answer.select().where(Answer.inspection == stop.entry_id)
        found[stop.device.code] = {row.item: row.verdict for row in answers}
    return found


def test_a_round_of_sixty_devices_by_two_phones(
    own_site: Server, tour: Tour, phones: dict[str, Phone], browser: Browser
) -> None:
    assert len(tour.mine) + len(tour.others) == SIZE
    failing = [tour.mine[3], tour.mine[9], tour.others[5]]
    failures = dict(zip(failing, FAILURES, strict=True))
    first, second = phones["engineer"], phones["second"]
    for phone in (first, second):
        phone.packed(SIZE)
    second.offline()
    walk(first, tour.mine[:-1], failures)
    problem_beside(first, tour.mine[-1])
    walk(second, tour.others, failures)
    with own_site.records():
        done = RoundDevice.select().where(RoundDevice.done_at.is_null(False))
        assert done.count() == len(tour.mine)
    for phone in (first, second):
        delivered(phone)
    with own_site.records():
        assert Inspection.select().where(Inspection.round == tour.key).count() == SIZE
        assert not Inspection.select().where(Inspection.repeat).exists()
        results = Counter(stop.result for stop in RoundDevice.select().where(
            RoundDevice.round == tour.key))  # fmt: skip
        assert results == {"pass": SIZE - 3, "fail": 3}
        assert {row.person.username for row in Inspection.select()} == {"engineer", "second"}
        assert all(row.scanned for row in Inspection.select())
        assert {row.words for row in Finding.select()} >= {*FAILURES, LOOSE}
    sign(first.page, tour, "I have checked it myself: hand it in")
    office = desktop(browser, own_site, "manager")
    sign(office, tour, "Checked: pass it on to the client")
    sign(desktop(browser, own_site, "client"), tour, "Sign: I accept this round")
    with own_site.records():
        assert Round.get_by_id(tour.key).stage == "accepted"
        stored = entries(tour)
    files = issued(office, tour)
    for name, data in files.items():
        rows = read_xlsx(data) if name.endswith("xlsx") else None
        if rows is not None:
            assert rows == Counter({code: len(items) for code, items in stored.items()}), name
        else:
            text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
            squeezed = re.sub(r"\s+", "", text)
            assert not [code for code in stored if code not in squeezed], name
            assert not [word for word in (*FAILURES, LOOSE) if word not in squeezed], name


def read_xlsx(data: bytes) -> Counter[str]:
    """How many items the records of a workbook hold for each device code."""
    book = load_workbook(io.BytesIO(data), read_only=True)
    head, *rows = book.worksheets[1].iter_rows(values_only=True)
    code, item = (list(head).index(name) for name in column_names(head))
    return Counter(str(row[code]) for row in rows if row[item])


def column_names(head: tuple[Any, ...]) -> tuple[str, str]:
    return ("设备编号", "项目") if "项目" in head else ("Device code", "Item")
