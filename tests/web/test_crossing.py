"""Where a request came from, and where it may be sent on to."""

import io
import itertools

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from roundtag import settings
from tests import world as worlds
from tests.seeing import snapshot
from tests.web.conftest import SignIn
from tests.world import World

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
SITES = {None: None, "same-origin": True, "none": True, "same-site": False, "cross-site": False,
         "nonsense": False}  # fmt: skip
ORIGINS = {None: None, "http://localhost": True, "https://evil.example": False, "null": False,
           "http://localhost:81": False, "http://evil@localhost": False, "http://[": False,
           "": False}  # fmt: skip


def plain(app: Flask, signed: bool) -> FlaskClient:
    """A browser that adds no header of its own, with a session's cookie or without any."""
    browser = FlaskClient(app, app.response_class)
    if signed:
        data = {"username": "engineer-a", "password": worlds.PASSWORD}
        answer = browser.post("/sign-in", data=data, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303
    return browser


def may_pass(site: str | None, origin: str | None, ours: bool, cookie: bool) -> bool:
    """The rule of ADR 0006, said once more."""
    if site is not None:
        return bool(SITES[site])
    if origin is not None:
        return bool(ORIGINS[origin])
    return ours or not cookie


@pytest.mark.parametrize("cookie", [True, False])
@pytest.mark.parametrize("method", UNSAFE)
def test_unsafe_methods_by_header(app: Flask, world: World, method: str, cookie: bool) -> None:
    browser, before = plain(app, cookie), snapshot()
    for site, origin, ours in itertools.product(SITES, ORIGINS, (True, False)):
        headers = {
            "Sec-Fetch-Site": site,
            "Origin": origin,
            "X-Roundtag-Sync": "1" if ours else None,
        }
        sent = {name: value for name, value in headers.items() if value is not None}
        answer = browser.open("/scan", method=method, headers=sent, data={"code": "x"})
        passed = answer.status_code != 403
        assert passed == may_pass(site, origin, ours, cookie), (sent, answer.status_code)
    assert snapshot() == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_safe_methods_pass_from_anywhere(app: Flask, world: World, method: str) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    answer = plain(app, True).open("/today", method=method, headers=headers)
    assert answer.status_code == 200


FORMS = ("/sign-in", "/sign-out", "/language", "/scan", "/tags/sheets", "/faults/1/steps",
         "/fake", "/articles", "/articles/1/help", "/problems", "/problems/1/members",
         "/t/{tag}/articles/1/help", "/notices/1/reading", "/notices/settings", "/t/{tag}/claim",
         "/tags/bulk", "/tags/batches", "/tags/{tag}/state", "/tags/{tag}/replacement",
         "/stocktakes", "/stocktakes/1/closure", "/stocktakes/1/rooms/1/counts",
         "/devices/new", "/devices/1/details", "/devices/1/retirement", "/lendings/1/return",
         "/loaners/1/keeping", "/loaners/1/due-day", "/swaps/1/back",
         "/t/{tag}/inspections", "/t/{tag}/swaps", "/t/{tag}/faults")  # fmt: skip


@pytest.mark.parametrize("path", FORMS)
def test_every_form_refuses_another_site(app: Flask, world: World, path: str) -> None:
    browser, before = plain(app, True), snapshot()
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        answer = browser.post(path.format(tag=world.tags[0]), headers=headers,
                              data=worlds.fault_form(world))  # fmt: skip
        assert answer.status_code == 403
        assert "cross-site" in answer.text
    assert snapshot() == before


def test_reading_changes_nothing(engineer: FlaskClient, world: World) -> None:
    engineer.get("/today")
    before = snapshot()
    for path in ("/today", f"/t/{world.tags[0]}", f"/T/{world.tags[0]}",
                 f"/rooms/{world.room.id}", "/faults", "/devices", "/pack", "/sign-out",
                 "/articles", "/problems", "/articles?owed=1",
                 "/language", "/scan?code=x"):  # fmt: skip
        engineer.get(path)
        engineer.head(path)
        engineer.options(path)
    assert snapshot() == before


EVIL = ["//evil.example", "/\\evil.example", "\\\\evil.example", "/%09/evil.example", "https:evil",
        "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
        "https://evil.example", "http://localhost/today", "javascript:alert(1)", "@evil.example",
        "/@evil.example", "//localhost@evil.example", "///evil.example", "/\0/evil",
        "/today\r\nX: 1", "data:text/html,x", "/nowhere", "today", "", "?x", "#x", "/sign-out",
        "/today\\evil", "/\u2028/x",
        "/%2f/evil.example", "/%5cevil.example", "http:/today", "/;@evil.example", "/\u00a0/evil",
        "/today?next=\x01"]  # fmt: skip


@pytest.mark.parametrize("wanted", EVIL)
def test_next_never_leaves_the_site(visitor: FlaskClient, world: World, wanted: str) -> None:
    data = {"username": "engineer-a", "password": worlds.PASSWORD, "next": wanted}
    page = visitor.get("/sign-in", query_string={"next": wanted})
    assert 'name="next" value="/today"' in page.text
    answer = visitor.post("/sign-in", data=data)
    assert (answer.status_code, answer.location) == (303, "/today")
    assert visitor.post("/language", data={"locale": "en", "next": wanted}).location == "/today"
    assert visitor.get("/sign-in", query_string={"next": wanted}).location == "/today"


def test_next_goes_to_our_own_pages(visitor: FlaskClient, world: World) -> None:
    for wanted in (f"/t/{world.tags[0]}", f"/T/{world.tags[0]}", "/faults?state=all", "/",
                   "/more#x", "/devices?q=//evil.example"):  # fmt: skip
        data = {"username": "engineer-a", "password": worlds.PASSWORD, "next": wanted}
        assert visitor.post("/sign-in", data=data).location == wanted
    assert visitor.post("/sign-out").location == "/sign-in"
    asked = visitor.get("/faults?state=all")
    assert asked.location == "/sign-in?next=/faults?state%3Dall"


def test_hosts_in_headers_reach_no_page(world: World, signed_in: SignIn) -> None:
    engineer = signed_in("engineer-a")
    session = engineer.get_cookie("roundtag")
    assert session is not None
    engineer.set_cookie("roundtag", session.value, domain="evil.example")
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example",
            "Origin": "http://evil.example"}  # fmt: skip
    for path in ("/today", "/sign-in", "/tags/sheets", f"/t/{world.tags[0]}", "/", "/nowhere"):
        answer = engineer.get(path, headers=evil)
        assert "evil.example" not in answer.text
        assert "evil.example" not in str(answer.headers)
    order = {"tag": world.tags, "stock": "L7160", "start": "1"}
    made = engineer.post("/tags/sheets", data=order, headers=evil)
    assert made.mimetype == "application/pdf"
    assert made.headers["Content-Disposition"].startswith("inline; filename=")
    assert b"evil.example" not in _unpacked(made.data)


