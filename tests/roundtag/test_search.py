"""Devices and rooms are found by any part of what people know, and the index never falls behind."""

import random
from datetime import date
from typing import Any

import pytest

from roundtag import bulk, device_list, devices, lending, places, room_list, search, tagging
from roundtag.access import SYSTEM, Actor
from roundtag.db import write
from roundtag.device_list import Wish
from roundtag.fields import Fields
from roundtag.models import (
    Device,
    DeviceIndex,
    Fault,
    Lending,
    Posting,
    Room,
    RoomIndex,
    Setting,
    Site,
    Store,
    Tag,
    Unit,
)
from roundtag.places import SaveRoom, SaveSite, save_room, save_site
from roundtag.search import words
from tests.seeing import snapshot
from tests.world import World, deliver, fault_form, resolve, run, swap_form

DERIVED = (DeviceIndex, Posting, RoomIndex)


def found(text: str, actor: Actor) -> list[str]:
    return [line.code for line in device_list.page(Wish(text=text), actor).lines]


def derived() -> dict[str, Any]:
    return {name: rows for name, rows in snapshot().items()
            if name in {"device_index", "posting", "room_index"}}  # fmt: skip


def test_folding_takes_width_case_and_spaces_away() -> None:
    assert words.fold("  ＣＢ－Ｌ５００　x\n") == "cb-l500 x"
    assert words.terms("Ａ301  a301 ") == ["a301"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [("投影机", "tyj"), ("调音台", "tyt"), ("重庆厅", "cqt"), ("长安会议室", "cahys"),
     ("3楼LED大屏A", "3lleddpa"), ("音乐厅", "yyt"), ("行政楼", "xzl")],
)  # fmt: skip
def test_initials(name: str, typed: str) -> None:
    assert typed in words.initials(words.fold(name))


def test_a_sign_of_several_readings_is_found_by_each() -> None:
    assert {"l", "y"} <= set(words.initials("乐"))
    assert len(words.initials("乐行重长乐行重长")) <= words.READINGS
    assert words.initials("LED wall") == ()


@pytest.mark.parametrize("text", ["投", "投影", "投影机", "机 1", "a\U0001f600b", "x", "ab", "abc"])
def test_every_part_of_a_text_lies_in_its_grams(text: str) -> None:
    grams = words.grams(f"前{text}后\n{text}")
    for term in words.terms(text):
        assert all(any(low <= gram <= high for gram in grams) for low, high in words.spans(term))
    assert max(grams) < 2**63


def test_what_is_not_there_has_a_gram_that_is_missing() -> None:
    grams = words.grams("投影机 CB-L500")
    for term in ("影投", "机c", "l5000", "cbl"):
        spans = words.spans(term)
        assert not all(any(low <= gram <= high for gram in grams) for low, high in spans)


@pytest.mark.parametrize(
    "text",
    ["投影", "影机", "投影机 1", "tyj", "TYJ", "A-P01", "p01", "ＳＮＡ１", "sna", "l500", "爱普",
     "aps", "a301", "视频", "sphys", "吊顶", "视频 爱普生 sna1"],
)  # fmt: skip
def test_a_device_is_found_by(world: World, text: str) -> None:
    assert "A-P01" in found(text, world.engineer)


def test_a_device_is_found_by_its_whole_tag_with_and_without_the_dash(world: World) -> None:
    code = world.tags[1]
    for text in (code, code.lower(), f"{code[:5]}-{code[5:]}", code[2:8]):
        assert found(text, world.engineer) == ["A-P02"]


@pytest.mark.parametrize(
    "text",
    ["机投", "影机投", "sna3", "%", "_", "'", "\\", "\ud800", "投影" * 40, "投影机 不在"],
)  # fmt: skip
def test_nothing_is_found_by(world: World, text: str) -> None:
    shown = device_list.read(device_list.Fields([("q", text)]))
    assert device_list.page(shown, world.engineer).lines == []


def test_nobody_finds_another_clients_devices(world: World, other: World) -> None:
    assert found("SNB1", world.engineer) == []
    assert found("SNB1", other.engineer) == ["B-P01"]
    wish = Wish(client=other.client_id, text="SNB1")
    assert device_list.page(wish, world.engineer).lines == []
    assert [line.code for line in device_list.page(wish, SYSTEM).lines] == ["B-P01"]


def test_common_words_are_found_as_well_as_rare_ones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert search.devices("投影机").few
    rare = found("投影机", world.engineer)
    monkeypatch.setattr("roundtag.search.query.FEW", 1)
    assert not search.devices("投影机").few
    assert found("投影机", world.engineer) == rare == ["A-P01", "A-P02"]
    assert device_list.page(Wish(text="投影"), world.engineer).total == 2
    assert found("投影机 不在", world.engineer) == []


def test_a_swap_changes_what_a_device_is_found_by(world: World) -> None:
    deliver("swap", swap_form(world), world.engineer)
    assert found("SNA1", world.engineer) == []
    assert found("SPA1", world.engineer) == ["A-P01"]


def test_a_renamed_room_renames_what_its_devices_are_found_by(world: World) -> None:
    room = Room.get_by_id(world.room.id)
    values = {
        **places.room_of(room),
        "building": room.building_id,
        "capacity": 40,
        "name": "党员之家",
    }
    run(save_room, SaveRoom(room.id, values, places.seen(places.room_of(room))))
    assert len(found("dyzj", world.engineer)) == 2
    assert found("sphys", world.engineer) == []
    lines = room_list.listing(room_list.RoomWish(text="党员"), world.engineer).lines
    assert [line.id for line in lines] == [room.id]


