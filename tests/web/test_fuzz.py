"""Any text in any field of any form: never a server error, never a half-written row.

The fields come from the forms that the pages show, so that a new field is tried by itself. `make
soak` runs the long count; the slice here takes a few seconds a database.
"""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from blueprints import door
from roundtag import (
    clock,
    faults,
    ledger,
    lending,
    printers,
    reviews,
    software,
    stocks,
    tagging,
)
from roundtag.access import ATTENDEE
from roundtag.fields import Fields
from roundtag.models import (
    Device,
    Fault,
    FaultContact,
    Finding,
    Job,
    Lending,
    Loaner,
    SignInDelay,
    SignInStep,
    Software,
    Tag,
    Unit,
)
from roundtag.stock import levels
from roundtag.storekeeping import substitutes
from tests import storecounting
from tests import world as worlds
from tests.roundtag import faulting, stocking
from tests.seeing import Eye, snapshot, stored
from tests.web import account_forms, repair_forms, round_forms, slip_forms
from tests.web.conftest import SignIn
from tests.web.phone import SYNC, phone
from tests.web.reading import Form, Page
from tests.world import World

HOSTILE = ["", " ", "\0", "a\0b", "\r\n", "é" * 3000, "９" * 20, "-1", "0", "1", "NaN", "1e999",
           "9" * 400, "2147483648", "' OR 1=1 --", "%s%n", "../../x", "<script>alert(1)</script>",
           "{{7*7}}", "\u202e", "\U0001f600", "=cmd|x", "true", "blob:" + "0" * 64, "null",
           "zh"]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(codec="utf-8"), max_size=60))
FILES = st.sampled_from([b"", b"x", b"\xff\xd8\xff\xe0" + bytes(40), b"\x89PNG\r\n\x1a\n",
                         worlds.jpeg()[0], worlds.jpeg()[0][:200],
                         b"GIF89a" + bytes(30)])  # fmt: skip
ROOM = "site,building,room code,room name,kind\nS,B,R1,Room,meeting\n"
ALLOWED = {200, 303, 403, 404, 405, 409, 410, 413, 422, 429}


@dataclass(frozen=True)
class Target:
    """A form found in a page, with values that are filed as they stand."""

    browser: FlaskClient
    form: Form
    good: dict[str, str]

    @property
    def names(self) -> list[str]:
        return sorted(self.form.names)

    def filled(self) -> dict[str, str]:
        """What is filed as it stands."""
        return {name: value for name, value in self.good.items() if name in self.names}

    @property
    def files(self) -> set[str]:
        return {one.get("name") for one in self.form.fields if one.get("type") == "file"}


def end(address: str) -> str:
    """The word that names a form: the last part of its address that is no key."""
    path = address.split("?", 1)[0]
    for named in (
        "/reviews/",
        "/welcome/",
        "/sign/",
        "/quote/",
        "/extension/",
        "/draft/items/",
        "/erasure/",
    ):
        # Keys of letters follow these words.
        if named in path and not path.endswith(("/copy", "/move", "/remove")):
            return named.strip("/").split("/")[-1]
    return next(p for p in reversed(path.split("/")) if not p.isdigit() and not p.startswith("<"))


