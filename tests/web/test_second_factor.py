"""The second factor: RFC 6238, each code once, recovery codes, trusted browsers, rules by role."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from roundtag import clock, ledger, vault
from roundtag.accounts import second, totp
from roundtag.models import KnownBrowser, Person, RecoveryCode, SecondFactor, SignInStep
from tests import world as worlds
from tests.seeing import snapshot
from tests.web.conftest import SignIn
from tests.web.proving import code_of, enrol, is_in, key_of, last_leaf, secret_of, sign_in
from tests.world import World

VECTORS = [
    (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"),
    (1234567890, "89005924"), (2000000000, "69279037"), (20000000000, "65353130"),
]  # fmt: skip


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert totp.code_at(secret, seconds // totp.STEP, digits=8) == code


def test_a_clock_may_be_one_step_off_and_no_more() -> None:
    secret, now = totp.new_secret(), datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
    here = totp.step_at(now)
    taken = [n for n in range(-4, 5) if totp.step_of(secret, totp.code_at(secret, here + n), now)]
    assert taken == [-1, 0, 1]


def test_the_address_is_what_apps_read() -> None:
    address = totp.address("ABC", "li jian:guo", "Roundtag")
    assert address == "otpauth://totp/Roundtag:li%20jian%3Aguo?secret=ABC&issuer=Roundtag"


@pytest.fixture
def on(engineer: FlaskClient) -> tuple[FlaskClient, str, list[str]]:
    """The engineer's browser with a second factor set up: the app's secret, the recovery codes."""
    secret, codes = enrol(engineer)
    return engineer, secret, codes


def answer(browser: FlaskClient, code: str, **more: str) -> int:
    return browser.post("/sign-in/code", data={"code": code, **more}).status_code


def test_the_password_alone_opens_nothing_any_more(
    app: Flask, on: tuple[FlaskClient, str, list[str]]
) -> None:
    browser = app.test_client()
    assert sign_in(browser, "engineer-a").location == "/sign-in/code"
    assert not is_in(browser)
    assert browser.get("/today").location == "/sign-in?next=/today"
    assert answer(browser, code_of(on[1])) == 303
    assert is_in(browser)


def test_a_wrong_password_never_reaches_the_second_step(
    app: Flask, on: tuple[FlaskClient, str, list[str]]
) -> None:
    browser = app.test_client()
    assert sign_in(browser, "engineer-a", "wrong").status_code == 422
    assert browser.get("/sign-in/code").status_code == 303
    assert answer(browser, code_of(on[1])) == 303
    assert not is_in(browser)


def test_a_code_is_taken_once(app: Flask, on: tuple[FlaskClient, str, list[str]]) -> None:
    """Attack: a code read over a shoulder. Red when last_step is not compared."""
    code = code_of(on[1])
    first, other = app.test_client(), app.test_client()
    sign_in(first, "engineer-a")
    sign_in(other, "engineer-a")
    assert answer(first, code) == 303
    assert answer(other, code) == 422
    assert not is_in(other)
    assert answer(other, code_of(on[1], -1)) == 422  # nor an earlier one afterwards
    assert answer(other, code_of(on[1], 1)) == 303


def test_five_wrong_codes_end_the_step(app: Flask, on: tuple[FlaskClient, str, list[str]]) -> None:
    browser = app.test_client()
    sign_in(browser, "engineer-a")
    assert [answer(browser, "000000") for _ in range(5)] == [422] * 4 + [303]
    answer(browser, code_of(on[1]))
    assert not is_in(browser)
    assert not SignInStep.select().where(SignInStep.tries < 5).exists()


def test_guessing_codes_gets_slow_whatever_is_begun_anew(
    app: Flask, on: tuple[FlaskClient, str, list[str]]
) -> None:
    codes = []
    for _ in range(3):
        browser = app.test_client()
        sign_in(browser, "engineer-a")
        codes += [answer(browser, "000000") for _ in range(4)]
    assert codes[5:].count(429) >= 5


def test_a_step_opens_one_session_and_ends_in_time(
    app: Flask, on: tuple[FlaskClient, str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = app.test_client()
    sign_in(browser, "engineer-a")
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert browser.get("/sign-in/code").location.startswith("/sign-in?")
    answer(browser, code_of(on[1]))
    assert not is_in(browser)


def test_a_recovery_code_works_once_in_any_spelling(
    app: Flask, on: tuple[FlaskClient, str, list[str]]
) -> None:
    codes = on[2]
    assert len(set(codes)) == 10
    for code, expected in ((codes[0].lower(), 303), (codes[0], 422),
                           (codes[1].replace("-", " "), 303), ("AAAAA-AAAAA", 422)):  # fmt: skip
        browser = app.test_client()
        sign_in(browser, "engineer-a")
        assert answer(browser, code) == expected, code
    assert RecoveryCode.select().where(RecoveryCode.used_at.is_null()).count() == 8


def test_neither_secret_nor_recovery_codes_lie_in_the_database_or_a_leaf(
    on: tuple[FlaskClient, str, list[str]],
) -> None:
    everything = repr(snapshot())
    for secret in (on[1], *on[2], *(code.replace("-", "") for code in on[2])):
        assert secret not in everything
    leaf = last_leaf()
    assert '"deed":"enrol_second_factor"' in leaf
    assert '"second_factor_at":"20' in leaf
    assert ledger.verify(None) == []


def test_a_trusted_browser_is_not_asked_for_30_days(
    app: Flask, on: tuple[FlaskClient, str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = app.test_client()
    sign_in(phone, "engineer-a")
    answer(phone, code_of(on[1]), trust="1")
    phone.post("/sign-out")
    assert sign_in(phone, "engineer-a").location == "/today"
    phone.post("/sign-out")
    assert sign_in(app.test_client(), "engineer-a").location == "/sign-in/code"
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert sign_in(phone, "engineer-a").location == "/sign-in/code"


@pytest.mark.parametrize("path", ["/account/browsers/forget", "/account/sessions/end"])
def test_trust_can_be_taken_back(
    app: Flask, on: tuple[FlaskClient, str, list[str]], path: str
) -> None:
    phone = app.test_client()
    sign_in(phone, "engineer-a")
    answer(phone, code_of(on[1]), trust="1")
    phone.post("/sign-out")
    assert on[0].post(path).status_code == 303
    assert sign_in(phone, "engineer-a").location == "/sign-in/code"


def test_trust_is_not_another_persons(
    app: Flask, on: tuple[FlaskClient, str, list[str]], signed_in: SignIn
) -> None:
    """A shared phone: what one trusts there excuses nobody else."""
    phone = app.test_client()
    sign_in(phone, "engineer-a")
    answer(phone, code_of(on[1]), trust="1")
    enrol(signed_in("viewer-a"))
    assert sign_in(phone, "viewer-a").location == "/sign-in/code"
    assert KnownBrowser.select().where(KnownBrowser.trusted_until.is_null(False)).count() == 1


def test_a_role_may_need_one_and_then_nobody_gets_in_without(
    app: Flask, signed_in: SignIn, world: World
) -> None:
    admin = signed_in("admin-all")
    assert admin.post("/people/second-factor", data={"role": ["manager"]}).status_code == 303
    browser = app.test_client()
    assert sign_in(browser, "manager-a").location == "/sign-in/code"
    assert browser.get("/sign-in/code").location == "/sign-in/setup"
    assert not is_in(browser)
    assert browser.post("/sign-in/setup", data={"sealed": "x", "code": "1"}).status_code == 422
    secret, codes = enrol(browser, "/sign-in/setup")
    assert len(codes) == 10
    assert is_in(browser)
    assert browser.post("/account/second-factor/off",
                        data={"off_password": worlds.PASSWORD}).status_code == 422  # fmt: skip
    again = app.test_client()
    sign_in(again, "manager-a")
    assert again.get("/sign-in/setup").location == "/sign-in/code"  # no way around by setting up
    assert again.post("/sign-in/setup", data={"code": "1"}).location == "/sign-in/code"
    assert answer(again, code_of(secret)) == 303
    assert sign_in(app.test_client(), "engineer-a").location == "/today"


def test_an_offer_of_somebody_else_is_no_offer(engineer: FlaskClient, signed_in: SignIn) -> None:
    """Attack: a key that the attacker knows is slipped into the victim's form."""
    mine = signed_in("viewer-a").get("/account/second-factor").text
    sealed = mine.split('name="sealed" value="')[1].split('"')[0]
    secret = (vault.unseal(sealed, f"{second.PURPOSE} offer") or "").partition(" ")[2]
    answered = engineer.post("/account/second-factor", data={
        "sealed": sealed, "code": code_of(secret), "password": worlds.PASSWORD})  # fmt: skip
    assert answered.status_code == 422
    assert not SecondFactor.select().exists()


