"""Reading CSV files, without any database: every bad cell is named."""

from datetime import date
from typing import Any

import pytest

from roundtag.register import neutral, sheets
from roundtag.register.problems import Problem
from roundtag.register.sheets import Reading

ROOM = "site,building,room code,room name,kind,capacity,remarks\nS,B,R1,Room,meeting,{capacity},x\n"
HEAD = "会议室编号,设备编号,设备名称,设备类别,品牌,型号,序列号,安装日期,保修截止,关键设备,IP地址\n"
GOOD = {"room": "R1", "code": "C1", "name": "n", "category": "projector", "maker": "m",
        "model": "t", "serial": "s", "installed": "", "until": "", "key": "", "ip": ""}  # fmt: skip


def read(*texts: str | bytes) -> Reading:
    given = (text.encode() if isinstance(text, str) else text for text in texts)
    return sheets.read((f"{n}.csv", data) for n, data in enumerate(given, 1))


def device(**cells: str) -> Reading:
    return read(HEAD + ",".join({**GOOD, **cells}.values()) + "\n")


def values(reading: Reading) -> dict[str, Any]:
    assert reading.problems == ()
    return reading.sheets[0].rows[0].values


def only(reading: Reading) -> Problem:
    assert len(reading.problems) == 1, reading.problems
    return reading.problems[0]


@pytest.mark.parametrize(
    "text",
    ["2024-05-01", "2024-5-1", "2024/5/1", "2024.5.1", "2024年5月1日", "2024-05-01 00:00:00",
     "２０２４年５月１日"],
)  # fmt: skip
def test_dates_as_people_write_them(text: str) -> None:
    assert values(device(until=text))["warranty_until"] == date(2024, 5, 1)


@pytest.mark.parametrize(
    "text",
    ["2024-02-30", "2024-13-01", "24-5-1", "01/05/2024", "2024", "2024-5", "45413", "长期",
     "2024-05/01", "1024-05-01", "9024-05-01", "2024-05-01 08:30:00", "45413.0"],
)  # fmt: skip
def test_bad_dates_are_named(text: str) -> None:
    bad = only(device(installed=text))
    assert (bad.file, bad.line, bad.column, bad.code, bad.value) == (
        "1.csv", 2, "安装日期", "date", text,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [("是", True), ("否", False), ("Yes", True), ("no", False), ("1", True), ("0", False),
     ("Y", True), ("n", False), ("", False)],
)  # fmt: skip
def test_yes_and_no(text: str, expected: bool) -> None:
    assert values(device(key=text))["key_device"] is expected


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"key": "也许"}, "关键设备", "yes-no"),
        ({"category": "航母"}, "设备类别", "category"),
        ({"category": "会议室"}, "设备类别", "category"),
        ({"ip": "10.1.1"}, "IP地址", "address"),
        ({"serial": ""}, "序列号", "required"),
        ({"name": "长" * 101}, "设备名称", "long"),
        ({"code": "c" * 41}, "设备编号", "long"),
        ({"name": "a\x00b"}, "设备名称", "control"),
        ({"name": "a\u202eb"}, "设备名称", "control"),
        ({"serial": "a\u200bb"}, "序列号", "control"),
        ({"code": '"a\nb"'}, "设备编号", "control"),
    ],
)
def test_bad_cells_are_named(cells: dict[str, str], column: str, code: str) -> None:
    bad = only(device(**cells))
    assert (bad.line, bad.column, bad.code) == (2, column, code)
    assert bad.shown.isprintable()
    assert len(bad.shown) <= 60


@pytest.mark.parametrize(("text", "code"), [("12.5", "number"), ("-1", "number"),
                                            ("多", "number"), ("200000", "range")])  # fmt: skip
def test_bad_numbers_are_named(text: str, code: str) -> None:
    bad = only(read(ROOM.format(capacity=text)))
    assert (bad.column, bad.code, bad.value) == ("capacity", code, text)


def test_a_number_for_a_day_is_said_to_be_one() -> None:
    bad = only(device(installed="45413"))
    assert bad.values == {"day": "2024-05-01"}
    assert "spreadsheet" in bad.message


def test_numbers_with_the_noise_of_programs_are_whole() -> None:
    assert values(read(ROOM.format(capacity="40.0")))["capacity"] == 40


def test_a_file_of_headings_alone_is_warned_of() -> None:
    reading = read(HEAD)
    assert [(w.line, w.code) for w in reading.warnings] == [(1, "no-rows")]
    assert reading.problems == ()