def test_the_sheet_prints_the_settings_address(
    world: World, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in("engineer-a")
    monkeypatch.setenv("BASE_URL", "https://rt.example")
    settings.current.cache_clear()
    order = {"tag": world.tags[0], "stock": "L7160", "start": "1"}
    made = browser.post("/tags/sheets", data=order, headers={"Host": "localhost"})
    assert b"RT.EXAMPLE" in _unpacked(made.data).upper()
    assert made.headers["Strict-Transport-Security"]


def _unpacked(pdf: bytes) -> bytes:
    """The PDF with its text and link addresses readable."""
    reader = PdfReader(io.BytesIO(pdf))
    words = [page.extract_text() for page in reader.pages]
    links = [str(note.get_object()) for page in reader.pages for note in page.get("/Annots") or ()]
    return "\n".join([*words, *links]).encode() + pdf


@pytest.mark.parametrize("host", ["[", "a b", "é.example", "a:b", "", "x" * 300, "a/b", "../x"])
def test_odd_hosts_are_no_fault_of_ours(app: Flask, world: World, host: str) -> None:
    browser = plain(app, False)
    for path in ("/sign-in?next=/today", "/healthz", f"/t/{world.tags[0]}"):
        host_header = host.encode().decode("latin-1")
        answer = browser.get(path, headers={"Host": host_header})
        assert answer.status_code < 500, answer.text
