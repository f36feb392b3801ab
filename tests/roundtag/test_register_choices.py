"""Columns read as a person chose, rooms by their names, and the files of another program."""

from datetime import date
from typing import Any

import pytest

from roundtag import register
from roundtag.access import SYSTEM
from roundtag.models import Device, Unit
from roundtag.register import Choice, choices, sheets
from roundtag.register.cells import months_after
from roundtag.register.sheets import Reading
from tests.roundtag.test_register import ROOMS, bring, client, refused  # noqa: F401

HEAD = "Zone,Tag,Label,Class,Make,Type,Serial,Colour\n"
ROW = "R1,P1,Projector,projector,Epson,CB-1,S-1,black\n"
FIELDS = {"zone": "room", "tag": "code", "label": "name", "class": "category", "make": "maker",
          "type": "model", "colour": "-"}  # fmt: skip
LIST = (
    "Asset Name,Asset Tag,Serial,Model,Model No.,Category,Status,Checked Out To,Location,"
    "Manufacturer,Supplier,Purchase Date,Purchase Cost,Warranty,Warranty Expires,Notes\n"
)
"""As Snipe-IT's list of assets is exported."""


def asset(**cells: str) -> str:
    row = {"name": "", "tag": "A-1", "serial": "S-1", "model": "CB-1", "no": "V11", "category":
           "Projectors", "status": "Ready (deployable)", "to": "", "location": "R1", "maker":
           "Epson", "supplier": "甲公司", "bought": "2024-01-31", "cost": "100",
           "months": "13 months", "until": "", "notes": ""}  # fmt: skip
    return ",".join({**row, **cells}.values()) + "\n"


def read(text: str, chosen: dict[str, Choice] | None = None) -> Reading:
    return sheets.read([("a.csv", text.encode())], chosen)


def values(reading: Reading) -> dict[str, Any]:
    assert reading.problems == ()
    return reading.sheets[0].rows[0].values


def test_unknown_headings_are_read_as_a_person_says() -> None:
    assert read(HEAD + ROW).problems
    chosen = {choices.signature(HEAD.strip().split(",")): Choice("devices", FIELDS)}
    reading = read(HEAD + ROW, chosen)
    assert values(reading) == {
        "room": "R1", "code": "P1", "name": "Projector", "category": "projector",
        "maker": "Epson", "model": "CB-1", "serial": "S-1",
    }  # fmt: skip
    assert reading.warnings == ()  # what a person left out needs no warning
    assert reading.sheets[0].headings["maker"] == "Make"


def test_a_choice_is_known_by_its_headings_in_any_order() -> None:
    one, other = ["A", "b ", "C"], ["c", "Ａ", "B"]
    assert choices.signature(one) == choices.signature(other)
    assert choices.signature(one) != choices.signature([*one, "C"])


def test_the_second_of_equal_headings_is_chosen_by_itself() -> None:
    text = ROOMS.replace("容纳人数", "会议室名称")
    assert [p.code for p in read(text).problems] == ["repeated-column"]
    chosen = {choices.ANY: Choice(fields={"会议室名称#2": "capacity"})}
    assert values(read(text, chosen))["capacity"] == 20


def test_a_room_may_be_named_and_two_of_one_name_are_told(client: int) -> None:  # noqa: F811
    bring(client, ("r.csv", ROOMS))
    head = "会议室,设备编号,设备名称,设备类别,品牌,型号,序列号\n"
    bring(client, ("d.csv", head + "一号会议室,P1,投影机,projector,a,b,S-1\n"))
    assert Device.get(Device.code == "P1").room.code == "R1"
    again = bring(client, ("d.csv", head + "r1,P1,投影机,projector,a,b,S-1\n"))
    assert again.receipt is None
    bring(client, ("r.csv", ROOMS.replace("R1", "R2")))
    found = refused(client, ("d.csv", head + "一号会议室,P2,投影机,projector,a,b,S-2\n"))
    assert found == [("d.csv", 2, "会议室", "ambiguous-room")]
    seen = register.preview(
        [("d.csv", (head + "一号会议室,P2,x,projector,a,b,S-2").encode())], client, SYSTEM
    )
    assert seen.problems[0].values["codes"] == "R1, R2"


@pytest.mark.parametrize(("start", "count", "end"), [
    (date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2023, 1, 31), 1, date(2023, 2, 28)),
    (date(2023, 12, 15), 1, date(2024, 1, 15)), (date(2024, 2, 29), 12, date(2025, 2, 28)),
    (date(2024, 3, 31), 36, date(2027, 3, 31)), (date(2024, 1, 31), 11, date(2024, 12, 31)),
])  # fmt: skip
def test_months_end_with_their_month(start: date, count: int, end: date) -> None:
    assert months_after(start, count) == end


def test_an_export_of_snipe_it_is_read_as_it_is() -> None:
    reading = read(LIST + asset())
    assert values(reading) == {
        "name": "CB-1", "code": "A-1", "asset_number": "A-1", "serial": "S-1", "model": "CB-1",
        "category": "projector", "room": "R1", "maker": "Epson", "supplier": "甲公司",
        "warranty_until": date(2025, 2, 28), "remarks": "",
    }  # fmt: skip
    assert reading.seen[0].dialect == "Snipe-IT"
    assert {w.column for w in reading.warnings} >= {"Status", "Purchase Cost"}


@pytest.mark.parametrize(("cells", "expected"), [
    ({"name": "Main"}, {"name": "Main"}),
    ({"months": "24"}, {"warranty_until": date(2026, 1, 31)}),
    ({"until": "Mon Jun 01, 2026"}, {"warranty_until": date(2026, 6, 1)}),
    ({"bought": "Wed Jan 31, 2024"}, {"warranty_until": date(2025, 2, 28)}),
    ({"bought": "", "months": ""}, {"warranty_until": None}),
    ({"category": "投影机"}, {"category": "projector"}),
])  # fmt: skip
def test_how_snipe_it_writes_values(cells: dict[str, str], expected: dict[str, Any]) -> None:
    quoted = {name: f'"{cell}"' if "," in cell else cell for name, cell in cells.items()}
    found = values(read(LIST + asset(**quoted)))
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(("cells", "column", "code"), [
    ({"category": "Laptops"}, "Category", "category"),
    ({"bought": "31/01/2024"}, "Purchase Date", "date"),
    ({"months": "long"}, "Warranty", "months"), ({"serial": ""}, "Serial", "required"),
    ({"model": ""}, "Model", "required"),
])  # fmt: skip
def test_what_snipe_it_leaves_open_is_named(cells: dict[str, str], column: str, code: str) -> None:
    assert [(p.column, p.code) for p in read(LIST + asset(**cells)).problems] == [(column, code)]


def test_an_export_of_snipe_it_goes_into_the_register_and_twice_is_once(client: int) -> None:  # noqa: F811
    bring(client, ("r.csv", ROOMS))
    text = LIST + asset(location="一号会议室") + asset(tag="A-2", serial="S-2", location="R1")
    bring(client, ("assets.csv", text))
    assert Device.get(Device.code == "A-1").asset_number == "A-1"
    assert Unit.get(Unit.serial == "S-2").warranty_until == date(2025, 2, 28)
    assert bring(client, ("assets.csv", text)).receipt is None
    found = refused(client, ("assets.csv", LIST + asset(tag="A-3", serial="S-3", location="Lobby")))
    assert found == [("assets.csv", 2, "Location", "unknown-room")]
