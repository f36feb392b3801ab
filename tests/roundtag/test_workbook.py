"""Reading workbooks, without any database: as people see them, and never at the reader's cost."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from roundtag.register import sheets, table, workbook
from roundtag.register.problems import Problem
from roundtag.register.sheets import Reading

ROOMS = ["site", "building", "floor", "room code", "room name", "kind", "capacity"]
ROOM = ["S", "B", "3", "R1", "Room", "meeting", 20]
DEVICES = [
    "会议室编号",
    "设备编号",
    "设备名称",
    "设备类别",
    "品牌",
    "型号",
    "序列号",
    "安装日期",
    "关键设备",
]
DEVICE = ["R1", "P1", "投影机", "投影机", "爱普生", "CB-1", "S-1", date(2024, 5, 1), True]


def book(
    *tables: tuple[str, list[list[Any]]], change: Callable[[Any], None] | None = None
) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for name, rows in tables:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rooms(*rows: list[Any], change: Callable[[Any], None] | None = None) -> bytes:
    return book(("Rooms", [ROOMS, *rows]), change=change)


def devices(*rows: list[Any], change: Callable[[Any], None] | None = None) -> bytes:
    return book(("设备", [DEVICES, *rows]), change=change)


def read(data: bytes) -> Reading:
    return sheets.read([("b.xlsx", data)])


def values(data: bytes) -> list[dict[str, Any]]:
    reading = read(data)
    assert reading.problems == ()
    return [row.values for sheet in reading.sheets for row in sheet.rows]


def only(data: bytes) -> Problem:
    reading = read(data)
    assert len(reading.problems) == 1, reading.problems
    return reading.problems[0]


def repacked(data: bytes, **parts: bytes | None) -> bytes:
    """The workbook with parts of it (dots for slashes) replaced, added, or left out for None."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for part in old.infolist():
            if part.filename not in parts:
                new.writestr(part.filename, old.read(part))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return packed.read(name)


SHEET = "xl/worksheets/sheet1.xml"


def test_dates_numbers_and_booleans_are_as_people_see_them() -> None:
    (found,) = values(devices(DEVICE))
    assert (found["installed_on"], found["key_device"]) == (date(2024, 5, 1), True)
    (room,) = values(rooms(["S", "B", 3.0, 101.0, 0.1 + 0.2, "会议室", 20.0]))
    assert (room["floor"], room["code"], room["name"], room["capacity"]) == ("3", "101", "0.3", 20)


@pytest.mark.parametrize(("value", "number_format", "text"), [
    (1.0, "General", "1"), (7, "000", "007"), (2.5, "0.0", "2.5"), (True, "General", "TRUE"),
    (datetime(2024, 5, 1), "yyyy-mm-dd", "2024-05-01"),
    (datetime(2024, 5, 1, 8, 30), "yyyy-mm-dd hh:mm", "2024-05-01 08:30:00"),
    (1e-7, "General", "1e-07"), (123456789012, "General", "123456789012"), (-0.0, "General", "0"),
])  # fmt: skip
def test_one_value_as_text(value: Any, number_format: str, text: str) -> None:
    assert workbook.shown(value, number_format) == text


def test_codes_with_leading_zeros_stay_what_is_seen() -> None:
    def zeros(made: Any) -> None:
        made["Rooms"]["D2"].number_format = "0000"

    (room,) = values(rooms(["S", "B", 3, 42, "Room", "meeting", 1], change=zeros))
    assert room["code"] == "0042"


def test_both_date_systems() -> None:
    def mac(made: Any) -> None:
        made.epoch = CALENDAR_MAC_1904

    data = devices(DEVICE, change=mac)
    assert b"date1904" in part(data, "xl/workbook.xml")
    assert values(data)[0]["installed_on"] == date(2024, 5, 1)


def test_a_number_in_a_column_of_days_is_named_with_its_cell() -> None:
    bad = only(devices([*DEVICE[:7], 45413, True]))
    assert (bad.sheet, bad.cell, bad.column, bad.code, bad.value) == (
        "设备", "H2", "安装日期", "date", "45413",
    )  # fmt: skip
    assert bad.values == {"day": "2024-05-01"}


