"""What the plans ask for by now exists: once, whole, after downtime, whoever was killed when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from roundtag import clock, db, devices, ledger, packs, plans, rounds
from roundtag.access import SYSTEM
from roundtag.models import Contract, Device, Room, Round, RoundDevice, RoundPlan
from tests.roundtag.test_plans import save
from tests.seeing import at_once
from tests.world import World, add_room, person, run

JANUARY = datetime(2027, 1, 4, 1, tzinfo=UTC)


def tours(world: World, **more: Any) -> list[Round]:
    found = Round.select().where(Round.client == world.client_id, Round.plan.is_null(False))
    return list(found.order_by(Round.id))


def stops(tour: Round) -> list[tuple[int | None, int | None]]:
    rows = RoundDevice.select().where(RoundDevice.round == tour.id).order_by(RoundDevice.id)
    return [(row.device_id, row.room_id) for row in rows]


def test_each_period_has_its_round_exactly_once(world: World) -> None:
    kept = save(world, rooms_too=True, engineer_id=world.engineer.person_id)
    for _ in range(3):
        rounds.ensure(JANUARY)
    [tour] = tours(world)
    assert (tour.slot, tour.period) == (f"plan-{kept.id}/2027-01", "2027-01")
    assert (tour.opens_on, tour.due_on) == (date(2027, 1, 1), date(2027, 1, 8))
    assert (tour.name, tour.occasion, tour.seed) == ("月度巡检", "monthly", None)
    own = [(device.id, None) for device in world.devices]
    assert stops(tour) == [*own, (None, world.room.id)]
    rounds.ensure(datetime(2027, 2, 3, 1, tzinfo=UTC))
    assert [t.period for t in tours(world)] == ["2027-01", "2027-02"]


def test_a_period_opened_by_hand_is_not_opened_again(world: World) -> None:
    save(world)
    rounds.ensure(clock.now())
    assert tours(world) == []


def test_it_catches_up_after_downtime_but_opens_no_period_that_is_over(world: World) -> None:
    save(world, cycle="weekly", occasion="weekly", due_rule="end")
    rounds.ensure(JANUARY)
    rounds.ensure(JANUARY + timedelta(days=30))
    assert [t.period for t in tours(world)] == ["2027-W01", "2027-W05"]


def test_a_clock_set_back_opens_nothing_twice(world: World) -> None:
    save(world, lead_days=7)
    for day in (4, 1, 4, 2):
        rounds.ensure(datetime(2027, 1, day, 1, tzinfo=UTC))
    rounds.ensure(datetime(2020, 1, 1, tzinfo=UTC))
    assert [t.period for t in tours(world)] == ["2027-01"]


def test_an_ended_contract_gets_no_round(world: World) -> None:
    save(world)
    Contract.update(ends_on="2027-01-02").where(Contract.id == world.contract_id).execute()
    rounds.ensure(JANUARY)
    assert tours(world) == []


def test_the_last_round_is_due_before_the_contract_ends(world: World) -> None:
    save(world)
    Contract.update(ends_on="2027-01-05").where(Contract.id == world.contract_id).execute()
    rounds.ensure(JANUARY)
    assert tours(world)[0].due_on == date(2027, 1, 5)


def test_several_schedulers_at_once_open_one(fresh_world: World) -> None:
    save(fresh_world)
    results: list[Any] = at_once([lambda: rounds.ensure(JANUARY)] * 4)
    assert [r for r in results if isinstance(r, BaseException)] == []
    assert len(tours(fresh_world)) == 1


class Killed(BaseException):
    """The process ends here."""


def test_killed_at_any_statement_it_leaves_nothing_or_a_whole_round(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(fresh_world, sample=1)
    killed = 0
    for statement in range(1, 12):
        month = datetime(2027, statement, 4, 1, tzinfo=UTC)
        with monkeypatch.context() as patch:
            patch.setattr(db.database.obj, "execute_sql", dying_at(statement))
            try:
                rounds.ensure(month)
            except Killed:
                killed += 1
        assert all(len(stops(tour)) == 1 for tour in tours(fresh_world))
        rounds.ensure(month)
        assert len(tours(fresh_world)) == statement
        assert all(len(stops(tour)) == 1 for tour in tours(fresh_world))
    assert killed >= 6
    assert ledger.verify(fresh_world.client_id) == []


def dying_at(statement: int) -> Any:
    """Sends what is sent until the process ends at the so-many-th write."""
    real, sent = db.database.obj.execute_sql, 0

    def send(sql: str, *args: Any, **more: Any) -> Any:
        nonlocal sent
        sent += sql.lstrip().upper().startswith(("INSERT", "UPDATE"))
        if sent == statement:
            raise Killed
        return real(sql, *args, **more)

    return send


def test_scopes_choose_places_categories_and_key_devices(world: World) -> None:
    room = add_room(world)
    speaker = Device.get(Device.code == "A-X01")
    Device.update(key_device=True).where(Device.id == world.devices[1].id).execute()
    save(world, name="1", rooms=(room.id,))
    save(world, name="2", categories=("speaker",))
    save(world, name="3", key_only=True)
    save(world, name="4", buildings=(world.room.building_id,))
    save(world, name="5", sites=(world.room.building.site_id,), rooms_too=True)
    rounds.ensure(JANUARY)
    found = {tour.name: [device or "room" for device, _ in stops(tour)] for tour in tours(world)}
    own = [device.id for device in world.devices]
    assert found == {
        "1": [speaker.id], "2": [speaker.id], "3": [own[1]], "4": [*own, speaker.id],
        "5": [*own, speaker.id, "room", "room"],
    }  # fmt: skip


def test_new_moved_and_reinstated_devices_join_what_covers_them(world: World) -> None:
    room = add_room(world)
    save(world, name="room", rooms=(room.id,))
    save(world, name="all")
    save(world, name="sample", sample=1)
    rounds.ensure(JANUARY)
    before = {tour.name: len(stops(tour)) for tour in tours(world)}
    assert before == {"room": 1, "all": 3, "sample": 1}
    run(devices.move_device, devices.MoveDevice("A-P01", "A", room.code), world.manager)
    values = {"name": "新", "code": "A-N01", "category": "camera", "maker": "SONY", "model": "X",
              "serial": "N-9"}  # fmt: skip
    run(devices.register_device, devices.RegisterDevice(room.id, values), world.manager)
    after = {t.name: len(stops(t)) for t in tours(world)}
    assert after == {"room": 3, "all": 4, "sample": 1}
    run(devices.retire_device, devices.RetireDevice("A-X01", "A"), world.manager)
    run(devices.reinstate_device, devices.ReinstateDevice("A-X01", "A"), world.manager)
    assert {t.name: len(stops(t)) for t in tours(world)} == after


def test_engineer_and_backup_see_the_round_and_carry_its_devices(world: World) -> None:
    backup = person("backup-a", ("engineer", "client", world.client_id))
    save(world, engineer_id=world.engineer.person_id, backup_id=backup.person_id, rooms_too=True)
    rounds.ensure(JANUARY)
    today = JANUARY.date()
    [tour] = tours(world)
    for actor in (world.engineer, backup):
        shown = rounds.todays(actor, today)
        assert tour.id in [card.id for card in shown.cards]
        assert set(rounds.devices_assigned(actor.person_id or 0)) == {d.id for d in world.devices}
        assert rounds.rooms_assigned(actor.person_id or 0) == [world.room.id]
        assert packs.manifest(actor, "zh", "b").devices == 2
    stranger = person("stranger-a", ("engineer", "client", world.client_id))
    assert rounds.devices_assigned(stranger.person_id or 0) == []


def test_a_sample_is_drawn_again_from_what_stood_there_then(world: World) -> None:
    for number in range(30):
        Device.create(client=world.client_id, room=world.room.id, name="屏", category="display",
                      code=f"A-D{number:02}")  # fmt: skip
    kept = save(world, cycle="weekly", occasion="weekly", sample=25, sample_unit="percent",
                due_rule="end")  # fmt: skip
    run(rounds.open_planned, rounds.OpenPlanned(kept.id, "2027-W01"), SYSTEM)
    [tour] = tours(world)
    assert (tour.seed, tour.drawn_from) == (f"A plan-{kept.id} 2027-W01", 32)
    assert len(stops(tour)) == 8
    drawn = plans.redraw(tour.id, SYSTEM)
    assert (drawn.same, drawn.whole) == (True, 32)
    gone = Device.get_by_id(stops(tour)[0][0])
    run(devices.retire_device, devices.RetireDevice(gone.code, "A"), world.manager)
    values = {"name": "新", "code": "A-N01", "category": "display", "maker": "SONY", "model": "X",
              "serial": "N-9"}  # fmt: skip
    run(devices.register_device, devices.RegisterDevice(world.room.id, values), world.manager)
    RoundPlan.update(categories="[]", sample=1).where(RoundPlan.id == kept.id).execute()
    again = plans.redraw(tour.id, SYSTEM)
    assert (again.same, again.whole, again.kept) == (True, 32, drawn.kept)
    swapped = RoundDevice.select().where(RoundDevice.round == tour.id).first()
    other = Device.select().where(Device.code.not_in([k[7:] for k in drawn.kept])).first()
    RoundDevice.update(device=other.id).where(RoundDevice.id == swapped.id).execute()
    assert not plans.redraw(tour.id, SYSTEM).same


def test_a_whole_round_is_no_sample(world: World) -> None:
    with pytest.raises(Exception, match="attention"):
        plans.redraw(world.round_id, SYSTEM)


def test_a_retired_room_is_no_stop(world: World) -> None:
    save(world, rooms_too=True)
    Room.update(retired_at=clock.now()).where(Room.id == world.room.id).execute()
    rounds.ensure(JANUARY)
    assert all(device for device, _ in stops(tours(world)[0]))
