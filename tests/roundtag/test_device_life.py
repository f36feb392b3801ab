"""A device moves, is retired and comes back, is pictured: what goes with it, and what not."""

from dataclasses import replace
from datetime import date

import pytest

from roundtag import (
    attachments,
    blobs,
    devices,
    faults,
    history,
    ledger,
    rounds,
    settling,
    software,
    tagging,
)
from roundtag.access import ATTENDEE
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.lending import LendDevice, ReturnDevice, lend_device, return_device
from roundtag.models import (
    Attachment,
    Conflict,
    Device,
    Fault,
    History,
    Lending,
    Log,
    Room,
    RoundDevice,
    StockMovement,
    Store,
    Unit,
)
from tests.seeing import assert_units_are_where_their_movements_say, queries_of, snapshot
from tests.world import World, check_form, deliver, fault_form, jpeg, new_id, person, run, swap_form


def retire(world: World, **more: object):  # type: ignore[no-untyped-def]
    order = devices.RetireDevice("A-P01", "A", "老化", **more)  # type: ignore[arg-type]
    return run(devices.retire_device, order, world.manager)


def reinstate(world: World):  # type: ignore[no-untyped-def]
    return run(devices.reinstate_device, devices.ReinstateDevice("A-P01", "A", "误操作"),
               world.manager)  # fmt: skip


def second_room(world: World) -> Room:
    return Room.create(client=world.client_id, building=world.room.building_id, code="A302",
                       name="小会议室", kind="video")  # fmt: skip


def unit() -> Unit:
    return Unit.get(Unit.serial == "SNA1")


def sound() -> bool:
    """Whether every row is as its leaf says; the second room was put in by hand."""
    found = [line for log in Log.select() for line in ledger.verify(log.client_id)]
    return not [line for line in found if not line.startswith("room ")]


def shown(world: World) -> devices.DevicePage:
    return devices.page(world.devices[0].id, world.tags[0], world.engineer)


@pytest.mark.parametrize(("unit_to", "place"), [("store", "store"), ("scrap", "scrap"),
                                                ("stays", "device")])  # fmt: skip
def test_a_retired_devices_unit_goes_where_it_was_said(
    world: World, unit_to: str, place: str
) -> None:
    store = Store.get(Store.code == "KA").id if unit_to == "store" else None
    receipt = retire(world, unit_to=unit_to, store_id=store)
    assert receipt.outcome == "done"
    assert (unit().place, unit().store_id) == (place, store)
    assert StockMovement.select().where(StockMovement.reason == "retired").count() == (
        place != "device"
    )
    page = shown(world)
    assert page.state == "retired"
    assert page.retired_at
    assert (page.history[0].kind, page.history[0].note) == ("retired", "老化")
    assert tagging.resolve(world.tags[0], world.engineer).device == world.devices[0]
    assert_units_are_where_their_movements_say()
    assert "老化" not in repr(list(History.select().dicts()))
    assert sound()


def test_rounds_do_not_wait_for_a_retired_device_and_its_faults_can_end_with_it(
    world: World,
) -> None:
    deliver("fault", fault_form(world), world.engineer)
    retire(world, resolves=True)
    assert [line.number for line in faults.lines(world.engineer)] == []
    assert Fault.get().remedy == "老化"
    assert [stop.device_code for stop in rounds.next_stops(world.round_id, 9)] == ["A-P02"]


def test_faults_stay_open_when_nobody_says_otherwise(world: World) -> None:
    deliver("fault", fault_form(world), world.engineer)
    retire(world)
    assert Fault.get().state == "reported"


def test_an_entry_of_a_basement_at_a_retired_device_is_kept_and_marked(world: World) -> None:
    retire(world)
    assert deliver("inspection", check_form(world), world.engineer).outcome == "done"
    assert [e.kind for e in shown(world).history[:2]] == ["inspection", "conflict"]


def test_undone_everything_is_as_it_was(world: World) -> None:
    store = Store.get(Store.code == "KA").id
    retire(world, unit_to="store", store_id=store)
    later = run(rounds.open_round, rounds.OpenRound(world.contract_id, "monthly", "2027-01"))
    assert reinstate(world).outcome == "done"
    assert (unit().place, unit().device_id) == ("device", world.devices[0].id)
    joined = RoundDevice.select().where(RoundDevice.device == world.devices[0].id)
    assert {row.round_id for row in joined} == {world.round_id, later.subject_id}
    assert shown(world).state == "ok"
    assert shown(world).history[0].note == "误操作"
    assert reinstate(world).outcome == "conflict"
    assert_units_are_where_their_movements_say()
    assert sound()


def test_a_unit_that_went_on_is_not_called_back(world: World) -> None:
    retire(world, unit_to="store", store_id=Store.get(Store.code == "KA").id)
    deliver("swap", swap_form(world, 1, new_serial="SNA1"), world.engineer)
    assert reinstate(world).outcome == "done"
    assert unit().device_id == world.devices[1].id
    assert shown(world).state == "empty"


def test_a_scrapped_unit_stays_scrapped(world: World) -> None:
    retire(world, unit_to="scrap")
    reinstate(world)
    assert (unit().place, shown(world).state) == ("scrap", "empty")


def test_what_is_refused_at_a_retirement(world: World, other: World) -> None:
    before = snapshot()
    with pytest.raises(Forbidden):
        run(devices.retire_device, devices.RetireDevice("A-P01", "A", "x"), world.engineer)
    for command in (devices.RetireDevice("A-P09", "A", "x"),
                    devices.RetireDevice("A-P01", "A", "x", "store", 999),
                    devices.RetireDevice("A-P01", "A", "x", "store",
                                         Store.get(Store.code == "KB").id)):  # fmt: skip
        with pytest.raises(Invalid):
            run(devices.retire_device, command, world.manager)
    assert snapshot() == before


