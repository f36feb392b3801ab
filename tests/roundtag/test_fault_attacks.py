"""What somebody might try at a fault's clocks, and what a clock of the machine may do to them."""

from email.parser import BytesParser
from email.policy import default
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from roundtag import board, clock, dues, faults, notify
from roundtag.board import BoardWish
from roundtag.dues import telling
from roundtag.errors import Invalid
from roundtag.models import Fault, FaultDue, FaultEvent, Notification, Person, Room
from roundtag.settings import current
from tests.roundtag import faulting
from tests.roundtag.faulting import acting, notices, report, stand_at, step, triage
from tests.seeing import at_once
from tests.world import World, deliver, fault_form, run


@pytest.fixture(autouse=True)
def since_long_ago(request: pytest.FixtureRequest) -> None:
    kept = "fresh_world" if "fresh_world" in request.fixturenames else "world"
    request.getfixturevalue(kept)
    faulting.long_ago()


def last(fault: Fault) -> int:
    query = FaultEvent.select().where(FaultEvent.fault == fault.id)
    return int(query.order_by(FaultEvent.id.desc()).get().id)


def undo(world: World, fault: Fault) -> Any:
    return run(faults.undo_step, faults.UndoStep(fault.id, last(fault)), acting(world, "desk"))


def told(fault: Fault) -> list[str]:
    return sorted({kind for _, kind, _ in notices(fault)})


def broken(fault: Fault) -> list[str]:
    return [one.target for one in faults.clocks_of(fault) if one.breaches]


