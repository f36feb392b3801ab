"""Many devices at once: what the preview shows is what is written, all of it or nothing."""

from datetime import date
from typing import Any

import pytest

from roundtag import bulk, ledger, tagging
from roundtag.access import SYSTEM
from roundtag.bulk import EditDevices, TagDevices, edit_devices, tag_devices
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import Building, Device, History, Room, Tag, Unit
from tests.seeing import snapshot
from tests.world import World, run


def ids(world: World) -> tuple[int, ...]:
    return tuple(device.id for device in world.devices)


def order(world: World, **changes: str | None) -> EditDevices:
    devices = bulk.load(ids(world), SYSTEM, "edit_devices")
    return EditDevices(ids(world), changes, bulk.plan(devices, changes).digest)


def errors(refused: Any) -> dict[str, str]:
    return {error.field: error.code for error in refused.value.errors}


def test_all_are_changed_in_one_deed(world: World) -> None:
    leaves = len(snapshot()["leaf"])
    receipt = run(edit_devices, order(world, supplier="华声", key_device="是",
                                      installed_on="2024年5月1日"), world.manager)  # fmt: skip
    assert receipt.values == {"count": 2}
    for device in Device.select().where(Device.client == world.client_id):
        assert (device.supplier, device.key_device) == ("华声", True)
        assert device.installed_on == date(2024, 5, 1)
    assert len(snapshot()["leaf"]) == leaves + 1
    assert ledger.verify(world.client_id) == []


def test_a_warranty_is_the_units(world: World) -> None:
    Unit.update(device=None, place="repair").where(Unit.serial == "SNA2").execute()
    devices = bulk.load(ids(world), SYSTEM, "edit_devices")
    plan = bulk.plan(devices, {"warranty_until": "2030-01-01"})
    assert (len(plan.steps), plan.unit_less) == (1, 1)
    run(edit_devices, order(world, warranty_until="2030-01-01"), world.manager)
    assert Unit.get(Unit.serial == "SNA1").warranty_until == date(2030, 1, 1)
    assert Unit.get(Unit.serial == "SNA2").warranty_until == date(2028, 1, 1)


def test_a_move_is_in_the_logbook(world: World) -> None:
    building = Building.get(Building.client == world.client_id)
    Room.create(client=world.client_id, building=building, code="A302", name="控制室",
                kind="control")  # fmt: skip
    run(edit_devices, order(world, room="A302"), world.manager)
    moves = list(History.select().where(History.kind == "moved"))
    assert [(m.data["before"], m.data["now"]) for m in moves] == [("视频会议室", "控制室")] * 2


def test_an_outdated_preview_changes_nothing(world: World) -> None:
    agreed = order(world, supplier="华声")
    run(edit_devices, order(world, supplier="别家"), world.manager)
    before = [d.supplier for d in Device.select().order_by(Device.id)]
    assert run(edit_devices, agreed, world.manager).outcome == "conflict"
    assert [d.supplier for d in Device.select().order_by(Device.id)] == before


def test_what_is_so_already_is_no_change(world: World) -> None:
    run(edit_devices, order(world, supplier="华声"), world.manager)
    devices = bulk.load(ids(world), SYSTEM, "edit_devices")
    plan = bulk.plan(devices, {"supplier": "华声"})
    assert (plan.steps, plan.unchanged) == ([], 2)


def test_an_empty_field_is_a_change_of_its_own(world: World) -> None:
    run(edit_devices, order(world, supplier="华声", installed_on="2024-05-01"), world.manager)
    changes = bulk.read_changes(
        Fields([("empty.supplier", "1"), ("empty.installed_on", "1"), ("position", "")])
    )
    assert changes == {"supplier": None, "installed_on": None}
    run(edit_devices, order(world, **changes), world.manager)
    device = Device.get_by_id(world.devices[0].id)
    assert (device.supplier, device.installed_on, device.position) == ("", None, "吊顶 1")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("installed_on", "2024-02-30", "date"), ("warranty_until", "soon", "date"),
     ("key_device", "maybe", "yes-no"), ("supplier", "x" * 101, "long"), ("", "", "required")],
)  # fmt: skip
def test_bad_values_are_named(field: str, value: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        bulk.read_changes(Fields([(field, value)] if field else []))
    assert errors(refused) == {field: code}


def test_a_room_that_does_not_exist_is_named(world: World) -> None:
    devices = bulk.load(ids(world), SYSTEM, "edit_devices")
    with pytest.raises(Invalid) as refused:
        bulk.plan(devices, {"room": "B301"})
    assert errors(refused) == {"room": "unknown"}


def test_devices_are_chosen_by_key_or_all_that_match(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = world.devices[0].id
    assert bulk.read_ids(Fields([("device", str(first)), ("device", "x")]), SYSTEM) == (first,)
    everything = Fields([("all", "1"), ("q", "投影")])
    assert set(bulk.read_ids(everything, world.manager)) == set(ids(world))
    with pytest.raises(Invalid) as refused:
        bulk.read_ids(Fields([]), SYSTEM)
    assert errors(refused) == {"device": "required"}
    monkeypatch.setattr(bulk, "MOST", 1)
    with pytest.raises(Invalid) as refused:
        bulk.read_ids(everything, world.manager)
    assert errors(refused) == {"device": "many"}


def test_other_roles_and_clients_are_refused(world: World, other: World) -> None:
    before = snapshot()
    for actor in (world.engineer, world.viewer, other.manager, other.engineer):
        with pytest.raises(Forbidden):
            run(edit_devices, order(world, supplier="华声"), actor)
    with pytest.raises(NotFound):
        run(tag_devices, TagDevices(ids(world)), other.engineer)
    with pytest.raises(Invalid):
        bulk.load([*ids(world), *ids(other)], SYSTEM, "edit_devices")
    assert snapshot() == before


def test_tags_are_given_to_those_without(world: World) -> None:
    Tag.update(state="revoked").where(Tag.code == world.tags[0]).execute()
    receipt = run(tag_devices, TagDevices(ids(world)), world.engineer)
    assert receipt.values == {"count": 1}
    assert set(tagging.codes_of_devices(ids(world))) == set(ids(world))
    assert run(tag_devices, TagDevices(ids(world)), world.engineer).values == {"count": 0}