def test_a_lent_device_comes_back_before_it_is_retired(world: World) -> None:
    run(lend_device, LendDevice(world.devices[0].id, "李", date(2100, 1, 1)), world.engineer)
    assert retire(world).outcome == "conflict"
    assert Device.get_by_id(world.devices[0].id).retired_at is None


def test_twice_retired_is_told(world: World) -> None:
    assert [retire(world).outcome for _ in range(2)] == ["done", "conflict"]


def test_a_move_takes_the_open_faults_along(world: World) -> None:
    room = second_room(world)
    deliver("fault", fault_form(world), world.engineer)
    deliver("fault", fault_form(world, 1), world.engineer)
    receipt = run(devices.move_device, devices.MoveDevice("A-P01", "A", "A302", "前墙", "会议改期"),
                  world.manager)  # fmt: skip
    assert receipt.outcome == "done"
    assert {f.device_id: f.room_id for f in Fault.select()} == {
        world.devices[0].id: room.id, world.devices[1].id: world.room.id}  # fmt: skip
    page = shown(world)
    assert (page.room, page.position) == ("小会议室", "前墙")
    assert (page.history[0].kind, page.history[0].note) == ("moved", "会议改期")
    assert sound()


def test_a_move_that_crossed_another_is_told(world: World) -> None:
    second_room(world)
    for outcome in ("done", "conflict"):
        order = devices.MoveDevice("A-P01", "A", "A302", shown_room="A301")
        assert run(devices.move_device, order, world.manager).outcome == outcome
    with pytest.raises(Invalid):
        run(devices.move_device, devices.MoveDevice("A-P01", "A", "B301"), world.manager)
    with pytest.raises(Forbidden):
        run(devices.move_device, devices.MoveDevice("A-P01", "A", "A301"), world.engineer)


def test_attendees_are_not_offered_a_retired_device(world: World) -> None:
    retire(world)
    page = faults.attendee_page(tagging.resolve(world.tags[0], ATTENDEE))
    assert (page.chosen, page.retired) == (None, True)
    assert [code for code, _, _ in page.devices] == [world.tags[1]]


def test_a_portrait_is_set_replaced_and_taken_away(world: World) -> None:
    first, second = jpeg("navy"), jpeg("green")
    seen = []
    for data, photo in (first, second):
        blobs.put_photo(data)
        order = devices.PortrayDevice(world.devices[0].id, photo)
        run(devices.portray_device, order, world.engineer)
        seen.append(shown(world).photo)
        assert attachments.digest_of(int(seen[-1] or 0), world.engineer) == photo.sha256
    run(devices.portray_device, devices.PortrayDevice(world.devices[0].id), world.engineer)
    assert (shown(world).photo, len(set(seen))) == (None, 2)
    assert Attachment.select().where(Attachment.subject == "device").count() == 2
    assert first[1].sha256 not in "".join(leaf.text for leaf in ledger.Leaf.select())
    assert sound()


def test_who_may_not_picture(world: World, other: World) -> None:
    order = devices.PortrayDevice(world.devices[0].id, jpeg()[1])
    with pytest.raises(Forbidden):
        run(devices.portray_device, order, world.viewer)
    with pytest.raises(NotFound):
        run(devices.portray_device, order, other.engineer)


def test_settled_by_the_office_it_is_back_as_by_its_own_form(world: World) -> None:
    retire(world, unit_to="store", store_id=Store.get(Store.code == "KA").id)
    deliver("inspection", check_form(world), world.engineer)
    mark = Conflict.get(Conflict.kind == "device-retired")
    order = settling.Settle(f"conflict:{mark.id}", "reinstate")
    settling.settle(new_id(), order, world.manager)
    assert (shown(world).state, unit().place) == ("ok", "device")
    assert [e.kind for e in history.of_device(world.devices[0].id)[:2]] == ["settled", "reinstated"]


def test_who_may_not_resolve_faults_does_not_by_retiring(world: World) -> None:
    deliver("fault", fault_form(world), world.engineer)
    librarian = person("librarian-a", ("librarian", "client", world.client_id))
    order = devices.RetireDevice("A-P01", "A", "x", resolves=True)
    with pytest.raises(Forbidden):
        run(devices.retire_device, order, librarian)
    assert not devices.leaving(devices.card(world.devices[0].id, librarian), librarian).may_resolve
    assert run(devices.retire_device, replace(order, resolves=False), librarian).outcome == "done"
    assert Fault.get().state == "reported"


def test_the_page_costs_the_same_with_much_of_everything(world: World) -> None:
    device, today = world.devices[0].id, date(2026, 11, 22)

    def live(versions: range) -> None:
        for number in versions:
            run(software.record_software_update, software.RecordUpdate(
                device, "application", f"程序 {number}", "1", today), world.engineer)  # fmt: skip
        run(lend_device, LendDevice(device, "李", today), world.engineer)
        run(return_device, ReturnDevice(Lending.select().order_by(Lending.id.desc()).get().id),
            world.engineer)  # fmt: skip
        run(devices.move_device, devices.MoveDevice("A-P01", "A", "A301", "", "w"), world.manager)

    live(range(2))
    few = queries_of(lambda: shown(world))
    live(range(2, 5))
    for number in range(20):
        Device.create(client=world.client_id, room=world.room.id, code=f"Z{number}", name="z",
                      category="display", backup_device=device)  # fmt: skip
    assert len(shown(world).software) == 5
    assert len(shown(world).backup_of) == 20
    assert queries_of(lambda: shown(world)) == few <= 27
