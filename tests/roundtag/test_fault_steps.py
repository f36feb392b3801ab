"""The desk's steps: every state × verb × role on the database, two at one fault, slips."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from roundtag import access, clock, faults
from roundtag.access import ROLES, Actor
from roundtag.db import database
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.faults.life import STATES as KEPT_AS
from roundtag.models import (
    Fault,
    FaultCrew,
    FaultEvent,
    Leaf,
    Notification,
    Round,
    Submission,
    Swap,
    Unit,
)
from roundtag.sla import transitions
from tests.roundtag import faulting
from tests.roundtag.faulting import acting, kinds, report, stand, stand_at, step, triage
from tests.seeing import at_once, leaf_texts
from tests.world import World, run


@pytest.fixture(autouse=True)
def since_long_ago(request: pytest.FixtureRequest) -> None:
    if "world" in request.fixturenames:
        request.getfixturevalue("world")
        faulting.long_ago()


Order = Callable[[World, Fault], tuple[Any, Any]]


def lead(world: World) -> int:
    return world.engineer.person_id or 0


ORDERS: dict[str, Order] = {
    "triage": lambda w, f: (faults.triage_fault, faults.TriageFault(f.id, "II", "high", "room")),
    "set_level": lambda w, f: (faults.set_level, faults.SetLevel(f.id, "II", "整会瘫痪")),
    "dispatch": lambda w, f: (faults.dispatch_fault, faults.DispatchFault(f.id, lead(w))),
    "reassign": lambda w, f: (faults.reassign_fault, faults.DispatchFault(f.id, lead(w))),
    "change_crew": lambda w, f: (faults.change_crew, faults.ChangeCrew(f.id, (lead(w),))),
    "observe": lambda w, f: (faults.observe_fault, faults.ObserveFault(f.id)),
    "close": lambda w, f: (faults.close_fault, faults.CloseFault(f.id)),
    "reopen": lambda w, f: (faults.reopen_fault, faults.ReopenFault(f.id, "又黑屏")),
    "cancel_duplicate": lambda w, f: (faults.link_fault, faults.LinkFault(f.id, _twin(f).number)),
    "separate": lambda w, f: (faults.separate_fault, faults.SeparateFault(f.id)),
    "accept_claim": lambda w, f: (
        faults.accept_claim, faults.AcceptClaim(f.id, _claim(f), "现场无网络")),
}  # fmt: skip
OURS = (Fault, FaultEvent, FaultCrew, Notification, Round)


def _twin(fault: Fault) -> Fault:
    return Fault.get((Fault.client == fault.client_id) & (Fault.symptom == "no_sound"))


def _claim(fault: Fault) -> int:
    return FaultEvent.get((FaultEvent.fault == fault.id) & FaultEvent.claimed_at.is_null(False)
                          & (FaultEvent.kind == "responded")).id  # fmt: skip


def rows(*models: Any) -> list[Any]:
    return [sorted(map(repr, database.execute(model.select()))) for model in models]


@pytest.mark.parametrize("state", transitions.STATES)
def test_every_step_of_every_role(world: World, state: str) -> None:
    report(world, symptom="no_sound")
    fault = report(world)
    step(fault, "responded", claimed_at=clock.now() - timedelta(minutes=9))
    today = clock.local_day(clock.now())
    fault = stand(fault, KEPT_AS.get(state, state), observed_until=today, category="projector")
    for verb, order in ORDERS.items():
        called, command = order(world, fault)
        known = transitions.find(state, verb)
        may = {role for row in transitions.TABLE if row.verb == verb for role in row.roles}
        assert access.DEEDS[called.__name__] == may, verb
        for role in ROLES:
            with database.atomic() as undone:
                before, all_before = rows(*OURS), rows(*OURS, Submission, Leaf)
                try:
                    told = run(called, command, acting(world, role)).outcome
                except Forbidden:
                    told = "forbidden"
                    assert rows(*OURS, Submission, Leaf) == all_before
                after = Fault.get_by_id(fault.id).state
                wanted = "forbidden" if role not in may else "done" if known else "conflict"
                assert told == wanted, (state, verb, role)
                if told == "done" and known:
                    assert after == KEPT_AS.get(known.after, known.after)
                    assert FaultEvent.select().order_by(FaultEvent.id.desc()).get().kind == (
                        faults.life.KINDS[verb])  # fmt: skip
                else:
                    assert rows(*OURS) == before
                undone.rollback()


def test_another_clients_fault_is_not_there(world: World, other: World) -> None:
    theirs, mine = report(other), report(world, symptom="no_sound")
    assert mine
    step(theirs, "responded", claimed_at=clock.now() - timedelta(minutes=9))
    report(other, symptom="no_sound")
    before = rows(*OURS, Submission, Leaf)
    for order in ORDERS.values():
        called, command = order(world, theirs)
        with pytest.raises(NotFound):
            run(called, command, acting(world, *ROLES))
    with pytest.raises(NotFound):
        run(faults.undo_step, faults.UndoStep(theirs.id, 1), acting(world, "desk"))
    assert rows(*OURS, Submission, Leaf) == before


@pytest.mark.parametrize(
    ("verb", "changes", "field"),
    [
        (faults.triage_fault, faults.TriageFault(0, "V", "high", "room"), "level"),
        (faults.triage_fault, faults.TriageFault(0, "I", "now", "room"), "urgency"),
        (faults.triage_fault, faults.TriageFault(0, "I", "high", "town"), "scope"),
        (faults.triage_fault, faults.TriageFault(0, "I", "high", "room", "x"), "category"),
        (faults.triage_fault, faults.TriageFault(0, "I", "high", "room", "", "x"), "kind"),
        (faults.triage_fault, faults.TriageFault(0, "I", "high", "room", "", "", "x"),
         "support_mode"),
        (faults.dispatch_fault, faults.DispatchFault(0, 999_999), "engineer"),
        (faults.dispatch_fault, faults.DispatchFault(0, 1, (999_999,)), "crew"),
        (faults.link_fault, faults.LinkFault(0, "F-0000-999"), "twin"),
        (faults.accept_claim, faults.AcceptClaim(0, 999_999, "x"), "event"),
    ],
)  # fmt: skip
def test_nonsense_is_named_and_nothing_written(world: World, verb: Any, changes: Any,
                                               field: str) -> None:  # fmt: skip
    fault = report(world)
    values = {**vars(changes), "fault_id": fault.id}
    if values.get("engineer_id") == 1:
        values["engineer_id"] = lead(world)
    before = rows(*OURS, Submission, Leaf)
    with pytest.raises(Invalid) as refused:
        run(verb, type(changes)(**values), acting(world, "desk", "supervisor"))
    assert [one.field for one in refused.value.errors] == [field]
    assert rows(*OURS, Submission, Leaf) == before


def people(world: World) -> tuple[Actor, Actor]:
    return faulting.colleague(world, "王", "desk"), faulting.colleague(world, "李", "desk")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_at_one_fault(world: World, order: tuple[int, int]) -> None:
    """Both looked at the same page; who comes second is told by whom it was moved on."""
    both, fault = people(world), report(world)
    seen = FaultEvent.select().order_by(FaultEvent.id.desc()).get().id
    names = ("王", "李")
    first, second = (both[n] for n in order)
    assert triage(world, fault, "II", first, seen=seen).outcome == "done"
    late = triage(world, fault, "IV", second, seen=seen)
    assert (late.outcome, late.values["who"]) == ("conflict", names[order[0]])
    assert Fault.get_by_id(fault.id).level == "II"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_steps_that_keep_the_state_are_seen_too(world: World, order: tuple[int, int]) -> None:
    """One sets the level, one sends somebody else: neither overwrites what it never saw."""
    both, fault = people(world), report(world)
    triage(world, fault)
    run(faults.dispatch_fault, faults.DispatchFault(fault.id, lead(world)), both[0])
    seen = FaultEvent.select().order_by(FaultEvent.id.desc()).get().id
    other_one = faulting.colleague(world, "赵", "engineer").person_id or 0
    calls = [
        (faults.set_level, faults.SetLevel(fault.id, "II", "影响开会", seen)),
        (faults.reassign_fault, faults.DispatchFault(fault.id, other_one, seen=seen)),
    ]
    told = [run(*calls[n], both[n]).outcome for n in order]
    assert told == ["done", "conflict"]
    now = Fault.get_by_id(fault.id)
    assert (now.level == "II", now.assignee_id == other_one) == (order[0] == 0, order[0] == 1)


def test_two_at_once(fresh_world: World) -> None:
    world = fresh_world
    both, fault = people(world), report(world)
    triage(world, fault)
    seen = FaultEvent.select().order_by(FaultEvent.id.desc()).get().id
    calls = [
        lambda n=n, lv=lv: run(faults.set_level, faults.SetLevel(fault.id, lv, "x", seen), both[n])
        for n, lv in enumerate(("I", "II"))
    ]
    assert sorted(one.outcome for one in at_once(calls)) == ["conflict", "done"]
    assert kinds(fault).count("level") == 2
    assert faulting.broken_leaves(world) == []


def test_twins_linked_to_each_other_at_once(fresh_world: World) -> None:
    world = fresh_world
    one, two = report(world), report(world, 1)
    links = [(one, two.number), (two, one.number)]
    told = at_once([lambda a=a, b=b: run(faults.link_fault, faults.LinkFault(a.id, b),
                                         acting(world, "desk")) for a, b in links])  # fmt: skip
    states = sorted(fault.state for fault in Fault.select())
    assert states == ["duplicate", "reported"], told


def test_sent_with_a_crew(world: World) -> None:
    ann, bob, cid = (faulting.colleague(world, n, "engineer").person_id or 0 for n in "abc")
    fault = report(world)
    desk = acting(world, "desk")
    run(faults.dispatch_fault, faults.DispatchFault(fault.id, ann, (bob, ann)), desk)
    assert (Fault.get_by_id(fault.id).assignee_id, faults.crew_of(fault.id)) == (ann, [bob])
    run(faults.change_crew, faults.ChangeCrew(fault.id, (bob, cid)), desk)
    assert faults.crew_of(fault.id) == [bob, cid]
    listed = {one.id: one for one in faults.engineers_for(fault, clock.now())}
    assert {key: listed[key].load for key in (ann, bob, cid)} == {ann: 1, bob: 1, cid: 1}
    told = [row.recipient_id for row in Notification.select().where(
        Notification.kind == "fault-yours").order_by(Notification.id)]  # fmt: skip
    assert told == [ann, bob, cid]
    run(faults.undo_step, faults.UndoStep(fault.id, _last(fault).id), desk)
    assert faults.crew_of(fault.id) == [bob]
    run(faults.undo_step, faults.UndoStep(fault.id, _last_step(fault)), desk)
    assert (faults.crew_of(fault.id), Fault.get_by_id(fault.id).state) == ([], "reported")
    assert Fault.get_by_id(fault.id).assignee_id == fault.assignee_id
    assert faulting.broken_leaves(world) == []


def _last(fault: Fault) -> FaultEvent:
    return (FaultEvent.select().where(FaultEvent.fault == fault.id)
            .order_by(FaultEvent.id.desc()).get())  # fmt: skip


def _last_step(fault: Fault) -> int:
    events = [one for one in faults.events(fault.id) if not one.undone and one.kind != "undone"]
    return events[-1].id


def test_whom_to_suggest(world: World, other: World) -> None:
    idle = faulting.colleague(world, "闲", "analyst").person_id
    away = faulting.colleague(world, "休", "storekeeper").person_id
    fault = report(world)
    for symptom in ("no_sound", "power"):
        report(world, symptom=symptom)
    found = faults.engineers_for(fault, clock.now())
    assert {one.id for one in found} == {world.engineer.person_id, idle}
    assert away not in {one.id for one in found}
    # without a roster the contract's engineers are on duty, and an analyst is not
    assert [(one.id, one.load, one.suggested) for one in found] == [
        (world.engineer.person_id, 3, True), (idle, 0, False)]  # fmt: skip


def test_duplicates_keep_their_clocks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_at(monkeypatch, "09:00")
    first, second, third = report(world), report(world, 1), report(world, symptom="no_sound")
    desk = acting(world, "desk")
    stand_at(monkeypatch, "09:05")
    alone = faults.clocks_of(second)
    run(faults.link_fault, faults.LinkFault(third.id, second.number), desk)
    run(faults.link_fault, faults.LinkFault(second.id, first.number.lower()), desk)
    linked = {f.id: f.duplicate_of_id for f in Fault.select()}
    assert linked == {first.id: None, second.id: first.id, third.id: first.id}
    assert Fault.get_by_id(second.id).wakes_at is None
    for name, code in ((first.number, "itself"), (second.number, "itself")):
        with pytest.raises(Invalid) as refused:
            run(faults.link_fault, faults.LinkFault(first.id, name), desk)
        assert refused.value.errors[0].code == code
    stand_at(monkeypatch, "09:10")
    run(faults.separate_fault, faults.SeparateFault(second.id), desk)
    now = Fault.get_by_id(second.id)
    assert (now.state, now.duplicate_of_id) == ("reported", None)
    found = faults.clocks_of(now)
    assert [c.due_at for c in found] == [c.due_at for c in alone]
    assert [c.ended_at for c in found] == [None] * 3
    assert now.next_due_at == alone.next_due


def test_what_is_over_takes_no_duplicates(world: World) -> None:
    over, fault = report(world), report(world, 1)
    stand(over, "closed")
    with pytest.raises(Invalid) as refused:
        run(faults.link_fault, faults.LinkFault(fault.id, over.number), acting(world, "desk"))
    assert refused.value.errors[0].code == "closed"


def test_what_was_restored_takes_only_what_was_reported_before(
        world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """What broke again keeps its clocks: they would stop with those of the one that works."""
    stand_at(monkeypatch, "09:00")
    first, same = report(world), report(world, 1)
    now = stand_at(monkeypatch, "09:30")
    stand(first, "restored", restored_at=now)
    stand_at(monkeypatch, "09:40")
    again = report(world, symptom="no_sound")
    desk = acting(world, "desk")
    assert run(faults.link_fault, faults.LinkFault(same.id, first.number), desk).outcome == "done"
    with pytest.raises(Invalid) as refused:
        run(faults.link_fault, faults.LinkFault(again.id, first.number), desk)
    assert refused.value.errors[0].code == "restored"
    assert faults.clocks_of(Fault.get_by_id(again.id)).next_due


def test_a_level_never_forgives(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_at(monkeypatch, "09:00")
    fault = report(world)
    triage(world, fault, "I")
    stand_at(monkeypatch, "09:30")  # ten minutes were promised
    run(faults.set_level, faults.SetLevel(fault.id, "IV", "只是一个座位"), acting(world, "desk"))
    breach = faults.clocks_of(Fault.get_by_id(fault.id)).response.breaches
    assert [(one.level, clock.local(one.due_at).minute) for one in breach] == [("I", 10)]
    with pytest.raises(Invalid):
        run(faults.set_level, faults.SetLevel(fault.id, "IV", "x"), acting(world, "desk"))


def test_an_undone_slip_had_never_been(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_at(monkeypatch, "09:00")
    fault, desk = report(world), acting(world, "desk")
    triage(world, fault, "III", category="speaker")
    slips: list[tuple[Any, Any]] = [
        (faults.set_level, faults.SetLevel(fault.id, "I", "看错了")),
        (faults.dispatch_fault, faults.DispatchFault(fault.id, lead(world))),
    ]
    for n, (verb, command) in enumerate(slips):
        stand_at(monkeypatch, f"09:1{n}")
        row, told = _plain(fault), [c[:-1] for c in faults.clocks_of(fault, _later())]
        assert run(verb, command, desk).outcome == "done"
        stand_at(monkeypatch, f"09:3{n}")
        assert run(faults.undo_step, faults.UndoStep(fault.id, _last(fault).id), desk).outcome == (
            "done")  # fmt: skip
        assert _plain(fault) == row
        assert [c[:-1] for c in faults.clocks_of(Fault.get_by_id(fault.id), _later())] == told
    assert kinds(fault) == ["reported", "level", "level", "undone", "dispatched", "undone"]
    undone = run(faults.undo_step, faults.UndoStep(fault.id, _last_step(fault)), desk)
    assert undone.outcome == "conflict"  # 31 minutes after the triage
    assert faulting.broken_leaves(world) == []


def _later() -> Any:
    return clock.from_text("2026-11-25T09:00:00Z")


def _plain(fault: Fault) -> dict[str, Any]:
    row = dict(Fault.get_by_id(fault.id).__data__)
    return {name: value for name, value in row.items() if name not in ("salts", "wakes_at")}


def test_a_triage_is_taken_back_whole(world: World) -> None:
    fault, before = report(world), None
    before = _plain(fault)
    triage(world, fault, "I", category="speaker", kind="power", support_mode="phone")
    other_step = faults.UndoStep(fault.id, _last(fault).id - 1)
    assert run(faults.undo_step, other_step, acting(world, "desk")).outcome == "conflict"
    run(faults.undo_step, faults.UndoStep(fault.id, _last(fault).id), acting(world, "desk"))
    assert _plain(fault) == before
    with pytest.raises(Forbidden):
        run(faults.undo_step, faults.UndoStep(fault.id, 1), acting(world, "engineer", "admin"))


def test_observed_seven_days_then_closed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    boss = acting(world, "supervisor")
    stand_at(monkeypatch, "09:00")
    fault = stand(report(world), "resolved")
    run(faults.observe_fault, faults.ObserveFault(fault.id), acting(world, "engineer"))
    checks = Round.select().where(Round.occasion == "observation").order_by(Round.due_on)
    assert [check.due_on.day for check in checks] == [26, 28, 2]
    for hour, day, told in (("23:59", 31, "conflict"), ("00:00", 32, "done")):
        stand_at(monkeypatch, hour, day)
        assert run(faults.close_fault, faults.CloseFault(fault.id), boss).outcome == told
    now = Fault.get_by_id(fault.id)
    assert (now.state, now.closed_at) == ("closed", clock.now())


def test_a_loaner_keeps_the_file_open(world: World) -> None:
    fault = stand(report(world), "observing", observed_until=clock.local_day(clock.now()))
    unit = Unit.get(Unit.device == world.devices[0].id)
    swap = Swap.create(
        client=world.client_id, device=world.devices[0], new_unit=unit, new_serial=unit.serial,
        old_unit_to="repair", reason="loan", person=world.engineer.person_id, submission="s",
        received_at=clock.now(),
    )  # fmt: skip
    order, boss = faults.CloseFault(fault.id), acting(world, "manager")
    told = run(faults.close_fault, order, boss)
    assert (told.outcome, told.values) == ("conflict", {"name": unit.serial, "more": 0})
    Unit.update(device=None, place="store").where(Unit.id == unit.id).execute()
    assert run(faults.close_fault, order, boss).outcome == "done"
    assert swap


def test_reopened_in_observation(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clocks begin anew, the old checks are closed, and new ones come with a new observation;
    also on the same day."""
    stand_at(monkeypatch, "09:00")
    fault, desk = report(world), acting(world, "desk")
    step(fault, "restored", "restored")
    step(fault, "resolved", "resolved")
    stand(fault, "resolved", resolved_at=clock.now(), restored_at=clock.now())
    stand_at(monkeypatch, "10:00")
    run(faults.observe_fault, faults.ObserveFault(fault.id), desk)
    first = set(Round.select().where(Round.occasion == "observation"))
    stand_at(monkeypatch, "11:00")
    assert run(faults.reopen_fault, faults.ReopenFault(fault.id, "又黑屏"), desk).outcome == "done"
    assert {r.closed_at for r in Round.select().where(Round.id << [x.id for x in first])} == {
        clock.now()}  # fmt: skip
    now = Fault.get_by_id(fault.id)
    assert (now.state, now.observed_until, now.resolved_at, now.restored_at) == (
        "triaged", None, None, None)  # fmt: skip
    told = faults.clocks_of(now)
    assert {(c.cycle, c.started_at, c.ended_at) for c in told} == {(2, clock.now(), None)}
    assert "又黑屏" not in leaf_texts()
    stand(fault, "resolved")
    step(fault, "resolved", "resolved")
    run(faults.observe_fault, faults.ObserveFault(fault.id), desk)
    standing = Round.select().where((Round.occasion == "observation") & Round.closed_at.is_null())
    assert sorted(one.due_on.day for one in standing) == [2, 26, 28]


