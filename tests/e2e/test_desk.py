"""The desk at work: a call by keys alone, a board that lives and keeps its place, two of them."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from roundtag import clock, hotline, people
from roundtag.models import Fault, FaultContact, HotlineCall, Person, Room
from tests import world as worlds
from tests.e2e.conftest import sign_in
from tests.e2e.server import PASSWORD, Server

REFRESHED = 30_000
NO_POINTER = """() => {
  window.pointed = 0;
  for (const kind of ["pointerdown", "mousedown", "touchstart"]) {
    addEventListener(kind, () => window.pointed++, true);
  }
}"""
LATER = """() => new Promise((done) => {
  addEventListener("htmx:afterRequest", () => setTimeout(done), { once: true });
  htmx.trigger("#lines", "later");
})"""
Desk = Callable[[str], Page]


@pytest.fixture
def desk(own_site: Server, browser: Browser) -> Iterator[Desk]:
    """desk(username) → a desktop page of that person's own browser."""
    opened = []

    def sit_down(username: str) -> Page:
        context = browser.new_context(base_url=own_site.url, locale="en-GB",
                                      service_workers="block",
                                      viewport={"width": 1280, "height": 900})  # fmt: skip
        context.set_default_timeout(20_000)
        opened.append(context)
        page = context.new_page()
        page.add_init_script(f"({NO_POINTER})()")
        sign_in(page, username)
        return page

    yield sit_down
    for context in opened:
        context.close()


def report(site: Server, symptom: str, level: str = "", code: str = "SP501") -> int:
    """A fault by the hotline's own verb, as a colleague at another desk would file it."""
    with site.records():
        actor = people.actor_of(Person.get(Person.username == "manager"), clock.now())
        more = {"level": level, "urgency": "high", "scope": "room"} if level else {}
        order = hotline.TakeCall("phone", "yes", "fault", room_id=Room.get(Room.code == code).id,
                                 symptom=symptom, **more)  # fmt: skip
        receipt = worlds.run(hotline.take_call, order, actor)
        return int(receipt.subject_id or 0)


