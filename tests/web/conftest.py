"""A real application on the test's database, and browsers that are signed in or not."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from blueprints import door
from roundtag import access, db
from roundtag.models import Person
from roundtag.people import passwords
from tests import world as worlds
from tests.conftest import _copy, _postgresql, _template
from tests.world import World

ORIGIN = {"Origin": "http://localhost"}
DISABLED = "disabled"
NO_ROLE = "no-role"


class Browser(FlaskClient):
    """Sends the Origin header that every browser sends with a form."""

    def open(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        headers = dict(kwargs.pop("headers", None) or {})
        return super().open(*args, headers={**ORIGIN, **headers}, **kwargs)


@dataclass(frozen=True)
class Settled:
    """A database of two clients, with a person per role beside each client's own people."""

    url: str
    worlds: tuple[World, World]


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hundreds of sign-ins are no test of Argon2; tests/roundtag holds its real cost."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", lambda: cheap)
        passwords.decoy.cache_clear()
        yield
    passwords.decoy.cache_clear()


@pytest.fixture(scope="session")
def settled_web(databases: dict[str, str]) -> Iterator[dict[str, Settled]]:
    made: dict[str, Settled] = {}
    yield made
    for one in made.values():
        if one.url.startswith("postgresql"):
            _postgresql(f'DROP DATABASE IF EXISTS "{one.url.rsplit("/", 1)[1]}" WITH (FORCE)')


def _settle(kind: str, databases: dict[str, str], factory: pytest.TempPathFactory) -> Settled:
    url = _copy(kind, _template(kind, databases, factory), factory.mktemp("settled"))
    db.connect(url)
    with db.database.connection_context():
        worlds.open_provider()
        both = worlds.build("A"), worlds.build("B")
        _populate(both[1].client_id)
    db.database.close_all()
    return Settled(url, both)


def _populate(other_client: int) -> None:
    for role in access.ROLES:
        worlds.person(f"{role}-all", (role, "provider", None))
        worlds.person(f"{role}-elsewhere", (role, "client", other_client))
    worlds.person(NO_ROLE)
    worlds.person(DISABLED, ("manager", "provider", None))


@pytest.fixture
def settled_here(store_kind: str, databases: dict[str, str], data_dir: Path,
                 settled_web: dict[str, Settled],
                 tmp_path_factory: pytest.TempPathFactory) -> Settled:  # fmt: skip
    if store_kind not in settled_web:
        settled_web[store_kind] = _settle(store_kind, databases, tmp_path_factory)
    return settled_web[store_kind]


@pytest.fixture
def world(settled_here: Settled) -> Iterator[World]:
    """Client A's world; everything written is rolled back."""
    db.connect(settled_here.url)
    db.database.connect()
    with db.database.atomic() as outer:
        yield copy.deepcopy(settled_here.worlds[0])
        outer.rollback()
    db.database.close_all()


@pytest.fixture
def other(world: World, settled_here: Settled) -> World:
    """Client B's world beside A's."""
    return copy.deepcopy(settled_here.worlds[1])


@pytest.fixture(scope="session")
def made_once() -> dict[str, Flask]:
    """One application for all tests: most of its cost is compiling the templates."""
    return {}


@pytest.fixture
def app(world: World, made_once: dict[str, Flask]) -> Flask:
    """The application, with nobody's requests counted yet."""
    if "app" not in made_once:
        made_once["app"] = create_app()
        made_once["app"].testing = True
        made_once["app"].config["PROPAGATE_EXCEPTIONS"] = False
        made_once["app"].test_client_class = Browser
    door.limiter.reset()
    return made_once["app"]


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """A browser that nobody signed in with."""
    return app.test_client()


SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def signed_in(app: Flask) -> SignIn:
    """signed_in("engineer-a") → a browser of that person."""

    def sign_in(username: str) -> FlaskClient:
        browser = app.test_client()
        answer = browser.post("/sign-in", data={"username": username, "password": worlds.PASSWORD})
        assert answer.status_code == 303, answer.text
        return browser

    return sign_in


@pytest.fixture
def engineer(signed_in: SignIn) -> FlaskClient:
    return signed_in("engineer-a")


@pytest.fixture
def disabled(signed_in: SignIn) -> FlaskClient:
    """A browser whose person was signed in and has been disabled since."""
    browser = signed_in(DISABLED)
    Person.update(active=False).where(Person.username == DISABLED).execute()
    return browser
