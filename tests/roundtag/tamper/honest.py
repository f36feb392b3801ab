"""Histories as people make them: of these, nothing may be said but the gaps that they declare."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import Any

import pytest

from roundtag import access, clock, faults, heads, ledger, lending, software
from roundtag.backups import declaring
from roundtag.backups.manifest import LogState
from roundtag.db import database
from roundtag.errors import RoundtagError
from roundtag.models import FaultContact
from roundtag.settings import current
from tests import world as worlds
from tests.roundtag.shop.acts import ACTS
from tests.roundtag.shop.rig import Pick, Shop
from tests.roundtag.tamper import alone

GAP = "DECLARED GAP"


class Life:
    """One history: the shop that it happens in, and every head that somebody was given."""

    def __init__(self, shop: Shop, rng: random.Random) -> None:
        self.shop, self.rng, self.done = shop, rng, Counter[str]()
        self.kept: dict[int | None, list[str]] = {}
        self.gaps = 0

    def step(self) -> None:
        if self.rng.random() < 0.5:
            able = [act for act in ACTS if act.name != "again" and act.when(self.shop)]
            chosen: Any = self.rng.choices(able, [act.weight for act in able])[0]
            with suppress(AssertionError):  # the shop's model does not know what is done here
                chosen.do(self.shop, Pick(lambda high: self.rng.randint(0, high)))
            self.done["of the shop"] += 1
            return
        deed = self.rng.choice(DEEDS)
        with suppress(RoundtagError):
            deed(self)
            self.done[deed.__name__] += 1

    def sign(self) -> None:
        """Heads leave the house: of every log that has grown."""
        for _, key in ledger.logs():
            head = heads.sign(key, clock.now())
            if head:
                self.kept.setdefault(key, []).append(head.note)

    def alarms(self, ask_alone: bool) -> list[str]:
        """What is wrong with any log, but for the gaps of restores that were declared."""
        found = []
        for _, key in ledger.logs():
            notes = self.kept.get(key, [])
            found += heads.verify(key, notes)[1]
            found += alone.says(key, notes) if ask_alone else []
        found += heads.unguarded()
        return [line for line in found if not (self.gaps and line.startswith(GAP))]


def report(life: Life) -> None:
    form = worlds.fault_form(life.shop.world, life.rng.randrange(2), contact="王 13800001111")
    worlds.deliver("fault", form, life.shop.world.engineer)


def inspect(life: Life) -> None:
    result = life.rng.choice(["pass", "fail"])
    form = worlds.check_form(life.shop.world, life.rng.randrange(2), **{"item.image": result})
    worlds.deliver("inspection", form, life.shop.world.engineer)


def work(life: Life) -> None:
    found = life.shop.faults(*faults.WORK_STATES)
    if found:
        step = life.rng.choice(["respond", "progress", "pause", "resolve"])
        form = worlds.step_form(life.rng.choice(found).id, step)
        worlds.deliver("fault_step", form, life.shop.world.engineer)


def erase(life: Life) -> None:
    rows = list(FaultContact.select().where(FaultContact.erased_at.is_null()))
    if rows:
        order = faults.EraseContact(life.rng.choice(rows).fault_id)
        worlds.run(faults.erase_contact, order, life.shop.world.manager)


def lend(life: Life) -> None:
    order = lending.LendDevice(life.rng.choice(life.shop.devices), "李", date(2100, 1, 1))
    worlds.run(lending.lend_device, order)


def update(life: Life) -> None:
    order = software.RecordUpdate(life.rng.choice(life.shop.devices), "firmware", "",
                                  f"{life.rng.randrange(9)}.0", date(2026, 1, 1))  # fmt: skip
    worlds.run(software.record_software_update, order)


def count(life: Life) -> None:
    opened = worlds.stocktake(life.shop.world)
    worlds.deliver("count", worlds.count_form(life.shop.world, opened), life.shop.world.engineer)


def write_up(life: Life) -> None:
    found = life.shop.faults()
    if found:
        worlds.knowledge_of(life.rng.choice(found).id)


def sign(life: Life) -> None:
    life.sign()


class Lost(Exception):
    pass


def restore(life: Life) -> None:
    """What was done and signed since a backup is gone; the log says so before it goes on."""
    life.sign()
    states = tuple(LogState(log.client_id, log.origin, log.size, "a" * 64)
                   for log in (ledger.log_of(key) for _, key in ledger.logs()))  # fmt: skip
    with suppress(Lost), database.atomic():
        report(life)
        life.sign()
        raise Lost
    life.shop.pass_days(1)
    order = declaring.DeclareRestored(clock.now() - timedelta(days=1), states, "disk")
    worlds.run(declaring.declare_restored, order, access.SYSTEM)
    life.gaps += 1


DEEDS: tuple[Callable[[Life], None], ...] = (
    report, report, inspect, work, work, erase, lend, update, count, write_up, sign, sign, restore,
)  # fmt: skip


@contextmanager
def as_before_an_upgrade(rng: random.Random) -> Iterator[None]:
    """What is written here lacks columns that came later and hold their default: at random, every
    column that has one."""
    real, later = ledger.image, rng.random()

    def image(row: Any) -> dict[str, Any]:
        known, table = ledger.added(type(row)), row._meta.table_name
        chance = random.Random(f"{table}{later}")
        new = {name for name in known if chance.random() < 0.2}
        said = real(row).items()
        return {name: value for name, value in said if name not in new or value != known[name]}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "image", image)
        yield


def lived(shop: Shop, seed: int) -> Life:
    """A history of some dozen deeds; the first half of some was written by an older release."""
    life = Life(shop, random.Random(seed))
    life.sign()
    steps = life.rng.randrange(6, 14)
    if seed % 4 == 0:
        with as_before_an_upgrade(life.rng):
            for _ in range(steps // 2):
                life.step()
    while sum(life.done.values()) < steps:
        life.step()
    life.sign()
    return life


@contextmanager
def heads_put_back() -> Iterator[None]:
    """The heads beside the key as they were, when what they were signed for is undone."""
    folder = current().ledger_key.parent / "heads"
    held = {path: path.read_bytes() for path in folder.glob("*.txt")}
    try:
        yield
    finally:
        for path in folder.glob("*.txt"):
            path.unlink()
        for path, data in held.items():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
