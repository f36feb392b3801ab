"""One device by form: registered, edited, corrected; two people at once lose nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from roundtag import access, clients, commands, data, devices, history, ledger
from roundtag.access import Actor
from roundtag.devices import age
from roundtag.devices.age import Age
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import (
    Client,
    Device,
    DeviceModel,
    History,
    Log,
    Person,
    RoundDevice,
    Software,
    StockMovement,
    Tag,
    Unit,
)
from tests.seeing import (
    assert_units_are_where_their_movements_say,
    at_once,
    counts,
    grown,
    snapshot,
)
from tests.world import World, new_id, run

NEW = {
    "name": "幕布", "code": "A-S01", "category": "display", "maker": "NEC", "model": "P-65",
    "serial": "N-1", "warranty_until": "2029年5月1日", "asset_number": "ZC-9", "position": "前墙",
    "installed_on": "2026-5-1", "key_device": "1", "ip_address": "10.0.0.9", "supplier": "供货商",
    "owner": "Engineer-A", "backup_device": "a-p01", "firmware": "1.2", "remarks": "两行\n说明",
}  # fmt: skip


def order(world: World, **more: str) -> devices.RegisterDevice:
    return devices.read_new(Fields({"room": str(world.room.id), **NEW, **more}.items()))


def refused(world: World, **more: str) -> dict[str, str]:
    """Field → code of everything that is wrong; nothing may have been written."""
    before = snapshot()
    with pytest.raises(Invalid) as told:
        run(devices.register_device, order(world, **more), world.engineer)
    assert snapshot() == before
    return {error.field: error.code for error in told.value.errors}


def edit(world: World, device: int = 0, who: Actor | None = None, shown: Any = None,
         **fields: str) -> commands.Receipt:  # fmt: skip
    """Sends the form as a browser would: all fields as shown, and those that were changed."""
    key = world.devices[device].id
    shown = shown or devices.card(key, world.engineer).values
    names = {"reason": "", **shown, **fields}
    pairs = [*names.items(), *((f"was.{name}", text) for name, text in shown.items())]
    return run(devices.edit_device, devices.read_changes(Fields(pairs), key), who or world.engineer)


def test_a_registered_device_has_all_that_belongs_to_it(world: World) -> None:
    before = counts()
    receipt = run(devices.register_device, order(world), world.engineer)
    device = Device.get_by_id(receipt.subject_id)
    unit = Unit.get(Unit.device == device.id)
    assert (device.name, device.code, device.position) == ("幕布", "A-S01", "前墙")
    assert (device.installed_on, unit.warranty_until) == (date(2026, 5, 1), date(2029, 5, 1))
    assert (device.owner.id, device.backup_device.code) == (world.engineer.person_id, "A-P01")
    assert (device.key_device, device.remarks) == (True, "两行\n说明")
    assert (unit.serial, unit.model.maker, unit.place) == ("N-1", "NEC", "device")
    move = StockMovement.get(StockMovement.unit == unit.id)
    assert (move.from_place, move.to_place, move.to_key) == ("supplier", "device", device.id)
    assert Tag.get(Tag.device == device.id).state == "bound"
    joined = [row.round for row in RoundDevice.select().where(RoundDevice.device == device.id)]
    assert [tour.occasion for tour in joined] == ["monthly", "commissioning"]
    assert joined[0].id == world.round_id
    assert Software.get(Software.device == device.id).installed == "1.2"
    found = grown(before)
    assert found.pop("posting") > 0
    assert found == {
        "device": 1, "device_index": 1, "device_model": 1, "history": 2, "leaf": 2,
        "round": 1, "round_device": 2, "software": 1, "software_update": 1, "stock_movement": 1,
        "submission": 1, "tag": 1, "unit": 1,
    }  # fmt: skip
    assert not [line for log in Log.select() for line in ledger.verify(log.client_id)]
    assert_units_are_where_their_movements_say()


def test_a_blank_label_is_waited_for(world: World) -> None:
    receipt = run(devices.register_device, order(world, tagged="later"), world.engineer)
    device = int(receipt.subject_id or 0)
    assert (receipt.url, devices.tag_of(device)) == (f"/devices/{device}", "")
    made = run(devices.tag_device, devices.TagDevice(device), world.engineer)
    assert made.url == f"/t/{devices.tag_of(device)}"
    again = run(devices.tag_device, devices.TagDevice(device), world.engineer)
    assert again.outcome == "conflict"


def test_repeated_it_is_registered_once(world: World) -> None:
    key, command = new_id(), order(world)
    first = commands.run(key, devices.register_device, command, world.engineer)
    again = commands.run(key, devices.register_device, command, world.engineer)
    assert (again.subject_id, again.repeated) == (first.subject_id, True)
    assert Device.select().where(Device.code == "A-S01").count() == 1


@pytest.mark.parametrize(("field", "text", "code"), [
    ("room", "", "required"), ("room", "x", "number"), ("room", "999999999", "unknown"),
    ("name", "", "required"), ("code", "A-p02", "duplicate-code"), ("code", "x" * 41, "long"),
    ("category", "spoon", "category"), ("serial", "", "required"),
    ("installed_on", "2026-02-30", "date"), ("warranty_until", "soon", "date"),
    ("ip_address", "10.0.0.300", "address"), ("owner", "nobody", "unknown-owner"),
    ("owner", "engineer-b", "unknown-owner"), ("backup_device", "B-P01", "unknown-backup"),
    ("backup_device", "a-s01", "itself"), ("name", "a\u200bb", "control"),
])  # fmt: skip
def test_bad_fields_are_named(world: World, other: World, field: str, text: str, code: str) -> None:
    assert refused(world, **{field: text}) == {field: code}


def test_a_serial_number_is_one_units_of_its_model(world: World, other: World) -> None:
    same_model = {"category": "projector", "maker": "爱普生", "model": "CB-L500"}
    assert refused(world, **same_model, serial="sna1") == {"serial": "duplicate-serial"}
    with pytest.raises(Invalid) as told:
        run(devices.register_device, order(world, **same_model, serial="SNA1"), world.engineer)
    assert told.value.errors[0].values == {"where": "视频会议室 · 投影机 1 (A-P01)"}
    with pytest.raises(Invalid) as told:
        run(devices.register_device, order(world, **same_model, serial="SNB1"), world.engineer)
    assert told.value.errors[0].values == {"where": ""}  # another client's is nobody's business
    assert run(devices.register_device, order(world, serial="SNA1"), world.engineer)


def test_who_may_not_register_or_edit(world: World, other: World) -> None:
    before = snapshot()
    with pytest.raises(Forbidden):
        run(devices.register_device, order(world), world.viewer)
    with pytest.raises(Invalid):
        run(devices.register_device, order(world), other.engineer)
    with pytest.raises(Forbidden):
        edit(world, who=world.viewer, name="x")
    with pytest.raises(NotFound):
        edit(world, who=other.engineer, name="x")
    assert snapshot() == before


def test_an_edit_writes_what_was_changed_and_tells_which_fields(world: World) -> None:
    receipt = edit(world, name="主投影", owner="engineer-a", position="", key_device="1",
                   warranty_until="2030-01-01", model="CB-L510")  # fmt: skip
    device = Device.get_by_id(world.devices[0].id)
    unit = Unit.get(Unit.device == device.id)
    assert receipt.outcome == "done"
    assert (device.name, device.position, device.key_device) == ("主投影", "", True)
    assert (unit.model.name, unit.warranty_until) == ("CB-L510", date(2030, 1, 1))
    line = history.of_device(device.id)[0]
    assert line.kind == "edited"
    assert line.data["fields"] == ["key_device", "model", "name", "owner", "position",
                                   "warranty_until"]  # fmt: skip
    assert not [line for log in Log.select() for line in ledger.verify(log.client_id)]


def test_untouched_it_writes_nothing_but_the_receipt(world: World) -> None:
    before = snapshot()
    assert edit(world).message == "Nothing had to be changed."
    after = snapshot()
    assert {t for t in after if after[t] != before[t]} == {"submission"}


def test_a_corrected_serial_asks_why_and_moves_nothing(world: World) -> None:
    with pytest.raises(Invalid) as told:
        edit(world, serial="SNA9")
    assert {e.field: e.code for e in told.value.errors} == {"reason": "required"}
    moves = StockMovement.select().count()
    edit(world, serial="SNA9", reason="看错一位")
    assert Unit.get(Unit.device == world.devices[0].id).serial == "SNA9"
    assert StockMovement.select().count() == moves
    line = history.of_device(world.devices[0].id)[0]
    assert (line.kind, line.note) == ("serial_corrected", "看错一位")
    assert (line.data["before"], line.data["now"]) == ("SNA1", "SNA9")
    with pytest.raises(Invalid) as told:
        edit(world, serial="sna2", reason="again")
    assert {e.field: e.code for e in told.value.errors} == {"serial": "duplicate-serial"}


def test_changes_of_other_fields_merge(world: World) -> None:
    shown = devices.card(world.devices[0].id, world.engineer).values
    edit(world, shown=shown, name="甲")
    edit(world, shown=shown, who=world.manager, remarks="乙")
    device = Device.get_by_id(world.devices[0].id)
    assert (device.name, device.remarks) == ("甲", "乙")


def test_a_change_of_the_same_field_is_a_conflict_with_both_shown(world: World) -> None:
    shown = devices.card(world.devices[0].id, world.engineer).values
    edit(world, shown=shown, name="甲")
    before = snapshot()
    receipt = edit(world, shown=shown, who=world.manager, name="乙", remarks="r")
    assert (receipt.outcome, receipt.values["found"]) == ("conflict", {"name": "甲"})
    after = snapshot()
    assert {t for t in after if after[t] != before[t]} == {"submission"}
    same = edit(world, shown=shown, who=world.manager, name="甲")
    assert same.outcome == "done"  # both wanted the same


def test_facts_of_a_unit_that_was_swapped_meanwhile_are_not_written_to_the_new_one(
    world: World,
) -> None:
    shown = devices.card(world.devices[0].id, world.engineer).values
    edit(world, serial="OTHER", reason="stands for a swap")
    receipt = edit(world, shown=shown, warranty_until="2031-01-01")
    assert (receipt.outcome, receipt.values["found"]) == ("conflict", {"serial": "OTHER"})


def test_a_place_without_unit_keeps_its_other_fields_editable(world: World) -> None:
    Unit.update(device=None, place="repair").where(Unit.serial == "SNA1").execute()
    assert edit(world, name="空位").outcome == "done"
    with pytest.raises(Invalid) as told:
        edit(world, maker="NEC")
    assert {e.field: e.code for e in told.value.errors} == {"maker": "no-unit"}


def test_of_two_who_edit_at_once_one_wins_and_one_is_told(fresh_world: World) -> None:
    world = fresh_world
    shown = devices.card(world.devices[0].id, world.engineer).values
    calls = [lambda n=n: edit(world, shown=shown, name=f"名 {n}") for n in range(4)]
    found = [answer.outcome for answer in at_once(calls)]  # type: ignore[union-attr]
    assert sorted(found) == ["conflict"] * 3 + ["done"]


def test_of_two_who_register_one_code_at_once_one_is_told(fresh_world: World) -> None:
    world = fresh_world
    commands_ = [order(world, serial=f"S-{n}") for n in range(3)]
    calls = [lambda c=c: run(devices.register_device, c, world.engineer) for c in commands_]
    answers = at_once(calls)
    assert sum(isinstance(answer, Invalid) for answer in answers) == 2, answers
    assert Device.select().where(Device.code == "A-S01").count() == 1


@pytest.mark.parametrize(("installed", "years", "over"), [
    (date(2020, 11, 22), 6, True), (date(2020, 11, 23), 5, False), (date(2026, 11, 22), 0, False),
])  # fmt: skip
def test_years_in_use(installed: date, years: int, over: bool) -> None:
    category = replace(data.category("projector"), life_years=5)
    found = age.of(installed, category, date(2026, 11, 22))
    assert found == Age(years, 6)
    assert found.over is over


def test_a_longer_life_counts_and_an_unknown_day_is_no_age() -> None:
    today, durable = date(2026, 11, 22), replace(data.category("projector"), life_years=10)
    seven = age.of(date(2019, 11, 1), durable, today)
    assert (seven, seven and seven.over) == (Age(7, 10), False)
    assert age.of(None, durable, today) is None
    assert age.of(date(2027, 1, 1), durable, today) is None


def test_the_backup_is_shown_at_both_ends(world: World) -> None:
    edit(world, backup_device="A-P02")
    one, two = (devices.page(d.id, "x", world.engineer) for d in world.devices)
    assert (one.backup and one.backup.code, [d.code for d in two.backup_of]) == ("A-P02", ["A-P01"])
    assert (one.backup_of, two.backup) == ([], None)
    edit(world, backup_device="")
    assert devices.page(world.devices[0].id, "x", world.engineer).backup is None


def test_rows_of_before_the_columns_are_sound_and_a_smuggled_value_is_not(world: World) -> None:
    """ADR 0015: a leaf of an earlier release does not name the columns that came later."""
    row = Device.get_by_id(world.devices[0].id)
    cells = tuple(row.__data__[f.name] for f in Device._meta.sorted_fields)
    old = {k: v for k, v in ledger.image(row).items()
           if k not in {"owner", "backup_device", "photo", "remarks"}}  # fmt: skip
    assert ledger._agrees(Device, cells, old)
    place = [f.name for f in Device._meta.sorted_fields].index("remarks")
    assert not ledger._agrees(Device, (*cells[:place], "smuggled", *cells[place + 1 :]), old)


def test_suggestions_are_ones_own(world: World, other: World) -> None:
    card = devices.card(world.devices[0].id, world.engineer)
    offers = devices.suggestions(world.engineer, card)
    assert devices.suggestions(world.engineer, None).backups == []
    assert [code for code, _ in offers.backups] == ["A-P02"]
    assert [name for name, _ in offers.owners] == ["engineer-a", "manager-a", "manager-b"]
    assert ("CB-L500", "爱普生") in offers.models
    mine = devices.places(world.engineer, "register_device")
    assert [place.code for place in mine] == ["A301"]
    assert [p.code for p in devices.places(access.SYSTEM, "register_device")] == ["A301", "B301"]


def test_of_many_clients_a_form_has_the_rooms_of_one(world: World, other: World) -> None:
    asked = access.SYSTEM, "register_device"
    assert clients.of_rooms(*asked, None, "") == ([], None)
    more = [
        Client.create(code=f"M{number}", name=f"客户 {number}") for number in range(clients.FEW)
    ]
    known, first = clients.of_rooms(*asked, None, "")
    assert len(known) == clients.FEW + 2
    assert first == known[0][0]
    assert clients.of_rooms(*asked, more[1].id, "nonsense")[1] == more[1].id
    assert clients.of_rooms(*asked, more[1].id, str(other.room.id))[1] == other.client_id
    assert clients.of_rooms(*asked, 999_999, "9" * 30)[1] == first
    assert clients.of_rooms(world.engineer, "register_device", other.client_id, "") == ([], None)


def test_an_owner_who_left_stays_until_somebody_chooses_another(world: World) -> None:
    edit(world, owner="engineer-a")
    Person.update(active=False).where(Person.username == "engineer-a").execute()
    offers = devices.suggestions(world.manager, devices.card(world.devices[0].id, world.manager))
    assert "engineer-a" in dict(offers.owners)
    edit(world, who=world.manager, name="x")
    assert Device.get_by_id(world.devices[0].id).owner.username == "engineer-a"


def test_models_are_shared_with_the_catalogue(world: World) -> None:
    known = DeviceModel.select().count()
    run(devices.register_device, order(world, category="projector", maker="爱普生",
                                       model="CB-L500"), world.engineer)  # fmt: skip
    assert DeviceModel.select().count() == known
    assert History.select().where(History.kind == "registered").count() >= 3