def good_values(world: World, form: Form) -> dict[str, str]:
    ends = {
        "inspections": worlds.check_form,
        "swaps": worlds.swap_form,
        "faults": worlds.fault_form,
    }
    for end, fill in ends.items():
        if form.action.endswith(end):
            tag = form.filled()["tag"]
            return {**fill(world), "tag": tag, "same": form.filled().get("same", "")}
    if form.action.startswith("/slips") or form.action.endswith("/uses"):
        return slip_forms.good(world, form)
    if form.action == "/fake":
        return {"tag": world.tags[0], "why": "foreign", "found": "evil.example"}
    if form.action.endswith("/steps"):
        return {**form.filled(), "step": "respond", "mode": "remote", "note": "later"}
    if form.action == "/record":
        return {"tag": world.tags[0], "what": "note", "text": "later"}
    if form.action.startswith("/stocktakes/") and form.action.endswith("/counts"):
        return {**worlds.count_form(world, int(form.action.split("/")[2])), "note": "later"}
    if form.action.endswith(("/explanations", "/moves")):
        return {**form.filled(), "kind": "lent", "note": "seen"}
    if form.action == "/devices/edit":
        return {"device": str(world.devices[0].id), "supplier": "x", "step": "preview"}
    if form.action.startswith(("/checklists", "/rounds/", "/contracts", "/sign/")):
        return {**form.filled(), "name": "题", "reason": "x", "signer": "x"}
    if form.action.startswith(("/articles", "/problems")):
        known = {"kind": "guide", "title_zh": "题", "body_zh": "1. 看", "number": "F-1",
                 "cause": "x"}  # fmt: skip
        return {**form.filled(), **known, **PROBLEM_KIND.get(form.action.split("/")[1], {})}
    if form.action.startswith(("/stock/", "/units/")):
        typed = {"kind": "depot", "category": "mixer", "maker": "甲", "name": "乙", "code": "Z",
                 "tracking": "count", "grade": "same" if "substitutes" in form.action else "2",
                 "quantity": "3", "minimum": "2", "shelf": "A", "serial": "Z-1", "reason": "x",
                 "substitute": "1"}  # fmt: skip
        return {**form.filled(), **typed}
    if form.action.startswith(("/rooms/", "/places/")):
        return {"capacity": "8", "code": "Z9", "kind": "hall", "name": "x",
                "building": str(world.room.building_id)}  # fmt: skip
    if form.action.startswith(REPAIRS):
        return {**form.filled(), "problem": "坏", "carrier": "x", "words.1": "x", "price.1": "5",
                "signer": "x", "decision": "approved", "result": "ok", "reason": "x",
                "until": "2099-03-01"}  # fmt: skip
    decision = "accept" if form.action.endswith("judgement") else "leave"
    return {"remedy": "reset", "reason": "slip",
            "decision": decision, "stars": "5", "symptom": "power",
            "note": "seen", "file": "0" * 64,
            **PRINTING, "locale": "en", "stock": "L7160", "start": "1", "tag": world.tags[0],
            "where": f"client:{world.client_id}",
            "count": "2", "to": "lost", "target": f"device:{world.devices[0].id}", "action": "lost",
            "client": str(world.client_id), "username": "engineer-a", "password": "wrong",
            "next": "/today", **life(world, form)}  # fmt: skip


def life(world: World, form: Form) -> dict[str, str]:
    """What the forms of a device's life are filled with."""
    if not form.action.startswith(("/devices/", "/lendings/", "/software/")):
        return {}
    return {"name": "屏 9", "kind": "firmware",
            "room": "A301" if form.action.endswith("/place") else str(world.room.id),
            "code": "A-F09", "category": "display", "maker": "NEC", "model": "P",
            "serial": "F-9", "reason": "slip", "unit_to": "stays", "borrower": "李",
            "due_on": "2100-01-01", "version": "2.0", "latest": "3.0",
            "done_on": "2026-01-01"}  # fmt: skip


REPAIRS = ("/repairs/", "/quotes/", "/quote/", "/extension/", "/shipments/")
PROBLEM_KIND = {"problems": {"kind": "line", "title": "x"}}
PRINTING = {"name": "2x5", "kind": "sheet", "page_w": "210", "page_h": "297", "label_w": "95",
            "label_h": "50", "columns": "2", "rows": "5", "corner_x": "8", "corner_y": "20",
            "pitch_x": "98", "pitch_y": "52", "left": "20", "top": "20", "across": "170",
            "down": "257"}  # fmt: skip


def printer_page() -> str:
    kept = printers.KeepPrinter("P", "sheet", "L7160")
    return worlds.run(printers.keep_printer, kept).url


def stock_page() -> str:
    """The page of all stocks, with one of one's own in it."""
    return worlds.run(stocks.keep_stock, stocks.read(Fields(PRINTING.items()))).url


