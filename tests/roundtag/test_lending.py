"""Devices in other people's hands: once at a time, reminded of once per day, told in no log."""

from datetime import UTC, date, datetime, timedelta

import pytest
from peewee import IntegrityError

from roundtag import commands, devices, history, ledger, lending
from roundtag.db import database
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import Lending, Log, Notification
from tests.seeing import at_once, leaf_texts, queries_of, snapshot
from tests.world import World, deliver, fault_form, new_id, run

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
BORROWER, PURPOSE, CONDITION = "会务组王小姐", "外场活动", "外壳有划痕"


def lend(world: World, device: int = 0, due: date = TODAY, who=None) -> commands.Receipt:  # type: ignore[no-untyped-def]
    order = lending.LendDevice(world.devices[device].id, BORROWER, due, PURPOSE)
    return run(lending.lend_device, order, who or world.engineer)


def give_back(world: World, key: object) -> commands.Receipt:
    return run(lending.return_device, lending.ReturnDevice(int(key or 0), CONDITION),  # type: ignore[call-overload]
               world.manager)  # fmt: skip


def state(world: World) -> tuple[str, str]:
    """The device's state on its page and in lists."""
    lines = devices.lines(world.engineer)
    return devices.page(world.devices[0].id, "x", world.engineer).state, lines[0].state


def test_lent_and_returned(world: World) -> None:
    receipt = lend(world)
    assert state(world) == ("lent", "lent")
    page = devices.page(world.devices[0].id, "x", world.engineer)
    assert page.loan
    assert (page.loan.borrower, page.loan.due_on) == (BORROWER, TODAY)
    assert (page.history[0].kind, page.history[0].note) == ("lent", PURPOSE)
    assert give_back(world, receipt.subject_id).outcome == "done"
    assert state(world) == ("ok", "ok")
    line = history.of_device(world.devices[0].id)[0]
    assert (line.kind, line.note) == ("returned", CONDITION)
    found = lending.page(int(receipt.subject_id or 0), world.engineer, TODAY)
    assert (found.lent_by, found.returned_by) == ("engineer-a 先生", "manager-a 先生")
    assert give_back(world, receipt.subject_id).outcome == "conflict"


def test_names_and_words_stay_out_of_the_log(world: World) -> None:
    give_back(world, lend(world).subject_id)
    for word in (BORROWER, PURPOSE, CONDITION):
        assert word not in leaf_texts()
    assert not [line for log in Log.select() for line in ledger.verify(log.client_id)]


def test_a_device_is_lent_once_at_a_time(world: World) -> None:
    first = lend(world)
    assert lend(world).outcome == "conflict"
    give_back(world, first.subject_id)
    assert lend(world).outcome == "done"


def test_of_two_borrowers_at_once_one_gets_it(fresh_world: World) -> None:
    world = fresh_world
    answers = at_once([lambda: lend(world) for _ in range(4)])
    assert sorted(a.outcome for a in answers) == ["conflict"] * 3 + ["done"]  # type: ignore[union-attr]
    assert Lending.select().count() == 1


def test_the_database_itself_refuses_a_second_one(world: World) -> None:
    lend(world)
    row = Lending.select().dicts().first()
    with pytest.raises(IntegrityError), database.atomic():
        Lending.create(**{**row, "id": None, "submission": "other"})
    Lending.create(**{**row, "id": None, "submission": "b", "returned_at": NOON})


def test_who_may_not_lend(world: World, other: World) -> None:
    before = snapshot()
    with pytest.raises(Forbidden):
        lend(world, who=world.viewer)
    with pytest.raises(NotFound):
        lend(world, who=other.engineer)
    assert snapshot() == before
    key = int(lend(world).subject_id or 0)
    before = snapshot()
    for verb, command in ((lending.return_device, lending.ReturnDevice(key)),
                          (lending.extend_lending, lending.ExtendLending(key, TODAY))):  # fmt: skip
        with pytest.raises(NotFound):
            run(verb, command, other.engineer)
        with pytest.raises(Forbidden):
            run(verb, command, world.viewer)
    assert snapshot() == before
    with pytest.raises(NotFound):
        lending.page(key, other.engineer, TODAY)


