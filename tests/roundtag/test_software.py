"""What runs where: versions, their updates, the latest of a model."""

from datetime import date

import pytest

from roundtag import commands, devices, history, ledger, software
from roundtag.access import Actor, Right
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import Log, Software, SoftwareUpdate
from tests.seeing import at_once, leaf_texts, queries_of, snapshot
from tests.world import World, deliver, run, swap_form

TODAY = date(2026, 11, 22)


def record(world: World, version: str, device: int = 0, who=None, **more: object):  # type: ignore[no-untyped-def]
    values = {"kind": "firmware", "name": "", "done_on": TODAY, **more}
    order = software.RecordUpdate(device_id=world.devices[device].id, version=version, **values)  # type: ignore[arg-type]
    return run(software.record_software_update, order, who or world.engineer)


def latest(world: World, key: object, version: str, whole_model: bool = True):  # type: ignore[no-untyped-def]
    order = software.SetLatest(int(key or 0), version, whole_model)  # type: ignore[call-overload]
    return run(software.set_latest_version, order, world.manager)


def shown(world: World, **chosen: object) -> list[tuple[str, str, str, bool]]:
    found = software.register(world.engineer, software.Filter(**chosen))  # type: ignore[arg-type]
    return [(row.device_code, row.line.installed, row.line.latest, row.line.outdated)
            for row in found.lines]  # fmt: skip


def test_an_update_keeps_what_was_before_and_who_did_it(world: World) -> None:
    key = record(world, "1.0").subject_id
    record(world, "1.1", expected="1.0", backup_taken=True, backup_where="NAS", note="重启两次",
           done_by="厂家张工")  # fmt: skip
    page = software.page(int(key or 0), world.engineer)
    assert [(u.before, u.now, u.by, u.recorded_by) for u in page.updates] == [
        ("1.0", "1.1", "厂家张工", "engineer-a 先生"),
        ("", "1.0", "engineer-a 先生", None),
    ]
    assert (page.updates[0].backup_taken, page.updates[0].backup_where) == (True, "NAS")
    assert page.line.installed == "1.1"
    line = history.of_device(world.devices[0].id)[0]
    assert (line.kind, line.data["before"], line.data["now"]) == ("software", "1.0", "1.1")
    assert line.note == "重启两次"
    for word in ("重启两次", "厂家张工", "NAS"):
        assert word not in leaf_texts()
    assert not [line for log in Log.select() for line in ledger.verify(log.client_id)]


def test_the_device_page_shows_firmware_first(world: World) -> None:
    record(world, "24H2", kind="operating_system", name="Windows 11")
    record(world, "1.0")
    lines = devices.page(world.devices[0].id, "x", world.engineer).software
    assert [(line.kind, line.name, line.installed) for line in lines] == [
        ("firmware", "", "1.0"), ("operating_system", "Windows 11", "24H2")]  # fmt: skip


def test_two_who_record_at_once_are_told(fresh_world: World) -> None:
    world = fresh_world
    record(world, "1.0")
    calls = [lambda v=v: record(world, v, expected="1.0") for v in ("1.1", "1.2")]
    assert sorted(a.outcome for a in at_once(calls)) == ["conflict", "done"]  # type: ignore[union-attr]
    assert SoftwareUpdate.select().count() == 2


def test_a_form_that_showed_another_version_writes_nothing(world: World) -> None:
    record(world, "1.0")
    record(world, "1.1", expected="1.0")
    before = snapshot()
    receipt = record(world, "1.2", expected="1.0")
    assert (receipt.outcome, receipt.values["found"]) == ("conflict", "1.1")
    after = snapshot()
    assert {t for t in after if after[t] != before[t]} == {"submission"}


def test_the_latest_of_a_whole_model_at_once_but_of_no_other_client(
    world: World, other: World
) -> None:
    keys = [record(world, v, n).subject_id for n, v in enumerate(("1.0", "2.0"))]
    record(other, "1.0", who=other.engineer)
    assert latest(world, keys[0], "2.0").values["count"] == 2
    assert shown(world) == [("A-P01", "1.0", "2.0", True), ("A-P02", "2.0", "2.0", False)]
    assert shown(world, outdated=True) == [("A-P01", "1.0", "2.0", True)]
    assert Software.get(Software.client == other.client_id).latest == ""
    assert latest(world, keys[0], "2.0").values["count"] == 0
    latest(world, keys[1], "3.0", whole_model=False)
    assert [row[2] for row in shown(world)] == ["2.0", "3.0"]
    assert software.page(int(keys[0] or 0), world.engineer).twins == 2


