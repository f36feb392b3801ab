"""Upkeep by records: what is due at each device, and how much of a quarter is done."""

from datetime import UTC, datetime, timedelta

from roundtag import clock, plans
from roundtag.models import Inspection, Room
from tests.roundtag.test_plans import save
from tests.seeing import queries_of
from tests.world import World, add_room, check_form, deliver

DAY = timedelta(days=1)


def look(world: World, now: datetime | None = None, **more: str) -> plans.Upkeep:
    return plans.upkeep(world.engineer, world.client_id, now or clock.now(), **more)


def test_a_device_is_due_a_cycle_after_its_last_entry(world: World) -> None:
    save(world)
    deliver("inspection", check_form(world), world.engineer)
    today = clock.local_day(clock.now())
    lines = {line.code: line for line in look(world).lines}
    [need] = lines["A-P01"].needs
    assert (need.last, need.due, need.condition) == (today, today + 31 * DAY, "ok")
    assert lines["A-P02"].needs[0].last is None
    near, over = clock.now() + 25 * DAY, clock.now() + 32 * DAY
    assert {line.code: line.condition for line in look(world, near).lines}["A-P01"] == "soon"
    assert {line.code: line.condition for line in look(world, over).lines}["A-P01"] == "overdue"


def test_what_is_overdue_stands_first_and_lists_are_narrowed(world: World) -> None:
    save(world)
    deliver("inspection", check_form(world), world.engineer)
    later = clock.now() + 60 * DAY
    Inspection.update(received_at=clock.to_text(later)).execute()
    found = look(world, later + 5 * DAY)
    assert [(line.code, line.condition) for line in found.lines] == [
        ("A-P02", "overdue"), ("A-P01", "ok"),
    ]  # fmt: skip
    assert found.counts == {"overdue": 1, "soon": 0, "ok": 1, "none": 0}
    assert [line.code for line in look(world, later, condition="ok").lines] == ["A-P01"]


def test_the_most_urgent_of_several_plans_decides_and_samples_ask_nothing(world: World) -> None:
    save(world, occasion="quarterly", cycle="quarterly", name="季度")
    save(world, occasion="daily", cycle="days", every=14, name="大屏", categories=("led_wall",))
    save(world, occasion="weekly", cycle="weekly", name="抽检", sample=1)
    line = look(world).lines[0]
    assert [need.occasion for need in line.needs] == ["quarterly"]
    save(world)
    assert [need.occasion for need in look(world).lines[0].needs] == ["monthly", "quarterly"]


def test_without_plans_nothing_is_asked_for(world: World) -> None:
    assert look(world).counts == {"overdue": 0, "soon": 0, "ok": 0, "none": 2}


def test_each_unit_counts_what_was_seen_to_in_the_quarter(world: World) -> None:
    room = add_room(world)
    Room.update(client_unit="办公室").where(Room.id == room.id).execute()
    deliver("inspection", check_form(world), world.engineer)
    found = look(world)
    assert {unit.unit: (unit.done, unit.total) for unit in found.units} == {
        "": (1, 2), "办公室": (0, 1),
    }  # fmt: skip
    assert (found.done, found.total) == (1, 3)
    assert [line.code for line in look(world, unit="办公室").lines] == ["A-X01"]
    assert look(world, clock.now() + 100 * DAY).done == 0
    assert look(world, datetime(2026, 12, 31, 20, tzinfo=UTC)).quarter == "2027-Q1"


def test_another_clients_devices_are_not_shown(world: World, other: World) -> None:
    found = plans.upkeep(world.engineer, other.client_id, clock.now())
    assert found.client is not None
    assert found.client.id == world.client_id


def test_it_costs_the_same_however_many_there_are(world: World) -> None:
    save(world)
    few = queries_of(lambda: look(world))
    add_room(world)
    for number in range(4):
        save(world, name=f"计划 {number}")
    assert queries_of(lambda: look(world)) == few
    assert few <= 7