def places(
    world: World,
    engineer: FlaskClient,
    desk: FlaskClient,
    visitor: FlaskClient,
    client: FlaskClient,
) -> list[tuple[FlaskClient, str]]:
    """(browser, path) of pages that show every form between them."""
    for _ in range(2):  # the second one is marked for the desk
        worlds.deliver("fault", worlds.fault_form(world, 1), world.engineer)
    mark = reviews.waiting(world.manager)[0].key
    fault = Fault.select().order_by(Fault.id).get()
    device = f"/devices/{world.devices[0].id}"
    worlds.run(lending.lend_device, lending.LendDevice(world.devices[1].id, "x", date(2100, 1, 1)))
    worlds.run(software.record_software_update, software.RecordUpdate(
        world.devices[1].id, "firmware", "", "1.0", date(2026, 1, 1)))  # fmt: skip
    out, kept_version = Lending.get().id, Software.get().id
    untagged = Device.create(client=world.client_id, room=world.room.id, code="A-NEW", name="x",
                             category="display")  # fmt: skip
    put_away = Device.create(client=world.client_id, room=world.room.id, code="A-OLD", name="x",
                             category="display", retired_at=clock.now())  # fmt: skip
    worlds.run(tagging.make_blanks, tagging.MakeBlanks(1, world.client_id))
    blank = tagging.lines(world.engineer, tagging.Filter(state="blank")).lines[0].code
    counted = f"/stocktakes/{with_differences(world)}"
    stores = f"/stock/counts/{storecounting.opened(world, blind=False)}"
    storecounting.listed(world.engineer, int(stores.rsplit("/", 1)[1]), "SPA1", "X")
    aside, link = strangers(world)
    failed = {"item.image": "fail", "note.image": "暗"}
    worlds.deliver("inspection", worlds.check_form(world, **failed), world.engineer)
    left_over = Finding.get().id
    article, problem = worlds.knowledge_of(fault.id)
    free = int(worlds.deliver("fault", worlds.fault_form(world, symptom="power"),
                              world.engineer).subject_id or 0)  # fmt: skip
    slip_pages = slip_forms.slip_pages(world)
    pages = {
        engineer: (f"/t/{world.tags[0]}", f"/rooms/{world.room.id}", f"/faults/{fault.id}",
                   "/tags/sheets", stock_page(), "/tags/printers", printer_page(), "/more",
                   "/notices", "/notices/settings",
                   f"/record?code={world.tags[0]}", "/fake", f"/t/{blank}?room={world.room.id}",
                   f"/tags/{world.tags[0]}", f"/tags/{world.tags[0]}/replacement", "/tags",
                   f"{counted}/rooms/{world.room.id}", f"{stores}/lists/new"),
        desk: (f"/reviews/{mark}", "/rescue", "/register/import", import_page(desk, world),
               *register_pages(world), "/tags/batches", "/stocktakes", counted,
               "/stock/counts", stores, f"/faults/{aside}",
               "/devices/new", f"/findings/{left_over}",
               f"{device}/details", f"{device}/place", f"{device}/retirement", f"{device}/photo",
               f"{device}/lending", f"{device}/software", f"/devices/{untagged.id}",
               f"/lendings/{out}", f"/software/{kept_version}",
               f"/devices/{put_away.id}/retirement",
               f"/articles/{article}", "/articles/new", f"/articles/{article}/edit",
               f"/problems/new?fault={free}", f"/problems/{problem}", f"/faults/{free}",
               f"/erasure/fault_contact/{FaultContact.get().id}",
               f"/faults/{free}/papers/response", "/faults/afterwards", "/hotline/new",
               *(f"/faults/{key}" for key in stages(world))),
        visitor: (f"/t/{world.tags[0]}", f"/t/{world.room_tag}", "/t/unknown", "/sign-in", link,
                  f"/t/{world.room_tag}/articles/{article}"),
    }  # fmt: skip
    tours = round_forms.round_pages(world)
    pages[desk] += stock_pages(world)
    pages[engineer] += tuple(tours["engineer"])
    pages[desk] += slip_pages
    pages[desk] += (*round_forms.office_pages(world, desk), *tours["desk"])
    pages[visitor] += tuple(tours["visitor"])
    mended = repair_forms.pages(world)
    pages[desk] += loan_pages(world)
    pages[client] = (f"/ledger/{ledger.log_of(world.client_id).id}",)
    pages[desk] += mended["store"]
    pages[visitor] += mended["visitor"]
    pages[client] += (*tours["client"], *mended["client"])
    return [(browser, path) for browser, paths in pages.items() for path in paths]


def targets(world: World, desk: FlaskClient, pages: list[tuple[FlaskClient, str]]) -> list[Target]:
    """Every form that posts, once for each action and browser."""
    shown = [(browser, browser.get(path)) for browser, path in pages]
    kept = phone("fault", worlds.fault_form(world), world.engineer.person_id)
    shown.append((desk, rescue_page(desk, kept)))
    found: dict[tuple[int, str, bool], Target] = {}
    for browser, page in shown:
        for form in ways(Page(page.text)):
            if form.method == "post" and form.action != "/sign-out":
                key = (id(browser), form.action, "same" in form.names)
                found.setdefault(key, Target(browser, form, good_values(world, form)))
    return list(found.values())


