"""Checks that belong to one meeting, one repaired device or one new device."""

from datetime import timedelta
from typing import Any

import pytest

from roundtag import clock, devices, rounds
from roundtag.errors import Forbidden, Invalid
from roundtag.models import Device, Meeting, Round, RoundDevice
from tests.seeing import leaf_texts, snapshot
from tests.world import World, check_form, deliver, run

SOON = clock.now().replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=2)


def meeting(world: World, **more: Any) -> rounds.PlanMeeting:
    return rounds.PlanMeeting(**{
        "room_id": world.room.id, "name": "州长办公会", "starts_at": SOON,
        "ends_at": SOON + timedelta(hours=2), **more,
    })  # fmt: skip


def refused(world: World, command: rounds.PlanMeeting) -> list[str]:
    before = snapshot()
    with pytest.raises(Invalid) as told:
        run(rounds.plan_meeting, command, world.manager)
    assert snapshot() == before
    return [error.code for error in told.value.errors]


def test_three_checks_with_their_times(world: World) -> None:
    key = run(rounds.plan_meeting, meeting(world), world.manager).subject_id
    found = list(Round.select().where(Round.meeting == key).order_by(Round.due_at))
    assert [(tour.occasion, tour.due_at - SOON) for tour in found] == [
        ("before_meeting", timedelta(minutes=-30)),
        ("during_meeting", timedelta(minutes=15)),
        ("after_meeting", timedelta(hours=3)),
    ]
    assert [tour.slot for tour in found] == [
        f"meeting-{key}/{moment}" for moment in ("before", "during", "after")
    ]
    assert all(tour.engineer_id == world.engineer.person_id for tour in found)
    stops = RoundDevice.select().where(RoundDevice.round == found[0].id)
    assert [(s.device_id, s.room_id) for s in stops.order_by(RoundDevice.id)] == [
        (None, world.room.id), *((device.id, None) for device in world.devices)
    ]  # fmt: skip
    assert "州长办公会" not in leaf_texts()
    [line] = rounds.meetings(world.engineer, clock.now())
    assert (line.name, [check.total for check in line.checks]) == ("州长办公会", [3, 3, 3])


def test_they_stand_on_the_first_page_on_their_day_only(world: World) -> None:
    run(rounds.plan_meeting, meeting(world), world.manager)
    day = clock.local_day(SOON)
    before = rounds.todays(world.engineer, day - timedelta(days=1)).cards
    assert [card.occasion for card in before] == ["monthly"]
    shown = rounds.todays(world.engineer, day).cards
    assert {card.occasion for card in shown} == {
        "monthly", "before_meeting", "during_meeting", "after_meeting",
    }  # fmt: skip


def test_what_cannot_be_laid_down_is_refused(world: World, other: World) -> None:
    past = SOON - timedelta(days=9)
    assert refused(world, meeting(world, starts_at=past, ends_at=past)) == ["past"]
    assert refused(world, meeting(world, ends_at=SOON)) == ["order"]
    assert refused(world, meeting(world, ends_at=SOON + timedelta(days=3))) == ["order"]
    assert refused(world, meeting(world, room_id=999_999)) == ["unknown"]
    assert refused(world, meeting(world, engineer_id=other.engineer.person_id)) == ["rights"]
    later = SOON + timedelta(days=3000)
    assert refused(world, meeting(world, starts_at=later,
                                  ends_at=later + timedelta(hours=1))) == ["contract"]  # fmt: skip
    with pytest.raises(Forbidden):
        run(rounds.plan_meeting, meeting(world), world.viewer)
    with pytest.raises(Invalid):
        run(rounds.plan_meeting, meeting(world), other.engineer)


def test_another_meeting_at_the_same_time_is_told(world: World) -> None:
    first = run(rounds.plan_meeting, meeting(world), world.manager)
    second = run(rounds.plan_meeting, meeting(world, starts_at=SOON + timedelta(hours=1)),
                 world.manager)  # fmt: skip
    assert "overlaps" not in first.message
    assert "overlaps" in second.message


def test_a_cancelled_meeting_closes_what_is_open(world: World, other: World) -> None:
    key = int(run(rounds.plan_meeting, meeting(world), world.manager).subject_id or 0)
    order = rounds.CancelMeeting(key)
    with pytest.raises(Forbidden):
        run(rounds.cancel_meeting, order, other.engineer)
    assert run(rounds.cancel_meeting, order, world.manager).outcome == "done"
    assert run(rounds.cancel_meeting, order, world.manager).outcome == "conflict"
    assert Meeting.get_by_id(key).cancelled_at
    assert not Round.select().where(Round.meeting == key, Round.closed_at.is_null()).exists()
    assert rounds.todays(world.engineer, clock.local_day(SOON)).cards[0].id == world.round_id