def test_a_reopening_by_mistake(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_at(monkeypatch, "09:00")
    fault, desk = report(world), acting(world, "desk")
    step(fault, "restored", "restored")
    stand(fault, "resolved", resolved_at=clock.now(), restored_at=clock.now())
    run(faults.observe_fault, faults.ObserveFault(fault.id), desk)
    stand_at(monkeypatch, "09:00", 27)
    before = _plain(fault)
    run(faults.reopen_fault, faults.ReopenFault(fault.id, "x"), desk)
    stand_at(monkeypatch, "09:10", 27)
    run(faults.undo_step, faults.UndoStep(fault.id, _last(fault).id), desk)
    assert _plain(fault) == before
    assert {c.cycle for c in faults.clocks_of(Fault.get_by_id(fault.id))} == {1}
    standing = Round.select().where((Round.occasion == "observation") & Round.closed_at.is_null())
    assert sorted(one.due_on.day for one in standing) == [2, 28]  # the 26th has gone by


def test_an_observation_by_mistake(world: World) -> None:
    fault, desk = stand(report(world), "resolved"), acting(world, "desk")
    run(faults.observe_fault, faults.ObserveFault(fault.id), desk)
    run(faults.undo_step, faults.UndoStep(fault.id, _last(fault).id), desk)
    assert Fault.get_by_id(fault.id).state == "resolved"
    standing = Round.select().where((Round.occasion == "observation") & Round.closed_at.is_null())
    assert not list(standing)


def test_a_claim_counts_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_at(monkeypatch, "09:00")
    fault = report(world)
    triage(world, fault, "I")
    claimed = stand_at(monkeypatch, "09:05")
    received = stand_at(monkeypatch, "09:40")
    step(fault, "responded", "responded", claimed_at=claimed)
    assert faults.clocks_of(fault).response.state == "met_late"
    order = faults.AcceptClaim(fault.id, _last(fault).id, "现场无网络")
    with pytest.raises(Forbidden):
        run(faults.accept_claim, order, acting(world, "desk", "engineer"))
    assert run(faults.accept_claim, order, acting(world, "supervisor")).outcome == "done"
    assert faults.clocks_of(fault).response.met_at == claimed
    again = run(faults.accept_claim, order, acting(world, "supervisor"))
    assert again.outcome == "conflict"
    slip = faults.UndoStep(fault.id, _last(fault).id)
    assert run(faults.undo_step, slip, acting(world, "supervisor")).outcome == "done"
    assert faults.clocks_of(fault).response.met_at == received


def test_entered_afterwards(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    times = [stand_at(monkeypatch, hour) for hour in ("07:00", "07:10", "07:40", "08:20")]
    now = stand_at(monkeypatch, "10:00")
    values: dict[str, Any] = dict(
        zip(("reported_at", "responded_at", "on_site_at", "restored_at"), times, strict=True)
    )
    order = faults.RecordAfterwards(
        world.devices[0].code, "no_picture", "II", "high", "room", "on_site", **values,
        diagnosis="电源模块松动", engineer_id=lead(world))  # fmt: skip
    receipt = run(faults.record_afterwards, order, acting(world, "desk"))
    fault = Fault.get_by_id(receipt.subject_id)
    assert (fault.afterwards, fault.state, fault.source) == (True, "restored", "desk")
    assert (fault.reported_at, fault.claimed_at, fault.restored_at) == (now, times[0], times[3])
    events = list(FaultEvent.select().where(FaultEvent.fault == fault.id).order_by(FaultEvent.id))
    assert [(one.kind, one.at == now, one.claimed_at) for one in events] == [
        ("reported", True, times[0]), ("level", True, None), ("responded", True, times[1]),
        ("on_site", True, times[2]), ("restored", True, times[3])]  # fmt: skip
    told = faults.clocks_of(fault)
    assert {(c.started_at, c.state) for c in told} == {(now, "met")}
    assert not Notification.select().count()
    assert "电源模块松动" not in leaf_texts()
    for field, changes in (
        ("responded_at", {"responded_at": times[0] - timedelta(minutes=1)}),
        ("restored_at", {"restored_at": now + timedelta(minutes=1)}),
        ("reported_at", {"reported_at": now - timedelta(days=40)}),
        ("place", {"place": "NOWHERE"}),
        ("engineer", {"engineer_id": 999_999}),
        ("level", {"level": "V"}),
    ):
        before = rows(*OURS, Submission, Leaf)
        bad = faults.RecordAfterwards(**{**vars(order), **changes})
        with pytest.raises(Invalid) as refused:
            run(faults.record_afterwards, bad, acting(world, "desk"))
        assert refused.value.errors[0].field == field
        assert rows(*OURS, Submission, Leaf) == before


def test_entered_afterwards_at_another_clients_place(world: World, other: World) -> None:
    now = clock.now()
    order = faults.RecordAfterwards(
        other.devices[0].code, "no_picture", "II", "high", "room", "phone", now, now, None, now,
        "x", lead(world))  # fmt: skip
    with pytest.raises(Invalid):
        run(faults.record_afterwards, order, acting(world, "desk"))
