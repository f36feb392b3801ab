"""The columns of a device's life in files: owner, backup device, remarks, firmware."""

import pytest

from roundtag import access, ledger, register
from roundtag.models import Device, Leaf, Log, Person, Software, SoftwareUpdate, Submission
from roundtag.register import Refused
from tests.world import World

HEAD = "会议室编号,设备编号,设备名称,设备类别,品牌,型号,序列号,责任工程师,备用设备,固件版本,备注\n"
FIRST = "A301,D1,屏一,display,NEC,P,D-1,ENGINEER-A,d2,1.0,第一台\n"
SECOND = "A301,D2,屏二,display,NEC,P,D-2,,A-P01,,\n"


def bring(world: World, *rows: str) -> register.Report:
    return register.submit([("d.csv", (HEAD + "".join(rows)).encode())], world.client_id,
                           access.SYSTEM)  # fmt: skip


def refused(world: World, *rows: str) -> list[tuple[int, str, str]]:
    before = [table.select().count() for table in (Leaf, Submission, Device, Software)]
    with pytest.raises(Refused) as told:
        bring(world, *rows)
    assert [table.select().count() for table in (Leaf, Submission, Device, Software)] == before
    return [(p.line, p.column, p.code) for p in told.value.problems]


def test_a_row_names_its_owner_and_a_backup_of_a_later_row(world: World) -> None:
    bring(world, FIRST, SECOND)
    one, two = Device.get(Device.code == "D1"), Device.get(Device.code == "D2")
    assert (one.owner.username, one.backup_device, one.remarks) == ("engineer-a", two, "第一台")
    assert (two.owner, two.backup_device.code, two.remarks) == (None, "A-P01", "")
    assert Software.get(Software.device == one.id).installed == "1.0"
    assert Software.select().count() == 1
    assert not [line for log in Log.select() for line in ledger.verify(log.client_id)]


def test_a_second_time_nothing_changes(world: World) -> None:
    bring(world, FIRST, SECOND)
    again = bring(world, FIRST, SECOND)
    assert again.receipt is None
    assert again.counts["devices"] == {"create": 0, "update": 0, "unchanged": 2}


def test_changes_are_changes_and_an_empty_firmware_says_nothing(world: World) -> None:
    bring(world, FIRST, SECOND)
    changed = FIRST.replace("ENGINEER-A,d2,1.0,第一台", ",,1.1,")
    assert bring(world, changed).counts["devices"]["update"] == 1
    one = Device.get(Device.code == "D1")
    assert (one.owner, one.backup_device, one.remarks) == (None, None, "")
    assert [(u.from_version, u.to_version) for u in SoftwareUpdate.select()] == [
        ("", "1.0"), ("1.0", "1.1")]  # fmt: skip
    assert bring(world, changed.replace("1.1", "")).receipt is None
    assert Software.get(Software.device == one.id).installed == "1.1"


def test_a_file_without_these_columns_leaves_them(world: World) -> None:
    bring(world, FIRST, SECOND)
    short = (
        "会议室编号,设备编号,设备名称,设备类别,品牌,型号,序列号\nA301,D1,新名,display,NEC,P,D-1\n"
    )
    register.submit([("d.csv", short.encode())], world.client_id, access.SYSTEM)
    one = Device.get(Device.code == "D1")
    assert (one.name, one.remarks, one.owner.username) == ("新名", "第一台", "engineer-a")


@pytest.mark.parametrize(("row", "problem"), [
    (FIRST.replace("ENGINEER-A", "nobody"), ("责任工程师", "unknown-owner")),
    (FIRST.replace("ENGINEER-A", "viewer-a"), ("责任工程师", "unknown-owner")),
    (FIRST.replace("d2", "B-P01"), ("备用设备", "unknown-backup")),
    (FIRST.replace("d2", "d1"), ("备用设备", "itself")),
    (FIRST.replace("1.0", "1" * 81), ("固件版本", "long")),
])  # fmt: skip
def test_bad_cells_are_named(world: World, other: World, row: str,
                             problem: tuple[str, str]) -> None:  # fmt: skip
    assert refused(world, row, SECOND) == [(2, *problem)]


def test_an_owner_who_left_stays_where_the_file_says_the_same(world: World) -> None:
    bring(world, FIRST, SECOND)
    Person.update(active=False).where(Person.username == "engineer-a").execute()
    assert bring(world, FIRST, SECOND).receipt is None
    assert refused(world, SECOND.replace("D-2,,", "D-2,engineer-a,")) == [
        (2, "责任工程师", "unknown-owner")]  # fmt: skip
