"""Who may open what: every route, every role, and nothing of another client anywhere."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from roundtag import access, blobs, clock, tagging
from roundtag.models import Attachment, Fault, Finding, Person, Session, Store, Unit
from tests import storecounting
from tests import world as worlds
from tests.seeing import snapshot
from tests.web.conftest import NO_ROLE, SignIn
from tests.web.phone import SYNC, phone
from tests.world import World

ID = "6f1c1c1e-0000-4000-8000-000000000001"
JSON_PATHS = ("/sync/", "/pack")
Rule = tuple[str, str, str]


@pytest.fixture
def fault_id(world: World) -> int:
    worlds.deliver("fault", worlds.fault_form(world), world.engineer)
    return Fault.get(Fault.client == world.client_id).id


@pytest.fixture
def batch_id(world: World) -> int:
    order = tagging.MakeBlanks(1, world.client_id)
    return int(worlds.run(tagging.make_blanks, order).subject_id or 0)


@pytest.fixture
def finding_id(world: World) -> int:
    failed = {"item.image": "fail", "note.image": "偏色"}
    worlds.deliver("inspection", worlds.check_form(world, 1, **failed), world.engineer)
    return Finding.get().id


@pytest.fixture
def arguments(world: World, fault_id: int, batch_id: int, finding_id: int) -> dict[str, object]:
    """A value of client A's for every placeholder of a rule."""
    return {
        "code": world.tags[0],
        "device_id": world.devices[0].id,
        "room_id": world.room.id,
        "building_id": world.room.building_id,
        "site_id": world.room.building.site_id,
        "round_id": world.round_id,
        "contract_id": world.contract_id,
        "stocktake_id": worlds.stocktake(world),
        "count_id": storecounting.opened(world),
        "fault_id": fault_id,
        "finding_id": finding_id,
        "entry_id": Finding.get_by_id(finding_id).inspection_id,
        "attachment_id": 1,
        "submission_id": ID,
        "digest": "0" * 64,
        "secret": "unknown",
        "key": ID,
        "table": "rating",
        "row_id": 999_999,
        "stock_id": 999_999,
        "printer_id": 999_999,
        "batch_id": batch_id,
        "lending_id": 1,
        "loaner_id": 999_999,
        "swap_id": 999_999,
        "software_id": 1,
        "notice_id": 1,
        "plan_id": 999_999,
        "exception_id": 999_999,
        "meeting_id": 999_999,
        "approval_id": 999_999,
        "document_id": 999_999,
        "name": "x.pdf",
        "lang": "zh",
        "kind": "pdf",
        "category": "projector",
        "occasion": "monthly",
        "article_id": 1,
        "problem_id": 1,
        "due_id": 1,
        "repair_id": 999_999,
        "quote_id": 999_999,
        "shipment_id": 999_999,
        "number": 1,
        "paper": "response",
        "call_id": 999_999,
        "log_id": 999_999,
        "store_id": Store.get(Store.client == world.client_id).id,
        "part_id": Unit.get(Unit.serial == f"SP{world.code}1").model_id,
        "substitute_id": 999_999,
        "unit_id": Unit.get(Unit.serial == f"SP{world.code}1").id,
        "slip_id": 999_999,
        "person_id": 999_999,
        "grant_id": 999_999,
    }


def rules(app: Flask, arguments: dict[str, object]) -> list[Rule]:
    """(endpoint, method, filled path) of everything that the application answers."""
    return [
        (rule.endpoint, method, _fill(rule.rule, arguments))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _fill(rule: str, arguments: dict[str, object]) -> str:
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda found: str(arguments[found.group(1)]), rule)


def ask(browser: FlaskClient, method: str, path: str) -> TestResponse:
    return browser.open(path, method=method, headers=SYNC)


def verdict(answer: TestResponse) -> str:
    """allowed, forbidden or asked to sign in."""
    if answer.status_code == 401:
        return "sign in"
    if answer.status_code == 303 and answer.location.startswith("/sign-in"):
        return "sign in"
    return "forbidden" if answer.status_code == 403 else "allowed"


def expected(endpoint: str, role: str | None) -> str:
    allowed = access.ROUTES[endpoint]
    if allowed is access.PUBLIC or role in allowed:
        return "allowed"
    return "sign in" if role is None else "forbidden"