def stages(world: World) -> list[int]:
    """Faults at which the desk has other forms than at one that just came in."""
    kinds = ("no_sound", "blurry_picture", "camera_fails", "control_panel_dead", "lights_air")
    made = [faulting.report(world, symptom=symptom) for symptom in kinds]
    sent, resolved, observed, same, judged = made
    for fault in (sent, judged):
        faulting.triage(world, fault, who=world.manager)
    order = faults.DispatchFault(sent.id, world.engineer.person_id or 0)
    worlds.run(faults.dispatch_fault, order, world.manager)
    faulting.step(sent, "on_site", claimed_at=clock.now() - timedelta(minutes=5))
    faulting.stand(resolved, "resolved")
    faulting.stand(observed, "observing", observed_until=clock.local_day(clock.now()))
    faulting.stand(same, "duplicate", duplicate_of=sent)
    owing = faulting.report(world, symptom="network")
    worlds.run(faults.take_step, faults.TakeStep(judged.id, "arrive", why="x"), world.engineer)
    worlds.resolve(owing.id, world.engineer, "x")
    return [fault.id for fault in (*made, owing)]


def register_pages(world: World) -> tuple[str, ...]:
    """Forms of the register; the device here has lost its tag."""
    device, room = world.devices[1].id, world.room
    Tag.update(state="revoked").where(Tag.device == device).execute()
    return (f"/devices/edit?device={device}", f"/rooms/new?client={world.client_id}",
            f"/rooms/{room.id}/edit", f"/places/sites/new?client={world.client_id}",
            f"/places/sites/{room.building.site_id}/edit",
            f"/places/buildings/{room.building_id}/edit",
            f"/places/sites/{room.building.site_id}/buildings/new")  # fmt: skip


def stock_pages(world: World) -> tuple[str, ...]:
    """Forms of stores, parts and units; the counted part is in no store yet."""
    own, unit = stocking.own_store(world).id, Unit.get(Unit.serial == "SPA1")
    key, other = stocking.part("LR6"), stocking.part("LR6 Pro")
    worlds.run(substitutes.add_substitute, substitutes.AddSubstitute(key, other, "same"))
    stocking.part("LR6 Max")
    return ("/stock/stores/new", f"/stock/stores/{own}", f"/stock/stores/{own}/edit",
            f"/stock/stores/{own}/parts/{key}", "/stock/parts/new", f"/stock/parts/{key}",
            f"/stock/parts/{key}/edit", f"/units/{unit.id}", f"/units/{unit.id}/edit")  # fmt: skip


def loan_pages(world: World) -> tuple[str, ...]:
    """A loaner that is out, and the swap that put it there."""
    spare = Unit.get(Unit.serial == "SPA1")
    Unit.create(model=spare.model_id, serial="SPZ", place="store", store=stocking.own_store(world))
    levels.recount()
    held = Unit.get(Unit.device == world.devices[0].id).serial
    form = worlds.swap_form(world, new_serial="SPZ", expected_old_serial=held, reason="loan")
    swap = worlds.deliver("swap", form, world.engineer).subject_id
    return f"/swaps/{swap}/back", f"/loaners/{Loaner.get().id}"


def import_page(desk: FlaskClient, world: World) -> str:
    """The page of a list that waits to be accepted."""
    data = {"client": str(world.client_id), "files": (io.BytesIO(ROOM.encode()), "rooms.csv")}
    return desk.post("/register/import", data=data).location


def with_differences(world: World) -> int:
    """A stocktake whose report shows something missing and something in another room."""
    key = worlds.stocktake(world)
    here = worlds.add_room(world)
    for room in (world.room, here):
        fields = {"stocktake": str(key), "room": str(room.id), "nothing": "1"}
        held = {"others": world.tags[0]} if room is here else {}
        worlds.deliver("count", {**fields, **held}, world.engineer)
    return key


def ways(page: Page) -> list[Form]:
    """The forms of a page, once more for each other address that a part of one is sent to."""
    own = [form for form in page.forms if form.attributes.get("id") == "report"]
    actions = {one.get("formaction") for one in page.all("button") if one.get("formaction")}
    asked = [(form, form.attributes.get("hx-post")) for form in page.forms]
    asked += [(form, action) for form in own for action in actions]
    return page.forms + [replace(form, action=action) for form, action in asked if action]


