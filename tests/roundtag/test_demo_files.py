"""The demo files must agree with the client's table of rooms, with each other and the data."""

import csv
from collections import Counter
from datetime import date
from ipaddress import ip_address
from pathlib import Path

import pytest

from roundtag import data

DEMO = Path(__file__).resolve().parents[2] / "demo"
ROOM_HEAD = "场所,楼宇,楼层,会议室编号,会议室名称,类型,容纳人数,备注"
DEVICE_HEAD = (
    "会议室编号,设备编号,设备名称,设备类别,品牌,型号,序列号,"
    "资产编号,安装位置,安装日期,保修截止,关键设备,IP地址,供应商"
)
SPARE_HEAD = "备件库,品牌,型号,设备类别,序列号,保修截止,库位"
# The client's own table: capacity, then sets or pieces. Its row for 会见厅 is empty.
SOUND_AND_PICTURE = {"amplifier": 1, "projector": 1, "mixer": 1, "microphone": 1}
CLIENTS_TABLE: dict[str, tuple[int, dict[str, int]]] = {
    "多功能会议室": (100, {**SOUND_AND_PICTURE, "screen": 1, "tv": 2}),
    "礼堂": (900, {**SOUND_AND_PICTURE, "screen": 1}),
    "常委会议室": (90, {**SOUND_AND_PICTURE, "tv": 1}),
    "视频会议室": (200, {**SOUND_AND_PICTURE, "screen": 1, "terminal": 1}),
}
COUNTED = {
    "amplifier": "amplifier",
    "projector": "projector",
    "projection_screen": "screen",
    "mixer": "mixer",
    "microphone": "microphone",
    "terminal": "terminal",
    "display": "tv",
}


def rows(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes() -> set[str]:
    return {category.code for category in data.categories()}


def repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


@pytest.mark.parametrize(
    ("name", "head"),
    [("rooms.csv", ROOM_HEAD), ("devices.csv", DEVICE_HEAD), ("spares.csv", SPARE_HEAD)],
)
def test_demo_files_have_the_agreed_columns(name: str, head: str) -> None:
    lines = (DEMO / name).read_text(encoding="utf-8").splitlines()
    assert lines[0] == head
    assert {len(row) for row in csv.reader(lines)} == {len(head.split(","))}


def test_demo_rooms_are_the_clients() -> None:
    assert repeated([row["会议室编号"] for row in rows("rooms.csv")]) == []
    assert all(data.room_kind_code(row["类型"]) for row in rows("rooms.csv"))
    capacity = {row["会议室名称"]: int(row["容纳人数"]) for row in rows("rooms.csv")}
    assert set(capacity) == {*CLIENTS_TABLE, "会见厅"}
    assert {name: capacity[name] for name in CLIENTS_TABLE} == {
        name: figures[0] for name, figures in CLIENTS_TABLE.items()
    }


def test_demo_rooms_hold_what_the_clients_table_counts() -> None:
    """A set of several units is counted once: the units share the code up to the second dash."""
    names = {row["会议室编号"]: row["会议室名称"] for row in rows("rooms.csv")}
    sets = {
        (names[row["会议室编号"]], COUNTED[row["设备类别"]], set_code(row["设备编号"]))
        for row in rows("devices.csv")
        if row["设备类别"] in COUNTED
    }
    for name, (_, expected) in CLIENTS_TABLE.items():
        assert Counter(what for room, what, _ in sets if room == name) == expected


def set_code(device_code: str) -> str:
    return "-".join(device_code.split("-")[:2])


def test_demo_devices_are_consistent() -> None:
    devices = rows("devices.csv")
    assert 64 <= len(devices) <= 80
    rooms = {row["会议室编号"] for row in rows("rooms.csv")}
    assert {row["会议室编号"] for row in devices} == rooms
    assert {row["设备类别"] for row in devices} == codes() - {"room"}
    assert all(row["设备编号"].startswith(row["会议室编号"] + "-") for row in devices)
    assert {row["关键设备"] for row in devices} == {"是", "否"}
    for column in ("设备编号", "资产编号"):
        assert repeated([row[column] for row in devices]) == []


def test_demo_serials_are_unique_across_devices_and_spares() -> None:
    serials = [row["序列号"] for name in ("devices.csv", "spares.csv") for row in rows(name)]
    assert "" not in serials
    assert repeated(serials) == []


def test_demo_addresses_are_private_and_unique() -> None:
    addresses = [row["IP地址"] for row in rows("devices.csv") if row["IP地址"]]
    assert repeated(addresses) == []
    assert all(ip_address(address).is_private for address in addresses)


def test_demo_warranties_are_partly_over() -> None:
    today = date(2026, 11, 22)
    running = 0
    for row in rows("devices.csv"):
        installed, until = map(date.fromisoformat, (row["安装日期"], row["保修截止"]))
        assert installed < until
        assert installed < today
        running += until >= today
    assert 16 <= running <= len(rows("devices.csv")) - 16


def test_demo_spares_fit_installed_devices() -> None:
    spares = rows("spares.csv")
    installed = {(row["品牌"], row["型号"], row["设备类别"]) for row in rows("devices.csv")}
    assert 20 <= len(spares) <= 30
    assert len({row["备件库"] for row in spares}) == 2
    assert {(row["品牌"], row["型号"], row["设备类别"]) for row in spares} <= installed
    assert all(date.fromisoformat(row["保修截止"]) for row in spares)
