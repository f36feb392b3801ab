"""Family 12: work of two phones and deeds of the office meet in every order, and nothing is lost.

Whatever comes first: each entry is one fact or one undone swap, it bears exactly the marks of what
had changed before it arrived, the stock adds up, and whatever is sent again changes nothing.
"""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roundtag import (
    checklists,
    conflicts,
    devices,
    ledger,
    reviews,
    rounds,
    settling,
    spares,
    stock,
    sync,
    tagging,
)
from roundtag.access import Actor
from roundtag.commands import Envelope, Receipt
from roundtag.db import database
from roundtag.errors import Invalid
from roundtag.models import (
    Conflict,
    Fault,
    Inspection,
    Loaner,
    Room,
    RoundDevice,
    StockMovement,
    Submission,
    Swap,
    Unit,
)
from tests import world as worlds
from tests.seeing import assert_units_are_where_their_movements_say, at_once, snapshot
from tests.world import World, check_form, envelope, fault_form, run, swap_form

NEW_ITEM = {"key": "fan", "kind": "check", "zh": "风扇", "en": "Fan"}
UNDONE = ("device-already-swapped", "unit-already-used")


@dataclass
class Meeting:
    """Two engineers with full phones, and an office that does not know of them."""

    world: World
    second: Actor
    sent: dict[str, tuple[Envelope, Actor]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    marks: dict[str, set[str]] = field(default_factory=dict)

    def entry(self, form: str, fields: dict[str, str], actor: Actor, *marks: str) -> Receipt:
        made = envelope(form, fields, actor.person_id, form_version="2" if form == "swap" else "1")
        self.sent[made.id] = (made, actor)
        self.marks[made.id] = set(marks)
        receipt = sync.submit(made, actor)
        assert receipt.outcome == ("conflict" if set(marks) & set(UNDONE) else "done")
        return receipt

    def after(self, **deeds: str) -> list[str]:
        """The marks of those deeds that have happened already."""
        return [mark for deed, mark in deeds.items() if deed in self.seen]

    def first_device(self) -> list[str]:
        return self.after(retire="device-retired", replace="tag-replaced")

    def check_first(self) -> None:
        marks = self.after(publish="stale-checklist", close="round-closed")
        self.entry("inspection", check_form(self.world), self.world.engineer,
                   *marks, *self.first_device())  # fmt: skip

    def check_second(self) -> None:
        marks = self.after(publish="stale-checklist", close="round-closed", move="device-moved")
        self.entry("inspection", check_form(self.world, 1), self.second, *marks)

    def swap_mine(self) -> None:
        self._swap(0, "SPA1", self.world.engineer, *self.first_device())

    def swap_theirs(self) -> None:
        self._swap(0, "SPA2", self.second, *self.first_device())

    def swap_same(self) -> None:
        """The same spare into the same device as the other phone's."""
        self._swap(0, "SPA1", self.second, *self.first_device())

    def swap_twice(self) -> None:
        self._swap(1, "SPA1", self.second, *self.after(move="device-moved"))

    def _swap(self, device: int, spare: str, actor: Actor, *marks: str, **more: str) -> Receipt:
        held = self._held(device)
        known = {f"SNA{device + 1}", more.get("old_serial_seen") or None}
        clash = ["device-already-swapped"] if held not in known else []
        if not clash and Unit.get(Unit.serial == spare).place != "store":
            clash = ["unit-already-used"]
        if not clash and more.get("old_serial_seen", held) != held:
            marks = (*marks, "serial-differs")
        form = swap_form(self.world, device, new_serial=spare, **more)
        return self.entry("swap", form, actor, *marks, *clash)

    def _held(self, device: int) -> str:
        unit = Unit.get_or_none(Unit.device == self.world.devices[device].id)
        return unit.serial if unit else ""

    def lend_mine(self) -> None:
        self._swap(0, "SPA1", self.world.engineer, *self.first_device(), reason="loan",
                   old_unit_to="store", old_serial_seen="SNA1")  # fmt: skip

    def lend_theirs(self) -> None:
        """The same spare, read on another device's unit than the page had shown."""
        self._swap(1, "SPA1", self.second, *self.after(move="device-moved"), reason="loan",
                   old_serial_seen="SN-READ")  # fmt: skip

    def swap_back(self) -> None:
        """The office takes back the last swap at the first device, where there is one."""
        last = Swap.select().where(Swap.device == self.world.devices[0].id)
        row = last.order_by(Swap.id.desc()).first()
        if row is None:
            return
        before = self._held(0)
        answer = run(spares.swap_back, spares.SwapBack(row.id))
        done = answer.outcome == "done"
        assert self._held(0) == ((row.old_serial or "") if done else before)

    def fault_mine(self) -> None:
        self._fault(self.world.engineer)

    def fault_theirs(self) -> None:
        self._fault(self.second)

    def _fault(self, actor: Actor) -> None:
        twin = ["duplicate-fault"] if Fault.select().exists() else []
        self.entry("fault", fault_form(self.world), actor, *twin, *self.first_device())

    def retire(self) -> None:
        run(devices.retire_device, devices.RetireDevice("A-P01", "A"))

    def move(self) -> None:
        run(devices.move_device, devices.MoveDevice("A-P02", "A", "A302"))

    def close(self) -> None:
        run(rounds.close_round, rounds.CloseRound(self.world.round_id))

    def replace(self) -> None:
        run(tagging.replace_tag, tagging.ReplaceTag(self.world.tags[0]))

    def publish(self) -> None:
        run(checklists.publish_checklists, checklists.PublishChecklists((
            {"category": "projector", "occasion": "monthly", "name_zh": "投影机月检",
             "name_en": "Projector, monthly", "items": [*worlds.ITEMS, NEW_ITEM]},)))  # fmt: skip

    def happen(self, order: tuple[str, ...]) -> None:
        for step in order:
            getattr(self, step)()
            self.seen.append(step)

    def ids(self, form: str) -> set[str]:
        return {key for key, (made, _) in self.sent.items() if made.form == form}

    def holds(self) -> None:
        undone = {key for key, marks in self.marks.items() if marks & set(UNDONE)}
        assert {row.id for row in Submission.select() if row.id in self.sent} == set(self.sent)
        assert filed(Inspection) == sorted(self.ids("inspection"))
        assert filed(Fault) == sorted(self.ids("fault"))
        assert filed(Swap) == sorted(self.ids("swap") - undone)
        kept: dict[str, set[str]] = {key: set() for key in self.sent}
        for row in Conflict.select():
            assert row.kind not in kept[row.submission], "one mark of a kind for an entry"
            kept[row.submission].add(row.kind)
        assert kept == self.marks
        sound()

    def send_all_again(self) -> None:
        before = snapshot()
        for made, actor in self.sent.values():
            assert sync.submit(made, actor).repeated
        assert snapshot() == before

    def settle_all(self, choose: Callable[[list[str]], str]) -> None:
        """Every mark is settled once; a second person changes nothing any more."""
        for row in list(Conflict.select().order_by(Conflict.id)):
            key = f"conflict:{row.id}"
            decision = choose(list(conflicts.DECISIONS[row.kind]))
            order = settling.Settle(key, decision)
            try:
                done = run(settling.settle_conflict, order, self.world.manager)
            except Invalid:  # the unit is not in a store: nothing was settled, nothing moved
                assert decision == "apply"
                order = settling.Settle(key, "leave")
                done = run(settling.settle_conflict, order, self.world.manager)
            assert done.outcome == "done"
            before = snapshot(Submission)
            assert run(settling.settle_conflict, order, self.world.manager).outcome == "conflict"
            assert snapshot(Submission) == before
        assert not Conflict.select().where(Conflict.settled_at.is_null()).exists()
        for key, (_, actor) in self.sent.items():
            _, settled = reviews.receipt_of(key, actor)
            assert bool(settled) == bool(self.marks[key])
        sound()


def filed(model: type[Inspection] | type[Fault] | type[Swap]) -> list[str]:
    return sorted(str(row.submission) for row in model.select())


def sound() -> None:
    """Each unit is in one place, where its movements end; the ledger agrees with every row."""
    assert_units_are_where_their_movements_say()
    assert stock.problems() == []
    out = {row.unit_id: row.device_id for row in Loaner.select().where(Loaner.back_at.is_null())}
    assert out == {key: Unit.get_by_id(key).device_id for key in out}
    assert ledger.verify(None) == []
    for client in {row.client_id for row in RoundDevice.select()}:
        assert ledger.verify(client) == []


@pytest.fixture
def meeting(world: World) -> Meeting:
    second = worlds.person("second-a", ("engineer", "client", world.client_id))
    second_room(world)
    return Meeting(world, second)


def second_room(world: World) -> None:
    def build_room(command: worlds.Place, deed: worlds.Deed) -> worlds.Outcome:
        row = world.room
        deed.create(Room, client=row.client_id, building=row.building_id, floor="3", code="A302",
                    name="小会议室", kind="video")  # fmt: skip
        return worlds.Outcome("made")

    build_room.__name__ = "import_register"
    run(build_room, worlds.Place(world.client_id, "A"))


def try_order(meeting: Meeting, order: tuple[str, ...], pick: Callable[[list[str]], str]) -> None:
    with database.atomic() as end:
        day = Meeting(meeting.world, meeting.second)
        day.happen(order)
        day.holds()
        day.send_all_again()
        day.settle_all(pick)
        day.send_all_again()
        end.rollback()


PAIRS = {
    "stale checklist": ("publish", "check_first"),
    "swapped device": ("swap_mine", "swap_theirs"),
    "same spare twice": ("swap_mine", "swap_twice"),
    "same spare into the same device": ("swap_mine", "swap_same"),
    "one spare, three phones": ("swap_mine", "swap_same", "swap_twice"),
    "duplicate fault": ("fault_mine", "fault_theirs"),
    "retired and checked": ("retire", "check_first"),
    "retired, swapped and reported": ("retire", "swap_mine", "fault_mine"),
    "moved": ("move", "check_second", "swap_twice"),
    "round closed": ("close", "check_first"),
    "lent twice": ("lend_mine", "lend_theirs"),
    "lent and swapped": ("lend_mine", "swap_theirs", "lend_theirs"),
    "lent and swapped back": ("lend_mine", "swap_back", "lend_theirs"),
    "swapped back and swapped": ("swap_mine", "swap_back", "swap_theirs"),
    "tag replaced": ("replace", "check_first", "fault_mine"),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_a_pair_in_every_order(meeting: Meeting, pair: str) -> None:
    """Two in every order with the first and the last decision; of three they alternate."""
    for number, order in enumerate(itertools.permutations(PAIRS[pair])):
        for which in (0, -1) if len(order) == 2 else (-(number % 2),):
            try_order(meeting, order, lambda offered, which=which: offered[which])


STEPS = ("check_first", "check_second", "swap_mine", "swap_theirs", "swap_twice", "fault_mine",
         "fault_theirs", "lend_mine", "lend_theirs", "swap_back", "retire", "move", "close",
         "replace", "publish")  # fmt: skip


SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=6, deadline=None, suppress_health_check=SHARED)
@given(order=st.permutations(STEPS), seed=st.integers(0, 2**32))
def test_everything_at_once_in_any_order(meeting: Meeting, order: list[str], seed: int) -> None:
    try_order(meeting, tuple(order), random.Random(seed).choice)


def test_the_order_is_seen_when_a_mark_is_forgotten(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oracle is not blind: without its marks the same order fails."""
    monkeypatch.setattr(conflicts, "mark", lambda *_: None)
    with pytest.raises(AssertionError):
        try_order(meeting, ("replace", "check_first"), lambda offered: offered[0])


def test_of_two_people_who_settle_at_once_one_decides(fresh_world: World) -> None:
    world = fresh_world
    first = worlds.deliver("swap", swap_form(world), world.engineer)
    second = worlds.deliver("swap", swap_form(world, new_serial="SPA2"), world.engineer)
    assert (first.outcome, second.outcome) == ("done", "conflict")
    key = f"conflict:{Conflict.get(Conflict.submission == second.id).id}"
    order = settling.Settle(key, "apply")
    done = at_once([lambda: run(settling.settle_conflict, order, world.manager)] * 6)
    assert sorted(getattr(one, "outcome", repr(one)) for one in done) == [*["conflict"] * 5, "done"]
    assert sorted(row.submission for row in Swap.select()) == sorted([first.id, second.id])
    assert Unit.get(Unit.device == world.devices[0].id).serial == "SPA2"
    assert StockMovement.select().count() == 4
    sound()
