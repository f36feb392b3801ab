"""Importing the register on both databases: all or nothing, and twice is once."""

import json
from datetime import date
from pathlib import Path

import pytest

from roundtag import access, clients, clock, ledger, register, rounds, spares
from roundtag.errors import Forbidden
from roundtag.models import (
    Building,
    Device,
    DeviceModel,
    History,
    Leaf,
    Room,
    RoundDevice,
    Site,
    Software,
    SoftwareUpdate,
    StockMovement,
    Store,
    Submission,
    Tag,
    Unit,
)
from roundtag.register import Refused
from tests import world

DEMO = Path(__file__).resolve().parents[2] / "demo"
NAMES = ("devices.csv", "spares.csv", "rooms.csv")
ROOMS = "场所,楼宇,会议室编号,会议室名称,类型,容纳人数\n园区,主楼,R1,一号会议室,会议室,20\n"
DEVICES = (
    "会议室编号,设备编号,设备名称,设备类别,品牌,型号,序列号,保修截止\n"
    "R1,P1,投影机,projector,爱普生,CB-1,S-1,2027-01-31\n"
    "R1,M1,话筒,microphone,舒尔,MX418,S-2,\n"
)
SPARES = "备件库,品牌,型号,设备类别,序列号,保修截止,库位\n总库,爱普生,CB-1,projector,S-9,,A1\n"
SMALL = (("rooms.csv", ROOMS), ("devices.csv", DEVICES), ("spares.csv", SPARES))


@pytest.fixture
def client(store: str) -> int:
    world.open_provider()
    return add_client("HHZ")


def add_client(code: str) -> int:
    command = clients.AddClient(code, f"客户{code}")
    return int(world.run(clients.add_client, command).subject_id or 0)


def demo(encoding: str = "utf-8") -> list[tuple[str, bytes]]:
    return [(n, (DEMO / n).read_text(encoding="utf-8").encode(encoding)) for n in NAMES]


def bring(client_id: int, *files: tuple[str, str | bytes],
          actor: access.Actor = access.SYSTEM) -> register.Report:  # fmt: skip
    return register.submit([(n, _bytes(text)) for n, text in files], client_id, actor)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def refused(client_id: int, *files: tuple[str, str | bytes]) -> list[tuple[str, int, str, str]]:
    """The problems of an import that must write nothing at all."""
    before = state()
    with pytest.raises(Refused) as caught:
        bring(client_id, *files)
    assert state() == before
    return [(p.file, p.line, p.column, p.code) for p in caught.value.problems]


def state() -> list[int]:
    tables = (Leaf, Submission, Site, Building, Room, Device, DeviceModel, Unit, Store,
              StockMovement, Tag, History, RoundDevice, Software, SoftwareUpdate)  # fmt: skip
    return [table.select().count() for table in tables]


def sound(*client_ids: int) -> bool:
    return all(ledger.verify(key) == [] for key in (None, *client_ids))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_demo_loads_in_every_encoding_and_a_second_time_changes_nothing(
    client: int, encoding: str
) -> None:
    report = register.submit(demo(encoding), client, access.SYSTEM)
    assert {kind: fates["create"] for kind, fates in report.counts.items()} == {
        "rooms": 5, "devices": 80, "spares": 28,
    }  # fmt: skip
    assert report.warnings == ()
    assert Room.get(Room.code == "CW601").name == "常委会议室"
    before = state()
    again = register.submit(demo("utf-8"), client, access.SYSTEM)
    assert again.receipt is None
    assert {kind: fates["unchanged"] for kind, fates in again.counts.items()} == {
        "rooms": 5, "devices": 80, "spares": 28,
    }  # fmt: skip
    assert state() == before
    assert sound(client)


def test_a_device_gets_unit_movement_tag_and_history(client: int) -> None:
    bring(client, *SMALL)
    device = Device.get(Device.code == "P1")
    unit = Unit.get(Unit.device == device.id)
    assert (unit.serial, unit.place, unit.warranty_until) == ("S-1", "device", date(2027, 1, 31))
    assert (unit.model.category, unit.model.maker, unit.model.name) == (
        "projector", "爱普生", "CB-1",
    )  # fmt: skip
    moved = StockMovement.get(StockMovement.unit == unit.id)
    assert (moved.from_place, moved.to_place, moved.to_key) == ("supplier", "device", device.id)
    assert Tag.get(Tag.device == device.id).state == "bound"
    assert Tag.get(Tag.room == device.room_id).state == "bound"
    assert History.get(History.device == device.id).kind == "registered"
    spare = Unit.get(Unit.serial == "S-9")
    assert (spare.place, spare.store.name, spare.shelf) == ("store", "总库", "A1")
    assert spares.fitting(device, unit.model_id)[0].serial == "S-9"
    assert sound(client)


