"""A real application on the test's database, and browsers that are signed in or not."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from tests import world as worlds
from tests.world import World

ORIGIN = {"Origin": "http://localhost"}


class Browser(FlaskClient):
    """Sends the Origin header that every browser sends with a form."""

    def open(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        headers = dict(kwargs.pop("headers", None) or {})
        return super().open(*args, headers={**ORIGIN, **headers}, **kwargs)


@pytest.fixture
def app(store: str) -> Flask:
    made = create_app()
    made.testing = True
    made.config["PROPAGATE_EXCEPTIONS"] = False
    made.test_client_class = Browser
    return made


@pytest.fixture
def world(store: str) -> World:
    worlds.open_provider()
    return worlds.build("A")


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """A browser that nobody signed in with."""
    return app.test_client()


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], FlaskClient]:
    """signed_in("engineer-a") → a browser of that person."""

    def sign_in(username: str) -> FlaskClient:
        browser = app.test_client()
        answer = browser.post("/sign-in", data={"username": username, "password": worlds.PASSWORD})
        assert answer.status_code == 303, answer.text
        return browser

    return sign_in


@pytest.fixture
def engineer(world: World, signed_in: Callable[[str], FlaskClient]) -> FlaskClient:
    return signed_in("engineer-a")