def test_a_triage_is_not_taken_back_once_its_promise_ran_out(
        world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Level I is answered in ten minutes, level III in thirty: a second triage would hide it."""
    stand_at(monkeypatch, "09:00")
    fault = report(world)
    triage(world, fault, "I")
    stand_at(monkeypatch, "09:10")
    with_slip = Fault.get_by_id(fault.id)
    stand_at(monkeypatch, "09:20")
    assert undo(world, fault).outcome == "conflict"
    assert (Fault.get_by_id(fault.id).state, broken(fault)) == (with_slip.state, ["response"])


def test_a_reopening_is_not_taken_back_once_its_promise_ran_out(
        world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    stand_at(monkeypatch, "09:00")
    fault = report(world)
    triage(world, fault, "I")
    step(fault, "restored", "restored")
    stand_at(monkeypatch, "10:00")
    run(faults.reopen_fault, faults.ReopenFault(fault.id, "又黑屏"), acting(world, "desk"))
    stand_at(monkeypatch, "10:11")
    assert undo(world, fault).outcome == "conflict"
    assert broken(fault) == ["response"]


def test_a_slip_is_taken_back_before_its_promise_ran_out(
        world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    stand_at(monkeypatch, "09:00")
    fault = report(world)
    triage(world, fault, "I")
    stand_at(monkeypatch, "09:10")
    assert undo(world, fault).outcome == "done"


def test_what_broke_while_it_was_linked_is_told(
        world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Two hours as somebody's duplicate: a fault that stands by itself again is looked at."""
    stand_at(monkeypatch, "09:00")
    fault, twin, desk = report(world), report(world, 1), acting(world, "desk")
    triage(world, fault, "II")
    run(faults.link_fault, faults.LinkFault(fault.id, twin.number), desk)
    stand_at(monkeypatch, "17:30")
    run(faults.separate_fault, faults.SeparateFault(fault.id), desk)
    stand_at(monkeypatch, "17:31")
    faults.look(clock.now())
    now = Fault.get_by_id(fault.id)
    assert {"fault-breach-response", "fault-breach-restore", "fault-upgraded"} <= {*told(fault)}
    assert now.level == "I"


def test_a_claim_that_breaks_a_promise_is_told(
        world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """The phone says that the pause had ended long before; the promise is over since then."""
    stand_at(monkeypatch, "09:00")
    fault = report(world)
    triage(world, fault, "II")
    step(fault, "on_site", "on_site")
    stand_at(monkeypatch, "09:10")
    step(fault, "paused", what="client")
    claimed = stand_at(monkeypatch, "09:20")
    stand_at(monkeypatch, "18:00")
    step(fault, "resumed", what="client", claimed_at=claimed)
    faults.look(clock.now())
    stand_at(monkeypatch, "18:01")
    boss = acting(world, "supervisor")
    run(faults.accept_claim, faults.AcceptClaim(fault.id, last(fault), "现场无网络"), boss)
    stand_at(monkeypatch, "18:02")
    faults.look(clock.now())
    assert "fault-breach-restore" in told(fault)


def test_a_machine_clock_that_is_set_back_stops_no_watch(
        world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """The same moment comes again, and must be looked at again: else nothing is told any more."""
    stand_at(monkeypatch, "09:00")
    fault = report(world)
    triage(world, fault, "I")
    stand_at(monkeypatch, "09:01")
    faults.look(clock.now())
    wakes = Fault.get_by_id(fault.id).wakes_at
    stand_at(monkeypatch, "09:05:01")
    assert faults.look(clock.now()) == 1
    stand_at(monkeypatch, "09:04:59")
    run(faults.dispatch_fault, faults.DispatchFault(fault.id, world.engineer.person_id or 0),
        acting(world, "desk"))  # fmt: skip
    assert Fault.get_by_id(fault.id).wakes_at == wakes
    stand_at(monkeypatch, "09:11")
    faults.look(clock.now())
    assert Fault.get_by_id(fault.id).wakes_at > clock.now()
    assert "fault-breach-response" in told(fault)


def test_a_room_of_two_lines_is_told_by_mail(world: World,
                                             monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """A register's cell may hold a line break; the mail about level I goes out all the same, and
    nothing behind the break becomes a header of its own."""
    stand_at(monkeypatch, "09:00")
    Room.update(name="视频\nBcc: x@example.com").where(Room.id == world.room.id).execute()
    Person.update(email="boss@example.com").where(Person.id == world.manager.person_id).execute()
    triage(world, report(world), "I")
    row = Notification.get((Notification.channel == "mail")
                           & (Notification.recipient == world.manager.person_id))  # fmt: skip
    notify.send_mail(row.id)
    sent = (current().spool_dir / f"{row.id}.eml").read_bytes()
    mail = BytesParser(policy=default).parsebytes(sent)
    assert "视频 Bcc: x@example.com" in mail["Subject"]
    assert mail["Bcc"] is None


def test_links_and_reports_at_once_make_no_chain(fresh_world: World) -> None:
    """A → B → C → A, and everybody reports A once more meanwhile: no deed fails for the others'
    sake, and whatever became a duplicate names a fault that is none."""
    world, desk = fresh_world, acting(fresh_world, "desk")
    names = ("no_sound", "network", "power")
    ring = [report(world, symptom=name) for name in names]
    links = [partial(run, faults.link_fault, faults.LinkFault(one.id, twin.number), desk)
             for one, twin in pairwise([*ring, ring[0]])]  # fmt: skip
    again = [partial(deliver, "fault", fault_form(world, symptom=names[0]), world.engineer)] * 3
    failed = [one for one in at_once([*links, *again]) if isinstance(one, BaseException)]
    assert all(isinstance(one, Invalid) for one in failed), failed
    for fault in Fault.select().where(Fault.duplicate_of.is_null(False)):
        assert fault.duplicate_of.state != "duplicate"
    assert faulting.broken_leaves(world) == []


def test_a_machine_behind_the_one_that_wrote_shows_the_fault(
        world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """The report is of ten o'clock and it is nine here: no page and no other fault fails for it."""
    stand_at(monkeypatch, "10:00")
    fault = report(world)
    stand_at(monkeypatch, "09:00")
    started = faults.page(fault.id, world.manager).work.deadlines
    assert [one.state for one in started] == ["running"] * 3
    assert [line.id for line in board.board(BoardWish(), world.manager, clock.now()).lines] == [
        fault.id]  # fmt: skip
    triage(world, fault, "I")
    assert Fault.get_by_id(fault.id).next_due_at == stand_at(monkeypatch, "10:10")


def test_what_was_entered_afterwards_has_no_claims(
        world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    times = [stand_at(monkeypatch, hour) for hour in ("07:00", "07:10", "07:40", "08:20")]
    stand_at(monkeypatch, "10:00")
    order = faults.RecordAfterwards(
        world.devices[0].code, "no_picture", "II", "high", "room", "on_site", *times,
        diagnosis="电源模块松动", engineer_id=world.engineer.person_id or 0)  # fmt: skip
    made = run(faults.record_afterwards, order, acting(world, "desk"))
    fault = Fault.get_by_id(made.subject_id)
    with pytest.raises(Invalid):
        run(faults.accept_claim, faults.AcceptClaim(fault.id, last(fault), "x"),
            acting(world, "supervisor"))  # fmt: skip
    assert Fault.get_by_id(fault.id).restored_at == times[3]


def test_a_due_that_cannot_be_told_stops_no_other(
        world: World, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    stand_at(monkeypatch, "09:00")
    one, two = report(world), report(world, 1)
    for fault in (one, two):
        triage(world, fault, "I")
    real = telling._tell

    def tell(whom: set[int], row: FaultDue, *more: Any) -> None:
        if row.fault_id == one.id:
            raise RuntimeError("broken")
        real(whom, row, *more)

    monkeypatch.setattr(telling, "_tell", tell)
    stand_at(monkeypatch, "10:01")
    dues.ensure(clock.now())
    late = {row.fault_id for row in FaultDue.select().where(FaultDue.late_at.is_null(False))}
    assert late == {two.id}