def test_a_new_device_joins_the_clients_open_round(store: str) -> None:
    world.open_provider()
    w, other = world.build("A"), world.build("B")
    before = RoundDevice.select().where(RoundDevice.round == other.round_id).count()
    new = DEVICES.replace("R1,", "A301,")
    bring(w.client_id, ("d.csv", new))
    rows = RoundDevice.select().where(RoundDevice.round == w.round_id).count()
    assert rows == len(w.devices) + 2
    assert RoundDevice.select().where(RoundDevice.round == other.round_id).count() == before
    device = Device.get(Device.code == "P1")
    assert rounds.dues_of(device, device.room_id, clock.local_day(clock.now()))
    assert sound(w.client_id, other.client_id)


def test_the_stored_submission_is_the_data(client: int) -> None:
    report = bring(client, *SMALL)
    assert report.receipt is not None
    assert report.receipt.values == {"created": 4, "updated": 0, "unchanged": 0}
    body = json.loads(Submission.get_by_id(report.receipt.id).body)
    sheets = {sheet["kind"]: sheet for sheet in body["sheets"]}
    assert sheets["devices"]["file"] == "devices.csv"
    assert sheets["devices"]["rows"][0]["values"]["warranty_until"] == "2027-01-31"


def test_only_changed_rows_are_written(client: int) -> None:
    bring(client, *SMALL)
    leaves = Leaf.select().count()
    changed = DEVICES.replace("投影机,projector,爱普生,CB-1,S-1,2027-01-31",
                              "主投影机,projector,爱普生,CB-2,S-1,2028-01-31")  # fmt: skip
    report = bring(client, ("devices.csv", changed), ("rooms.csv", ROOMS))
    assert report.counts == {
        "rooms": {"create": 0, "update": 0, "unchanged": 1},
        "devices": {"create": 0, "update": 1, "unchanged": 1},
    }
    unit = Unit.get(Unit.serial == "S-1")
    assert (unit.model.name, unit.warranty_until) == ("CB-2", date(2028, 1, 31))
    assert Device.get(Device.code == "P1").name == "主投影机"
    assert Leaf.select().count() == leaves + 2  # one in the client's log, one in the provider's
    last = json.loads(Leaf.select().order_by(Leaf.leaf_index.desc()).first().text)
    assert {change["table"] for change in last["changes"]} <= {"device", "unit", "device_model"}
    assert sound(client)


def test_rooms_and_spares_are_updated_in_place(client: int) -> None:
    bring(client, *SMALL)
    bring(client, ("r.csv", ROOMS.replace("主楼", "副楼").replace(",20", ",30")),
          ("s.csv", SPARES.replace("总库", "分库").replace("A1", "B2")))  # fmt: skip
    room = Room.get(Room.code == "R1")
    assert (room.building.name, room.capacity) == ("副楼", 30)
    unit = Unit.get(Unit.serial == "S-9")
    assert (unit.store.name, unit.shelf) == ("分库", "B2")
    moves = StockMovement.select().where(StockMovement.unit == unit.id).order_by(StockMovement.id)
    assert [(m.from_place, m.to_place) for m in moves] == [
        ("supplier", "store"), ("store", "store"),
    ]  # fmt: skip
    assert sound(client)


def test_a_column_that_the_file_lacks_keeps_what_is_stored(client: int) -> None:
    bring(client, ("rooms.csv", ROOMS))
    report = bring(client, ("rooms.csv", ROOMS.replace(",容纳人数", "").replace(",20", "")))
    assert report.counts["rooms"] == {"create": 0, "update": 0, "unchanged": 1}
    assert Room.get(Room.code == "R1").capacity == 20


def test_a_changed_serial_is_refused_and_swaps_are_named(client: int) -> None:
    bring(client, *SMALL)
    with pytest.raises(Refused, match="1") as caught:
        bring(client, ("devices.csv", DEVICES.replace("S-1", "S-77")))
    problem = caught.value.problems[0]
    assert (problem.line, problem.column, problem.value) == (2, "序列号", "S-77")
    assert "swap" in problem.message
    assert problem.values["stored"] == "S-1"