def test_a_device_is_observed_on_day_one_three_and_seven(world: World) -> None:
    order = rounds.OpenObservation(device_id=world.devices[0].id)
    assert run(rounds.open_observation, order, world.engineer).values == {"count": 3}
    assert run(rounds.open_observation, order, world.engineer).outcome == "conflict"
    today = clock.local_day(clock.now())
    found = Round.select().where(Round.occasion == "observation").order_by(Round.due_on)
    assert [(tour.due_on - today).days for tour in found] == [1, 3, 7]
    assert all(tour.opens_on == tour.due_on for tour in found)
    # Laid down for later days, they are not what is due there today.
    [due] = rounds.dues_of(world.devices[0], world.room.id, today)
    assert due.round_id == world.round_id


@pytest.mark.parametrize("days", [(), (0,), (91,), (-1, 3)])
def test_days_of_an_observation_are_within_reason(world: World, days: tuple[int, ...]) -> None:
    before = snapshot()
    with pytest.raises(Invalid):
        run(rounds.open_observation,
            rounds.OpenObservation(device_id=world.devices[0].id, days=days),
            world.engineer)  # fmt: skip
    assert snapshot() == before


def test_nothing_of_another_client_is_observed(world: World, other: World) -> None:
    for order in (rounds.OpenObservation(device_id=other.devices[0].id),
                  rounds.OpenObservation(room_id=other.room.id),
                  rounds.OpenObservation()):  # fmt: skip
        with pytest.raises(Invalid):
            run(rounds.open_observation, order, world.engineer)
    done = run(rounds.open_observation, rounds.OpenObservation(room_id=world.room.id, days=(2,)),
               world.engineer)  # fmt: skip
    stop = RoundDevice.get(RoundDevice.round == done.subject_id)
    assert (stop.device_id, stop.room_id) == (None, world.room.id)


def register(world: World, code: str) -> Device:
    values = {"name": "新机", "code": code, "category": "projector", "maker": "NEC", "model": "X",
              "serial": f"N-{code}"}  # fmt: skip
    receipt = run(devices.register_device, devices.RegisterDevice(world.room.id, values),
                  world.manager)  # fmt: skip
    return Device.get_by_id(receipt.subject_id)


def test_new_devices_of_a_day_are_commissioned_together_within_the_term(world: World) -> None:
    run(rounds.set_commissioning, rounds.SetCommissioning(world.contract_id, 5), world.manager)
    first, second = register(world, "A-N01"), register(world, "A-N02")
    [tour] = Round.select().where(Round.occasion == "commissioning")
    today = clock.local_day(clock.now())
    assert (tour.due_on - today).days == 5
    stops = RoundDevice.select().where(RoundDevice.round == tour.id)
    assert [stop.device_id for stop in stops] == [first.id, second.id]
    run(rounds.close_round, rounds.CloseRound(tour.id), world.manager)
    third = register(world, "A-N03")
    again = Round.get(Round.occasion == "commissioning", Round.closed_at.is_null())
    assert RoundDevice.get(RoundDevice.round == again.id).device_id == third.id


def test_a_contract_may_ask_for_no_commissioning(world: World) -> None:
    for days in (-1, 91):
        with pytest.raises(Invalid):
            run(rounds.set_commissioning, rounds.SetCommissioning(world.contract_id, days),
                world.manager)  # fmt: skip
    run(rounds.set_commissioning, rounds.SetCommissioning(world.contract_id, 0), world.manager)
    register(world, "A-N01")
    assert not Round.select().where(Round.occasion == "commissioning").exists()


def test_what_is_done_and_brief_leaves_the_first_page(world: World) -> None:
    order = rounds.OpenObservation(device_id=world.devices[0].id, days=(1,))
    key = int(run(rounds.open_observation, order, world.engineer).subject_id or 0)
    day = clock.local_day(clock.now()) + timedelta(days=1)
    assert key in [card.id for card in rounds.todays(world.engineer, day).cards]
    deliver("inspection", check_form(world, round=str(key)), world.engineer)
    assert key not in [card.id for card in rounds.todays(world.engineer, day).cards]
    assert world.round_id in [card.id for card in rounds.todays(world.engineer, day).cards]