OWN_BAG = {"stock.rule"}
"""Open to engineers for the bag that they carry; the deed itself refuses them any other store."""
LEAVE = {"people.sign_out", "people.sign_in", "people.sign_in_submit", "today.home", "steps.ask",
         "steps.answer", "steps.setup", "steps.set_up"}  # fmt: skip
"""Public ways that end at the sign-in page by their nature."""


def judged(
    app: Flask, arguments: dict[str, object], browser: FlaskClient
) -> Iterator[tuple[Rule, str]]:
    for rule in rules(app, arguments):
        if rule[0] not in LEAVE:
            yield rule, verdict(ask(browser, rule[1], rule[2]))


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    served = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert served == set(access.ROUTES)


def test_roles_of_the_tables_exist() -> None:
    for table in (access.ROUTES, access.DEEDS):
        for allowed in table.values():
            assert allowed is access.PUBLIC or allowed <= set(access.ROLES)


@pytest.mark.parametrize("role", access.ROLES)
def test_a_role_opens_its_routes_and_no_other(
    app: Flask, arguments: dict[str, object], signed_in: SignIn, role: str
) -> None:
    browser = signed_in(f"{role}-all")
    for (endpoint, method, path), found in judged(app, arguments, browser):
        if endpoint not in OWN_BAG or role in access.STOREKEEPERS | {"client"}:
            assert found == expected(endpoint, role), (role, method, path)


def test_nobody_is_asked_to_sign_in(
    app: Flask, arguments: dict[str, object], visitor: FlaskClient
) -> None:
    for (endpoint, method, path), found in judged(app, arguments, visitor):
        assert found == expected(endpoint, None), (method, path)


def test_a_disabled_person_is_nobody(
    app: Flask, arguments: dict[str, object], disabled: FlaskClient
) -> None:
    for (endpoint, method, path), found in judged(app, arguments, disabled):
        assert found == expected(endpoint, None), (method, path)


def test_an_ended_session_is_nobody(
    app: Flask, arguments: dict[str, object], signed_in: SignIn
) -> None:
    browser = signed_in("manager-all")
    Session.update(expires_at=clock.now() - timedelta(days=1)).execute()
    for (endpoint, method, path), found in judged(app, arguments, browser):
        assert found == expected(endpoint, None), (method, path)


THEIR_OWN = {
    "account.change_password", "account.end_sessions", "account.forget_browsers", "account.set_up",
    "account.drop", "account.renew_codes", "agenda.renew_feed", "agenda.revoke_feed",
    "notices.open_", "notices.read_all", "notices.choose", "articles.helped", "ledger.check",
}  # fmt: skip
"""What an auditor sends: about their own account and notices, a thank you, a check of the log."""


def test_an_auditor_changes_nothing_but_their_own(app: Flask) -> None:
    """By the table, which the tests above hold against every route."""
    unsafe = {rule.endpoint for rule in app.url_map.iter_rules()
              if set(rule.methods or ()) - {"GET", "HEAD", "OPTIONS"}}  # fmt: skip
    taken = {one for one in unsafe if "auditor" in (access.ROUTES[one] or ())}
    assert taken == THEIR_OWN


def test_an_account_without_a_role_opens_what_is_public(
    app: Flask, arguments: dict[str, object], signed_in: SignIn
) -> None:
    for (endpoint, method, path), found in judged(app, arguments, signed_in(NO_ROLE)):
        wanted = "allowed" if access.ROUTES[endpoint] is access.PUBLIC else "forbidden"
        if endpoint != "scan.report":  # the deed itself refuses, whatever the page
            assert found == wanted, (method, path)


def test_programs_get_401_and_people_the_sign_in_page(
    app: Flask, arguments: dict[str, object], visitor: FlaskClient
) -> None:
    for endpoint, method, path in rules(app, arguments):
        answer = ask(visitor, method, path)
        if access.is_public(endpoint):
            continue
        if path.startswith(JSON_PATHS):
            assert answer.status_code == 401
            assert answer.content_type == "application/problem+json"
        else:
            assert answer.status_code == 303
            assert answer.location == ("/sign-in" if method == "POST" else f"/sign-in?next={path}")


