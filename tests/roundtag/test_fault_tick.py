"""The minute's look: what it tells, once, whenever it was off, and killed at every statement."""

from collections.abc import Iterator
from typing import Any

import pytest

from roundtag import clock, faults, notify
from roundtag.access import Actor
from roundtag.db import database
from roundtag.faults import watching
from roundtag.models import Fault, FaultEvent, Job, Notification
from tests.conftest import KINDS
from tests.roundtag import faulting
from tests.roundtag.faulting import acting, kinds, notices, report, stand, stand_at, step, triage
from tests.seeing import count_queries
from tests.world import World, run


@pytest.fixture(autouse=True)
def since_long_ago(request: pytest.FixtureRequest) -> None:
    if "world" in request.fixturenames:
        request.getfixturevalue("world")
        faulting.long_ago()


@pytest.fixture
def heads(world: World) -> dict[str, Actor]:
    """A supervisor beside the world's manager; the client's viewer has an account too."""
    return {"supervisor": faulting.colleague(world, "supervisor-a", "supervisor")}


def look() -> int:
    return faults.look(clock.now())


def short(fault: Fault) -> list[str]:
    """`day hour what who` of each notice, in order."""
    kind = {"fault-": "", "-a": ""}
    found = []
    for at, what, who in notices(fault):
        for long, brief in kind.items():
            what, who = what.replace(long, brief), who.replace(long, brief)
        found.append(f"{at} {what} {who}")
    return found


# Level I from 09:00: respond by 09:10, on site by 10:00, restored by 13:00; nobody does anything.
MINUTE_BY_MINUTE = """
25 09:00 level-one manager
25 09:00 level-one supervisor
25 09:05 warning-response engineer
25 09:05 warning-response supervisor
25 09:08 warning-response engineer
25 09:08 warning-response supervisor
25 09:11 breach-response engineer
25 09:11 breach-response manager
25 09:11 breach-response supervisor
25 09:30 warning-on_site engineer
25 09:30 warning-on_site supervisor
25 09:48 warning-on_site engineer
25 09:48 warning-on_site supervisor
25 10:01 breach-on_site engineer
25 10:01 breach-on_site manager
25 10:01 breach-on_site supervisor
25 10:01 progress-owed manager
25 11:00 warning-restore engineer
25 11:00 warning-restore supervisor
25 11:01 progress-owed manager
25 12:01 progress-owed manager
25 12:12 warning-restore engineer
25 12:12 warning-restore supervisor
"""
# The same, the scheduler off from 09:01 to 12:20: the highest of each, one demand for an entry.
AFTER_A_SLEEP = """
25 09:00 level-one manager
25 09:00 level-one supervisor
25 12:20 breach-on_site engineer
25 12:20 breach-on_site manager
25 12:20 breach-on_site supervisor
25 12:20 breach-response engineer
25 12:20 breach-response manager
25 12:20 breach-response supervisor
25 12:20 progress-owed manager
25 12:20 warning-restore engineer
25 12:20 warning-restore supervisor
"""
FAREWELL = """
25 13:01 breach-restore engineer
25 13:01 breach-restore manager
25 13:01 breach-restore supervisor
25 13:01 breach-restore viewer
25 13:01 progress-owed manager
"""


def listed(text: str) -> list[str]:
    return sorted(line for line in text.split("\n") if line)


def gravest(world: World, patch: pytest.MonkeyPatch) -> Fault:
    stand_at(patch, "09:00")
    fault = report(world)
    triage(world, fault, "I")
    return fault


