"""Sites, buildings, rooms: registered and corrected; nothing is overwritten unseen."""

from typing import Any

import pytest

from roundtag import data, devices, ledger, place_pages, places, room_list, rooms
from roundtag.access import SYSTEM
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import Building, Device, History, Room, Site, Tag
from roundtag.places import (
    RetireRoom,
    SaveBuilding,
    SaveRoom,
    SaveSite,
    retire_room,
    save_building,
    save_room,
    save_site,
)
from roundtag.room_list import RoomWish
from tests.seeing import queries_of, snapshot
from tests.world import World, deliver, fault_form, run


def values(world: World, **more: Any) -> dict[str, Any]:
    room = Room.get_by_id(world.room.id)
    return {**places.room_of(room), "building": room.building_id, "capacity": room.capacity, **more}


def shown(world: World) -> str:
    return places.seen(places.room_of(Room.get_by_id(world.room.id)))


def errors(refused: Any) -> dict[str, str]:
    return {error.field: error.code for error in refused.value.errors}


def test_a_site_a_building_and_a_room_with_its_tag(world: World) -> None:
    site = run(save_site, SaveSite(world.client_id, None, "东区"), world.manager).subject_id
    building = run(save_building, SaveBuilding(site, None, "会展楼"), world.manager).subject_id
    receipt = run(save_room, SaveRoom(None, values(world, building=building, code="Z1", name="展厅",
                                                   kind="exhibition", client_unit="办公室")),
                  world.manager)  # fmt: skip
    assert receipt.url == f"/rooms/{receipt.subject_id}"
    page = rooms.page(receipt.subject_id, world.manager)
    assert (page.line.name, page.line.site, page.line.client_unit) == ("展厅", "东区", "办公室")
    assert page.line.tag
    assert [entry.kind for entry in page.history] == ["registered"]
    assert ledger.verify(world.client_id) == []
    found = place_pages.page(None, world.manager)
    assert [(s.name, [(b.name, b.rooms) for b in s.buildings]) for s in found.sites] == [
        ("东区", [("会展楼", 1)]), ("园区A", [("主楼", 1)])]  # fmt: skip
    assert place_pages.units_of(world.client_id) == ["办公室"]


def test_names_are_corrected(world: World) -> None:
    site, building = (
        Site.get(Site.client == world.client_id),
        Room.get_by_id(world.room.id).building,
    )
    run(save_site, SaveSite(world.client_id, site.id, "西区", places.seen({"name": site.name})))
    run(save_building, SaveBuilding(site.id, building.id, "副楼",
                                    places.seen({"name": building.name})))  # fmt: skip
    line = rooms.page(world.room.id, world.engineer).line
    assert (line.site, line.building) == ("西区", "副楼")


def test_a_room_is_corrected_and_the_logbook_says_what(world: World) -> None:
    run(save_room, SaveRoom(world.room.id, values(world, name="大会议室", capacity=60),
                            shown(world)), world.manager)  # fmt: skip
    room = Room.get_by_id(world.room.id)
    assert (room.name, room.capacity) == ("大会议室", 60)
    last = History.select().where(History.kind == "edited").get()
    assert last.data == {"fields": ["capacity", "name"]}
    before = len(snapshot()["history"])
    run(save_room, SaveRoom(room.id, values(world), shown(world)), world.manager)
    assert len(snapshot()["history"]) == before


def test_who_comes_second_overwrites_nothing(world: World) -> None:
    seen = shown(world)
    run(save_room, SaveRoom(world.room.id, values(world, name="甲"), seen), world.manager)
    receipt = run(save_room, SaveRoom(world.room.id, values(world, name="乙"), seen), world.manager)
    assert receipt.outcome == "conflict"
    assert Room.get_by_id(world.room.id).name == "甲"
    site = Site.get(Site.client == world.client_id)
    late = run(save_site, SaveSite(world.client_id, site.id, "丙", places.seen({"name": "old"})))
    assert late.outcome == "conflict"
    building = Room.get_by_id(world.room.id).building
    late = run(save_building, SaveBuilding(site.id, building.id, "丙", "no digest"))
    assert late.outcome == "conflict"
    assert (Site.get_by_id(site.id).name, Building.get_by_id(building.id).name) == ("园区A", "主楼")


def test_names_and_codes_are_given_once(world: World) -> None:
    before = snapshot()
    room = Room.get_by_id(world.room.id)
    site = room.building.site
    for verb, command, field in (
        (save_site, SaveSite(world.client_id, None, site.name), "name"),
        (save_building, SaveBuilding(site.id, None, room.building.name), "name"),
        (save_room, SaveRoom(None, values(world)), "code"),
    ):
        with pytest.raises(Invalid) as refused:
            run(verb, command)
        assert errors(refused) == {field: "taken"}
    assert snapshot() == before