def test_sign_in_and_out_are_open_to_all(visitor: FlaskClient, engineer: FlaskClient) -> None:
    assert visitor.get("/sign-in").status_code == 200
    assert visitor.get("/").location == "/sign-in"
    assert visitor.post("/sign-out").location == "/sign-in"
    assert engineer.get("/").location == "/today"
    assert engineer.get("/sign-in").location == "/today"
    assert engineer.post("/sign-out").location == "/sign-in"


# Another client's people

DEVICE_POSTS = {
    "details": {"name": "mine now", "was.name": "投影机 1"},
    "place": {"room": "B301"},
    "retirement": {"reason": "gone", "unit_to": "scrap"},
    "reinstatement": {},
    "tag": {},
    "photo": {"remove": "1"},
    "lending": {"borrower": "me", "due_on": "2100-01-01"},
    "software": {"kind": "firmware", "version": "6.6"},
}


STORE_POSTS = (
    ("/edit", {"name": "mine now", "code": "MINE", "kind": "depot"}),
    ("/retirement", {}),
)
UNIT_POSTS = (
    ("shelf", {"shelf": "mine now", "seen": "A-1"}),
    ("edit", {"serial": "MINE", "reason": "mine now"}),
)


@pytest.fixture
def photo_id(world: World) -> int:
    data, photo = worlds.jpeg()
    blobs.put_photo(data)
    fields = worlds.fault_form(world, symptom="no_sound", photo=f"blob:{photo.sha256}")
    worlds.deliver("fault", fields, world.engineer, photos=(photo,))
    return Attachment.get(Attachment.sha256 == photo.sha256).id


def words_of(world: World) -> set[str]:
    """What only this client's pages may say."""
    code = world.code
    return {*world.tags, world.room_tag, world.room.code, f"SN{code}1", f"SN{code}2", f"SP{code}1",
            f"{code}-P01", f"客户{code}", f"engineer-{code.lower()}"}  # fmt: skip


@pytest.mark.parametrize("role", access.ROLES)
def test_another_clients_person_finds_nothing(
    world: World, arguments: dict[str, object], photo_id: int, signed_in: SignIn, role: str
) -> None:
    browser = signed_in(f"{role}-elsewhere")
    paths = [f"/inspections/{arguments['entry_id']}", f"/findings/{arguments['finding_id']}",
             f"/rooms/{world.room.id}", f"/rooms/{world.room.id}/history",
             f"/rounds/{world.round_id}", f"/photos/{photo_id}",
             f"/photos/{photo_id}?size=thumb", f"/faults/{arguments['fault_id']}",
             f"/faults/{arguments['fault_id']}/clocks",
             *(f"/stocktakes/{arguments['stocktake_id']}{end}" for end in (
                 "", "/rooms", f"/rooms/{world.room.id}", "/report.csv", "/report.xlsx")),
             *(f"/stock/counts/{arguments['count_id']}{end}" for end in (
                 "", "/lists/new", "/report.pdf", "/report.xlsx")),
             f"/devices/{world.devices[0].id}/history?before=99999",
             f"/stock/stores/{arguments['store_id']}", f"/units/{arguments['unit_id']}",
             f"/stock/stores/{arguments['store_id']}/parts/{arguments['part_id']}",
             f"/devices/{world.devices[0].id}", f"/devices/{world.devices[0].id}/software",
             *(f"/{t}/{tag}" for t in "tT" for tag in (*world.tags, world.room_tag))]  # fmt: skip
    for path in paths:
        answer = browser.get(path)
        assert answer.status_code == 404, (role, path)
        seen = answer.text.replace(path, "")
        assert not [word for word in words_of(world) if word in seen], (role, path)


