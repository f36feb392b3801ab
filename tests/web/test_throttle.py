"""Guessing gets slower and slower; nobody is locked out by what strangers do. (Attack: Login.)"""

import statistics
import time
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from roundtag import clock
from roundtag.accounts import throttle
from roundtag.models import KnownBrowser, SignInDelay
from roundtag.people import passwords
from tests import world as worlds
from tests.web.proving import is_in, sign_in
from tests.web.test_sessions import cookie, with_cookie
from tests.world import World

FROM = "198.51.100.7"


def guess(browser: FlaskClient, username: str, times: int, address: str = FROM) -> list[int]:
    here = {"environ_base": {"REMOTE_ADDR": address}}
    return [sign_in(browser, username, "wrong", **here).status_code for _ in range(times)]


class Clock:
    """Stands still, so that a slow machine's own time is no part of a test."""

    def __init__(self) -> None:
        self.at = clock.now()

    def go_on(self, **span: int) -> None:
        self.at += timedelta(**span)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


def test_after_five_failures_each_try_waits_twice_as_long(
    app: Flask, world: World, still: Clock
) -> None:
    stranger = app.test_client()
    stranger.set_cookie("lang", "en")
    assert guess(stranger, "engineer-a", 6) == [422] * 5 + [429]
    waits = []
    for _ in range(12):
        stopped = sign_in(stranger, "engineer-a", "wrong", environ_base={"REMOTE_ADDR": FROM})
        waits.append(int(stopped.headers["Retry-After"]))
        assert "Too many tries. Wait" in stopped.text
        still.go_on(seconds=waits[-1])
        assert guess(stranger, "engineer-a", 1) == [422]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_while_it_waits_even_the_right_password_is_not_looked_at(app: Flask, world: World) -> None:
    stranger = app.test_client()
    guess(stranger, "engineer-a", 5)
    stopped = sign_in(stranger, "engineer-a", environ_base={"REMOTE_ADDR": FROM})
    assert stopped.status_code == 429
    assert not is_in(stranger)


def test_tries_while_it_waits_do_not_prolong_the_wait(app: Flask, world: World) -> None:
    stranger = app.test_client()
    guess(stranger, "engineer-a", 9)
    before = {row.key: row.free_at for row in SignInDelay.select()}
    assert set(guess(stranger, "engineer-a", 20)) == {429}
    assert {row.key: row.free_at for row in SignInDelay.select()} == before


def test_no_lockout_of_a_known_browser_by_strangers(
    app: Flask, engineer: FlaskClient, world: World
) -> None:
    """The owner comes in at once where they signed in before, whatever a botnet does meanwhile."""
    engineer.post("/sign-out")
    for number in range(130):
        guess(app.test_client(), "engineer-a", 1, f"203.0.113.{number}")
    assert sign_in(app.test_client(), "engineer-a").status_code == 429
    assert sign_in(engineer, "engineer-a").status_code == 303


def test_a_known_browser_has_a_limit_of_its_own(engineer: FlaskClient) -> None:
    engineer.post("/sign-out")
    codes = [sign_in(engineer, "engineer-a", "wrong").status_code for _ in range(12)]
    assert codes == [422] * 10 + [429] * 2


def test_another_browser_in_the_same_office_is_not_held_up(app: Flask, world: World) -> None:
    guess(app.test_client(), "engineer-a", 9)
    other = sign_in(app.test_client(), "manager-a", environ_base={"REMOTE_ADDR": FROM})
    assert other.status_code == 303


def test_many_names_from_one_address_are_slowed_down(app: Flask, world: World) -> None:
    codes = [guess(app.test_client(), f"name-{n}", 1)[0] for n in range(52)]
    assert codes == [422] * 50 + [429] * 2
    assert sign_in(app.test_client(), "engineer-a").status_code == 303  # another address


def test_one_name_from_many_addresses_is_slowed_down(app: Flask, world: World) -> None:
    codes = [guess(app.test_client(), "engineer-a", 1, f"203.0.113.{n}")[0] for n in range(102)]
    assert codes == [422] * 100 + [429] * 2


def test_failures_are_forgotten_by_halves(app: Flask, world: World, still: Clock) -> None:
    guess(app.test_client(), "engineer-a", 5)
    still.go_on(hours=3)
    assert guess(app.test_client(), "engineer-a", 5) == [422] * 5


def test_every_spelling_counts_as_the_same_account(app: Flask, world: World) -> None:
    spellings = ("engineer-a", "Engineer-A", " engineer-a ", "ENGINEER-A\0", "engineer-a\n")
    assert [code for one in spellings for code in guess(app.test_client(), one, 1)] == [422] * 5
    assert guess(app.test_client(), "engineer-a", 1) == [429]


def test_unknown_names_wait_as_known_ones_do(app: Flask, world: World) -> None:
    """No oracle: neither codes nor words nor waits tell who has an account."""
    pages = {}
    for name in ("engineer-a", "nobody-at-all"):
        browser = app.test_client()
        here = {"environ_base": {"REMOTE_ADDR": f"192.0.2.{len(name)}"}}
        tried = [sign_in(browser, name, "wrong", **here) for _ in range(7)]
        pages[name] = [
            (a.status_code, a.headers.get("Retry-After"), a.text.replace(name, "NAME"))
            for a in tried
        ]
    assert pages["engineer-a"] == pages["nobody-at-all"]


def test_unknown_and_known_names_take_the_same_time(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red when the dummy hash is left out: then an unknown name answers in a tenth of the time."""
    real = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", lambda: real)
    monkeypatch.setattr(throttle, "LIMITS", {k: throttle.Limit(9999, 1) for k in throttle.LIMITS})
    passwords.decoy.cache_clear()
    worlds.Person.update(password_hash=real.hash("x" * 12)).where(
        worlds.Person.username == "engineer-a"
    ).execute()
    spent: dict[str, list[float]] = {"engineer-a": [], "nobody-at-all": []}
    for _ in range(15):
        for name, times in spent.items():
            began = time.process_time()
            assert guess(app.test_client(), name, 1) == [422]
            times.append(time.process_time() - began)
    passwords.decoy.cache_clear()
    known, unknown = (statistics.median(times) for times in spent.values())
    assert abs(known - unknown) / known < 0.25, (known, unknown)


def test_the_cookie_of_a_known_browser_opens_nothing(app: Flask, engineer: FlaskClient) -> None:
    known = engineer.get_cookie("roundtag-browser")
    assert known is not None
    thief = app.test_client()
    thief.set_cookie("roundtag-browser", known.value)
    assert not is_in(thief)
    assert known.value not in str(list(KnownBrowser.select().dicts()))
    assert is_in(with_cookie(app, cookie(engineer)))


def test_old_delays_are_forgotten(world: World) -> None:
    old = clock.now() - timedelta(days=3)
    SignInDelay.create(key="k", failures=3, last_at=old, free_at=old)
    assert throttle.forget_old() == 1
    assert not SignInDelay.select().exists()
