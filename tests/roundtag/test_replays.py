"""Random days of work with lost replies: sent again, late and out of order, nothing changes.

A dictionary says what the database must hold; whatever is delivered 1 to 100 times, in whatever
order the repetitions arrive, the rows stay byte for byte those of the single delivery.
"""

import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roundtag import commands, db, ledger, sync
from roundtag.commands import Envelope
from roundtag.db import database
from roundtag.errors import Invalid, RoundtagError
from roundtag.faults import OPEN_STATES, TakeStep, take_step
from roundtag.models import Conflict, Fault, Inspection, RoundDevice, Swap, Unit
from tests.seeing import snapshot
from tests.world import World, check_form, envelope, fault_form, new_id, swap_form

SERIALS = ("SNA1", "SNA2", "SPA1", "SPA2")


@dataclass
class Model:
    """What the world must look like, told by a dictionary."""

    held: dict[int, str] = field(default_factory=lambda: {0: "SNA1", 1: "SNA2"})
    stock: set[str] = field(default_factory=lambda: {"SPA1", "SPA2"})
    checked: set[int] = field(default_factory=set)
    checks: int = 0
    conflicts: int = 0
    swaps: int = 0
    open: dict[tuple[int, str], int] = field(default_factory=dict)
    faults: int = 0
    found: set[int] = field(default_factory=set)
    """Devices whose bad item is still open."""

    def report(self, device: int, symptom: str, key: int | None = None) -> None:
        self.faults += 1
        self.conflicts += (device, symptom) in self.open  # a second one is marked for the desk
        self.open.setdefault((device, symptom), self.faults)

    def swap(self, device: int, shown: str, new: str, back: str) -> str:
        if self.held[device] != shown or new not in self.stock:
            self.conflicts += 1
            return "conflict"
        self.stock.discard(new)
        if back == "store":
            self.stock.add(shown)
        self.held[device] = new
        self.swaps += 1
        return "done"


DEVICE = st.integers(0, 1)
STEP = st.one_of(
    st.tuples(st.just("check"), DEVICE, st.sampled_from(["pass", "fail", "bad"])),
    st.tuples(st.just("swap"), DEVICE, st.sampled_from(SERIALS), st.sampled_from(SERIALS),
              st.sampled_from(["store", "repair"])),
    st.tuples(st.just("swap-right"), DEVICE, st.sampled_from(["store", "repair"])),
    st.tuples(st.just("fault"), DEVICE, st.sampled_from(["no_picture", "no_sound"])),
    st.tuples(st.just("resolve"), st.integers(1, 6)),
)  # fmt: skip
SEED = st.integers(0, 2**32)


class Day:
    """Delivers steps to the product and to the model, and keeps every envelope for later."""

    def __init__(self, world: World) -> None:
        self.world, self.model = world, Model()
        self.sent: list[Any] = []
        self.faults: list[int] = []

    def do(self, step: tuple[Any, ...]) -> None:
        getattr(self, step[0].replace("-", "_"))(*step[1:])
        known = Fault.select(Fault.id).where(Fault.client == self.world.client_id)
        self.faults = [fault.id for fault in known.order_by(Fault.id)]

    def deliver(self, form: str, fields: dict[str, str]) -> commands.Receipt:
        made = envelope(form, fields, self.world.engineer.person_id)
        receipt = sync.submit(made, self.world.engineer)
        self.sent.append(made)
        return receipt

    def check(self, device: int, verdict: str) -> None:
        fields = check_form(self.world, device, **{"item.image": verdict, "note.image": "看"})
        if verdict == "bad":
            with pytest.raises(Invalid):
                self.deliver("inspection", fields)
            return
        self.deliver("inspection", fields)
        self.model.checks += 1
        self.model.checked.add(device)
        if verdict == "pass":
            self.model.found.discard(device)
        elif device not in self.model.found:  # else it was seen again, which opens nothing
            self.model.found.add(device)
            self.model.report(device, "checklist")

    def swap(self, device: int, shown: str, new: str, back: str) -> None:
        fields = swap_form(self.world, device, expected_old_serial=shown, new_serial=new,
                           old_unit_to=back)  # fmt: skip
        assert self.deliver("swap", fields).outcome == self.model.swap(device, shown, new, back)

    def swap_right(self, device: int, back: str) -> None:
        if self.model.stock:
            self.swap(device, self.model.held[device], min(self.model.stock), back)

    def fault(self, device: int, symptom: str) -> None:
        self.deliver("fault", fault_form(self.world, device, symptom=symptom))
        self.model.report(device, symptom)

    def resolve(self, number: int) -> None:
        if number > len(self.faults):
            return
        order, key = (
            TakeStep(self.faults[number - 1], "resolve", cause="旧", remedy="好了"),
            new_id(),
        )
        receipt = commands.run(key, take_step, order, self.world.engineer)
        self.sent.append((key, order))
        was_open = number in self.model.open.values()
        self.model.found -= {d for (d, s), n in self.model.open.items()
                             if n == number and s == "checklist"}  # fmt: skip
        assert receipt.outcome == ("done" if was_open else "conflict")
        self.model.open = {k: v for k, v in self.model.open.items() if v != number}

    def again(self, sent: Envelope | tuple[str, TakeStep]) -> None:
        if isinstance(sent, Envelope):
            receipt = sync.submit(sent, self.world.engineer)
        else:
            receipt = commands.run(sent[0], take_step, sent[1], self.world.engineer)
        assert receipt.repeated

    def repeat(self, chance: random.Random) -> None:
        """Every submission so far 1 to 100 times, shuffled; most of them seldom, one often."""
        before = snapshot()
        late = [one for one in self.sent for _ in range(chance.randint(1, 3))]
        late += [chance.choice(self.sent)] * chance.choice([0, 0, 20, 97]) if self.sent else []
        chance.shuffle(late)
        for one in late:
            self.again(one)
        assert snapshot() == before

    def agrees(self) -> None:
        """The database holds what the dictionary says, and the ledger agrees with both."""
        world, model = self.world, self.model
        devices = [device.id for device in world.devices]
        mine = Unit.select().where(Unit.serial.in_(SERIALS))
        assert {u.device_id: u.serial for u in mine if u.device_id} == {
            devices[n]: serial for n, serial in model.held.items()
        }
        assert {u.serial for u in mine if u.place == "store"} == model.stock
        assert Inspection.select().count() == model.checks
        assert (Swap.select().count(), Conflict.select().count()) == (model.swaps, model.conflicts)
        done = RoundDevice.select().where(RoundDevice.done_at.is_null(False))
        assert {row.device_id for row in done} == {devices[n] for n in model.checked}
        assert len(self.faults) == model.faults
        still_open = Fault.select().where(Fault.state.in_(OPEN_STATES))
        assert {(f.device_id, f.symptom) for f in still_open} == {
            (devices[n], symptom) for n, symptom in model.open
        }
        assert ledger.verify(world.client_id) + ledger.verify(None) == []


