"""An XLSX workbook read as people see it: a table per sheet, every cell as text.

Cells of a merged range all hold its value; formulas stand for the value that was last calculated.
"""

import io
import re
import warnings as python_warnings
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import get_column_letter as letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from roundtag.register import archive
from roundtag.register.neutral import unguard
from roundtag.register.problems import Problem
from roundtag.register.table import MAX_COLUMNS, MAX_LINES, BadFile, Line, Table
from roundtag.words import N_

MAX_MERGED = 100_000
EXACT = 15
"""Digits that a workbook's numbers keep."""
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
ZEROS = re.compile(r"0+")
NEVER_CALCULATED = N_(
    "This formula was never calculated. Open the file, save it, and send it again."
)


def read(file: str, data: bytes) -> list[Table]:
    """The tables of all sheets that hold anything. Raises BadFile."""
    archive.check(file, data)
    try:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")
            return list(_tables(file, data))
    except BadFile as bad:
        bad.problem = replace(bad.problem, file=file)
        raise
    except Exception as broken:  # whatever a forged workbook makes its reader stumble over
        raise archive.damaged(file) from broken


def _tables(file: str, data: bytes) -> Iterator[Table]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in book.worksheets:
            yield _table(file, sheet.title, _Sheet(book, sheet))
    finally:
        book.close()


class _Parser(WorkSheetParser):
    """Also tells which formulas have no value, which openpyxl reads as empty cells."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            made_nothing = element.get("t") == "str"
            cell["data_type"] = "s" if made_nothing else "f"
        return cell


@dataclass
class _Sheet:
    """One sheet while it is read."""

    book: Any
    sheet: Any
    formats: dict[int, str] = field(default_factory=dict)

    def rows(self) -> tuple[dict[int, dict[int, dict[str, Any]]], Any]:
        """Cells by row and column, both from 1, and the parser with what it met beside them."""
        with self.sheet._get_source() as source:
            book = self.book
            parser = _Parser(source, self.sheet._shared_strings, data_only=True, epoch=book.epoch,
                             date_formats=book._date_formats,
                             timedelta_formats=book._timedelta_formats)  # fmt: skip
            found = {number: _cells(cells) for number, cells in _limited(parser.parse())}
        _fill_merged(found, parser)
        return found, parser

    def format_of(self, style: int) -> str:
        if style not in self.formats:
            number = self.book._cell_styles[style].numFmtId if style else 0
            custom = self.book._number_formats
            known = BUILTIN_FORMATS.get(number, "General")
            self.formats[style] = custom[number - 164] if number >= 164 else known
        return self.formats[style]


def _limited(rows: Iterator[Any]) -> Iterator[Any]:
    for count, (number, cells) in enumerate(rows):
        if count > MAX_LINES:
            raise BadFile("", 0, "too-long", N_("More than %(limit)s rows. Split the file."),
                          limit=MAX_LINES)  # fmt: skip
        yield number, cells


def _cells(cells: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {
        cell["column"]: cell
        for cell in cells
        if cell["column"] <= MAX_COLUMNS and (cell["value"] is not None or cell["data_type"] == "f")
    }


def _fill_merged(rows: dict[int, dict[int, dict[str, Any]]], parser: Any) -> None:
    ranges = parser.merged_cells.mergeCell if parser.merged_cells else ()
    filled, numbers = 0, sorted(rows)
    for merged in ranges:
        left, top, right, bottom = range_boundaries(merged.ref)
        first = rows.get(top, {}).get(left)
        if first is None:
            continue
        for row in numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]:
            for column in range(left, min(right, MAX_COLUMNS) + 1):
                filled += 1
                if filled > MAX_MERGED:
                    return
                rows[row].setdefault(column, first)


def _table(file: str, name: str, sheet: _Sheet) -> Table:
    rows, parser = sheet.rows()
    flaws: list[Problem] = []
    notes: list[Problem] = list(_hidden(file, name, rows, parser))
    lines = []
    for number in sorted(rows):
        width = max(rows[number], default=0)
        cells = [""] * width
        for column, cell in rows[number].items():
            cells[column - 1] = _text(file, name, number, column, cell, sheet, flaws, notes)
        if any(cells) or any(flaw.line == number for flaw in flaws[-width:] if width):
            lines.append(Line(number, tuple(cells)))
    heading = lines[0] if lines else Line(1, ())
    return Table(file, heading, tuple(lines[1:]), name, tuple(flaws), tuple(notes))


def _hidden(file: str, name: str, rows: Any, parser: Any) -> Iterator[Problem]:
    hidden = [n for n, d in parser.row_dimensions.items() if _is_on(d.get("hidden"))]
    count = sum(int(number) in rows for number in hidden)
    if count:
        yield Problem(file, 0, "", "hidden-rows", N_("Hidden rows were read too: %(count)s."),
                      values={"count": count}, sheet=name)  # fmt: skip
    letters = [
        letter(column)
        for d in parser.column_dimensions.values() if _is_on(d.get("hidden"))
        for column in range(int(d["min"]), min(int(d["max"]), MAX_COLUMNS) + 1)
        if any(column in cells for cells in rows.values())
    ]  # fmt: skip
    if letters:
        yield Problem(file, 0, "", "hidden-columns",
                      N_("Hidden columns were read too: %(letters)s."),
                      values={"letters": ", ".join(letters)}, sheet=name)  # fmt: skip


def _is_on(flag: str | None) -> bool:
    return flag in {"1", "true"}


def _text(file: str, name: str, row: int, column: int, cell: dict[str, Any], sheet: _Sheet,
          flaws: list[Problem], notes: list[Problem]) -> str:  # fmt: skip
    value, kind = cell["value"], cell["data_type"]
    place = {"sheet": name, "letter": letter(column)}
    if kind == "f":
        flaws.append(Problem(file, row, "", "formula", NEVER_CALCULATED, **place))
        return ""
    if kind == "e":
        flaws.append(Problem(file, row, "", "formula-error",
                             N_("The workbook shows an error here. Put it right there."),
                             str(value), **place))  # fmt: skip
        return ""
    if type(value) in {int, float} and abs(value) >= 10**EXACT:
        notes.append(Problem(file, row, "", "rounded",
                             N_("Workbooks keep 15 digits of a number. Format the cell as text."),
                             shown(value), **place))  # fmt: skip
    text = shown(value, sheet.format_of(cell["style_id"]))
    return unguard(_unescaped(text) if kind == "inlineStr" else text.strip())


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).strip()


def shown(value: Any, number_format: str = "General") -> str:
    """A cell's value as people see it: days as 2024-05-01, no .0 and no noise of arithmetic."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            plain = value.time() == time() or number_format.count(":") == 0
            return f"{value:%Y-%m-%d}" if plain else f"{value:%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case time() | timedelta():
            return str(value)
        case int() | float():
            return _number(value, number_format)
    return str(value)


def _number(value: float, number_format: str) -> str:
    if value == int(value) if abs(value) < 10**30 else False:
        digits = len(number_format) if ZEROS.fullmatch(number_format) else 0
        return f"{int(value):0{digits}d}"
    return f"{value:.{EXACT}g}"
