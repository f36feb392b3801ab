"""The chain of a repair, acted through the pages: fault, loaner, swap, repair at a price that the
client approves, back to the store, loaner home, fault closed. After every step every page, the
stock and the ledger agree.

30 September 2026 is a Wednesday; 1 to 7 October are a holiday, the 10th is a Saturday that is
worked. The projector's warranty ended in 2023. All times are China's.
"""

import re

from playwright.sync_api import Locator, Page, expect

from roundtag import db
from roundtag.models import Device, DeviceModel, Room, StockLevel, Store, Unit
from tests.e2e.cast import Cast, fill, newest, person, send, state_of, tag_of
from tests.e2e.chaining import Books, Eyes, Handset, approve, paper, press, sheet, unit
from tests.e2e.conftest import PHONE
from tests.e2e.daytime import Day, sign_in
from tests.e2e.steps import status

PROJECTOR, OWN, SPARE = "DG301-P01", "X4UK8369006", "X4EK8543278"
MODEL, BETTER, DEPOT = "CB-G7400U", "CB-G7900U", "昆明备件总库"
AT_HOME, LENT, BOTH = {MODEL: 0, BETTER: 1}, {MODEL: 0, BETTER: 0}, {MODEL: 1, BETTER: 0}
QUOTE = {
    "words.1": "光机", "kind.1": "parts", "quantity.1": "1", "price.1": "6800.00",
    "words.2": "维修工时", "kind.2": "labour", "quantity.2": "2.5", "price.2": "120.00",
    "words.3": "往返运费", "kind.3": "freight", "quantity.3": "1", "price.3": "180.50",
    "valid_until": "2026-10-30",
}  # fmt: skip
TOTAL = "7280.50"


def test_every_page_and_the_ledger_agree_from_the_fault_to_its_closing(day: Day) -> None:
    cast = Cast(day)
    office = cast.page("manager")
    viewer = day.page("manager", java_script_enabled=False)
    eyes = Eyes(viewer, tag_of(PROJECTOR), unit(OWN).id, unit(SPARE).id)
    place = place_of(PROJECTOR)
    eyes.agree(Books(OWN, place, DEPOT, AT_HOME))

    fault = a_fault_with_an_engineer_on_site(day, cast)
    eyes.agree(Books(OWN, place, DEPOT, AT_HOME))

    phone = Handset(day, "engineer", eyes.tag)
    day.at("2026-09-30 10:00")
    phone.packed(OWN)
    phone.swap(new_serial=SPARE, old_serial_seen=OWN, reason="loan", due_on="2026-10-30",
               old_unit_to="repair", note="无画面，光机不亮", settles="yes")  # fmt: skip
    repair = eyes.learn()
    eyes.agree(Books(SPARE, repair, place, LENT, "Loaner in use", "Way not decided"))
    assert state_of(fault) == "restored"

    day.at("2026-09-30 10:30")
    it_cannot_end(cast, fault, eyes, repair)
    eyes.agree(Books(SPARE, repair, place, LENT, "Loaner in use", "Way not decided"))

    order = eyes.pages["repair"]
    office.goto(order)
    expect(office.locator("main")).to_contain_text("Warranty ended on")
    press(form(office, f"{order}/route"), route="quote", maker="爱普生")
    eyes.agree(Books(SPARE, repair, place, LENT, "Loaner in use", "Quote to be written"))
    quote = a_quote(office, order)
    eyes.agree(Books(SPARE, repair, place, LENT, "Loaner in use", "Waits for the client"))

    day.at("2026-09-30 11:30")
    the_client_approves(day, office, quote)
    eyes.agree(Books(SPARE, repair, place, LENT, "Loaner in use", "Approved by the client"))
    assert "20 Oct 2026" in eyes.text(order)  # 8, 9, 10, 12 to 16, 19 and 20 October are worked

    day.at("2026-09-30 15:00")
    packed = a_shipment(office, repair)
    eyes.agree(Books(SPARE, repair, place, LENT, "Loaner in use", "At the maker"))
    assert all(word in paper(office, f"{packed}/list.pdf?lang=zh") for word in (repair, OWN, MODEL))
    assert OWN in told(sheet(office, f"{packed}/list.xlsx"))

    day.at("2026-10-19 09:00")  # a day before it is due; sessions end after two weeks without use
    for who, page in (*cast.pages.items(), ("engineer", phone.page), ("manager", viewer)):
        sign_in(page, who)
    office.goto(order)
    press(form(office, f"{order}/receipt"), store=key_of(DEPOT), shelf="A区1架4层")
    eyes.agree(Books(SPARE, DEPOT, place, BOTH, "Loaner in use", "Back, to be tested"))
    office.goto(order)
    press(form(office, f"{order}/test"), result="ok", note="连续点亮 4 小时", then="store")
    eyes.agree(Books(SPARE, DEPOT, place, BOTH, "Loaner in use", "In the store, ready for use"))
    row = next(row for row in sheet(office, "/repairs.xlsx?state=ended") if row[0] == repair)
    assert (row[3], row[12], row[13] or "") == (OWN, "2026-10-20", "")

    day.at("2026-10-19 14:00")
    phone.packed(f'value="{OWN}" selected')
    phone.swap(new_serial=OWN, reason="back", old_unit_to="store", old_unit_store=key_of(DEPOT))
    home = Books(OWN, place, DEPOT, AT_HOME, "Came back", "In the store, ready for use")
    eyes.agree(home)

    day.at("2026-10-19 14:30")
    cast.step("engineer", fault, "resolve", cause="光机烧毁", remedy="更换光机", kind="device")
    cast.office("desk", fault, "observation")
    it_does_not_close(cast, fault, "under observation until")
    day.at("2026-10-27 09:00")
    cast.office("manager", fault, "closing", note="原机已装回，备用机已归库")
    assert state_of(fault) == "closed"
    eyes.agree(home)


