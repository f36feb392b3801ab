"""Hundreds of deeds in no order by people of every role: what must hold after each of them, and
what must add up at the end."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from roundtag import clock, dues, faults
from roundtag.access import Actor
from roundtag.dues import keeping
from roundtag.dues.kinds import LOANER
from roundtag.dues.owed import owed
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.faults import clocking, correcting, lapsing
from roundtag.models import Fault, FaultDue, FaultEvent
from roundtag.sla import transitions
from roundtag.sla.events import CLAIMABLE, REASONS
from tests.roundtag import faulting
from tests.roundtag.faulting import colleague
from tests.world import World, deliver, fault_form, run

SEEDS, FAULTS, DEEDS = (3, 7), 12, 150
START = clock.from_text("2026-11-25T01:00:00Z")
LEVELS = ("I", "II", "III", "IV")
SYMPTOMS = ("no_picture", "no_sound", "network", "power")
STEPS = {
    "respond": {"mode": "on_site"}, "arrive": {"why": "标签脱落"}, "restore": {"diagnosis": "线松"},
    "restore_remotely": {"diagnosis": "输入源错"}, "pause": {}, "resume": {},
    "resolve": {"cause": "老化", "remedy": "换线", "kind": "device", "why": "标签脱落"},
    "record_progress": {"note": "在查"},
}  # fmt: skip


class Walk:
    def __init__(self, world: World, patch: pytest.MonkeyPatch, seed: int) -> None:
        self.world, self.dice, self.now = world, random.Random(seed), START
        patch.setattr(clock, "now", lambda: self.now)
        self.people = [world.engineer, world.manager, colleague(world, "helper", "engineer"),
                       colleague(world, "boss", "supervisor"), colleague(world, "desk", "desk"),
                       colleague(world, "quality", "quality"), world.viewer]  # fmt: skip
        self.told: Counter[tuple[str, str]] = Counter()
        self.ids = [self.report() for _ in range(FAULTS)]

    def report(self) -> int:
        self.now += timedelta(minutes=7)
        form = fault_form(self.world, self.dice.randrange(2), symptom=self.dice.choice(SYMPTOMS))
        receipt = deliver("fault", form, self.world.engineer)
        assert isinstance(receipt.subject_id, int)
        return receipt.subject_id

    def one(self) -> None:
        """A deed; no promise that was broken before is kept behind it, but by a head's word."""
        self.now += timedelta(seconds=self.dice.choice((1, 20, 60, 120, 300, 9_000)))
        key = self.dice.choice(self.ids)
        name = self.dice.choice(self.meant(key) if self.dice.random() < 0.9 else ANYTHING)
        who = self.dice.choice(self.people[:5] if self.dice.random() < 0.9 else self.people)
        had, slip = self.broken(key), FaultEvent.get_or_none(FaultEvent.id == self.slip(key))
        try:
            self.told[name, self.deed(name, key, who)] += 1
        except (Invalid, Forbidden, NotFound) as refused:
            self.told[name, type(refused).__name__] += 1
        lost = {one: at for one, at in had.items() if one not in self.broken(key)}
        if name == "undo" and slip:  # what a slip broke at its very instant goes with it
            lost = {one: at for one, at in lost.items() if at > slip.at}
        assert name == "accept_claim" or not lost, (name, key, lost)
        if self.dice.random() < 0.3:
            faults.look(self.now)
            lapsing.ensure(self.now)
            dues.ensure(self.now)

    def meant(self, key: int) -> list[str]:
        """What the table knows where the fault stands, and what may come at any time."""
        place = faults.place_of(Fault.get_by_id(key))
        return [*(row.verb for row in transitions.TABLE if row.before == place
                  and row.verb != "upgrade"), *BESIDE]  # fmt: skip

    def deed(self, name: str, key: int, who: Actor) -> str:
        if name in STEPS:
            return self.step(name, key, who)
        verb, command = WAYS[name](self, key)
        return run(verb, command, who).outcome

    def step(self, name: str, key: int, who: Actor) -> str:
        more = {"reason": self.dice.choice([*REASONS]), "note": "停电"} if name == "pause" else {}
        claimed = self.now - timedelta(minutes=self.dice.choice((0, 3, 40, 600)))
        form = {"fault": str(key), "step": name.removeprefix("record_"), **STEPS[name], **more}
        return deliver("step", form, who, claimed_at=claimed, sent_at=self.now).outcome

    def broken(self, key: int) -> dict[tuple[str, int], datetime]:
        found = faults.clocks_of(Fault.get_by_id(key), self.now)
        return {(each.target, each.cycle): each.at for one in found for each in one.breaches}

    def stamped(self, key: int) -> int:
        mine = (FaultEvent.fault == key) & FaultEvent.kind.in_(CLAIMABLE)
        row = FaultEvent.select().where(mine).order_by(FaultEvent.id.desc()).first()
        return row.id if row else 0

    def slip(self, key: int) -> int:
        rows = list(FaultEvent.select().where(FaultEvent.fault == key).order_by(FaultEvent.id))
        found = correcting.last_slip(rows, self.now)
        return found.id if found else 0

    def engineer(self) -> int:
        return self.dice.choice([self.people[0], self.people[2]]).person_id or 0

    def level(self) -> str:
        return self.dice.choice(LEVELS)

    def other(self) -> str:
        return str(self.dice.choice(self.ids))