def test_a_refused_deed_leaves_the_index_alone(world: World) -> None:
    before = derived()
    with pytest.raises(Exception, match="attention"):
        run(devices.move_device, devices.MoveDevice("A-P01", "A", "nowhere"))
    assert derived() == before


def _deeds(world: World, dice: random.Random) -> list[Any]:
    """Things that may happen, each a function without arguments; some are refused at times."""

    def swap() -> None:
        unit = Unit.get_or_none(Unit.device == world.devices[0].id)
        spare = Unit.get_or_none((Unit.place == "store") & Unit.serial.startswith("SPA"))
        if unit and spare:
            deliver("swap", swap_form(world, expected_old_serial=unit.serial, old_unit_to="store",
                                      new_serial=spare.serial), world.engineer)  # fmt: skip

    def settle() -> None:
        fault = Fault.get_or_none(Fault.state == "reported")
        if fault:
            resolve(fault.id, world.engineer, "好了")

    def replace_tag() -> None:
        tag = Tag.get(Tag.device == world.devices[1].id, Tag.state == "bound")
        run(tagging.replace_tag, tagging.ReplaceTag(tag.code))

    def rename() -> None:
        room = dice.choice(list(Room.select().where(Room.client == world.client_id)))
        shown = places.room_of(room)
        values = {**shown, "building": room.building_id, "capacity": room.capacity,
                  "name": dice.choice(["礼堂", "贵宾厅", "控制室"])}  # fmt: skip
        run(save_room, SaveRoom(room.id, values, places.seen(shown)))

    def rename_site() -> None:
        site = Site.get(Site.client == world.client_id)
        run(save_site, SaveSite(world.client_id, site.id, f"园区 {dice.random()}",
                                places.seen(places.name_of(site))))  # fmt: skip

    def add_room() -> None:
        room = Room.get_by_id(world.room.id)
        values = {**places.room_of(room), "building": room.building_id, "capacity": None,
                  "code": f"A{dice.randrange(10**6)}", "name": "新会议室"}  # fmt: skip
        run(save_room, SaveRoom(None, values))

    def move() -> None:
        room = dice.choice(list(Room.select().where(Room.client == world.client_id)))
        run(devices.move_device, devices.MoveDevice("A-P02", "A", room.code, "机柜"))

    def edit() -> None:
        ids = tuple(d.id for d in world.devices)
        changes = {"supplier": dice.choice(["甲", "乙"]), "installed_on": "2016-02-29",
                   "warranty_until": dice.choice(["2026-12-01", None])}  # fmt: skip
        seen = bulk.plan(bulk.load(ids, SYSTEM, "edit_devices"), changes).digest
        run(bulk.edit_devices, bulk.EditDevices(ids, changes, seen))

    def lend() -> None:
        order = lending.LendDevice(world.devices[1].id, "李", date(2100, 1, 1))
        run(lending.lend_device, order)

    def take_back() -> None:
        out = Lending.get_or_none(Lending.returned_at.is_null())
        if out:
            run(lending.return_device, lending.ReturnDevice(out.id))

    def register_one() -> None:
        code = f"A-N{dice.randrange(10**6)}"
        typed = {"room": str(world.room.id), "code": code, "name": "幕布", "category": "display",
                 "maker": "NEC", "model": "P", "serial": code, "firmware": "1.0"}  # fmt: skip
        run(devices.register_device, devices.read_new(Fields(typed.items())))

    def correct() -> None:
        shown = devices.card(world.devices[1].id, SYSTEM).values
        serial = f"C-{dice.randrange(10**6)}"
        typed = {
            "serial": serial if shown["serial"] else "",
            "name": dice.choice(["屏", "投影"]),
            "reason": "slip",
        }
        before = {f"was.{name}": text for name, text in shown.items()}
        fields = Fields({**shown, **typed, **before}.items())
        run(devices.edit_device, devices.read_changes(fields, world.devices[1].id))

    def reinstate() -> None:
        run(devices.reinstate_device, devices.ReinstateDevice("A-P02", "A"))

    def put_into_store() -> None:
        store = Store.select().order_by(Store.id).get().id
        run(devices.retire_device,
            devices.RetireDevice("A-P02", "A", "old", "store", store, resolves=True))  # fmt: skip

    def tag() -> None:
        run(devices.tag_device, devices.TagDevice(world.devices[0].id))

    return [swap, settle, replace_tag, rename, rename_site, add_room, move, edit, lend, take_back,
            lend, register_one, correct, put_into_store, take_back, put_into_store, reinstate, tag,
            lambda: deliver("fault", fault_form(world), world.engineer),
            lambda: run(devices.retire_device, devices.RetireDevice("A-P02", "A"))]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_after_any_deeds_the_index_is_what_a_rebuild_makes(world: World, seed: int) -> None:
    dice = random.Random(seed)
    deeds = _deeds(world, dice)
    for deed in [*deeds, *dice.choices(deeds, k=10)]:
        deed()
    kept = derived()
    assert search.rebuild() == Device.select().count()
    assert derived() == kept


def test_the_index_is_made_once_and_again_for_a_new_recipe(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = derived()
    with write():
        for model in DERIVED:
            model.delete().execute()
    search.ensure()
    assert derived() == kept
    RoomIndex.delete().execute()
    search.ensure()
    assert RoomIndex.select().count() == 0
    monkeypatch.setattr("roundtag.search.index.RECIPE", "next")
    search.ensure()
    assert derived() == kept
    assert Setting.get_by_id("search-index").value == "next"


def test_a_deed_at_other_things_costs_the_index_nothing(world: World) -> None:
    from tests.seeing import count_queries

    with count_queries() as sent:
        run(save_site, SaveSite(world.client_id, None, "新园区"))
    assert not [sql for sql in sent if "posting" in sql]