def a_fault_with_an_engineer_on_site(day: Day, cast: Cast) -> int:
    day.at("2026-09-30 09:02")
    cast.attend(PROJECTOR, "no_picture")
    fault = newest()
    day.at("2026-09-30 09:10")
    cast.office("desk", fault, "triage", level="III", urgency="medium", scope="room")
    cast.office("desk", fault, "dispatch", engineer=person("engineer"))
    day.at("2026-09-30 09:20")
    cast.step("engineer", fault, "respond", mode="on_site")
    day.at("2026-09-30 09:40")
    cast.step("engineer", fault, "arrive", tag=tag_of(PROJECTOR))
    return fault


def it_cannot_end(cast: Cast, fault: int, eyes: Eyes, repair: str) -> None:
    """While the loaner does the work the fault cannot even be resolved; its page names what is
    open and leads there."""
    page = cast.page("engineer")
    page.goto(f"/faults/{fault}")
    step = page.locator("form#step")
    send(step, cause="光机烧毁", remedy="备用机顶替", kind="device")
    expect(step).to_contain_text("put the device's own unit back first")
    assert state_of(fault) == "restored"
    page = cast.page("desk")
    page.goto(f"/faults/{fault}")
    points = page.locator("#open-points")
    for words in (f"The loaner {SPARE} is still in use", repair):
        expect(points).to_contain_text(words)
    ways = points.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert ways == [eyes.pages["loaner"], eyes.pages["repair"]]


def it_does_not_close(cast: Cast, fault: int, words: str) -> None:
    """The page shows no button for it; an older one, still open, would send the form."""
    page = cast.page("manager")
    page.goto(f"/faults/{fault}")
    assert state_of(fault) == "observing"
    closing = form(page, f"/faults/{fault}/closing")
    assert closing.locator("button").count() == 0
    with page.expect_navigation():
        closing.evaluate("form => form.requestSubmit()")
    expect(page.locator("body")).to_contain_text(words)
    assert state_of(fault) == "observing"


def a_quote(office: Page, order: str) -> str:
    """Written and offered; the address of its page."""
    office.goto(f"{order}/quote")
    press(form(office, f"{order}/quote"), **QUOTE)
    expect(office.locator("main")).to_contain_text(f"Draft: {TOTAL} CNY")
    office.locator("form[action$='/offer'] button").click()
    office.wait_for_url(f"**{order}")
    address = office.locator("a.btn--main[href^='/quotes/']").get_attribute("href")
    assert address
    return address


def the_client_approves(day: Day, office: Page, quote: str) -> None:
    """By the link, without an account; what they approved stands on the quote with their hand."""
    office.goto(quote)
    office.locator("form[action$='/links'] button").click()
    link = office.locator("main").get_by_text(re.compile("/quote/")).first.inner_text()
    client = day.page(viewport=PHONE)
    assert TOTAL in client.request.get(link).text()
    assert TOTAL in approve(client, link, "陈敏")
    client.goto(link)  # it has served its purpose
    expect(client.locator("body")).not_to_contain_text(TOTAL)
    office.goto(quote)
    decision = office.locator("section:has(> h2:text('Decision'))")
    for words in ("陈敏", "by link", f"{TOTAL} CNY"):
        expect(decision).to_contain_text(words)
    assert decision.locator("img").evaluate("img => img.complete && img.naturalWidth > 0")


