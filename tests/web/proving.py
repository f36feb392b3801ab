"""What tests of accounts share: codes of an app, browsers that are known, people of the office."""

import re
import time

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from roundtag import clock, ledger, vault
from roundtag.accounts import second, totp
from roundtag.models import Leaf, Person, SecondFactor
from tests import world as worlds
from tests.house.processes import until
from tests.web.reading import Page


def key_of(username: str) -> int:
    return int(Person.get(Person.username == username).id)


def secret_of(username: str) -> str:
    row = SecondFactor.get(SecondFactor.person == key_of(username))
    return vault.unseal(row.secret, second.PURPOSE) or ""


def code_of(secret: str, ahead: int = 0) -> str:
    """By the clock of the wall, which some tests stop for the product: not just before a step."""
    until(lambda: time.time() % totp.STEP < totp.STEP - 1, "the step does not end just now")
    return totp.code_at(secret, totp.step_at(clock.now()) + ahead)


def sign_in(browser: FlaskClient, username: str, password: str = worlds.PASSWORD,
            **more: object) -> TestResponse:  # fmt: skip
    data = {"username": username, "password": password}
    return browser.post("/sign-in", data=data, **more)


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/sync/whoami").json["user"] is not None


def enrol(browser: FlaskClient, path: str = "/account/second-factor") -> tuple[str, list[str]]:
    """Sets a second factor up as a person would; the app's secret and the recovery codes."""
    form = Page(browser.get(path).text).form(path)
    sealed = vault.unseal(form.filled()["sealed"], f"{second.PURPOSE} offer") or ""
    secret = sealed.partition(" ")[2]
    answer = browser.post(path, data={**form.filled(), "code": code_of(secret, -1),
                                      "password": worlds.PASSWORD})  # fmt: skip
    assert answer.status_code == 200, answer.text
    return secret, re.findall(r'<li class="copyable">([^<]+)</li>', answer.text)


def last_leaf() -> str:
    """What the provider's log says last."""
    mine = Leaf.log == ledger.log_of(None).id
    return str(Leaf.select().where(mine).order_by(Leaf.leaf_index.desc()).get().text)


def link_in(answer: TestResponse) -> str:
    """The path of a link that is shown once."""
    found = re.search(r"/welcome/[\w-]+", answer.text)
    assert found is not None, answer.text
    return found.group()
