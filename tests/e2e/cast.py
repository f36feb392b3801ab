"""The people of days that are acted through the pages, each with a browser of their own."""

from playwright.sync_api import Locator, Page
from pypdf import PdfReader

from roundtag import blobs, db
from roundtag.models import (
    Device,
    DocumentFile,
    Fault,
    FaultEvent,
    IssuedDocument,
    Person,
    Room,
    Tag,
)
from tests.e2e.conftest import PHONE
from tests.e2e.daytime import Day
from tests.house.processes import until


class Cast:
    """The people of the days, each with a browser of their own."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.pages = dict[str, Page]()

    def page(self, who: str) -> Page:
        if who not in self.pages:
            self.pages[who] = self.day.page(who)
        return self.pages[who]

    def attend(self, code: str, symptom: str) -> str:
        """A stranger scans a label and reports; the address of the status page."""
        page = self.day.page(viewport=PHONE, java_script_enabled=False)
        page.goto(f"/t/{tag_of(code)}")
        page.locator(f"[name=symptom][value={symptom}] + label").first.click()
        page.locator("button[type=submit].btn--main").click()
        page.wait_for_url("**/status/*")
        return page.url

    def office(self, who: str, fault: int, verb: str, **values: str) -> Page:
        """One form of the office's part of a fault's page, found by its address."""
        page = self.page(who)
        page.goto(f"/faults/{fault}")
        with page.expect_navigation():
            send(page.locator(f"form[action='/faults/{fault}/{verb}']").first, **values)
        return page

    def call(self, room: str, symptom: str, **values: str) -> int:
        """The desk takes a call, by the page for it; the fault that came of it."""
        page = self.page("desk")
        page.goto("/hotline/new")
        page.fill("[name=q]", room)
        key = room_of(room)
        page.locator(f"label[for=room-{key}]").click()
        page.locator("#same-none").or_(page.locator(f"#room-{key}:checked")).first.wait_for()
        send(page.locator("form[data-call]"), symptom=symptom, **values)
        page.wait_for_url(lambda url: "/hotline/new" not in url)
        return newest()

    def swap(self, who: str, code: str, fault: int, reason: str) -> None:
        page = self.page(who)
        page.goto(f"/t/{tag_of(code)}")
        page.locator("a[href='#swap']").click()
        page.locator("#swap [name=new_serial]").select_option(index=1)
        page.locator(f"#swap [name=reason][value={reason}] + label").click()
        before = lines(fault)
        page.locator("#swap button[type=submit]").click()
        until(lambda: lines(fault) > before, "the unit is swapped")

    def issue(self, fault: int, paper: str) -> str:
        """The manager issues a document; the text of its Chinese PDF."""
        page = self.page("manager")
        page.goto(f"/faults/{fault}/papers/{paper}")
        page.locator(f"form[action$='/papers/{paper}/issue'] button").click()
        page.wait_for_url("**/reports/runs/*")
        self.day.work()
        page.goto(f"/faults/{fault}")
        page.locator("#papers a:has(.mono)").first.wait_for()
        with db.database.connection_context():
            row = IssuedDocument.select().order_by(IssuedDocument.id.desc()).get()
            file = DocumentFile.get(document=row.id, kind="pdf", lang="zh")
            path = blobs.path_of(file.sha256)
        return "\n".join(page.extract_text() for page in PdfReader(path).pages)

    def step(self, who: str, fault: int, step: str, **values: str) -> None:
        page = self.page(who)
        page.goto(f"/faults/{fault}")
        form = page.locator("form#step")
        open_up(form)
        form.locator(f"label[for=f-step-{step}]").click()
        fill(form, **values)
        before = lines(fault)
        with page.expect_navigation(url=f"**/faults/{fault}"):  # it shows itself anew when received
            form.locator("button[type=submit]").last.click()
        assert lines(fault) > before


def open_up(form: Locator) -> None:
    """Unfolds whatever a form lies in or holds."""
    form.evaluate("""form => {
        for (let one = form; one; one = one.parentElement.closest('details')) one.open = true
        for (const one of form.querySelectorAll('details')) one.open = true
    }""")


def fill(form: Locator, **values: str) -> None:
    for name, value in values.items():
        field = form.locator(f"[name='{name}']")
        kind = field.first.evaluate("field => field.type")
        if kind == "radio":
            key = form.locator(f"[name='{name}'][value='{value}']").get_attribute("id")
            form.locator(f"label[for='{key}']").click()
        elif kind == "select-one":
            field.select_option(value)
        else:
            field.fill(value)


def send(form: Locator, **values: str) -> None:
    open_up(form)
    fill(form, **values)
    form.locator("button:not([type=button])").last.click()


def tag_of(code: str) -> str:
    with db.database.connection_context():
        device = Device.get(Device.code == code)
        return str(Tag.get(Tag.device == device.id).code)


def room_of(code: str) -> int:
    with db.database.connection_context():
        return int(Room.get(Room.code == code).id)


def number_of(fault: int) -> str:
    with db.database.connection_context():
        return str(Fault.get_by_id(fault).number)


def state_of(fault: int) -> str:
    with db.database.connection_context():
        return str(Fault.get_by_id(fault).state)


def lines(fault: int) -> int:
    with db.database.connection_context():
        return int(FaultEvent.select().where(FaultEvent.fault == fault).count())


def newest() -> int:
    with db.database.connection_context():
        return int(Fault.select().order_by(Fault.id.desc()).get().id)


def person(username: str) -> str:
    with db.database.connection_context():
        return str(Person.get(Person.username == username).id)