def test_serials_are_checked_against_each_other_and_the_database(client: int) -> None:
    bring(client, *SMALL)
    head = DEVICES.split("\n", 1)[0]
    rows = ("R1,N1,投影机,projector,甲,乙,s-1,", "R1,N2,投影机,projector,甲,乙,S-9,",
            "R1,N3,投影机,projector,甲,乙,S-20,", "R1,N4,话筒,microphone,丙,丁,s-20,")  # fmt: skip
    spare = (
        SPARES.split("\n")[0] + "\n总库,爱普生,CB-1,projector,S-20,,\n总库,a,b,projector,S-2,,\n"
    )
    found = refused(client, ("d.csv", "\n".join((head, *rows))), ("s.csv", spare))
    assert found == [
        ("d.csv", 2, "序列号", "duplicate-serial"),
        ("d.csv", 3, "序列号", "duplicate-serial"),
        ("d.csv", 5, "序列号", "duplicate-serial"),
        ("s.csv", 2, "序列号", "duplicate-serial"),
        ("s.csv", 3, "序列号", "duplicate-serial"),
    ]


def test_one_bad_file_keeps_the_good_ones_out(client: int) -> None:
    bad = DEVICES.replace("2027-01-31", "明年")
    found = refused(client, ("rooms.csv", ROOMS), ("devices.csv", bad))
    assert found == [("devices.csv", 2, "保修截止", "date")]


def test_clients_do_not_see_each_other(client: int) -> None:
    bring(client, *SMALL)
    second = add_client("B")
    found = refused(second, ("devices.csv", DEVICES))
    assert ("devices.csv", 2, "会议室编号", "unknown-room") in found
    seen = register.preview([("d.csv", DEVICES.encode())], second, access.SYSTEM)
    taken = [p for p in seen.problems if p.code == "duplicate-serial"]
    assert [p.values.get("where") for p in taken] == ["", ""]
    bring(second, ("rooms.csv", ROOMS), ("d.csv", DEVICES.replace("S-", "T-")))
    assert Room.select().where(Room.code == "R1").count() == 2
    assert Device.select().where(Device.client == second).count() == 2
    assert sound(client, second)


def test_who_may_import(store: str) -> None:
    world.open_provider()
    w, other = world.build("A"), world.build("B")
    for actor in (w.engineer, w.viewer, other.manager):
        with pytest.raises(Forbidden):
            bring(w.client_id, ("rooms.csv", ROOMS), actor=actor)
    bring(w.client_id, *SMALL, actor=w.manager)
    librarian = world.person("librarian", ("librarian", "client", w.client_id))
    bring(w.client_id, ("rooms.csv", ROOMS.replace("R1", "R2")), actor=librarian)
    with pytest.raises(Forbidden):
        bring(w.client_id, ("rooms.csv", ROOMS.replace("R1", "R3")),
              ("s.csv", SPARES.replace("S-9", "S-8")), actor=librarian)  # fmt: skip
    keeper = world.person("keeper", ("storekeeper", "provider", None))
    bring(w.client_id, ("s.csv", SPARES.replace("S-9", "S-8")), actor=keeper)
    assert sound(w.client_id, other.client_id)


def test_a_preview_writes_nothing(client: int) -> None:
    before = state()
    seen = register.preview([(n, t.encode()) for n, t in SMALL], client, access.SYSTEM)
    assert seen.problems == ()
    assert seen.plan.counts()["devices"] == {"create": 2, "update": 0, "unchanged": 0}
    assert state() == before


def test_a_retired_device_is_not_brought_back(client: int) -> None:
    bring(client, *SMALL)
    Device.update(retired_at=clock.now()).where(Device.code == "P1").execute()
    found = refused(client, ("devices.csv", DEVICES))
    assert found == [("devices.csv", 2, "设备编号", "retired")]


def test_the_verb_itself_checks_again(client: int) -> None:
    """What was sound when it was looked at may have been overtaken by the time it is stored."""
    seen = register.preview([(n, t.encode()) for n, t in SMALL], client, access.SYSTEM)
    bring(client, *SMALL)
    head, first, _ = DEVICES.split("\n", 2)
    late = register.preview([("d.csv", f"{head}\n{first}".encode())], client, access.SYSTEM)
    Unit.update(serial="S-100").where(Unit.serial == "S-1").execute()
    with pytest.raises(Refused):
        world.run(register.import_register, register.Import(client, late.reading.sheets))
    assert seen.plan.counts()["rooms"]["create"] == 1
