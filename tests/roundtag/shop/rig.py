"""A database for random sequences, each undone by rolling back; and the shop that acts on it."""

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from blueprints import door
from roundtag import clock, commands, db, sync
from roundtag.access import Actor
from roundtag.errors import RoundtagError
from roundtag.models import Device, Fault, Session, Store, Unit
from roundtag.people import passwords
from tests import world as worlds
from tests.roundtag import stock_books
from tests.roundtag.shop.model import Model
from tests.seeing import snapshot
from tests.world import World

ORIGIN = {"Origin": "http://localhost"}
Again = Callable[[], str]


@dataclass(frozen=True)
class Counts:
    """What a run of sequences did."""

    sequences: int
    steps: int
    acts: Counter[str]


class Pick:
    """Chooses for an act. Hypothesis draws behind it, so that a failure shrinks."""

    def __init__(self, draw: Callable[[int], int]) -> None:
        self.draw = draw

    def one(self, choices: Any) -> Any:
        listed = list(choices)
        return listed[self.draw(len(listed) - 1)]

    def whole(self, low: int, high: int) -> int:
        return low + self.draw(high - low)


class Shop:
    """The product and the model of one sequence. `sent`: every submission, to be sent again."""

    def __init__(self, world: World, app: Flask) -> None:
        self.world, self.app, self.model = world, app, Model()
        self.now = clock.now()
        self.sent: list[Again] = []
        self.serials = 0
        self.browsers: dict[str, FlaskClient] = {}
        spots, self.counted = stock_books.make(world, stores=2, models=2)
        home = Store.get(Store.client == world.client_id, Store.code == f"K{world.code}").id
        self.stores = [home, *(int(spot.key or 0) for spot in spots)]
        self.devices = [device.id for device in world.devices]
        for unit in Unit.select().where(Unit.serial.contains(world.code)):
            number = self.devices.index(unit.device_id) if unit.device_id else unit.store_id
            self.model.units[unit.serial] = (unit.place, number)

    def code_of(self, store: int) -> str:
        return str(Store.get_by_id(store).code)

    def faults(self, *states: str) -> list[Fault]:
        query = Fault.select().where(Fault.client == self.world.client_id)
        return list((query.where(Fault.state.in_(states)) if states else query).order_by(Fault.id))

    def retired(self, device: int) -> bool:
        return Device.get_by_id(self.devices[device]).retired_at is not None

    # The three doors. Each answers done, conflict, review or refused, and may be tried again.

    def phone(self, form: str, fields: dict[str, str], carrier: Actor | None = None,
              **more: Any) -> str:  # fmt: skip
        """By the engineer's own phone, or by somebody who delivers it for them."""
        engineer = self.world.engineer
        if carrier:
            more["carrier"] = carrier.person_id
        made = worlds.envelope(form, fields, engineer.person_id, **more)
        return self._do(lambda: sync.submit(made, carrier or engineer).outcome)

    def browser(self, path: str, fields: dict[str, str], user: str) -> str:
        key = worlds.new_id()
        form = {**fields, "submission_id": key}

        def post() -> str:
            answer = self._signed_in(user).post(path, data=form, headers=ORIGIN)
            assert answer.status_code in {303, 422, 403, 404, 409}, answer.text
            known = commands.find(key)
            assert (known is not None) == (answer.status_code == 303), answer.text
            return known.outcome if known else "refused"

        return self._do(post)

    def command(self, verb: Any, order: Any, actor: Actor) -> str:
        key = worlds.new_id()
        return self._do(lambda: commands.run(key, verb, order, actor).outcome)

    def _do(self, deliver: Again) -> str:
        try:
            said = deliver()
        except RoundtagError:
            return "refused"
        if said != "refused":
            self.sent.append(deliver)
        return said

    def swap(self, way: str, fields: dict[str, str]) -> str:
        """The same form through any door."""
        if way == "browser":
            user = f"engineer-{self.world.code}".lower()
            return self.browser(f"/t/{fields['tag']}/swaps", fields, user)
        return self.phone("swap", fields, self.world.manager if way == "carried" else None)

    def _signed_in(self, user: str) -> FlaskClient:
        door.limiter.reset()
        if user not in self.browsers:
            self.browsers[user] = self.app.test_client()
            form = {"username": user, "password": worlds.PASSWORD}
            answer = self.browsers[user].post("/sign-in", data=form, headers=ORIGIN)
            assert answer.status_code == 303, answer.text
        return self.browsers[user]

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.browsers.clear()  # an idle session would end

    def again(self, number: int) -> None:
        """Sends one of the earlier submissions again: its receipt comes back and nothing moves."""
        before = snapshot(Session)
        assert self.sent[number]() in {"done", "conflict", "review"}
        assert snapshot(Session) == before


class Rig:
    """A settled database; `open` gives a shop in it that leaves no trace."""

    def __init__(self, world: World, app: Flask) -> None:
        self.world, self.app, self.shop = world, app, None

    @contextmanager
    def open(self) -> Iterator[Shop]:
        with db.database.atomic() as undo:
            shop = Shop(copy.deepcopy(self.world), self.app)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(clock, "now", lambda: shop.now)
                try:
                    yield shop
                finally:
                    undo.rollback()


@contextmanager
def rig(url: str, world: World) -> Iterator[Rig]:
    """The product on the database of `url`, where `world` was built."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", lambda: cheap)
        passwords.decoy.cache_clear()
        stack.callback(passwords.decoy.cache_clear)
        db.connect(url)
        db.database.connect()
        stack.callback(db.database.close_all)
        app = create_app()
        app.testing = True
        with db.database.atomic() as undo:
            yield Rig(world, app)
            undo.rollback()