@pytest.mark.parametrize("role", access.ROLES)
def test_another_clients_lists_stay_empty_of_us(
    world: World, photo_id: int, signed_in: SignIn, role: str
) -> None:
    browser = signed_in(f"{role}-elsewhere")
    for path in ("/today", "/rooms", "/devices", "/devices?q=SNA", "/places", "/faults",
                 "/faults?state=all", "/tags/sheets", "/pack", "/more", "/reviews",
                 "/stock", "/stock/stores?all=1", "/stock/parts", "/stock/plan", "/stock/reorder",
                 "/stock?q=SPA1",
                 "/stocktakes", "/stock/counts", "/tags/sheets?of=spares",
                 "/tags/sheets?of=shelves", "/lendings?state=all", "/loaners?state=all",
                 "/findings", "/software",
                 "/devices/new", "/board", "/hotline", "/hotline/new", "/hotline/calls.csv",
                 f"/board?client={world.client_id}", f"/hotline?client={world.client_id}",
                 "/repairs", "/repairs?state=ended", "/shipments",
                 "/hotline/rooms?q=A3", f"/hotline/rooms?room={world.room.id}"):  # fmt: skip
        answer = browser.get(path)
        assert answer.status_code in {200, 403}, (role, path)
        seen = answer.text.replace("?q=SNA", "").replace('value="SNA"', "")
        seen = seen.replace('value="SPA1"', "").replace("?q=SPA1", "")
        seen = seen.replace("engineer-all", "")  # the provider's own, whoever asks
        assert not [word for word in words_of(world) if word in seen], (role, path)


@pytest.mark.parametrize("role", access.ROLES)
def test_another_clients_person_changes_nothing(
    world: World, arguments: dict[str, object], photo_id: int, signed_in: SignIn, role: str
) -> None:
    browser, tag = signed_in(f"{role}-elsewhere"), world.tags[0]
    key = str(arguments["stocktake_id"])
    counted = f"/stocktakes/{key}"
    before = snapshot()
    posts = [
        (f"/t/{tag}/inspections", worlds.check_form(world)),
        (f"/t/{tag}/swaps", worlds.swap_form(world)),
        (f"/t/{tag}/faults", worlds.fault_form(world)),
        (
            f"/faults/{arguments['fault_id']}/steps",
            worlds.step_form(int(str(arguments["fault_id"])), "respond"),
        ),
        (f"/findings/{arguments['finding_id']}/settlement", {"reason": "took it"}),
        (f"{counted}/rooms/{world.room.id}/counts", worlds.count_form(world, int(key))),
        (f"{counted}/explanations", {"device": str(world.devices[0].id), "kind": "lent"}),
        (f"{counted}/moves", {"device": str(world.devices[0].id), "room": str(world.room.id)}),
        (f"{counted}/closure", {}),
        *(
            (f"/stock/counts/{arguments['count_id']}/{name}", data)
            for name, data in (
                ("lists", storecounting.fields(int(str(arguments["count_id"])), "SPA1")),
                ("explanations", {"unit": "1", "kind": "broken"}),
                ("closure", {}),
            )
        ),
        *((f"/stock/stores/{arguments['store_id']}{end}", data) for end, data in STORE_POSTS),
        *(
            (f"/stock/stores/{arguments['store_id']}/parts/{arguments['part_id']}/{end}", data)
            for end, data in (("rule", {"minimum": "9"}), ("opening", {"quantity": "9"}))
        ),
        *((f"/units/{arguments['unit_id']}/{end}", data) for end, data in UNIT_POSTS),
        ("/tags/sheets", {"tag": tag, "stock": "L7160", "start": "1"}),
        *((f"/devices/{world.devices[0].id}/{name}", data) for name, data in DEVICE_POSTS.items()),
    ]
    for path, data in posts:
        answer = browser.post(path, data=data)
        assert answer.status_code in {403, 404}, (role, path, answer.text)
        assert not [word for word in words_of(world) if word in answer.text.replace(tag, "")]
    assert snapshot() == before


@pytest.mark.parametrize("role", ["engineer", "manager", "client"])
def test_another_clients_queue_is_refused(
    world: World, other: World, photo_id: int, signed_in: SignIn, role: str
) -> None:
    browser = signed_in(f"{role}-elsewhere")
    me = Person.get(Person.username == f"{role}-elsewhere").id
    digest = Attachment.get_by_id(photo_id).sha256
    before = snapshot()
    for form, fields in (("fault", worlds.fault_form(world)), ("swap", worlds.swap_form(world))):
        answer = browser.post(f"/sync/{ID}", json=phone(form, fields, me, key=ID), headers=SYNC)
        assert answer.status_code in {403, 404}, answer.text
    answer = browser.put(f"/sync/photos/{digest}", data=worlds.jpeg()[0],
                         headers={**SYNC, "Content-Type": "image/jpeg"})  # fmt: skip
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/unlisted")
    assert snapshot() == before
