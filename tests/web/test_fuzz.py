"""Any text in any field of any form: never a server error, never a half-written row.

The fields come from the forms that the pages show, so that a new field is tried by itself. `make
soak` runs the long count; the slice here takes a few seconds a database.
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from blueprints import door
from roundtag import clock, faults, lending, printers, reviews, software, stocks, tagging
from roundtag.access import ATTENDEE
from roundtag.fields import Fields
from roundtag.models import Device, Fault, Lending, Software, Tag
from roundtag.settings import current
from tests import world as worlds
from tests.seeing import snapshot
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

    @property
    def files(self) -> set[str]:
        return {one.get("name") for one in self.form.fields if one.get("type") == "file"}


def end(address: str) -> str:
    """The word that names a form: the last part of its address that is no key."""
    path = address.split("?", 1)[0]
    if path.startswith("/reviews/"):
        return "reviews"
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
    if form.action == "/fake":
        return {"tag": world.tags[0], "why": "foreign", "found": "evil.example"}
    if form.action == "/record":
        return {"tag": world.tags[0], "what": "note", "text": "later"}
    if form.action.endswith("/counts"):
        return {**worlds.count_form(world, int(form.action.split("/")[2])), "note": "later"}
    if form.action.endswith(("/explanations", "/moves")):
        return {**form.filled(), "kind": "lent", "note": "seen"}
    if form.action == "/devices/edit":
        return {"device": str(world.devices[0].id), "supplier": "x", "step": "preview"}
    if form.action.startswith(("/rooms/", "/places/")):
        return {"capacity": "8", "code": "Z9", "kind": "hall", "name": "x",
                "building": str(world.room.building_id)}  # fmt: skip
    decision = "accept" if form.action.endswith("judgement") else "leave"
    return {"remedy": "reset", "decision": decision, "stars": "5", "symptom": "power",
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


def targets(
    world: World, engineer: FlaskClient, desk: FlaskClient, visitor: FlaskClient
) -> list[Target]:
    """Every form that posts, once for each action and browser."""
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
    aside, link = strangers(world)
    pages = {
        engineer: (f"/t/{world.tags[0]}", f"/rooms/{world.room.id}", f"/faults/{fault.id}",
                   "/tags/sheets", stock_page(), "/tags/printers", printer_page(), "/more",
                   f"/record?code={world.tags[0]}", "/fake", f"/t/{blank}?room={world.room.id}",
                   f"/tags/{world.tags[0]}", f"/tags/{world.tags[0]}/replacement", "/tags",
                   f"{counted}/rooms/{world.room.id}"),
        desk: (f"/reviews/{mark}", "/rescue", "/register/import", import_page(desk, world),
               *register_pages(world), "/tags/batches", "/stocktakes", counted, f"/faults/{aside}",
               "/devices/new",
               f"{device}/details", f"{device}/place", f"{device}/retirement", f"{device}/photo",
               f"{device}/lending", f"{device}/software", f"/devices/{untagged.id}",
               f"/lendings/{out}", f"/software/{kept_version}",
               f"/devices/{put_away.id}/retirement"),
        visitor: (f"/t/{world.tags[0]}", f"/t/{world.room_tag}", "/t/unknown", "/sign-in", link),
    }  # fmt: skip
    shown = [(browser, browser.get(path)) for browser, paths in pages.items() for path in paths]
    kept = phone("fault", worlds.fault_form(world), world.engineer.person_id)
    shown.append((desk, rescue_page(desk, kept)))
    found: dict[tuple[int, str, bool], Target] = {}
    for browser, page in shown:
        for form in ways(Page(page.text)):
            if form.method == "post" and form.action != "/sign-out":
                key = (id(browser), form.action, "same" in form.names)
                found.setdefault(key, Target(browser, form, good_values(world, form)))
    return list(found.values())


def register_pages(world: World) -> tuple[str, ...]:
    """Forms of the register; the device here has lost its tag."""
    device, room = world.devices[1].id, world.room
    Tag.update(state="revoked").where(Tag.device == device).execute()
    return (f"/devices/edit?device={device}", f"/rooms/new?client={world.client_id}",
            f"/rooms/{room.id}/edit", f"/places/sites/new?client={world.client_id}",
            f"/places/sites/{room.building.site_id}/edit",
            f"/places/buildings/{room.building_id}/edit",
            f"/places/sites/{room.building.site_id}/buildings/new")  # fmt: skip


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
    order = faults.ResolveFault(int(followed.subject_id or 0), "ok")
    worlds.run(faults.resolve_fault, order, world.engineer)
    return int(trapped.subject_id or 0), followed.url


def rescue_page(desk: FlaskClient, row: dict[str, object]) -> TestResponse:
    """The page that offers to take in the file just looked at."""
    data = json.dumps({"roundtag_rescue": 1, "rows": [row], "photos": {}}).encode()
    return desk.post("/rescue", data={"file": (io.BytesIO(data), "unsent.json")})


POSTS = {"inspections", "swaps", "faults", "resolution", "sheets", "language", "scan", "sign-in",
         "record", "reviews", "rescue", "entries", "edit", "new", "tags", "retire", "import",
         "mapping", "acceptance", "stocks", "printers", "calibration", "retirement", "preview",
         "check", "fake", "claim", "state", "replacement", "bulk", "batches", "stocktakes",
         "counts", "explanations", "moves", "closure", "details", "place",
         "reinstatement", "photo", "lending", "software", "tag", "return", "due-day", "updates",
         "latest", "rating", "again", "judgement", "erasure", "helped"}  # fmt: skip


@st.composite
def changes(draw: st.DrawFn, wanted: list[Target]) -> tuple[Target, dict[str, object]]:
    """A form with one to four of its fields changed, left out, or sent as files."""
    target = draw(st.sampled_from(wanted))
    data: dict[str, object] = {k: v for k, v in target.good.items() if k in target.names}
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


def blob_files() -> set[str]:
    return {path.name for path in current().blob_dir.rglob("*") if path.is_file()}


def judge(target: Target, answer: TestResponse, before: tuple[object, object]) -> None:
    where = (target.form.action, answer.status_code)
    assert answer.status_code in ALLOWED, where
    assert b"Traceback" not in answer.data
    if 400 <= answer.status_code < 500 and answer.status_code != 409:
        assert (snapshot(), blob_files()) == before, where
    if answer.status_code == 422:
        page = Page(answer.text)
        named = [
            e.text for e in page.elements if "error" in e.get("class").split() and not e.hidden
        ]
        alerts = [e.text for e in page.elements if e.get("role") == "alert"]
        assert any(named) or any(alerts), where


def fuzz(wanted: list[Target], examples: int) -> set[str]:
    """Runs that many examples; returns the last parts of the addresses that were tried."""
    tried: set[str] = set()

    @settings(max_examples=examples, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(changes(wanted))
    def run(change: tuple[Target, dict[str, object]]) -> None:
        target, data = change
        before = snapshot(), blob_files()
        answer = target.browser.post(target.form.action, data=data,
                                     content_type="multipart/form-data")  # fmt: skip
        judge(target, answer, before)
        tried.add(end(target.form.action))

    run()
    return tried


@pytest.fixture
def wanted(
    world: World,
    engineer: FlaskClient,
    visitor: FlaskClient,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> list[Target]:
    monkeypatch.setattr(door.limiter, "enabled", False)
    return targets(world, engineer, signed_in("manager-all"), visitor)


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


def test_every_field_takes_every_hostile_text(wanted: list[Target]) -> None:
    """Each field of each form once, with the next text of the list."""
    number = 0
    for target in wanted:
        for name in target.names:
            number += 1
            data = {k: v for k, v in target.good.items() if k in target.names}
            data[name] = HOSTILE[number % len(HOSTILE)]
            before = snapshot(), blob_files()
            answer = target.browser.post(target.form.action, data=data)
            judge(target, answer, before)


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
                            "/rooms?page=", "/places?client=", "/devices/edit?device="]),
           TEXTS)  # fmt: skip
    def run(start: str, text: str) -> None:
        for browser in (engineer, visitor):
            answer = browser.get(start + text.replace("\r", "").replace("\n", ""))
            assert answer.status_code < 500, answer.text

    run()
