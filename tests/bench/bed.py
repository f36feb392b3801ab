"""An installation with the demo's content in a folder of its own, for one part of the bench."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from playhouse.migrations import Runner

from roundtag import clock, commands, db, demo, people, tagging
from roundtag.access import SYSTEM, Actor
from roundtag.models import Client, Person
from roundtag.settings import current
from roundtag.supervisor.preparation import MIGRATIONS
from tests.bench.measure import Figure
from tests.house.processes import environment

PASSWORD = "bench-password-1"
Part = Callable[[Path], list[Figure]]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """What is set and opened in the block is of this folder and gone after it."""
    folder.mkdir(parents=True, exist_ok=True)
    with patch.dict(os.environ, environment(DATA_DIR=str(folder)), clear=True):
        current.cache_clear()
        try:
            yield
        finally:
            if db.database.obj is not None:
                db.database.close_all()
    current.cache_clear()


@contextmanager
def demonstrated(folder: Path) -> Iterator[None]:
    """The demo's content in a folder; the database is bound and closed."""
    with alone(folder):
        db.connect(current().database_url)
        with db.database.connection_context():
            Runner(db.database.obj, str(MIGRATIONS)).up()
            demo.load(PASSWORD)
        yield


def on_demo(make: Part) -> Part:
    def part(folder: Path) -> list[Figure]:
        with demonstrated(folder):
            return make(folder)

    return part


def on_rows(make: Part) -> Part:
    """The same with an open connection, for what asks no browser."""

    def part(folder: Path) -> list[Figure]:
        with demonstrated(folder), db.database.connection_context():
            return make(folder)

    return part


def engineer() -> Actor:
    with db.database.connection_context():
        return people.actor_of(Person.get(Person.username == "engineer"), clock.now())


def device() -> str:
    """The code of a device's label."""
    with db.database.connection_context():
        return next(line.code for line in tagging.bound(SYSTEM) if line.kind == "device")


def add_engineers(count: int) -> list[str]:
    """More of them for the demo's client; one person's photos are limited by the hour."""
    names = [f"bench-{number}" for number in range(count)]
    with db.database.connection_context():
        grants = (("engineer", "client", Client.get().id),)
        for name in names:
            order = people.AddPerson(name, name, PASSWORD, grants)
            commands.run(f"bench-person-{name}", people.add_person, order, SYSTEM)
    return names
