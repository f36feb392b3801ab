"""The board: its order, what each line tells, whom it suggests, and what it costs."""

from datetime import timedelta
from typing import Any

import pytest

from roundtag import board, clock, duty, faults
from roundtag.board import BoardWish
from roundtag.fields import Fields
from roundtag.models import Contract, Fault, FaultCrew, FaultEvent
from tests.seeing import queries_of
from tests.world import World, deliver, fault_form, person, run

NOW = clock.now() + timedelta(hours=6)
"""Behind the making of the two worlds, whose grants hold from then on."""


def ago(**span: float) -> Any:
    return NOW - timedelta(**span)


def put(world: World, number: int, state: str = "triaged", level: str = "II",
        since: Any = None, events: tuple[tuple[str, str, Any], ...] = (),
        **more: Any) -> Fault:  # fmt: skip
    """A fault as its verbs would have left it, with its deadlines."""
    since = since or ago(minutes=5)
    fault = Fault.create(
        client=world.client_id, contract=world.contract_id, number=f"F-T-{number:04}",
        room=world.room, source="desk", symptom="no_sound", state=state, level=level,
        reported_at=since, **more,
    )  # fmt: skip
    told = [("reported", "", since), *([("level", level, since)] if level else []), *events]
    for kind, what, at in told:
        FaultEvent.create(client=world.client_id, fault=fault, kind=kind, what=what, at=at)
    faults.keep_deadlines(fault, NOW)
    return fault


def seen(world: World, **wish: Any) -> list[str]:
    found = board.board(BoardWish(**wish), world.manager, NOW)
    return [line.number[-4:].lstrip("0") for line in found.lines]


@pytest.fixture
def five(world: World) -> list[Fault]:
    return [
        put(world, 1, level="II", since=ago(minutes=6)),  # response due in 14 minutes
        put(world, 2, level="I", since=ago(minutes=5)),  # in 5 minutes
        put(world, 3, level="I", since=ago(hours=3)),  # overdue
        put(world, 4, state="reported", level="", since=ago(minutes=1)),
        put(world, 5, state="restored", level="II", since=ago(hours=1), events=(
            ("restored", "", ago(minutes=50)),)),
        put(world, 6, state="resolved", level="I"),
    ]  # fmt: skip


def test_new_ones_then_overdue_ones_then_by_deadline(world: World, five: list[Fault]) -> None:
    found = board.board(BoardWish(), world.manager, NOW)
    assert [line.number[-1] for line in found.lines] == ["4", "3", "2", "1", "5"]
    assert [line.band for line in found.lines] == ["new", "late", "next", "next", "calm"]
    assert found.counts == {"new": 1, "late": 1, "next": 2, "calm": 1}
    assert (found.total, found.more) == (5, 0)


def test_what_narrows_it(world: World, other: World, five: list[Fault]) -> None:
    Fault.update(assignee=world.manager.person_id).where(Fault.id == five[0].id).execute()
    FaultCrew.create(client=world.client_id, fault=five[2], person=world.manager.person_id,
                     joined_at=NOW)  # fmt: skip
    FaultCrew.create(client=world.client_id, fault=five[1], person=world.manager.person_id,
                     joined_at=NOW, left_at=NOW)  # fmt: skip
    assert seen(world, mine=True) == ["3", "1"]
    assert seen(world, late=True) == ["3"]
    assert seen(world, level="I") == ["3", "2"]
    assert seen(world, level="none") == ["4"]
    assert seen(world, state="restored") == ["5"]
    assert seen(world, client=other.client_id) == []
    assert seen(world, site=world.room.building.site_id, level="II") == ["1", "5"]
    assert seen(world, site=other.room.building.site_id) == []


def test_nothing_of_another_client(world: World, other: World, five: list[Fault]) -> None:
    theirs = person("desk-b", ("desk", "client", other.client_id))
    found = board.board(BoardWish(), theirs, NOW)
    assert (found.lines, found.total, found.counts["late"]) == ([], 0, 0)
    assert [name for _, name in found.clients] == ["客户B"]
    assert [name for _, name in found.sites] == ["园区B"]


def test_a_wish_is_what_its_address_says() -> None:
    wish = BoardWish(3, 4, "I", "on_site", mine=True, late=True, hundreds=2)
    pairs = [tuple(pair.split("=")) for pair in wish.query().split("&")]
    assert board.read_wish(Fields(pairs)) == wish  # type: ignore[arg-type]
    odd = {"client": "9" * 30, "site": "-1", "level": "V", "state": "closed", "hundreds": "999"}
    assert board.read_wish(Fields(odd.items())) == BoardWish(hundreds=20)


def line_of(world: World, fault: Fault) -> board.BoardLine:
    found = board.board(BoardWish(), world.manager, NOW)
    return next(line for line in found.lines if line.id == fault.id)