def test_a_new_device_of_the_model_knows_the_latest(world: World) -> None:
    latest(world, record(world, "1.0").subject_id, "2.0")
    record(world, "1.0", 1)
    assert shown(world, outdated=True) == [
        ("A-P01", "1.0", "2.0", True), ("A-P02", "1.0", "2.0", True)]  # fmt: skip


def test_after_a_swap_the_version_is_in_doubt(world: World) -> None:
    record(world, "1.0")
    deliver("swap", swap_form(world), world.engineer)

    def doubt() -> list[bool]:
        page = devices.page(world.devices[0].id, "x", world.engineer)
        return [line.other_unit for line in page.software]

    assert doubt() == [True]
    assert software.register(world.engineer, software.Filter()).lines[0].line.other_unit
    record(world, "1.0", expected="1.0")
    assert doubt() == [False]


def test_filters_narrow_in_a_fixed_number_of_queries(world: World) -> None:
    record(world, "1.0")
    few = queries_of(lambda: software.register(world.engineer, software.Filter()))
    record(world, "9", 1, kind="antivirus_definitions", name="瑞星")
    assert shown(world, kind="firmware") == [("A-P01", "1.0", "", False)]
    assert len(shown(world, category="projector", room_id=world.room.id)) == 2
    assert shown(world, category="camera") == []
    assert shown(world, room_id=999) == []
    assert queries_of(lambda: software.register(world.engineer, software.Filter())) == few <= 2
    odd = software.read_filter(Fields({"kind": "x", "room": "9" * 30, "category": "'"}.items()))
    assert odd == software.Filter()


def test_a_retired_device_leaves_the_register(world: World) -> None:
    record(world, "1.0")
    run(devices.retire_device, devices.RetireDevice("A-P01", "A"))
    assert shown(world) == []


def test_who_may_not(world: World, other: World) -> None:
    key = int(record(world, "1.0").subject_id or 0)
    before = snapshot()
    with pytest.raises(Forbidden):
        record(world, "2.0", who=world.viewer)
    with pytest.raises(NotFound):
        record(world, "2.0", who=other.engineer)
    with pytest.raises(Forbidden):
        run(software.set_latest_version, software.SetLatest(key, "2"), world.engineer)
    with pytest.raises(NotFound):
        run(
            software.set_latest_version,
            software.SetLatest(key, "2"),
            Actor(1, (Right("manager", "client", 99, 99),)),
        )
    for read in (software.page, software.of):
        with pytest.raises(NotFound):
            read(key if read is software.page else world.devices[0].id, other.engineer)
    assert software.register(other.engineer, software.Filter()).lines == []
    assert software.names(other.engineer) == []
    assert snapshot() == before


@pytest.mark.parametrize(("fields", "wrong"), [
    ({}, {"kind": "required", "version": "required", "name": "required"}),
    ({"kind": "spoon", "version": "1"}, {"kind": "unknown", "name": "required"}),
    ({"kind": "application", "version": "1"}, {"name": "required"}),
    ({"kind": "firmware", "version": "1" * 81}, {"version": "long"}),
    ({"kind": "firmware", "version": "1", "done_on": "2026-11-23"}, {"done_on": "late"}),
])  # fmt: skip
def test_bad_fields_are_named(fields: dict[str, str], wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as told:
        software.read_update(Fields(fields.items()), 1, TODAY)
    assert {e.field: e.code for e in told.value.errors} == wrong


def test_firmware_needs_no_name_and_takes_none(world: World) -> None:
    fields = Fields({"kind": "firmware", "version": "1", "name": "x"}.items())
    order = software.read_update(fields, world.devices[0].id, TODAY)
    assert (order.name, order.done_on) == ("", TODAY)


def test_repeated_it_is_one_update(world: World) -> None:
    order = software.RecordUpdate(world.devices[0].id, "firmware", "", "1", TODAY)
    for _ in range(2):
        commands.run("00000000-0000-4000-8000-000000000001", software.record_software_update,
                     order, world.engineer)  # fmt: skip
    assert SoftwareUpdate.select().count() == 1