Way = Callable[[Walk, int], tuple[Any, Any]]
WAYS: dict[str, Way] = {
    "triage": lambda w, f: (faults.triage_fault, faults.TriageFault(f, w.level(), "high", "room")),
    "set_level": lambda w, f: (faults.set_level, faults.SetLevel(f, w.level(), "看错")),
    "dispatch": lambda w, f: (faults.dispatch_fault, faults.DispatchFault(f, w.engineer())),
    "reassign": lambda w, f: (
        faults.reassign_fault, faults.DispatchFault(f, w.engineer(), (w.engineer(),))),
    "change_crew": lambda w, f: (faults.change_crew, faults.ChangeCrew(f, (w.engineer(),))),
    "observe": lambda w, f: (faults.observe_fault, faults.ObserveFault(f)),
    "close": lambda w, f: (faults.close_fault, faults.CloseFault(f)),
    "reopen": lambda w, f: (faults.reopen_fault, faults.ReopenFault(f, "又黑屏")),
    "cancel_duplicate": lambda w, f: (faults.link_fault, faults.LinkFault(f, w.other())),
    "separate": lambda w, f: (faults.separate_fault, faults.SeparateFault(f)),
    "undo": lambda w, f: (faults.undo_step, faults.UndoStep(f, w.slip(f))),
    "accept_claim": lambda w, f: (
        faults.accept_claim, faults.AcceptClaim(f, w.stamped(f), "无网络")),
    "unusable": lambda w, f: (dues.mark_unusable, dues.MarkUnusable(f, "全停")),
    "irreparable": lambda w, f: (dues.declare_irreparable, dues.DeclareIrreparable(f, "主板烧毁")),
    "maker": lambda w, f: (dues.call_maker, dues.CallMaker(f, "换主板")),
}  # fmt: skip
BESIDE = ("undo", "undo", "undo", "unusable", "irreparable", "maker")
ANYTHING = (*WAYS, *STEPS)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_walk_adds_up(world: World, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    faulting.long_ago()
    walk = Walk(world, monkeypatch, seed)
    for _ in range(DEEDS):
        walk.one()
    done = {name for (name, outcome) in walk.told if outcome == "done"}
    assert len(done) > 15, sorted({*ANYTHING} - done)
    faults.look(walk.now)
    assert faults.look(walk.now) == 0
    assert faulting.broken_leaves(world) == []
    for fault in Fault.select().where(Fault.id.in_(walk.ids)):
        deadlines_add_up(fault, walk.now)
        dues_add_up(fault)
        ends_in_one(fault)


def deadlines_add_up(fault: Fault, now: datetime) -> None:
    if fault.state not in clocking.WATCHED:
        assert (fault.next_due_at, fault.wakes_at) == (None, None)
        return
    terms = faults.TermsBook([fault]).of(fault)
    events = faults.told([fault.id])[fault.id]
    due, wakes = clocking.deadlines(fault, events, terms, now)
    if any(one.pauses and one.pauses[-1][1] is None for one in faults.clocks_of(fault, now)):
        assert now < fault.wakes_at <= (wakes or now)  # it moves on while nobody looks
    else:
        assert (fault.next_due_at, fault.wakes_at) == (due, wakes), fault.state


def dues_add_up(fault: Fault) -> None:
    rows = {row.slot: row for row in FaultDue.select().where(FaultDue.fault == fault.id)}
    told = faults.told([fault.id])[fault.id]
    facts = keeping._facts(fault, keeping._lapsed(rows.values(), told))
    found = [] if fault.state in keeping.GONE else owed(told, facts)
    wanted = {keeping._slot(fault, one): one for one in found}
    for slot, row in rows.items():
        one = wanted.get(slot)
        assert one or row.done_at, (fault.state, slot)
        if one is not None:
            assert row.done_how == (one.ended[1] if one.ended else ""), (slot, one)
            assert row.done_at or row.raised_at == one.raised_at
    lacking = {one.kind for slot, one in wanted.items() if slot not in rows and not one.ended}
    assert not lacking - {LOANER}, (fault.state, lacking)


def ends_in_one(fault: Fault) -> None:
    """A duplicate names a fault that is none."""
    assert (fault.state == "duplicate") == (fault.duplicate_of_id is not None)
    if fault.duplicate_of_id:
        assert fault.duplicate_of.state != "duplicate"