class Keys:
    """Presses keys and counts them; text that is typed into a field counts as nothing."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)


def test_a_call_by_keys_alone(own_site: Server, desk: Desk) -> None:
    page = desk("manager")
    page.goto("/board")
    page.wait_for_selector("#board [data-sound]:not([hidden])")
    keys = Keys(page)
    keys.press("c")
    page.wait_for_url("**/hotline/new")
    expect(page.locator("[data-keyed]")).to_be_visible()
    keys.type("王女士")
    keys.press("Tab")
    keys.type("13800001111")
    keys.press("Tab")
    keys.type("sp501")
    expect(page.locator("#found input[name=room]")).to_have_count(1)
    keys.press("Enter", "3", "Enter")
    page.wait_for_url(re.compile(r"/faults/\d+$"))
    assert keys.count == 6  # c, two tabs, on from the room, what is wrong, done
    assert page.evaluate("window.pointed") == 0
    with own_site.records():
        call = HotlineCall.get()
        assert (call.channel, call.answered, call.about) == ("phone", "yes", "fault")
        assert (call.fault.room.code, call.fault.symptom) == ("SP501", "no_sound")
        assert FaultContact.get().contact == "王女士 13800001111"


def test_the_known_fault_shows_while_the_room_is_typed(own_site: Server, desk: Desk) -> None:
    first = report(own_site, "camera_fails")
    page = desk("manager")
    page.goto("/hotline/new")
    expect(page.locator("[data-keyed]")).to_be_visible()
    keys = Keys(page)
    keys.press("Tab", "Tab")
    keys.type("sphys")
    expect(page.get_by_text("Add to this one")).to_be_visible()
    keys.press("Enter", "Space", "Enter")
    page.wait_for_url(re.compile(r"/faults/\d+$"))
    assert page.evaluate("window.pointed") == 0
    with own_site.records():
        second = Fault.select().order_by(Fault.id.desc()).get()
        assert second.duplicate_of_id == first


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_the_board_lives_and_keeps_its_place(own_site: Server, desk: Desk) -> None:
    faults = [report(own_site, symptom, "II", code) for symptom, code in (
        ("no_picture", "SP501"), ("no_sound", "DG301"), ("camera_fails", "CW601"))]  # fmt: skip
    page = desk("manager")
    page.goto("/board")
    page.locator("#b-state").select_option("triaged")
    page.wait_for_url("**/board?*state=triaged*")
    expect(page.locator("[data-fault]")).to_have_count(3)
    page.locator("h1").click()
    keys = Keys(page)
    keys.press("j", "j")
    assert focused(page) == f"f-{faults[1]}"
    keys.press("k", "ArrowDown", "ArrowDown", "ArrowUp")
    assert focused(page) == f"f-{faults[1]}"
    page.evaluate("scrollTo(0, 40)")
    before = page.url, page.evaluate("scrollY")
    new = report(own_site, "power", "I", "LT101")
    expect(page.locator(f"[data-fault='{new}']")).to_be_visible(timeout=REFRESHED)
    assert focused(page) == f"f-{faults[1]}"
    assert (page.url, page.evaluate("scrollY")) == before
    assert page.locator("#b-state").input_value() == "triaged"
    expect(page.locator("#board-news")).to_have_text(re.compile("New at level I: F-.*"))
    assert page.locator(f"[data-fault='{new}'] .level").inner_text() == "Level I"
    page.evaluate("document.getElementById('board-news').textContent = ''")
    page.evaluate("htmx.trigger('#lines', 'refresh')")
    with page.expect_response(lambda answer: "/board?" in answer.url) as again:
        page.evaluate("htmx.trigger('#lines', 'refresh')")
    assert again.value.status in {200, 204}
    expect(page.locator("#board-news")).to_have_text("")  # what was said is not said again
    keys.press("/")
    assert page.evaluate("document.activeElement.closest('#filters') !== null")
    keys.press("c")
    assert "/board" in page.url  # a letter in a field is a letter
    keys.press("Escape")
    page.locator(f"#f-{new}").focus()
    keys.press("Enter")
    page.wait_for_url(f"**/faults/{new}")


def test_the_list_does_not_change_under_a_hand(own_site: Server, desk: Desk) -> None:
    fault = report(own_site, "no_picture", "II")
    page = desk("manager")
    page.goto("/board")
    page.locator(f"#f-{fault}").hover()
    urgent = report(own_site, "power", "I", "LT101")
    page.evaluate(LATER)  # the hand has just moved: it comes a moment later
    expect(page.locator(f"[data-fault='{urgent}']")).to_be_visible(timeout=REFRESHED / 2)
    page.locator(f"#f-{fault}").hover()
    page.mouse.down()
    third = report(own_site, "power", "I", "DG301")
    page.evaluate(LATER)
    expect(page.locator(f"[data-fault='{third}']")).to_have_count(0)
    page.mouse.up()
    page.wait_for_url(f"**/faults/{fault}")


def test_the_sound_is_off_until_somebody_wants_it(own_site: Server, desk: Desk) -> None:
    page = desk("manager")
    page.goto("/board")
    switch = page.locator("[data-sound]")
    expect(switch).to_have_attribute("aria-pressed", "false")
    report(own_site, "power", "I", "LT101")
    expect(page.locator("[data-level=I]")).to_have_count(1, timeout=REFRESHED)
    assert page.evaluate("board.dataset.rang ?? '0'") == "0"
    switch.focus()
    page.keyboard.press("Enter")
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(switch).to_have_text("Sound is on")
    report(own_site, "power", "I", "DG301")
    expect(page.locator("[data-level=I]")).to_have_count(2, timeout=REFRESHED)
    assert page.evaluate("board.dataset.rang") == "1"
    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "true")
    page.locator("h1").click()
    expect(switch).to_have_text("Sound is on")
    switch.click()
    expect(switch).to_have_text("Sound is off")


def test_whoever_comes_second_sees_what_happened(own_site: Server, desk: Desk) -> None:
    """Two desks send somebody to one fault; the second is told, and nothing is overwritten."""
    with own_site.records():
        grants = (("desk", "provider", None),)
        worlds.run(people.add_person, people.AddPerson("desk2", "周敏", PASSWORD, grants))
    fault = report(own_site, "no_sound", "II")
    first, second = desk("desk2"), desk("manager")
    for page in (first, second):
        page.goto("/board")
        expect(page.locator(f"#a-{fault}")).to_be_visible()
    second.route(re.compile(r"/board\?"), lambda asked: asked.abort())  # its list grows old
    keys = Keys(first)
    keys.press("j", "a")
    expect(first.locator("#board-said .notice--ok")).to_be_visible()
    expect(first.locator(f"#a-{fault}")).to_have_count(0)
    with own_site.records():
        sent = stand_of(fault)
    keys = Keys(second)
    keys.press("j", "a")
    expect(second.locator("#board-said .notice")).to_contain_text("周敏")
    expect(second.locator("#board-said .notice--warn")).to_be_visible()
    second.unroute_all()
    second.evaluate("htmx.trigger('#lines', 'refresh')")
    expect(second.locator(f"#a-{fault}")).to_have_count(0)  # the list is the present one
    with own_site.records():
        assert stand_of(fault) == sent


def stand_of(fault: int) -> tuple[Any, ...]:
    row = Fault.get_by_id(fault)
    return row.state, row.assignee_id, row.level, row.events.count()


def test_the_level_is_set_on_the_board(own_site: Server, desk: Desk) -> None:
    fault = report(own_site, "no_sound")
    page = desk("manager")
    page.goto("/board")
    expect(page.locator(f"#t-{fault}")).to_be_visible()
    keys = Keys(page)
    keys.press("j", "t")
    form = page.locator(f"#panel form[action='/faults/{fault}/triage']")
    expect(form).to_be_visible()
    form.locator("[name=level][value=I]").focus()
    keys.press("Space", "Enter")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#board-said .notice--ok")).to_be_visible()
    expect(page.locator(f"[data-fault='{fault}'] .level")).to_have_text("Level I")
    expect(page.locator("#board-news")).to_have_text(re.compile("New at level I"))
    assert focused(page) == f"f-{fault}"
