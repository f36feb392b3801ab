"""What every answer carries: headers, no inline script, the right methods, errors in words."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from blueprints import door
from roundtag import static_files
from roundtag.models import Fault
from tests import storecounting
from tests import world as worlds
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World

HEADERS = {
    "Content-Security-Policy": door.CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


@pytest.fixture
def every_page(
    world: World, visitor: FlaskClient, signed_in: SignIn
) -> list[tuple[str, TestResponse]]:
    """One answer of every kind: pages, fragments, refusals, errors, for staff and for anyone."""
    engineer, tag = signed_in("engineer-a"), world.tags[0]
    report = visitor.post(f"/t/{tag}/faults", data=worlds.fault_form(world))
    worlds.deliver("inspection", worlds.check_form(
        world, **{"item.image": "fail", "note.image": "dark"}), world.engineer)  # fmt: skip
    worlds.deliver("swap", worlds.swap_form(world), world.engineer)
    worlds.deliver("swap", worlds.swap_form(world), world.engineer)
    fault = Fault.select().order_by(Fault.id).first()
    counted, stores = worlds.stocktake(world), storecounting.opened(world)
    article, problem = worlds.knowledge_of(fault.id)
    staff = [
        "/today",
        "/scan",
        "/scan?code=x",
        "/outbox",
        "/more",
        "/faults",
        "/faults?state=all",
        f"/faults/{fault.id}",
        "/rooms",
        f"/rooms/{world.room.id}",
        "/devices",
        "/devices?q=x",
        f"/rounds/{world.round_id}",
        "/tags/sheets",
        "/tags/stocks",
        "/tags/printers",
        "/tags/prints",
        "/tags",
        f"/tags/{tag}",
        "/tags/log",
        "/fake",
        f"/tags/rooms/{world.room.id}",
        f"/tags/{tag}/replacement",
        "/offline",
        "/pack",
        "/nowhere",
        "/faults/999999",
        f"/t/{tag}",
        f"/T/{tag}",
        f"/t/{world.room_tag}",
        "/t/x",
        f"/devices/{world.devices[0].id}/history",
        f"/rooms/{world.room.id}/history",
        "/notices",
        "/notices/settings",
        "/places",
        "/rooms?q=x",
        "/devices?lacks=tag",
        "/devices/new",
        "/lendings",
        "/loaners",
        "/rounds",
        "/rounds/plans",
        "/rounds/calendar",
        "/rounds/meetings",
        "/upkeep",
        "/findings",
        "/reports",
        "/quality",
        "/lamps",
        "/consumables",
        "/checklists",
        f"/rounds/{world.round_id}/acceptance",
        f"/rounds/{world.round_id}/report",
        "/articles",
        "/articles?owed=1",
        f"/articles/{article}",
        "/problems",
        f"/problems/{problem}",
        "/articles/new",
        "/software",
        *(
            f"/devices/{world.devices[0].id}/{page}"
            for page in ("details", "photo", "lending", "software")
        ),
        "/sw.js",
        "/manifest.webmanifest",
        "/healthz",
        "/sync/whoami",
        "/stocktakes",
        f"/stocktakes/{counted}",
        f"/stocktakes/{counted}/rooms",
        f"/stocktakes/{counted}/rooms/{world.room.id}",
        f"/stocktakes/{counted}/report.csv",
        "/stock/counts",
        *(f"/stock/counts/{stores}{end}" for end in ("", "/lists/new")),
    ]
    anyone = ["/sign-in", "/", "/today", f"/t/{tag}", f"/t/{world.room_tag}", "/t/x", "/nowhere",
              report.location, "/status/x", f"/t/{tag}/articles/{article}",
              "/offline", "/sync/x"]  # fmt: skip
    found = [(path, engineer.get(path)) for path in staff]
    found += [(path, visitor.get(path)) for path in anyone]
    found += [(f"pack {path}", engineer.get(path, headers={"X-Pack": "1"})) for path in staff[:21]]
    found += [("post", engineer.post(f"/t/{tag}/{name}", data={"tag": tag}))
              for name in ("inspections", "swaps", "faults")]  # fmt: skip
    found += [("sheet", engineer.post("/tags/sheets")), ("405", engineer.delete("/today")),
              ("cross", visitor.post("/sign-in", headers={"Origin": "https://evil.example"})),
              ("report", visitor.post(f"/t/{tag}/faults", data={"tag": tag}))]  # fmt: skip
    return found


def test_headers_of_every_answer(every_page: list[tuple[str, TestResponse]]) -> None:
    for path, answer in every_page:
        for name, value in HEADERS.items():
            assert answer.headers.get(name) == value, (path, name)
        assert "camera=(self)" in answer.headers["Permissions-Policy"]
        assert answer.headers["Cache-Control"], path
        assert "Server" not in answer.headers


def test_the_policy_allows_nothing_inline() -> None:
    assert "default-src 'none'" in door.CSP
    assert "unsafe" not in door.CSP
    assert "frame-ancestors 'none'" in door.CSP
    assert "http:" not in door.CSP


def test_no_page_holds_inline_code_or_foreign_addresses(
    every_page: list[tuple[str, TestResponse]],
) -> None:
    seen = 0
    for path, answer in every_page:
        if answer.mimetype != "text/html" or 300 <= answer.status_code < 400:
            continue
        seen += 1
        for one in Page(answer.text).elements:
            assert one.tag != "style", path
            assert "style" not in one.attributes, (path, one)
            assert not [name for name in one.attributes if name.startswith(("on", "hx-on"))], path
            if one.tag == "script" and one.get("type") != "application/json":
                assert one.get("src").startswith("/static/"), path
                assert not one.text
            for name in ("href", "src", "action", "hx-get"):
                value = one.get(name)
                assert not value.lower().startswith(("javascript:", "data:", "//", "http")), path
    assert seen > 40


def test_static_files_are_served_safely(visitor: FlaskClient) -> None:
    answer = visitor.get(static_files.prefix() + "css/base.css")
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    for path in ("../app.py", "%2e%2e/app.py", "..%2fapp.py", "pwa/../../app.py", "nothing.css"):
        assert visitor.get(static_files.prefix() + path).status_code == 404


@pytest.mark.parametrize("path", ["/today", "/sign-in", "/healthz", "/devices", "/offline"])
def test_head_is_get_without_a_body(engineer: FlaskClient, path: str) -> None:
    got, head = engineer.get(path), engineer.head(path)
    assert (head.status_code, head.data) == (got.status_code, b"")
    assert head.mimetype == got.mimetype


def test_options_names_the_methods_and_trace_is_unknown(
    engineer: FlaskClient, visitor: FlaskClient, world: World
) -> None:
    path = f"/t/{world.tags[0]}"
    assert set(visitor.options(path).allow) == {"GET", "HEAD", "OPTIONS"}
    assert set(engineer.options("/sign-in").allow) == {"GET", "HEAD", "OPTIONS", "POST"}
    for browser in (engineer, visitor):
        for method in ("TRACE", "DELETE", "PATCH", "PUT", "CONNECT", "BREW"):
            answer = browser.open(path, method=method, headers={"X-Echo": "echo-me"})
            assert answer.status_code in {403, 405}
            assert "echo-me" not in answer.text
    assert engineer.delete("/today").headers["Allow"]


@pytest.mark.parametrize(("language", "words"), [
    ("en", {404: "nothing at this address", 405: "does not take that", 413: "too large",
            403: "Your role does not allow this", 500: "Something went wrong on our side"}),
    ("zh", {404: "这个地址", 405: "不", 413: "太大", 403: "角色", 500: "服务器出错了"}),
])  # fmt: skip
def test_errors_in_words(
    signed_in: SignIn, visitor: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch,
    language: str, words: dict[int, str],
) -> None:  # fmt: skip
    auditor = signed_in("auditor-all")
    auditor.set_cookie("lang", language)
    visitor.set_cookie("lang", language)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("roundtag.faults.lines", broken)
    found = {
        404: visitor.get("/nowhere"),
        405: visitor.post("/offline"),
        403: auditor.post(f"/t/{world.tags[0]}/swaps"),
        413: visitor.post(f"/t/{world.tags[0]}/faults", data={"description": "x" * 1_200_000}),
        500: auditor.get("/faults"),
    }
    for status, answer in found.items():
        page = Page(answer.text)
        assert answer.status_code == status
        assert words[status] in page.all("h1")[0].text, (status, page.all("h1")[0].text)
        assert page.all("html")[0].get("lang") == {"en": "en", "zh": "zh-CN"}[language]
        for hint in ("Traceback", "secret detail", "RuntimeError", "/work", ".py"):
            assert hint not in answer.text


def test_an_error_page_that_breaks_too_is_said_in_plain_text(
    engineer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("roundtag.people.session", broken)
    for path in ("/today", "/sign-in", "/nowhere"):
        answer = engineer.get(path)
        assert (answer.status_code, answer.mimetype) == (500, "text/plain"), path
        assert "secret detail" not in answer.text
        assert "Traceback" not in answer.text
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_after_an_error_the_next_request_is_answered(
    engineer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("roundtag.faults.lines", lambda *_, **__: 1 / 0)
        assert engineer.get("/faults").status_code == 500
    assert engineer.get("/faults").status_code == 200


def test_healthz(visitor: FlaskClient, store_kind: str) -> None:
    answer = visitor.get("/healthz")
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.json["status"] == "ok"
    assert answer.json["database"] == store_kind
    assert answer.json["build"] == static_files.build()
    assert set(answer.json["queue"]) == {"mode", "up", "waiting"}


def test_the_service_worker_begins_with_its_build_and_shell(
    app: Flask, visitor: FlaskClient
) -> None:
    answer = visitor.get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    first = answer.text.split("\n", 1)[0]
    assert first.startswith("const BUILD=")
    build, shell = first.removeprefix("const BUILD=").rstrip(";").split(",SHELL=", 1)
    assert json.loads(build) == static_files.build()
    paths = json.loads(shell)
    assert paths[0] == "/offline"
    for path in paths:
        assert visitor.get(path).status_code == 200, path


def test_the_manifest_is_installable(visitor: FlaskClient) -> None:
    answer = visitor.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    wanted = json.loads(answer.text)
    assert wanted["name"]
    assert wanted["display"] == "standalone"
    assert visitor.get(wanted["start_url"]).status_code in {200, 303}
    sizes = {(icon["sizes"], icon.get("purpose", "any")) for icon in wanted["icons"]}
    assert {"192x192", "512x512"} <= {size for size, _ in sizes}
    assert any("maskable" in purpose for _, purpose in sizes)
    for icon in wanted["icons"]:
        found = visitor.get(icon["src"])
        assert (found.status_code, found.mimetype) == (200, icon["type"]), icon
    assert "{{" not in answer.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_offline_page_knows_nobody(
    engineer: FlaskClient, visitor: FlaskClient, language: str
) -> None:
    pages = []
    for browser in (engineer, visitor):
        browser.set_cookie("lang", language)
        page = browser.get("/offline", headers={"X-Pack": "1"})
        assert page.status_code == 200
        assert "engineer-a" not in page.text
        assert "data-user" not in page.text
        pages.append(page.text.split("data-as-of", 1)[0])
    assert pages[0] == pages[1]


def test_nothing_of_this_machine_is_shown(every_page: list[tuple[str, TestResponse]]) -> None:
    here = str(Path(__file__).resolve().parents[2])
    assert not [path for path, answer in every_page if here in answer.text]


def test_debugging_is_off_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    made = create_app()
    assert (made.debug, made.config["PROPAGATE_EXCEPTIONS"]) == (False, None)