def test_a_line_tells_the_next_deadline_of_its_clocks(world: World) -> None:
    fault = put(world, 1, "on_site", "I", ago(minutes=30), (("on_site", "", ago(minutes=22)),))
    due = line_of(world, fault).due
    assert due is not None
    assert (due.target, due.at, due.late) == (
        "restore",
        ago(minutes=30) + timedelta(hours=4),
        False,
    )
    assert due.left == timedelta(hours=3, minutes=30)


def test_a_line_tells_why_its_clock_stands_still(world: World) -> None:
    held = (("responded", "", ago(minutes=50)), ("paused", "client", ago(minutes=40)),
            ("paused", "room_in_use", ago(minutes=30)))  # fmt: skip
    both = put(world, 1, "responded", "II", ago(hours=1), held)
    one = put(world, 2, "responded", "II", ago(hours=1),
              (*held, ("resumed", "client", ago(minutes=20))))  # fmt: skip
    none = put(world, 3, "responded", "II", ago(hours=1), (*held, ("resumed", "", ago(minutes=9))))
    assert line_of(world, both).paused == ("client", "room_in_use")
    assert line_of(world, one).paused == ("room_in_use",)
    assert line_of(world, none).paused == ()


def test_a_line_tells_what_else_there_is(world: World) -> None:
    grave = put(world, 1, "on_site", "I", ago(minutes=130),
                (("on_site", "", ago(minutes=120)), ("progress", "", ago(minutes=75))))  # fmt: skip
    kept = put(world, 2, "on_site", "I", ago(minutes=130),
               (("on_site", "", ago(minutes=120)), ("progress", "", ago(minutes=15))))  # fmt: skip
    again = put(world, 3, "triaged", "II", ago(days=2), (
        ("resolved", "", ago(days=1)), ("reopened", "II", ago(minutes=3))))  # fmt: skip
    for number in (11, 12):
        put(world, number, "duplicate", "", duplicate_of=again)
    assert line_of(world, grave).hourly == timedelta(minutes=75)
    assert line_of(world, kept).hourly is None
    told = line_of(world, again)
    assert (told.reopened, told.twins) == (True, 2)
    assert line_of(world, kept).reopened is False
    assert "triage" not in told.can
    assert "dispatch" in told.can


def test_whom_it_suggests(world: World) -> None:
    """Who is on duty and has least to do; without a roster everybody of the contract is."""
    first = world.engineer.person_id
    second = person("second-a", ("engineer", "client", world.client_id)).person_id
    person("elsewhere-a", ("engineer", "contract", world.contract_id + 1000))
    contract = Contract.get_by_id(world.contract_id)

    def helpers() -> list[tuple[int | None, bool, int]]:
        found = board.Crews([contract.id], NOW).of(contract.id)
        return [(one.id, one.on_duty, one.load) for one in found
                if one.id in (first, second)]  # fmt: skip

    busy = put(world, 1, assignee=first)
    assert helpers() == [(second, True, 0), (first, True, 1)]
    FaultCrew.create(client=world.client_id, fault=busy, person=second, joined_at=NOW)
    put(world, 2, state="closed", assignee=second)
    put(world, 3, assignee=second)
    assert helpers() == [(first, True, 1), (second, True, 2)]
    assert line_of(world, busy).suggested == board.Helper(first or 0, "engineer-a 先生", True, 1)
    run(duty.put_on_duty, duty.PutOnDuty(contract.id, second or 0, ago(hours=1),
                                         NOW + timedelta(hours=1)))  # fmt: skip
    assert helpers() == [(second, True, 2), (first, False, 1)]
    assert board.Crews([], NOW).of(None) == []


def test_it_costs_the_same_with_10_and_with_1000_faults(world: World) -> None:
    for number in range(10):
        put(world, number)

    def read() -> board.Board:
        return board.board(BoardWish(), world.manager, NOW)

    few = queries_of(read)
    model = Fault.select().order_by(Fault.id.desc()).dicts().first()
    told = list(FaultEvent.select().where(FaultEvent.fault == model["id"]).dicts())
    for number in range(10, 1000):
        copy = Fault.create(**{**model, "id": None, "number": f"F-T-{number:04}"})
        for event in told:
            FaultEvent.create(**{**event, "id": None, "fault": copy})
    assert queries_of(read) == few <= 18
    found = read()
    assert (len(found.lines), found.total, found.more) == (100, 1000, 900)
    assert found.counts == {"new": 0, "late": 0, "next": 1000, "calm": 0}
    all_of_it = board.board(BoardWish(hundreds=10), world.manager, NOW)
    assert (len({line.id for line in all_of_it.lines}), all_of_it.more) == (1000, 0)


def test_its_stamp_changes_with_every_step_and_every_minute(world: World) -> None:
    before = board.stamp(NOW)
    assert board.stamp(NOW) == before
    deliver("fault", fault_form(world), world.engineer)
    after = board.stamp(NOW)
    assert after != before
    fault = Fault.get(Fault.client == world.client_id)
    FaultEvent.create(client=world.client_id, fault=fault, kind="progress", at=NOW)
    assert board.stamp(NOW) != after
    assert board.stamp(NOW + timedelta(minutes=1)) != board.stamp(NOW)