def test_every_sheet_is_a_list_and_others_are_left_out_with_a_warning() -> None:
    data = book(("设备", [DEVICES, DEVICE]), ("Rooms", [ROOMS, ROOM]), ("空", []),
                ("说明", [["填写说明"], ["请勿改动"]]))  # fmt: skip
    reading = read(data)
    assert reading.problems == ()
    assert [(sheet.kind, sheet.name) for sheet in reading.sheets] == [
        ("rooms", "Rooms"), ("devices", "设备"),
    ]  # fmt: skip
    assert [(w.sheet, w.code) for w in reading.warnings] == [
        ("空", "empty-sheet"), ("说明", "unknown-sheet"),
    ]  # fmt: skip


def test_a_workbook_without_any_known_heading_is_refused() -> None:
    bad = only(book(("a", [["填写说明"], ["请勿改动"]])))
    assert (bad.sheet, bad.line, bad.code) == ("a", 1, "headings")
    assert only(book(("a", []), ("b", []))).code == "empty"


def test_the_heading_may_stand_below_empty_rows_and_lines_are_the_workbooks() -> None:
    bad = only(book(("Rooms", [[], [], ROOMS, [], [*ROOM[:6], "many"]])))
    assert (bad.line, bad.cell, bad.code) == (5, "G5", "number")


def test_a_merged_cell_counts_for_all_of_its_range() -> None:
    def merge(made: Any) -> None:
        made["设备"].merge_cells("A2:A3")

    second = [None, "P2", "幕布", "投影幕", "红叶", "X", "S-2", None, None]
    found = values(devices(DEVICE, second, change=merge))
    assert [row["room"] for row in found] == ["R1", "R1"]


def calculated(data: bytes, value: bytes | None) -> bytes:
    """The workbook with a formula in G2, and its last value where there is one."""
    text = part(data, SHEET)
    start = text.index(b'<c r="G2"')
    end = text.index(b"</c>", start) + 4
    cached = b"<v>" + value + b"</v>" if value is not None else b""
    cell = b'<c r="G2"><f>10+10</f>' + cached + b"</c>"
    return repacked(data, **{SHEET: text[:start] + cell + text[end:]})


def test_formulas_stand_for_their_last_value() -> None:
    assert values(calculated(rooms(ROOM), b"20"))[0]["capacity"] == 20


@pytest.mark.parametrize("value", [None, b""])
def test_a_formula_without_a_value_is_named(value: bytes | None) -> None:
    bad = only(calculated(rooms(ROOM), value))
    assert (bad.cell, bad.column, bad.code) == ("G2", "capacity", "formula")


def test_an_error_that_the_workbook_shows_is_named() -> None:
    data = rooms([*ROOM[:6], "#REF!"])
    assert (only(data).cell, only(data).code, only(data).value) == ("G2", "formula-error", "#REF!")


def test_a_flaw_in_a_column_that_is_left_out_harms_nobody() -> None:
    data = book(("Rooms", [[*ROOMS, "colour"], [*ROOM, "#REF!"]]))
    assert values(data)[0]["code"] == "R1"


def test_hidden_rows_and_columns_are_read_and_told() -> None:
    def hide(made: Any) -> None:
        made["Rooms"].row_dimensions[3].hidden = True
        made["Rooms"].column_dimensions["C"].hidden = True

    reading = read(rooms(ROOM, [*ROOM[:3], "R2", *ROOM[4:]], change=hide))
    assert len(reading.sheets[0].rows) == 2
    assert {w.code: w.values for w in reading.warnings} == {
        "hidden-rows": {"count": 1}, "hidden-columns": {"letters": "C"},
    }  # fmt: skip


def test_a_number_too_long_for_a_workbook_is_warned_of() -> None:
    reading = read(devices([*DEVICE[:6], 1234567890123456789, None, None]))
    assert [(w.code, w.cell) for w in reading.warnings] == [("rounded", "G2")]


def test_bad_cells_are_named_with_sheet_letter_and_value() -> None:
    bad = only(rooms([*ROOM[:5], "航母", 20]))
    assert (bad.file, bad.sheet, bad.cell, bad.column, bad.value) == (
        "b.xlsx", "Rooms", "F2", "kind", "航母",
    )  # fmt: skip
    assert only(rooms([*ROOM[:4], "a\u200bb", *ROOM[5:]])).code == "control"


