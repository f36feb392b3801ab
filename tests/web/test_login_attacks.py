"""Attacks on signing in that no single feature owns: other sites, links, cookies over https."""

import re
from contextlib import nullcontext

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from blueprints import door
from blueprints.cli import accounts, main
from roundtag.models import Person
from roundtag.people import passwords
from roundtag.settings import current
from tests import world as worlds
from tests.seeing import snapshot
from tests.web.conftest import SignIn
from tests.web.proving import enrol, is_in, key_of, link_in, sign_in
from tests.web.test_crossing import plain
from tests.world import World

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def test_csrf_every_unsafe_route_of_the_url_map_refuses_another_site(
    app: Flask, world: World
) -> None:
    """Generated, so that a route of tomorrow is tried too; with and without a session."""
    before, tried = None, 0
    for signed in (True, False):
        browser = plain(app, signed)
        before = snapshot()
        for rule in app.url_map.iter_rules():
            path = re.sub(r"<(?:int:)[^>]+>", "1", rule.rule)
            path = re.sub(r"<[^>]+>", "x", path)
            for method in (rule.methods or set()) & UNSAFE:
                for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                                {"Origin": "https://evil.example"}):  # fmt: skip
                    answer = browser.open(path, method=method, headers=headers)
                    assert answer.status_code == 403, (method, path)
                    tried += 1
        assert snapshot() == before
    assert tried > 600


def test_login_csrf_nobody_is_signed_in_by_another_site(app: Flask, world: World) -> None:
    data = {"username": "engineer-a", "password": worlds.PASSWORD}
    for path in ("/sign-in", "/sign-in/code", "/sign-in/setup"):
        browser = plain(app, False)
        answer = browser.post(path, data=data, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
        assert not is_in(browser)


def test_no_state_change_by_get_on_any_page_of_accounts(
    signed_in: SignIn, visitor: FlaskClient, engineer: FlaskClient
) -> None:
    """A mail program that opens each link to look at it uses no link up."""
    admin = signed_in("admin-all")
    key = key_of("engineer-a")
    link = link_in(admin.post(f"/people/{key}/link"))
    before = snapshot()
    for browser in (admin, engineer, visitor):
        for path in (link, "/people", "/people/new", f"/people/{key}", "/people/second-factor",
                     "/account", "/account/second-factor", "/sign-in/help", "/sign-in/code",
                     "/sign-in/setup", f"/people/{key}/disable", f"/people/{key}/link",
                     "/account/sessions/end", "/sign-in/sso", "/sign-in/sso/callback"):  # fmt: skip
            browser.get(path)
            browser.head(path)
    assert snapshot() == before
    assert visitor.post(link, data={"password": "gravel lantern 92"}).status_code == 303


@pytest.fixture
def secure(world: World, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An installation that browsers reach by https."""
    monkeypatch.setenv("BASE_URL", "https://rt.example")
    current.cache_clear()
    made = create_app()
    door.limiter.reset()
    return made


def test_cookies_over_https_are_bound_to_this_host(secure: Flask) -> None:
    browser = secure.test_client()
    data = {"username": "engineer-a", "password": worlds.PASSWORD}
    answer = browser.post("/sign-in", data=data, base_url="https://rt.example",
                          headers={"Origin": "https://rt.example"})  # fmt: skip
    cookies = {one.split("=")[0]: one for one in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"__Host-roundtag", "__Host-roundtag-browser"}
    for one in cookies.values():
        assert "Secure" in one
        assert "HttpOnly" in one
        assert "SameSite=Lax" in one
        assert "Path=/" in one
        assert "Domain" not in one


def test_a_session_is_opened_under_a_cookie_the_browser_did_not_have(
    app: Flask, visitor: FlaskClient, engineer: FlaskClient
) -> None:
    """The id rotates at each step that raises what a browser may do."""
    enrol(engineer)
    visitor.get("/sign-in")
    sign_in(visitor, "engineer-a")
    between = visitor.get_cookie("roundtag")
    assert between is not None
    stolen = app.test_client()
    stolen.set_cookie("roundtag", between.value)
    assert not is_in(stolen)


def test_the_sign_in_page_stays_light_and_needs_no_script(visitor: FlaskClient) -> None:
    page = visitor.get("/sign-in", headers={"Accept-Encoding": "identity"})
    assert len(page.data) < 4_000
    assert page.text.count("<script") == 1
    assert "show_word" in page.text
    assert 'name="password" type="password" maxlength="200"' in page.text
    assert not re.search(r"on(paste|copy)|autocomplete=\"off\"", page.text)


def test_an_administrator_who_is_locked_out_has_a_terminal(
    app: Flask, engineer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(engineer)
    monkeypatch.setattr(accounts, "opened", nullcontext)
    run = CliRunner().invoke
    taken = run(main, ["accounts", "reset-second-factor", "engineer-a"])
    assert taken.exit_code == 0, taken.output
    assert not is_in(engineer)
    made = run(main, ["accounts", "link", "Engineer-A"])
    path = re.search(r"/welcome/\S+", made.output)
    assert path is not None
    assert app.test_client().get(path.group()).status_code == 200
    assert run(main, ["accounts", "link", "nobody"]).exit_code == 1
    assert Person.get_by_id(key_of("engineer-a")).second_factor_at is None


def test_every_name_costs_the_same_number_of_hashes(
    app: Flask, world: World, disabled: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No user oracle by time: counted, as a clock on a busy machine says little. Known, unknown,
    without a password yet, disabled: one hash is checked for each, at the same cost."""
    worlds.person("invited", ("engineer", "client", world.client_id))
    Person.update(password_hash=None).where(Person.username == "invited").execute()
    checked: list[str] = []

    def counting(stored: str, text: str) -> bool:
        checked.append(stored.rsplit("$", 2)[0])
        return False

    monkeypatch.setattr(passwords, "verify", counting)
    spent = {}
    for name in ("engineer-a", "nobody-at-all", "invited", "disabled", "x" * 150, ""):
        checked.clear()
        sign_in(app.test_client(), name, "wrong")
        spent[name] = list(checked)
    assert all(len(one) == 1 for one in spent.values()), spent
    assert len({one[0] for one in spent.values()}) == 1, spent