def test_a_retired_device_is_not_lent(world: World) -> None:
    run(devices.retire_device, devices.RetireDevice("A-P01", "A"))
    assert lend(world).outcome == "conflict"


@pytest.mark.parametrize(("fields", "wrong"), [
    ({}, {"borrower": "required", "due_on": "required"}),
    ({"borrower": "李", "due_on": "2026-11-21"}, {"due_on": "early"}),
    ({"borrower": "李", "due_on": "someday"}, {"due_on": "date"}),
    ({"borrower": "李" * 101, "due_on": "2026-11-22"}, {"borrower": "long"}),
])  # fmt: skip
def test_bad_fields_are_named(fields: dict[str, str], wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as told:
        lending.read(Fields(fields.items()), 1, TODAY)
    assert {e.field: e.code for e in told.value.errors} == wrong


def test_overdue_comes_first_and_a_fixed_number_of_queries(world: World) -> None:
    lend(world, 0, TODAY + timedelta(days=3))
    few = queries_of(lambda: lending.lines(world.engineer, TODAY))
    lend(world, 1, TODAY - timedelta(days=2))
    found = lending.lines(world.engineer, TODAY)
    assert [(line.device_code, line.late) for line in found] == [("A-P02", True), ("A-P01", False)]
    assert queries_of(lambda: lending.lines(world.engineer, TODAY)) == few <= 2
    give_back(world, found[0].id)
    assert [line.device_code for line in lending.lines(world.engineer, TODAY)] == ["A-P01"]
    everything = lending.lines(world.engineer, TODAY, "all")
    assert [line.device_code for line in everything] == ["A-P02", "A-P01"]
    assert lending.lines(world.viewer, TODAY) == lending.lines(world.engineer, TODAY)


def test_lists_hold_ones_own_clients_only(world: World, other: World) -> None:
    lend(world)
    assert lending.lines(other.engineer, TODAY, "all") == []


def notices(world: World) -> list[tuple[str, str]]:
    rows = Notification.select().where(Notification.recipient == world.engineer.person_id)
    return [(row.kind, row.data["due_on"]) for row in rows.order_by(Notification.id)]


def test_a_due_day_is_reminded_of_exactly_once(world: World) -> None:
    key = int(lend(world).subject_id or 0)
    lending.remind(NOON - timedelta(days=1))
    assert notices(world) == []
    for hours in (0, 1, 30):
        lending.remind(NOON + timedelta(hours=hours))
    assert notices(world) == [("lending-due", "2026-11-22")]
    later = lending.ExtendLending(key, TODAY + timedelta(days=7))
    assert run(lending.extend_lending, later, world.engineer).outcome == "done"
    lending.remind(NOON + timedelta(days=2))
    assert len(notices(world)) == 1
    lending.remind(NOON + timedelta(days=7))
    lending.remind(NOON + timedelta(days=8))
    assert [day for _, day in notices(world)] == ["2026-11-22", "2026-11-29"]
    give_back(world, key)
    assert run(lending.extend_lending, later, world.engineer).outcome == "conflict"


def test_nobody_is_reminded_of_what_is_back(world: World) -> None:
    give_back(world, lend(world).subject_id)
    assert lending.remind(NOON) == 0
    assert notices(world) == []


def test_a_fault_of_a_lent_device_can_still_be_reported(world: World) -> None:
    lend(world)
    deliver("fault", fault_form(world), world.engineer)
    page = devices.page(world.devices[0].id, "x", world.engineer)
    assert (page.state, len(page.open_faults)) == ("lent", 1)


def test_repeated_it_is_lent_once(world: World) -> None:
    key, order = new_id(), lending.LendDevice(world.devices[0].id, BORROWER, TODAY)
    first = commands.run(key, lending.lend_device, order, world.engineer)
    again = commands.run(key, lending.lend_device, order, world.engineer)
    assert (again.outcome, again.subject_id) == ("done", first.subject_id)