def live(world: World, steps: list[tuple[Any, ...]], seed: int) -> None:
    chance = random.Random(seed)
    with database.atomic() as day_end:
        day = Day(world)
        for step in steps:
            day.do(step)
            if chance.random() < 0.2:
                day.repeat(chance)
        day.repeat(chance)
        day.agrees()
        day_end.rollback()


SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=8, deadline=None, suppress_health_check=SHARED)
@given(steps=st.lists(STEP, min_size=5, max_size=12), seed=SEED)
def test_replays_change_nothing(world: World, steps: list[tuple[Any, ...]], seed: int) -> None:
    live(world, steps, seed)


@pytest.mark.soak
@settings(max_examples=10_000, deadline=None, suppress_health_check=SHARED)
@given(steps=st.lists(STEP, min_size=50, max_size=50), seed=SEED)
def test_replays_change_nothing_for_long(world: World, steps: list[Any], seed: int) -> None:
    live(world, steps, seed)


def test_the_same_day_twice_is_byte_identical_but_for_its_repetitions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One day delivered once each, the same day delivered with repetitions: the same bytes.

    Clock, salts and ids stand still, so that nothing but the repetitions could differ.
    """
    steps = [("check", 0, "fail"), ("swap-right", 0, "store"), ("fault", 1, "no_sound"),
             ("swap", 1, "SNA1", "SPA2", "repair"), ("check", 1, "pass"), ("check", 0, "pass"),
             ("fault", 1, "no_sound")]  # fmt: skip
    chance, found = random.Random(7), []
    moment = ledger.clock.now()
    monkeypatch.setattr("roundtag.clock.now", lambda: moment)
    for repetitions in (False, True):
        numbers = iter(range(10**6))
        monkeypatch.setattr("secrets.token_hex", lambda size, n=numbers: f"{next(n):064x}")
        monkeypatch.setattr("tests.world.new_id", lambda n=numbers: f"{next(n):032x}")
        with database.atomic() as day_end:
            day = Day(world)
            for step in steps:
                day.do(step)
                if repetitions:
                    day.repeat(chance)
            found.append(snapshot())
            day_end.rollback()
    if db.kind() == "postgresql":
        found = [bare(rows) for rows in found]  # its sequences do not go back with a rollback
    assert found[0] == found[1]


def bare(rows: dict[str, list[tuple[Any, ...]]]) -> dict[str, int]:
    return {table: len(cells) for table, cells in rows.items()}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_first_deliveries_out_of_order_all_count(world: World, order: tuple[int, ...]) -> None:
    owner = world.engineer.person_id
    sent = [envelope("inspection", check_form(world), owner, seq=1),
            envelope("fault", fault_form(world), owner, seq=2),
            envelope("swap", swap_form(world), owner, seq=3)]  # fmt: skip
    outcomes = [sync.submit(sent[n], world.engineer).outcome for n in (*order, *order)]
    assert outcomes == ["done"] * 6
    assert Inspection.select().count() == Swap.select().count() == Fault.select().count() == 1
    assert ledger.verify(world.client_id) + ledger.verify(None) == []


def test_a_refused_one_in_between_disturbs_nobody(world: World) -> None:
    day = Day(world)
    day.do(("check", 0, "pass"))
    day.do(("check", 0, "bad"))
    with pytest.raises(RoundtagError):
        day.deliver("swap", swap_form(world, new_serial="NO-SUCH"))
    day.repeat(random.Random(1))
    day.agrees()
