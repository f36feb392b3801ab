"""A journal in use, what people do meanwhile, and the fire after which all is looked for."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from roundtag import db, journal, ledger, sealing, settings, stock, sync
from roundtag.backups import restoring, store
from roundtag.errors import RoundtagError
from roundtag.models import (
    Fault,
    Leaf,
    Log,
    Restoration,
    RestoredLog,
    Session,
    Setting,
    Submission,
    tuples,
)
from tests import conftest
from tests.seeing import snapshot
from tests.world import (
    World,
    check_form,
    deliver,
    fault_form,
    jpeg,
    new_id,
    person,
    resolve,
    step_form,
    swap_form,
)

ALLOWED = {
    "session": "who was signed in signs in again",
    "setting": "when a backup was made and the recipe of the index",
    "restoration": "a restore writes its own row",
    "restored_log": "a restore writes its own row",
    "leaf": "compared by itself: one more per log, which declares the restore",
    "log": "its size has grown by that leaf",
    "submission": "compared by itself: one more, the restore's",
}
"""Tables that may differ from what was lost, with why."""


@contextmanager
def in_use(folder: Path, url: str, **more: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"JOURNAL_DIR": str(folder), "DATABASE_URL": url, **more}.items():
            patch.setenv(name, value)
        settings.current.cache_clear()
        yield
    settings.current.cache_clear()


@contextmanager
def after_the_fire(place: Path, tmp_path: Path) -> Iterator[None]:
    """An empty database on a new disk; the journal's disk has been saved."""
    folder = tmp_path / "new"
    folder.mkdir()
    url = conftest._empty(db.kind(), folder)
    with in_use(place, url, DATA_DIR=str(folder)), db.elsewhere(url):
        yield
    if url.startswith("postgresql"):
        conftest._postgresql(f'DROP DATABASE "{url.rsplit("/", 1)[1]}" WITH (FORCE)')


def held() -> dict[str, list[tuple[Any, ...]]]:
    rows = snapshot(Session, Setting, Restoration, RestoredLog)
    return {table: lines for table, lines in rows.items() if table not in ALLOWED}


def leaves() -> set[tuple[str, int, str]]:
    query = Leaf.select(Log.origin, Leaf.leaf_index, Leaf.hash).join(Log)
    return set(tuples(query))


def sent() -> set[tuple[Any, ...]]:
    return set(db.database.execute(Submission.select()))


class Acts:
    """What people, phones and jobs do, one at random after the other."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world, self.chance, self.colour = world, chance, 0
        self.all: tuple[Callable[[], object], ...] = (
            self.check, self.fault, self.photo, self.step, self.swap, self.kept, self.other_body,
            self.account, self.key, self.resolve,
        )  # fmt: skip

    def some(self, count: int) -> None:
        for act in [*self.all, *self.chance.choices(self.all, k=count)]:
            with suppress(RoundtagError):
                act()

    def check(self) -> None:
        deliver("inspection", check_form(self.world, self.chance.randrange(2)),
                self.world.engineer)  # fmt: skip

    def fault(self) -> None:
        deliver("fault", fault_form(self.world), self.world.engineer)

    def photo(self) -> None:
        self.colour += 1
        data, photo = jpeg(f"#0000{self.colour:02x}")
        fields = fault_form(self.world, photo=f"blob:{photo.sha256}")
        deliver("fault", fields, self.world.engineer, photos=(photo,))
        sync.put_photo(photo.sha256, data, self.world.engineer)

    def step(self) -> None:
        open_one = Fault.select().where(Fault.state == "reported").first()
        if open_one:
            deliver("step", step_form(open_one.id, "respond"), self.world.engineer)

    def swap(self) -> None:
        deliver("swap", swap_form(self.world), self.world.engineer)

    def kept(self) -> None:
        deliver("unknown-form", {"a": "b"}, self.world.engineer)

    def other_body(self) -> None:
        key = new_id()
        deliver("fault", fault_form(self.world), self.world.engineer, id=key)
        deliver("fault", fault_form(self.world, 1), self.world.engineer, id=key)

    def account(self) -> None:
        person(f"p{new_id()[:8]}", ("engineer", "client", self.world.client_id))

    def key(self) -> None:
        sealing.key_of(self.world.manager.person_id or 0)

    def resolve(self) -> None:
        open_one = Fault.select().where(Fault.resolved_at.is_null()).first()
        if open_one:
            resolve(open_one.id)


def restored(backup: Path, force: bool = False) -> restoring.Restored:
    """As the command does it, whose process has opened nothing yet."""
    db.database.close_all()
    return restoring.restore(store.found_at(backup), force=force)


def sound() -> None:
    assert [ledger.verify(key) for _, key in ledger.logs()] == [[] for _ in ledger.logs()]
    assert stock.problems() == []


def one(world: World) -> str:
    return deliver("fault", fault_form(world), world.engineer).id


def lines(place: Path) -> list[journal.Line]:
    return list(journal.Journal(place).read())