def test_minute_by_minute(world: World, heads: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = gravest(world, monkeypatch)
    for minute in range(0, 3 * 60 + 21):
        stand_at(monkeypatch, f"{9 + minute // 60:02}:{minute % 60:02}")
        look()
    assert short(fault) == listed(MINUTE_BY_MINUTE)
    stand_at(monkeypatch, "13:00")
    look()
    assert short(fault) == listed(MINUTE_BY_MINUTE)  # a deed at the very instant were in time
    stand_at(monkeypatch, "13:01")
    look()
    assert short(fault) == listed(MINUTE_BY_MINUTE + FAREWELL)
    assert look() == 0
    assert faulting.broken_leaves(world) == []


def test_after_three_hours_of_sleep(world: World, heads: Any,
                                    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    fault = gravest(world, monkeypatch)
    stand_at(monkeypatch, "12:20")
    assert (look(), look()) == (1, 0)
    assert short(fault) == listed(AFTER_A_SLEEP)
    stand_at(monkeypatch, "13:01")
    look()
    assert short(fault) == listed(AFTER_A_SLEEP + FAREWELL)


def test_level_one_goes_by_mail_too(world: World, heads: Any,
                                    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    fault = gravest(world, monkeypatch)
    mails = Notification.select().where(Notification.channel == "mail")
    assert {(m.kind, m.recipient_id) for m in mails} == {
        ("fault-level-one", key) for key in (heads["supervisor"].person_id, world.manager.person_id)
    }
    assert Job.select().where(Job.name == "send_mail").count() == 2
    assert notify.notice_kinds.kind("fault-level-one").urgent
    assert fault


def test_a_deed_between_moment_and_look(world: World, heads: Any,
                                        monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Somebody writes after a moment and before the scheduler: what was due is told anyway."""
    fault = gravest(world, monkeypatch)
    stand_at(monkeypatch, "09:10:30")
    run(faults.dispatch_fault, faults.DispatchFault(fault.id, world.engineer.person_id or 0),
        acting(world, "desk"))  # fmt: skip
    assert Fault.get_by_id(fault.id).wakes_at <= clock.now()
    look()
    assert "25 09:10 breach-response supervisor" in short(fault)


def test_an_unrestored_fault_rises_by_itself(world: World, heads: Any,
                                             monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """II is promised in eight hours; from there level I has its own four."""
    stand_at(monkeypatch, "09:00")
    fault = report(world)
    triage(world, fault, "II")
    for hour, level in (("16:59", "II"), ("17:00", "II"), ("17:01", "I"), ("17:02", "I")):
        stand_at(monkeypatch, hour)
        look()
        assert Fault.get_by_id(fault.id).level == level, hour
    event = FaultEvent.select().where(FaultEvent.kind == "level").order_by(FaultEvent.id.desc())
    assert (event.get().what, event.get().person_id) == ("I", None)
    told = [line for line in short(fault) if line.startswith("25 17:01")]
    assert told == ["25 17:01 breach-restore engineer", "25 17:01 breach-restore manager",
                    "25 17:01 breach-restore supervisor", "25 17:01 breach-restore viewer",
                    "25 17:01 level-one manager", "25 17:01 level-one supervisor",
                    "25 17:01 upgraded engineer"]  # fmt: skip
    assert run(faults.undo_step, faults.UndoStep(fault.id, event.get().id),
               acting(world, "desk")).outcome == "conflict"  # fmt: skip
    stand_at(monkeypatch, "18:01")
    look()
    assert "25 18:01 progress-owed manager" not in short(fault)  # an hour from 17:01 is in time
    stand_at(monkeypatch, "18:02")
    look()
    assert "25 18:02 progress-owed manager" in short(fault)


def test_one_rung_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An untriaged fault is held to III: 24 working hours, three days; a rise to II has eight."""
    stand_at(monkeypatch, "09:00", 23)  # a Monday
    fault = report(world)
    levels = {}
    for day, hour in ((25, "17:29"), (26, "08:00"), (26, "09:00"), (26, "12:00"), (26, "20:05"),
                      (27, "06:00")):  # fmt: skip
        stand_at(monkeypatch, hour, day)
        look()
        look()
        levels[day, hour] = Fault.get_by_id(fault.id).level
    assert sorted(set(levels.values()), key=len) == ["", "I", "II"]
    assert Fault.get_by_id(fault.id).state == "reported"
    assert kinds(fault) == ["reported", "level", "level"]


def test_what_is_restored_or_paused_sleeps(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = gravest(world, monkeypatch)
    step(fault, "restored", "restored")
    stand(fault, "closed")
    stand_at(monkeypatch, "20:00")
    look()
    assert Fault.get_by_id(fault.id).wakes_at is None
    assert look() == 0


def state_of(fault: Fault) -> Any:
    now = Fault.get_by_id(fault.id)
    events = [(e.kind, e.what, e.at) for e in faults.events(fault.id)]
    return now.state, now.level, now.wakes_at, now.next_due_at, events, short(fault)


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


@pytest.fixture
def owed(world: World, heads: Any, monkeypatch: pytest.MonkeyPatch) -> list[Fault]:
    """Two faults that are owed notices, a rise and an entry; everybody looks at 17:30."""
    stand_at(monkeypatch, "09:00")
    both = [report(world), report(world, 1)]
    for fault, level in zip(both, ("II", "I"), strict=True):
        triage(world, fault, level)
    stand_at(monkeypatch, "17:30")
    return both


def test_killed_at_every_statement(world: World, owed: list[Fault], store_kind: str,
                                   monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """After any kill the next turn ends where an undisturbed one would have. Each database has
    every other statement."""
    stand(owed.pop(), "closed", wakes_at=None)
    with database.atomic() as undone:
        with count_queries() as sent:
            look()
        wanted = [state_of(fault) for fault in owed]
        undone.rollback()
    assert wanted[0][1] == "I"
    assert len(sent) > 50
    real = database.obj.execute_sql
    for nth in range(KINDS.index(store_kind), len(sent), len(KINDS)):
        with database.atomic() as undone:
            left = iter([None] * nth)
            monkeypatch.setattr(database.obj, "execute_sql", _failing(real, left))
            with pytest.raises(Killed):
                look()
            monkeypatch.setattr(database.obj, "execute_sql", real)
            look()
            assert [state_of(fault) for fault in owed] == wanted, sent[nth]
            assert look() == 0
            undone.rollback()


def _failing(real: Any, left: Iterator[None]) -> Any:
    """The server rolls back what a dead process leaves behind: that statement always arrives."""

    def execute(sql: str, *args: Any, **more: Any) -> Any:
        if not sql.startswith("ROLLBACK") and next(left, StopIteration) is StopIteration:
            raise Killed
        return real(sql, *args, **more)

    return execute


def test_one_that_fails_stops_no_other(owed: list[Fault], monkeypatch: pytest.MonkeyPatch) -> None:
    real = watching.tell_owed

    def tell(fault: Fault, *more: Any) -> None:
        if fault.id == owed[0].id:
            raise RuntimeError("broken")
        real(fault, *more)

    monkeypatch.setattr(watching, "tell_owed", tell)
    assert look() == 1
    monkeypatch.setattr(watching, "tell_owed", real)
    assert look() == 1
    assert "25 17:30 level-one supervisor" in short(owed[0])


def test_only_the_moments_index_is_read(world: World, store_kind: str) -> None:
    query = watching._due_query(clock.now(), ("", 0))
    sql, values = query.sql()
    explain = "EXPLAIN QUERY PLAN " if store_kind == "sqlite" else "EXPLAIN "
    if store_kind == "postgresql":
        database.execute_sql("SET LOCAL enable_seqscan = off")  # the table is all but empty
    plan = " ".join(str(row) for row in database.execute_sql(explain + sql, values).fetchall())
    assert "fault_wakes_at" in plan, plan


def test_closed_faults_cost_nothing(world: World) -> None:
    for symptom in ("no_sound", "power", "network", "no_picture"):
        stand(report(world, symptom=symptom), "closed", wakes_at=None)
    with count_queries() as sent:
        assert look() == 0
    assert len(sent) == 1