@pytest.mark.parametrize("word", ["wrong", ""])
def test_an_open_screen_is_not_enough(on: tuple[FlaskClient, str, list[str]], word: str) -> None:
    browser = on[0]
    before = snapshot()
    for path, name in (("/account/second-factor", "password"),
                       ("/account/second-factor/off", "off_password"),
                       ("/account/recovery-codes", "codes_password")):  # fmt: skip
        assert browser.post(path, data={name: word}).status_code == 422, path
    assert snapshot() == before


def test_it_can_be_turned_off_by_its_owner(
    app: Flask, on: tuple[FlaskClient, str, list[str]]
) -> None:
    data = {"off_password": worlds.PASSWORD}
    assert on[0].post("/account/second-factor/off", data=data).status_code == 303
    assert sign_in(app.test_client(), "engineer-a").location == "/today"
    assert not RecoveryCode.select().exists()


def test_new_recovery_codes_replace_the_old(
    app: Flask, on: tuple[FlaskClient, str, list[str]]
) -> None:
    data = {"codes_password": worlds.PASSWORD}
    assert on[0].post("/account/recovery-codes", data=data).status_code == 200
    browser = app.test_client()
    sign_in(browser, "engineer-a")
    assert answer(browser, on[2][0]) == 422


def test_another_administrator_takes_it_away_on_record(
    app: Flask, on: tuple[FlaskClient, str, list[str]], signed_in: SignIn
) -> None:
    admin = signed_in("admin-all")
    path = f"/people/{key_of('engineer-a')}/second-factor/reset"
    assert signed_in("manager-all").post(path).status_code == 403
    assert admin.post(path).status_code == 303
    assert not is_in(on[0])
    assert sign_in(app.test_client(), "engineer-a").location == "/today"
    leaf = last_leaf()
    assert '"deed":"reset_second_factor"' in leaf
    assert f'"actor":{key_of("admin-all")}' in leaf
    assert admin.post(f"/people/{key_of('admin-all')}/second-factor/reset").status_code == 422


def test_who_deletes_the_secret_in_the_database_lets_nobody_in(
    app: Flask, on: tuple[FlaskClient, str, list[str]]
) -> None:
    """A missing secret is no reason to skip the step."""
    SecondFactor.delete().execute()
    browser = app.test_client()
    assert sign_in(browser, "engineer-a").location == "/sign-in/code"
    assert answer(browser, code_of(on[1])) == 422
    Person.update(second_factor_at=None).where(Person.id == key_of("engineer-a")).execute()
    assert ledger.verify(None) == [f"person {key_of('engineer-a')} differs from its leaf"]


def test_a_changed_installation_key_reads_no_secret_and_lets_nobody_in(
    app: Flask, on: tuple[FlaskClient, str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "another")
    assert secret_of("engineer-a") == ""
    browser = app.test_client()
    assert sign_in(browser, "engineer-a").location == "/sign-in/code"
    assert answer(browser, code_of(on[1])) == 422
    assert answer(browser, on[2][0]) == 303  # recovery codes do not need the key