def test_a_cell_of_two_thousand_characters_is_read_and_one_more_is_not() -> None:
    head, row = ROOM.format(capacity="").rstrip("\n").rsplit(",", 1)[0], ","
    assert values(read(head + row + "注" * 2000))["remarks"] == "注" * 2000
    assert only(read(head + row + "注" * 2001)).code == "long"


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@x", "＝x", "'=x", "''@", "'", "a=b"])
def test_what_was_made_harmless_is_as_it_was(text: str) -> None:
    assert neutral.unguard(neutral.guard(text)) == text
    assert neutral.unguard(neutral.shield(text)) == text
    assert not neutral.guard(text).startswith(neutral.RISKY)
    given = ROOM.format(capacity="").replace(",Room,", f",{neutral.guard(text)},")
    assert values(read(given))["name"] == text


def test_chinese_names_aliases_and_codes_of_categories_are_equal() -> None:
    found = {values(device(category=c))["category"] for c in ("投影机", "投影仪", "PROJECTOR")}
    assert found == {"projector"}


def test_full_width_codes_are_plain_ones() -> None:
    assert values(device(code="Ｐ０１"))["code"] == "P01"


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found(sign: str, end: str) -> None:
    text = ROOM.format(capacity="12").replace(",", sign).replace("\n", end)
    assert values(read(text))["capacity"] == 12


def test_columns_come_in_any_order_and_language() -> None:
    reading = read("kind,会议室名称,*Room_Code,SITE,楼宇\n礼堂,大礼堂,R1,S,B\n")
    assert values(reading) == {
        "kind": "hall", "name": "大礼堂", "code": "R1", "site": "S", "building": "B",
    }  # fmt: skip


def test_unknown_columns_are_warned_of() -> None:
    reading = read(HEAD.replace("IP地址", "颜色") + ",".join(GOOD.values()))
    assert [(w.line, w.column, w.code) for w in reading.warnings] == [(1, "颜色", "unknown-column")]
    assert reading.problems == ()


def test_missing_and_repeated_columns_are_named() -> None:
    reading = read(HEAD.replace("序列号", "颜色").replace("保修截止", "安装日期"))
    assert [(p.line, p.column, p.code) for p in reading.problems] == [
        (1, "序列号 / serial", "missing-column"),
        (1, "安装日期, 安装日期", "repeated-column"),
    ]


def test_lines_are_counted_as_in_the_file() -> None:
    text = ROOM.format(capacity="1").replace("x\n", '"two\nlines"\n')
    bad = only(read(text + "\n\nS,B,R2,Room,meeting,many,\n"))
    assert bad.line == 6


def test_all_errors_of_all_files_come_at_once_and_rooms_come_first() -> None:
    rows = "".join(f"R1,C{n},n,x,m,t,,昨天,,,\n" for n in range(3))
    reading = read(HEAD + rows, ROOM.format(capacity="?"))
    assert [(p.file, p.line, p.code) for p in reading.problems] == [
        *(("1.csv", n, code) for n in (2, 3, 4) for code in ("category", "required", "date")),
        ("2.csv", 2, "number"),
    ]
    assert [sheet.kind for sheet in reading.sheets] == ["rooms", "devices"]


def test_a_row_with_a_stray_comma_is_named() -> None:
    bad = only(read(ROOM.format(capacity="1,2")))
    assert (bad.line, bad.code, bad.values) == (2, "cells", {"found": 8, "expected": 7})


@pytest.mark.parametrize(
    ("data", "line", "code"),
    [
        (b"", 0, "empty"),
        (b"\xef\xbb\xbf\r\n\r\n", 0, "empty"),
        (b"PK\x03\x04rest", 0, "damaged"),
        (b"a,b\n1,2\n", 1, "headings"),
        (b"site\n\x81\xff\n", 2, "encoding"),
        (b'site,building\na,"b\nc,d\n', 2, "quotes"),
        (b"x" * (20_000_000 + 1), 0, "too-large"),
        (b'"' + b"a" * 200_000, 1, "quotes"),
        (b"a" * 200_000, 1, "quotes"),
    ],
)
def test_files_that_are_no_table(data: bytes, line: int, code: str) -> None:
    bad = only(read(data))
    assert (bad.file, bad.line, bad.code) == ("1.csv", line, code)


def test_a_heading_of_thousands_of_columns_is_refused() -> None:
    data = ",".join(f"c{n}" for n in range(5000)).encode()
    [problem] = sheets.read([("wide.csv", data)]).problems
    assert problem.code == "too-wide"