def strangers(world: World) -> tuple[int, str]:
    """A report that was put aside, and the link of one that was resolved."""
    fields = {"tag": world.room_tag, "symptom": "network", "contact": "123"}
    trapped = worlds.deliver("fault", {**fields, "website": "x"}, ATTENDEE)
    followed = worlds.deliver("fault", fields, ATTENDEE)
    worlds.resolve(int(followed.subject_id or 0), world.engineer)
    return int(trapped.subject_id or 0), followed.url


def rescue_page(desk: FlaskClient, row: dict[str, object]) -> TestResponse:
    """The page that offers to take in the file just looked at."""
    data = json.dumps({"roundtag_rescue": 1, "rows": [row], "photos": {}}).encode()
    return desk.post("/rescue", data={"file": (io.BytesIO(data), "unsent.json")})


POSTS = {
    "inspections", "swaps", "faults", "steps", "sheets", "language", "scan", "sign-in",
    "record", "reviews", "rescue", "entries", "edit", "new", "tags", "retire", "import",
    "mapping", "acceptance", "stocks", "printers", "calibration", "retirement", "preview",
    "check", "fake", "claim", "state", "replacement", "bulk", "batches", "stocktakes", "counts",
    "explanations", "moves", "closure", "details", "place", "reinstatement", "photo", "lending",
    "software", "tag", "return", "due-day", "updates", "latest", "rating", "again", "judgement",
    "erasure", "helped", "settings", "reading", "readings", "settlement", "articles",
    "publication", "withdrawal", "help", "article-excuse", "problems", "members", "removal",
    "solution", "cancellation", "checklists", "client", "commissioning", "contact", "copy",
    "days", "discard", "draft", "end", "feed", "issue", "items", "links", "matrix", "meetings",
    "move", "name", "pause", "plans", "publish", "recheck", "remarks", "remove", "revocation",
    "self-check", "shares", "sign", "supervisor", "targets", "texts", "usual", "versions",
    "triage", "level", "dispatch", "crew", "duplicate", "separation", "observation", "closing",
    "stores", "rule", "opening", "parts", "substitutes", "shelf",
    "code", "disable", "enable", "forget", "grants", "link", "off", "password", "people",
    "recovery-codes", "reset", "second-factor", "setup", "welcome",
    "reopening", "undo", "afterwards", "hotline", "callback", "diagnosis", "fulfilment", "waiver",
    "lists", "slips", "reversal", "uses",
    "route", "sending", "receipt", "test", "quote", "extension", "offer", "orders", "purchase",
    "decision", "retry",
}  # fmt: skip


@st.composite
def changes(draw: st.DrawFn, wanted: list[Target]) -> tuple[Target, dict[str, object]]:
    """A form with one to four of its fields changed, left out, or sent as files."""
    target = draw(st.sampled_from(wanted))
    data: dict[str, object] = {**target.filled()}
    chosen = st.lists(st.sampled_from([*target.names, "unknown"]), min_size=1, max_size=4)
    for name in draw(chosen):
        kind = draw(st.integers(0, 5))
        if kind == 0:
            data.pop(name, None)
        elif kind == 1 or name in target.files:
            data[name] = [(io.BytesIO(draw(FILES)), draw(st.sampled_from(["a.jpg", "../a.svg"])))]
        elif kind == 2:
            data[name] = [draw(TEXTS), draw(TEXTS)]
        else:
            data[name] = draw(TEXTS)
    return target, data


GUESSES = SignInDelay, SignInStep
"""What a wrong guess leaves on purpose."""


class Judge:
    """Sends forms one after the other, and compares what was there before with what is there."""

    def __init__(self) -> None:
        self.eye = Eye(*GUESSES)

    def send(self, target: Target, data: Mapping[str, object], kind: str | None = None) -> None:
        before = self.eye.look(), stored()
        answer = target.browser.post(target.form.action, data=data, content_type=kind)
        where = (target.form.action, answer.status_code)
        assert answer.status_code in ALLOWED, where
        assert b"Traceback" not in answer.data
        if 400 <= answer.status_code < 500 and answer.status_code != 409:
            assert (self.eye.look(), stored()) == before, where
        if answer.status_code == 422:
            says_what_is_wrong(answer, where)


def says_what_is_wrong(answer: Response, where: object) -> None:
    page = Page(answer.get_data(as_text=True))
    named = [e.text for e in page.elements if "error" in e.get("class").split() and not e.hidden]
    alerts = [e.text for e in page.elements if e.get("role") == "alert"]
    assert any(named) or any(alerts), where