MACROS = b"not a real project"
OLD = b"\xd0\xcf\x11\xe0" + bytes(500)
LOCKED = OLD + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(("data", "code"), [
    (OLD, "workbook"), (LOCKED, "encrypted"), (b"PK\x03\x04" + bytes(80), "damaged"),
    (repacked(rooms(ROOM), **{"xl/vbaProject.bin": MACROS}), "macros"),
    (repacked(rooms(ROOM), **{"xl/workbook.xml": None}), "workbook"),
    (repacked(rooms(ROOM), **{SHEET: b"<worksheet"}), "damaged"),
    (repacked(rooms(ROOM), **{SHEET: None}), "empty"),
    (rooms(ROOM)[:2000], "damaged"),
    (repacked(rooms(ROOM), **{SHEET: bytes(2_000_000)}), "too-large"),
    (repacked(rooms(ROOM), **{f"xl/{n}.xml": b"" for n in range(2_100)}), "too-large"),
])  # fmt: skip
def test_what_is_no_plain_workbook_is_refused_with_a_remedy(data: bytes, code: str) -> None:
    bad = only(data)
    assert (bad.file, bad.line, bad.code) == ("b.xlsx", 0, code)
    assert "ave" in bad.message or code in {"too-large", "empty"}


def test_a_bomb_is_refused_before_it_is_opened() -> None:
    bomb = repacked(rooms(ROOM), **{SHEET: b"<a>" + b" " * 90_000_000})
    assert len(bomb) < 200_000
    tracemalloc.start()
    assert only(bomb).code == "too-large"
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>"""
FOREIGN = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&a;</t></si></sst>"""


def shared() -> bytes:
    """A workbook whose texts stand in a part of their own, as Excel writes them."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    sheet = made.add_worksheet("Rooms")
    for line, row in enumerate([ROOMS, ROOM]):
        sheet.write_row(line, 0, row)
    made.close()
    return out.getvalue()


@pytest.mark.parametrize("text", [LAUGHS, FOREIGN])
@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "xl/workbook.xml", SHEET])
def test_entities_are_never_resolved(text: bytes, name: str) -> None:
    assert values(shared())[0]["code"] == "R1"
    assert only(repacked(shared(), **{name: text})).code == "damaged"


def test_links_to_other_workbooks_are_not_followed() -> None:
    link = b"""<?xml version="1.0"?><externalLink
    xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><externalBook
    xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId1"/>
    </externalLink>"""
    data = repacked(rooms(ROOM), **{"xl/externalLinks/externalLink1.xml": link})
    assert values(data)[0]["code"] == "R1"


def test_a_far_away_cell_does_not_make_a_million_rows() -> None:
    def far(made: Any) -> None:
        made["Rooms"]["XFD1048576"] = None
        made["Rooms"].cell(1_000_000, 1, "S")

    reading = read(rooms(ROOM, change=far))
    assert len(reading.sheets[0].rows) == 2
    assert {p.line for p in reading.problems} == {1_000_000}


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_LINES", 3)
    assert only(rooms(*[ROOM] * 4)).code == "too-long"
    monkeypatch.setattr(table, "MAX_LINES", 3)
    lines = "site,building\n" + "a,b\n" * 4
    assert sheets.read([("a.csv", lines.encode())]).problems[0].code == "too-long"


def test_the_workbooks_of_others_stay_readable() -> None:
    """What openpyxl wrote is what it reads: the helper of these tests is sound."""
    made = load_workbook(io.BytesIO(rooms(ROOM)))
    assert [cell.value for cell in made["Rooms"][2]] == ROOM


def test_a_part_packed_in_another_way_is_refused() -> None:
    """bzip2 unpacks to any size behind a directory that says another one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(rooms(ROOM))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name), zipfile.ZIP_BZIP2)
    assert only(out.getvalue()).code == "damaged"


def test_styles_without_end_are_refused() -> None:
    styles = b"<styleSheet>" + b"<xf/>" * 2_000_000 + b"</styleSheet>"
    assert only(repacked(rooms(ROOM), **{"xl/styles.xml": styles})).code == "too-large"


def test_merged_cells_without_end_cost_only_the_rows_that_are_there() -> None:
    ranges = b"<mergeCells>" + b'<mergeCell ref="A1:GR1048576"/>' * 50 + b"</mergeCells>"
    data = rooms(ROOM)
    sheet = part(data, SHEET)
    spread = sheet.replace(b"</sheetData>", b"</sheetData>" + ranges)
    assert read(repacked(data, **{SHEET: spread})).sheets is not None