def a_shipment(office: Page, repair: str) -> str:
    """Packed and sent; the address of its page."""
    office.goto("/shipments")
    office.locator("a[href^='/shipments/new']").click()
    expect(office.locator("form label.tick")).to_contain_text(repair)
    press(form(office, "/shipments/new"), address="北京市朝阳区")
    path = "/" + office.url.split("/", 3)[3]
    press(form(office, f"{path}/sending"), carrier="顺丰", tracking="SF1024")
    expect(office.locator("main")).to_contain_text("SF1024")
    return path


def test_a_stocktake_finds_the_unit_that_was_taken_off_its_shelf(day: Day) -> None:
    """No page knows that it is gone; the count does, and then every page says so."""
    office, own, spare = day.page("manager"), unit(OWN).id, unit(SPARE).id
    eyes = Eyes(day.page("manager", java_script_enabled=False), tag_of(PROJECTOR), own, spare)
    eyes.agree(Books(OWN, place_of(PROJECTOR), DEPOT, AT_HOME))
    with db.database.connection_context():
        store = Store.get(Store.name == DEPOT)
        here = [one.serial for one in Unit.select().where(Unit.store == store.id)]
        levels = StockLevel.select().join(DeviceModel).where(DeviceModel.tracking == "count")
        pieces = {f"pieces.{row.model_id}": str(row.quantity)
                  for row in levels.where(StockLevel.store == store.id)}  # fmt: skip
    here.remove(SPARE)
    office.goto("/stock/counts")
    press(form(office, "/stock/counts"), store=str(store.id), name="四季度盘点")
    count = "/" + office.url.split("/", 3)[3]
    office.goto(f"{count}/lists/new")
    for serial in here:
        office.fill("[name=typed]", serial)
        office.press("[name=typed]", "Enter")
    fill(office.locator("form[data-outbox=storecount]"), **pieces)
    office.click("form[data-outbox=storecount] button[type=submit]")
    expect(status(office, "form[data-outbox=storecount]")).to_contain_text("Received")
    office.goto(count)
    line = office.locator("#lines > ul > li")
    expect(line).to_have_count(1)
    expect(line).to_contain_text(re.compile(f"{SPARE}.*Missing", re.DOTALL))
    press(line.locator("form"), kind="no-slip", note="借给隔壁会场，未登记")
    press(office.locator("#close form"))
    expect(office.locator("main")).to_contain_text("Booked on slip SL-")
    rows = sheet(office, f"{count}/report.xlsx?lang=en")
    missing = [row for row in rows if row[0] == "Missing"]
    assert [(row[2], row[4:6], row[14]) for row in missing] == [
        (SPARE, [1, 0], "借给隔壁会场，未登记")
    ]
    text = paper(office, f"{count}/report.pdf?lang=en")
    assert all(word in text for word in (SPARE, "借给隔壁会场", "Missing"))
    a_slip_says_so(office, spare)
    eyes.agree(Books(OWN, place_of(PROJECTOR), "Adjustment", LENT))


def a_slip_says_so(office: Page, spare: int) -> None:
    office.goto(f"/units/{spare}")
    slip = office.locator("a[href^='/slips/']").first
    number, path = slip.inner_text(), slip.get_attribute("href")
    for lang, words in (("zh", "盘点调整单"), ("en", "Adjustment")):
        text = paper(office, f"{path}/slip.pdf?lang={lang}")
        assert all(word in text for word in (words, number, SPARE, BETTER))
    rows = sheet(office, "/stock/reorder.xlsx?in=en")
    lacks = next(row for row in rows if row[1] and BETTER in str(row[1]))
    assert (lacks[0], lacks[2:6]) == (DEPOT, [0, 1, 0, 1])


def place_of(code: str) -> str:
    """A device's place as the stock names it."""
    with db.database.connection_context():
        device = Device.get(Device.code == code)
        return f"{Room.get_by_id(device.room_id).name} · {device.name}"


def key_of(store: str) -> str:
    with db.database.connection_context():
        return str(Store.get(Store.name == store).id)


def form(page: Page, action: str) -> Locator:
    return page.locator(f"form[action='{action}']").first


def told(rows: list[list[object]]) -> str:
    return "\n".join(str(cell) for row in rows for cell in row if cell is not None)