def fuzz(wanted: list[Target], examples: int) -> set[str]:
    """Runs that many examples; returns the last parts of the addresses that were tried."""
    tried: set[str] = set()
    judge = Judge()

    @settings(max_examples=examples, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(changes(wanted))
    def run(change: tuple[Target, dict[str, object]]) -> None:
        target, data = change
        judge.send(target, data, "multipart/form-data")
        tried.add(end(target.form.action))

    run()
    return tried


@pytest.fixture
def wanted(
    app: Flask,
    world: World,
    engineer: FlaskClient,
    visitor: FlaskClient,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> list[Target]:
    monkeypatch.setattr(door.limiter, "enabled", False)
    more = account_forms.shown(signed_in, *(app.test_client() for _ in range(3)))
    desk, client = signed_in("manager-all"), signed_in("client-all")
    Job.create(id="job-1", name="mails.post", args={"mail": 1}, state="failed", attempts=5,
               run_after=clock.now(), created_at=clock.now())  # fmt: skip
    more.append((signed_in("admin-all"), "/admin"))
    return targets(world, desk, places(world, engineer, desk, visitor, client) + more)


def test_every_form_is_found(app: Flask, wanted: list[Target]) -> None:
    """Each route that takes a form is reached by a form that a page shows."""
    posts = {end(rule.rule) for rule in app.url_map.iter_rules()
             if "POST" in (rule.methods or ()) and not rule.rule.startswith("/sync/")}  # fmt: skip
    assert {end(target.form.action) for target in wanted} == posts - {"sign-out"}


def test_any_text_in_any_field(wanted: list[Target]) -> None:
    fuzz(wanted, 40)


@pytest.mark.soak
def test_any_text_in_any_field_at_length(wanted: list[Target]) -> None:
    assert fuzz(wanted, 20_000) == POSTS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)  # fmt: skip


def fuzz_sync(browser: FlaskClient, make: Callable[[], dict[str, object]], examples: int) -> None:
    members = sorted(make())

    @settings(max_examples=examples, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.data())
    def run(data: st.DataObject) -> None:
        sent = make()
        address = sent["id"]
        for member in data.draw(st.lists(st.sampled_from(members), min_size=1, max_size=3)):
            sent[member] = data.draw(JSON)
        before = snapshot()
        answer = browser.post(f"/sync/{address}", json=sent, headers=SYNC)
        assert answer.status_code in {200, 201, 403, 404, 409, 413, 422}, answer.text
        if answer.status_code >= 400:
            assert answer.content_type == "application/problem+json"
            assert answer.json["status"] == answer.status_code
            assert snapshot() == before

    run()


def _make(world: World) -> Callable[[], dict[str, object]]:
    return lambda: phone("inspection", worlds.check_form(world), world.engineer.person_id)


def test_any_json_at_the_sync_door(engineer: FlaskClient, world: World) -> None:
    fuzz_sync(engineer, _make(world), 40)


@pytest.mark.soak
def test_any_json_at_the_sync_door_at_length(engineer: FlaskClient, world: World) -> None:
    fuzz_sync(engineer, _make(world), 20_000)


def test_any_address(signed_in: SignIn, visitor: FlaskClient) -> None:
    """Paths and queries of any text: found, not found, or sent on; never an error of ours."""
    engineer = signed_in("engineer-a")

    @settings(max_examples=50, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.sampled_from(["/t/", "/T/", "/status/", "/rooms/", "/faults/", "/photos/", "/rounds/",
                            "/devices/", "/lendings/", "/software/", "/software?room=",
                            "/software?kind=", "/devices/new?room=", "/sync/", "/static/", "/",
                            "/devices?q=", "/scan?code=",
                            "/sign-in?next=", "/tags/sheets?start=", "/tags/prints/",
                            "/faults?state=", "/devices?after=", "/devices?room=", "/rooms?q=",
                            "/rooms?page=", "/places?client=", "/repairs?page=",
                            "/repairs?maker=",
                            "/repairs/new?q=", "/shipments?page=", "/devices/edit?device="]),
           TEXTS)  # fmt: skip
    def run(start: str, text: str) -> None:
        for browser in (engineer, visitor):
            answer = browser.get(start + text.replace("\r", "").replace("\n", ""))
            assert answer.status_code < 500, answer.text

    run()
