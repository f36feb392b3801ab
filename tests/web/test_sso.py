"""Single sign-on against a real OpenID provider: who comes in, who does not, and every forgery."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from roundtag import ledger
from roundtag.accounts import staff
from roundtag.models import Grant, Leaf, Person, Session, SsoIdentity
from roundtag.settings import current
from tests import world as worlds
from tests.house import lanes
from tests.seeing import snapshot
from tests.web.conftest import SignIn
from tests.web.oidc import CALLBACK, SECRET, Provider, Somebody
from tests.web.proving import code_of, enrol, is_in, key_of
from tests.world import World

pytestmark = pytest.mark.oidc


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    lanes.need("oidc")
    found = Provider()
    yield found
    found.stop()


@pytest.fixture
def on(provider: Provider, world: World, monkeypatch: pytest.MonkeyPatch,
       tmp_path: Path) -> Iterator[Provider]:  # fmt: skip
    """The installation with single sign-on configured, by environment alone."""
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    for name, value in (("OIDC_ISSUER", provider.issuer), ("OIDC_CLIENT_ID", "roundtag"),
                        ("OIDC_CLIENT_SECRET_FILE", str(tmp_path / "secret")),
                        ("BASE_URL", "http://localhost")):  # fmt: skip
        monkeypatch.setenv(name, value)
    current.cache_clear()
    yield provider
    current.cache_clear()


def allow(username: str, name: str | None) -> None:
    details = staff.Details(f"{username} 先生", None, None, name)
    worlds.run(staff.edit_person, staff.EditPerson(key_of(username), details))


def back(browser: FlaskClient, name: str, path: str = "/sign-in/sso") -> str:
    """Goes away and signs in at the provider; the address that it sends the browser back to."""
    gone = browser.get(path)
    assert gone.status_code == 303, gone.text
    return Somebody().sign_in(gone.location, name)


def come(browser: FlaskClient, address: str) -> TestResponse:
    return browser.get(address.removeprefix("http://localhost"))


def enter(browser: FlaskClient, name: str, path: str = "/sign-in/sso") -> TestResponse:
    return come(browser, back(browser, name, path))


def test_the_first_time_by_an_allowed_name_then_by_subject(
    on: Provider, visitor: FlaskClient, app: Flask
) -> None:
    allow("engineer-a", "li.jianguo")
    assert enter(visitor, "li.jianguo").location == "/today"
    assert is_in(visitor)
    identity = SsoIdentity.get()
    assert (identity.person_id, identity.subject) == (
        key_of("engineer-a"), "li.jianguo")  # fmt: skip
    assert Session.select().order_by(Session.created_at.desc()).get().via == "sso"
    allow("engineer-a", None)  # the name is no longer needed
    again = app.test_client()
    assert enter(again, "li.jianguo", "/sign-in/sso?next=/faults").location == "/faults"
    assert SsoIdentity.select().count() == 1
    leaves = " ".join(leaf.text for leaf in Leaf.select())
    assert '"deed":"link_sso"' in leaves
    assert "li.jianguo" not in leaves
    assert ledger.verify(None) == []


def test_the_page_offers_it_only_where_it_is_set_up(
    visitor: FlaskClient, world: World, request: pytest.FixtureRequest
) -> None:
    assert "/sign-in/sso" not in visitor.get("/sign-in").text
    assert visitor.get("/sign-in/sso").status_code == 404
    request.getfixturevalue("on")
    assert "/sign-in/sso?next=/today" in visitor.get("/sign-in").text


@pytest.mark.parametrize("name", ["stranger", "engineer-a", "unverified-1"])
def test_who_was_not_allowed_stays_out_and_is_not_created(
    on: Provider, visitor: FlaskClient, name: str
) -> None:
    """Not by our own user name either: an administrator says who may be found by which name."""
    allow("viewer-a", "unverified-1@example.com")
    people = Person.select().count()
    assert enter(visitor, name).location == "/sign-in"
    assert not is_in(visitor)
    assert (Person.select().count(), SsoIdentity.select().count()) == (people, 0)


def test_a_verified_address_may_be_the_name(on: Provider, visitor: FlaskClient) -> None:
    allow("engineer-a", "mail-7@example.com")
    assert enter(visitor, "mail-7").location == "/today"


def test_a_second_subject_cannot_take_a_linked_account(
    on: Provider, visitor: FlaskClient, app: Flask
) -> None:
    """Attack: somebody at the provider takes over a name that is free again there."""
    allow("engineer-a", "mail-8@example.com")
    enter(visitor, "mail-8")
    allow("engineer-a", "other")
    thief = app.test_client()
    assert enter(thief, "other").location == "/sign-in"
    assert not is_in(thief)


def test_where_it_is_allowed_strangers_get_an_account_without_any_right(
    on: Provider, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_CREATE", "1")
    current.cache_clear()
    enter(visitor, "newcomer")
    assert is_in(visitor)
    assert visitor.get("/today").status_code == 403
    assert not Grant.select().where(Grant.person == key_of("newcomer")).exists()
    other = enter(visitor, "engineer-a")  # a name of ours is not handed out
    assert other.location == "/sign-in"


def test_disabled_and_unlinked_people_stay_out(
    on: Provider, visitor: FlaskClient, app: Flask, signed_in: SignIn
) -> None:
    allow("engineer-a", "li")
    enter(visitor, "li")
    admin, path = signed_in("admin-all"), f"/people/{key_of('engineer-a')}"
    admin.post(f"{path}/disable")
    assert not is_in(visitor)
    assert enter(app.test_client(), "li").location == "/sign-in"
    admin.post(f"{path}/enable")
    assert enter(app.test_client(), "li").location == "/today"
    admin.post(f"{path}/single-sign-on/end")
    assert enter(app.test_client(), "li").location == "/sign-in"


def test_the_second_factor_is_asked_for_all_the_same(
    on: Provider, visitor: FlaskClient, signed_in: SignIn
) -> None:
    secret, _ = enrol(signed_in("engineer-a"))
    allow("engineer-a", "li")
    assert enter(visitor, "li").location == "/sign-in/code"
    assert not is_in(visitor)
    visitor.post("/sign-in/code", data={"code": code_of(secret)})
    assert is_in(visitor)


def test_after_signing_out_the_provider_asks_again(on: Provider, visitor: FlaskClient) -> None:
    """A shared phone: the next person does not come in on what the last one proved."""
    allow("engineer-a", "li")
    enter(visitor, "li")
    visitor.post("/sign-out")
    assert parse_qs(urlsplit(visitor.get("/sign-in/sso").location).query)["prompt"] == ["login"]


def test_what_is_asked_for_is_bound_to_this_browser(on: Provider, visitor: FlaskClient) -> None:
    asked = parse_qs(urlsplit(visitor.get("/sign-in/sso").location).query)
    assert asked["redirect_uri"] == [CALLBACK]
    assert asked["code_challenge_method"] == ["S256"]
    assert {len(asked[name][0]) for name in ("state", "nonce", "code_challenge")} == {43}
    again = parse_qs(urlsplit(visitor.get("/sign-in/sso").location).query)
    assert all(again[name] != asked[name] for name in ("state", "nonce", "code_challenge"))


def _other_browser(app: Flask, browser: FlaskClient, address: str) -> TestResponse:
    return come(app.test_client(), address)


def _twice(app: Flask, browser: FlaskClient, address: str) -> TestResponse:
    come(browser, address)
    browser.post("/sign-out")
    return come(browser, address)


def _changed(**values: str) -> Callable[[Flask, FlaskClient, str], TestResponse]:
    def change(app: Flask, browser: FlaskClient, address: str) -> TestResponse:
        with browser.session_transaction() as session:
            session["sso"] = {**session["sso"], **values}
        return come(browser, address)

    return change


def _without(*names: str) -> Callable[[Flask, FlaskClient, str], TestResponse]:
    def leave_out(app: Flask, browser: FlaskClient, address: str) -> TestResponse:
        query = "&".join(p for p in urlsplit(address).query.split("&")
                         if p.split("=")[0] not in names)  # fmt: skip
        return browser.get(f"/sign-in/sso/callback?{query}")

    return leave_out


def _more(text: str) -> Callable[[Flask, FlaskClient, str], TestResponse]:
    def add(app: Flask, browser: FlaskClient, address: str) -> TestResponse:
        return come(browser, _without_iss(address) + text)

    return add


def _without_iss(address: str) -> str:
    return "&".join(part for part in address.split("&") if not part.startswith("iss="))


FORGERIES = {
    "another browser (login CSRF)": _other_browser,
    "a second time": _twice,
    "another state": _changed(state="x" * 43),
    "another nonce": _changed(nonce="x" * 43),
    "another verifier (PKCE)": _changed(verifier="x" * 43),
    "no state": _without("state"),
    "no code": _without("code"),
    "another issuer (mix-up)": _more("&iss=https%3A%2F%2Fevil.example"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_return_opens_nothing(
    on: Provider, visitor: FlaskClient, app: Flask, forgery: str
) -> None:
    allow("engineer-a", "li")
    answer = FORGERIES[forgery](app, visitor, back(visitor, "li"))
    assert answer.location == "/sign-in"
    assert not is_in(visitor)


def test_a_provider_under_another_name_is_not_believed(
    on: Provider, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_ISSUER", on.issuer.replace("127.0.0.1", "localhost"))
    current.cache_clear()
    before = snapshot()
    assert visitor.get("/sign-in/sso").location == "/sign-in"
    assert snapshot() == before


def test_a_wrong_client_secret_is_said_kindly(
    on: Provider, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("wrong")
    current.cache_clear()
    allow("engineer-a", "li")
    visitor.set_cookie("lang", "en")
    assert enter(visitor, "li").location == "/sign-in"
    assert "Single sign-on did not work" in visitor.get("/sign-in").text


def test_a_provider_that_is_away_leaves_the_password(
    on: Provider, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_ISSUER", "http://127.0.0.1:9")
    current.cache_clear()
    assert visitor.get("/sign-in/sso").location == "/sign-in"
    data = {"username": "engineer-a", "password": worlds.PASSWORD}
    assert visitor.post("/sign-in", data=data).status_code == 303


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere_afterwards(
    on: Provider, visitor: FlaskClient, wanted: str
) -> None:
    allow("engineer-a", "li")
    assert enter(visitor, "li", f"/sign-in/sso?next={wanted}").location == "/today"
