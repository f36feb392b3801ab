"""The use of consumables as a file: CSV and XLSX, a line per kind and site, and per device."""

import io
from collections.abc import Callable
from typing import Any

import xlsxwriter

from roundtag.consumables.report import Report
from roundtag.consumables.uses import Kind
from roundtag.register import neutral
from roundtag.words import N_

Say = Callable[[str], str]
Name = Callable[[Kind], str]
SAFE_BOOK = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False,
             "strings_to_urls": False}  # fmt: skip
Cell = str | int


def csv_file(report: Report, say: Say, name: Name, by_device: bool = False) -> bytes:
    """UTF-8 with a mark that spreadsheets know; no cell is taken for a formula."""
    rows = _device_rows if by_device else _rows
    return neutral.csv_file(rows(report, say, name))


def xlsx_file(report: Report, say: Say, name: Name) -> bytes:
    """A workbook of two sheets, by site and by device; counts are numbers, all else is text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE_BOOK) as book:
        _fill(book.add_worksheet(say(N_("By site"))[:31]), _rows(report, say, name))
        _fill(book.add_worksheet(say(N_("By device"))[:31]), _device_rows(report, say, name))
    return out.getvalue()


def _fill(sheet: Any, rows: list[list[Cell]]) -> None:
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell[:32_767])
            else:
                sheet.write_number(number, column, cell)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 1, 24)


def _rows(report: Report, say: Say, name: Name) -> list[list[Cell]]:
    months = [f"{month:%Y-%m}" for month in report.months]
    heading: list[Cell] = [say(N_("Consumable")), say(N_("Site")), *months, say(N_("Total")),
                           say(N_("In stock"))]  # fmt: skip
    lines: list[list[Cell]] = [
        [name(line.kind), line.site, *line.counts, line.total, _stock(report, line.kind)]
        for line in report.lines
    ]
    return [heading, *lines]


def _device_rows(report: Report, say: Say, name: Name) -> list[list[Cell]]:
    months = [f"{month:%Y-%m}" for month in report.months]
    heading: list[Cell] = [say(N_("Device")), say(N_("Code")), say(N_("Consumable")), *months,
                           say(N_("Total"))]  # fmt: skip
    lines: list[list[Cell]] = [
        [one.device, one.code, name(one.kind), *one.counts, one.total] for one in report.devices
    ]
    return [heading, *lines]


def _stock(report: Report, kind: Kind) -> Cell:
    known = report.stocks.get(kind.code)
    return "" if known is None else known
