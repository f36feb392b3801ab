"""rounds: opened once a month, due on a day, walked room by room."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from roundtag import access, clock, devices, rounds
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.models import Contract, Device, Round, RoundDevice
from roundtag.rounds import today
from tests.seeing import at_once, counts, grown, queries_of, snapshot
from tests.world import World, check_form, contract, deliver, run

JANUARY = datetime(2027, 1, 4, 1, tzinfo=UTC)


def order(world: World, period: str = "2027-01") -> rounds.OpenRound:
    return rounds.OpenRound(world.contract_id, "monthly", period, world.engineer.person_id)


def test_a_round_holds_every_device_in_use(world: World) -> None:
    Device.update(retired_at=clock.now()).where(Device.id == world.devices[1].id).execute()
    receipt = run(rounds.open_round, order(world), world.manager)
    rows = RoundDevice.select().where(RoundDevice.round == receipt.subject_id)
    assert [row.device_id for row in rows] == [world.devices[0].id]
    assert receipt.url == f"/rounds/{receipt.subject_id}"


def test_a_period_has_one_round(world: World) -> None:
    run(rounds.open_round, order(world), world.manager)
    before = snapshot()
    with pytest.raises(Invalid):
        run(rounds.open_round, order(world), world.manager)
    assert snapshot() == before


def test_engineers_and_other_clients_managers_do_not_open_rounds(
    world: World, other: World
) -> None:
    for actor in (world.engineer, other.manager):
        with pytest.raises(Forbidden):
            run(rounds.open_round, order(world), actor)


@pytest.mark.parametrize(
    ("starts", "period", "due"),
    [
        (date(2026, 1, 1), "2026-11", date(2026, 11, 10)),
        (date(2026, 11, 10), "2026-11", date(2026, 11, 10)),
        (date(2026, 11, 11), "2026-11", date(2026, 11, 30)),
        (date(2028, 2, 20), "2028-02", date(2028, 2, 29)),
        (date(2026, 11, 11), "2026-12", date(2026, 12, 10)),
    ],
)
def test_the_due_day(starts: date, period: str, due: date) -> None:
    assert rounds.due_day(Contract(starts_on=starts), period) == due


def test_ensure_opens_each_months_round_exactly_once(world: World, other: World) -> None:
    before = counts()
    assert [rounds.ensure(JANUARY) for _ in range(4)] == [2, 0, 0, 0]
    # Beside the rounds a plan of each contract, which had none.
    assert grown(before) == {"leaf": 4, "round": 2, "round_device": 4, "round_plan": 2,
                             "submission": 4}  # fmt: skip
    made = Round.get((Round.contract == world.contract_id) & (Round.period == "2027-01"))
    assert made.engineer_id == world.engineer.person_id
    assert rounds.devices_assigned(world.engineer.person_id or 0) == [
        device.id for device in world.devices
    ]


def test_ensure_follows_the_contracts_days_in_its_own_zone(world: World, other: World) -> None:
    Contract.update(starts_on=date(2027, 2, 1)).where(Contract.id == other.contract_id).execute()
    Contract.update(ends_on=date(2027, 1, 3)).where(Contract.id == world.contract_id).execute()
    assert rounds.ensure(JANUARY) == 0
    assert rounds.ensure(datetime(2027, 1, 31, 15, 59, tzinfo=UTC)) == 0
    assert rounds.ensure(datetime(2027, 1, 31, 16, 0, tzinfo=UTC)) == 1
    Contract.update(zone="America/Lima").where(Contract.id == other.contract_id).execute()
    assert rounds.ensure(datetime(2027, 3, 1, 4, 59, tzinfo=UTC)) == 0
    assert rounds.ensure(datetime(2027, 3, 1, 5, 0, tzinfo=UTC)) == 1


def test_ensure_in_several_processes_at_once_opens_one(fresh_world: World) -> None:
    results: list[Any] = at_once([lambda: rounds.ensure(JANUARY)] * 4)
    assert [r for r in results if isinstance(r, BaseException)] == []
    assert Round.select().where(Round.period == "2027-01").count() == 2


def test_cards_and_page_count_what_is_done(world: World) -> None:
    today = clock.local_day(clock.now())
    deliver("inspection", check_form(world, **{"item.image": "fail", "note.image": "暗"}),
            world.engineer)  # fmt: skip
    (card,) = rounds.cards(world.engineer, today, world.engineer.person_id)
    assert (card.progress.total, card.progress.done, card.progress.failed) == (2, 1, 1)
    assert (card.progress.left, card.progress.percent) == (1, 50)
    assert card.engineer == "engineer-a 先生"
    page = rounds.page(world.round_id, world.engineer, today)
    (room,) = page.rooms
    assert [stop.result for stop in room.stops] == ["fail", None]
    assert [stop.code for stop in room.stops] == world.tags
    assert [stop.code for stop in rounds.next_stops(world.round_id, 5)] == world.tags[1:]


def test_late_only_after_the_due_day_and_only_while_undone(world: World) -> None:
    due = rounds.due_day(contract(world), f"{clock.local_day(clock.now()):%Y-%m}")
    after = date(due.year + 1, 1, 1)

    def late(day: date) -> tuple[bool, bool]:
        found = rounds.dues_of(world.devices[0], world.room.id, day)[0]
        return rounds.cards(world.engineer, day)[0].late, found.late

    assert late(due) == (False, False)
    assert late(after) == (True, True)
    for device in range(2):
        deliver("inspection", check_form(world, device), world.engineer)
    assert late(after) == (False, False)


def test_an_empty_round_is_no_division_by_zero(world: World) -> None:
    RoundDevice.delete().where(RoundDevice.round == world.round_id).execute()
    card = rounds.cards(world.engineer, date(2026, 11, 22))[0]
    assert (card.progress.percent, card.progress.failed) == (0, 0)


def test_an_unknown_round_is_not_found_and_a_closed_one_stays_to_be_read(world: World) -> None:
    with pytest.raises(NotFound):
        rounds.page(999_999, access.SYSTEM, date(2026, 11, 22))
    Round.update(closed_at=clock.now()).where(Round.id == world.round_id).execute()
    assert rounds.page(world.round_id, access.SYSTEM, date(2026, 11, 22)).card.closed_at
    assert rounds.cards(world.engineer, date(2026, 11, 22)) == []


def test_a_round_does_not_wait_for_a_device_that_was_retired(world: World) -> None:
    run(devices.retire_device, devices.RetireDevice("A-P02", "A"))
    today = clock.local_day(clock.now())
    page = rounds.page(world.round_id, world.engineer, today)
    assert page.card.progress.total == 1
    assert [stop.device_code for stop in page.rooms[0].stops] == ["A-P01"]
    assert rounds.devices_assigned(world.engineer.person_id or 0) == [world.devices[0].id]
    assert devices.page(world.devices[1].id, world.tags[1], world.engineer).checks.due is False
    assert deliver("inspection", check_form(world, 1), world.engineer).outcome == "done"
    assert rounds.page(world.round_id, world.engineer, today).card.progress.done == 1


def test_today_shows_a_bounded_part_of_what_is_open(world: World) -> None:
    """The earliest that wait first, then what is all done; and how many rounds stand behind."""
    model = Round.select().where(Round.id == world.round_id).dicts().first()
    model |= {"id": None, "slot": None, "engineer": None}
    made = [Round.create(**{**model, "due_on": date(2026, 1, 1 + day)}) for day in range(20)]
    for tour in made[1:]:
        RoundDevice.create(client=world.client_id, round=tour, device=world.devices[0])
    found = today.todays(world.manager, date(2026, 11, 22))
    assert [card.id for card in found.cards] == [tour.id for tour in made[1 : today.MOST + 1]]
    opened = Round.select().where(Round.closed_at.is_null()).count()
    assert found.more == opened - today.MOST
    mine = today.todays(world.engineer, date(2026, 11, 22))
    assert ([card.id for card in mine.cards], mine.more) == ([world.round_id], 0)
    few = queries_of(lambda: today.todays(world.manager, date(2026, 11, 22)))
    RoundDevice.update(done_at=clock.now(), result="pass").where(
        RoundDevice.round == made[1].id).execute()  # fmt: skip
    again = today.todays(world.manager, date(2026, 11, 22))
    assert again.cards[0].id == made[2].id
    assert queries_of(lambda: today.todays(world.manager, date(2026, 11, 22))) == few