def test_a_room_is_retired_when_nothing_in_use_stands_in_it(world: World) -> None:
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        run(retire_room, RetireRoom(world.room.id), world.manager)
    assert errors(refused) == {"": "in-use"}
    assert "投影机 1 A-P01" in refused.value.errors[0].values["names"]
    assert snapshot() == before
    for device in world.devices:
        run(devices.retire_device, devices.RetireDevice(device.code, "A"))
    assert run(retire_room, RetireRoom(world.room.id), world.manager).outcome == "done"
    assert run(retire_room, RetireRoom(world.room.id), world.manager).outcome == "conflict"
    assert room_list.listing(RoomWish(), world.engineer).lines == []
    assert len(room_list.listing(RoomWish(retired=True), world.engineer).lines) == 1
    assert Tag.get(Tag.room == world.room.id).state == "bound"


def test_other_roles_and_clients_are_refused(world: World, other: World) -> None:
    before = snapshot()
    site = Site.get(Site.client == world.client_id)
    orders = [(save_site, SaveSite(world.client_id, None, "x")),
              (save_building, SaveBuilding(site.id, None, "x")),
              (save_room, SaveRoom(world.room.id, values(world, name="x"), shown(world))),
              (retire_room, RetireRoom(world.room.id))]  # fmt: skip
    for verb, command in orders:
        for actor in (world.engineer, world.viewer, other.manager):
            with pytest.raises((Forbidden, NotFound, Invalid)):
                run(verb, command, actor)
    theirs = SaveRoom(other.room.id, values(world, code="N9"), places.seen(
        places.room_of(Room.get_by_id(other.room.id))))  # fmt: skip
    with pytest.raises(NotFound):
        run(save_room, theirs, world.manager)
    with pytest.raises(NotFound):
        run(save_site, SaveSite(world.client_id, Site.get(Site.client == other.client_id).id, "x"))
    for read in (place_pages.room, place_pages.building, place_pages.site):
        with pytest.raises(NotFound):
            read(2**30, SYSTEM)
    assert snapshot() == before


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("name", "", "required"), ("name", "x" * 101, "long"), ("code", "", "required"),
     ("code", "a\u200bb", "control"), ("kind", "cellar", "unknown"), ("capacity", "many", "number"),
     ("capacity", "100001", "range"), ("building", "", "required"), ("floor", "x" * 41, "long")],
)  # fmt: skip
def test_bad_fields_are_named(world: World, field: str, value: str, code: str) -> None:
    sound = {name: str(one or "") for name, one in values(world).items()}
    with pytest.raises(Invalid) as refused:
        places.read_room(Fields({**sound, field: value}.items()))
    assert errors(refused) == {field: code}
    assert places.read_room(Fields(sound.items()))["capacity"] == 40


def test_a_room_page_tells_what_is_there_and_what_is_missing(world: World) -> None:
    deliver("fault", fault_form(world), world.engineer)
    page = rooms.page(world.room.id, world.engineer)
    assert [(c.subsystem, n) for c, n in page.equipment] == [("display", 2)]
    missing = [[category.code for category in group] for group in page.lacks]
    assert ["camera"] in missing
    assert not [group for group in missing if "projector" in group]
    assert [fault.device for fault in page.faults] == ["投影机 1"]
    run(devices.retire_device, devices.RetireDevice("A-P01", "A"))
    page = rooms.page(world.room.id, world.engineer)
    assert [line.state for line in page.devices] == ["ok", "retired"]
    assert page.line.devices == 1


def test_every_kind_expects_categories_that_exist() -> None:
    for kind in data.room_kinds():
        assert kind.expects
        assert kind.lacks([c.code for c in data.categories()]) == []
        assert len(kind.lacks([])) == len(kind.expects)


@pytest.mark.parametrize("sort", room_list.SORTS)
def test_rooms_are_narrowed_and_sorted(world: World, sort: str) -> None:
    building = Room.get_by_id(world.room.id).building
    for number, kind in enumerate(("hall", "control")):
        more = {"name": f"礼堂{number}", "client_unit": f"单位{number}", "capacity": None}
        run(save_room, SaveRoom(None, values(world, code=f"Z{number}", kind=kind, **more)))
    for wish, count in (
        (RoomWish(sort=sort), 3), (RoomWish(text="lt", sort=sort), 2),
        (RoomWish(filters={"kind": "hall"}), 1), (RoomWish(filters={"unit": "单位1"}), 1),
        (RoomWish(filters={"building": str(building.id)}), 3),
        (RoomWish(filters={"site": "99999"}), 0), (RoomWish(text="单位0"), 1),
    ):  # fmt: skip
        found = room_list.listing(wish, world.engineer)
        assert len(found.lines) == found.total == count


def test_rooms_come_in_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        run(save_room, SaveRoom(None, values(world, code=f"Z{number}")))
    few = queries_of(lambda: room_list.listing(RoomWish(), world.engineer))
    monkeypatch.setattr(room_list, "PAGE", 2)
    pages = [room_list.listing(RoomWish(number=number), world.engineer) for number in (1, 2, 3)]
    seen = [line.code for page in pages for line in page.lines]
    assert sorted(seen) == sorted(["A301", "Z0", "Z1", "Z2", "Z3"])
    assert room_list.listing(RoomWish(number=2), world.engineer).more
    assert not room_list.listing(RoomWish(number=3), world.engineer).more
    assert queries_of(lambda: room_list.listing(RoomWish(), world.engineer)) == few
    assert Device.select().count()
