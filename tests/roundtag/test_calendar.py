"""Working days: the public calendar, a client's own days, the month as its page shows it."""

from datetime import UTC, date, datetime

import pytest

from roundtag import calendar, plans
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from tests.roundtag.test_plans import save
from tests.seeing import leaf_texts, queries_of
from tests.world import World, run

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "working", "make_up", "name"),
    [
        (date(2026, 10, 1), False, False, ("国庆节", "National Day")),
        (date(2026, 10, 10), True, True, ("国庆节", "National Day")),
        (date(2026, 11, 25), True, False, None),
        (date(2026, 11, 28), False, False, None),
        (date(2031, 10, 1), True, False, None),  # beyond the years that are known
    ],
)
def test_public_days(day: date, working: bool, make_up: bool, name: tuple[str, str] | None) -> None:
    assert calendar.is_working_day(day) is working
    assert calendar.is_make_up_day(day) is make_up
    assert calendar.holiday_names(day) == name


def test_working_days_between_count_both_ends() -> None:
    assert calendar.working_days_between(date(2026, 10, 1), date(2026, 10, 10)) == 3
    assert calendar.working_days_between(date(2026, 10, 8), date(2026, 10, 8)) == 1
    assert calendar.working_days_between(date(2026, 10, 9), date(2026, 10, 8)) == 0
    own = {date(2026, 10, 9): False}
    assert calendar.working_days_between(date(2026, 10, 8), date(2026, 10, 10), own) == 2


def test_a_client_that_never_works_moves_no_day() -> None:
    days = {date.fromordinal(n): False for n in range(739_000, 741_000)}
    assert calendar.shift_to_working_day(TODAY, "after", days) == TODAY
    assert calendar.shift_to_working_day(date(2026, 11, 28), "none") == date(2026, 11, 28)


def test_an_own_day_is_added_changed_taken_out_and_brought_back(world: World, other: World) -> None:
    day = date(2026, 11, 28)
    add = calendar.ExceptDay(world.client_id, day, True, "换届会议保障")
    key = int(run(calendar.except_day, add, world.manager).subject_id or 0)
    assert calendar.exceptions(world.client_id) == {day: True}
    assert calendar.exceptions_of([world.client_id, other.client_id]) == {
        world.client_id: {day: True}, other.client_id: {},
    }  # fmt: skip
    assert "换届" not in leaf_texts()
    remove = calendar.RemoveException(key)
    assert run(calendar.remove_exception, remove, world.manager).outcome == "done"
    assert run(calendar.remove_exception, remove, world.manager).outcome == "conflict"
    assert calendar.exceptions(world.client_id) == {}
    run(calendar.except_day, add, world.manager)
    assert calendar.exceptions(world.client_id) == {day: True}
    assert [row.reason for row in calendar.exception_rows(world.viewer, world.client_id)] == [
        "换届会议保障"
    ]
    assert calendar.exception_rows(world.viewer, other.client_id) == []
    for actor in (world.engineer, other.manager):
        with pytest.raises(Forbidden):
            run(calendar.remove_exception, remove, actor)
    with pytest.raises(NotFound):
        run(calendar.remove_exception, calendar.RemoveException(999_999), world.manager)


@pytest.mark.parametrize(
    ("typed", "fields"),
    [({"day": "2026-02-30"}, ["day"]), ({"kind": ""}, ["kind"]), ({"reason": ""}, ["reason"])],
)
def test_a_bad_day_is_named(typed: dict[str, str], fields: list[str]) -> None:
    good = {"client": "1", "day": "2026-11-28", "kind": "off", "reason": "停电"}
    with pytest.raises(Invalid) as refused:
        plans.read_exception(Fields({**good, **typed}.items()))
    assert [error.field for error in refused.value.errors] == fields


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "x", "1999-01", "2026-1", "2026-11-25"])
def test_a_month_that_does_not_exist_becomes_the_present_one(text: str) -> None:
    wish = plans.read_wish(text, "", "", "", TODAY)
    assert (wish.first, wish.said) == (date(2026, 11, 1), False)
    assert plans.read_wish("2026-12", "3", "x", "", TODAY).first == date(2026, 12, 1)


def entries(world: World, asked: str, **more: str) -> dict[str, list[tuple[str, str]]]:
    wish = plans.read_wish(asked, more.get("engineer", ""), more.get("site", ""), "", TODAY)
    month = plans.month(wish, world.engineer, NOW)
    return {
        day.day.isoformat(): [(entry.kind, entry.period) for entry in day.entries]
        for week in month.weeks
        for day in week
        if day.entries
    }


def test_a_month_shows_what_is_open_and_what_will_be(world: World) -> None:
    kept = save(world, engineer_id=world.engineer.person_id, lead_days=2)
    assert entries(world, "2027-03") == {"2027-03-10": [("planned", "2027-03")]}
    run(plans.pause_plan, plans.PausePlan(kept.id), world.manager)
    assert entries(world, "2027-03") == {}


def test_the_month_is_narrowed_by_person_and_site(world: World) -> None:
    save(world, engineer_id=world.engineer.person_id, rooms=(world.room.id,))
    me, site = str(world.engineer.person_id), str(world.room.building.site_id)
    assert len(entries(world, "2027-03", engineer=me, site=site)) == 1
    assert entries(world, "2027-03", engineer="999") == {}
    assert entries(world, "2027-03", site="999") == {}


def test_a_month_costs_the_same_with_many_plans(world: World) -> None:
    wish = plans.read_wish("2027-03", "", "", "", TODAY)
    save(world)
    few = queries_of(lambda: plans.month(wish, world.engineer, NOW))
    for number in range(9):
        save(world, name=f"计划 {number}")
    assert queries_of(lambda: plans.month(wish, world.engineer, NOW)) == few
    assert few <= 8
