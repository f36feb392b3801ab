"""The register as files of the shape that the import takes: what goes out comes in unchanged."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

import xlsxwriter

from roundtag import clock, data
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.models import Client, Device, Room, Store, Unit, dicts
from roundtag.register import known
from roundtag.register.columns import COLUMNS, Kind
from roundtag.register.neutral import guard, shield

AT_ONCE = 5_000
"""Rows in memory at a time."""
BOM = "\ufeff"
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHEETS = {
    "rooms": ("会议室", "Rooms"),
    "devices": ("设备", "Devices"),
    "spares": ("备件", "Spares"),
}
WIDTH = 18
Values = dict[str, Any]


@dataclass(frozen=True)
class Export:
    """`kinds` more than one only in a workbook; `locale` is zh or en, for headings and names."""

    client_id: int
    kinds: tuple[Kind, ...]
    format: str = "csv"
    locale: str = "zh"


def client(client_id: int, actor: Actor) -> Client:
    """The client whose register is to be written. Raises NotFound for those out of view."""
    found = visible(actor, Client.select().where(Client.id == client_id), Client.id).first()
    if found is None:
        raise NotFound
    return found


def name(order: Export, actor: Actor) -> str:
    """A file name of letters, digits and dashes."""
    code = re.sub(r"[^\w-]+", "-", client(order.client_id, actor).code)
    what = order.kinds[0] if len(order.kinds) == 1 else "register"
    return f"roundtag-{code}-{what}-{clock.local_day(clock.now())}.{order.format}"


def write(target: BinaryIO, order: Export, actor: Actor) -> None:
    """Writes the file. Devices that are retired or hold no unit are not in it."""
    client(order.client_id, actor)
    (_write_csv if order.format == "csv" else _write_xlsx)(target, order, actor)


def csv_text(rows: Iterable[Iterable[str]]) -> str:
    """A short list as CSV for a spreadsheet."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([guard(cell) for cell in row] for row in rows)
    return BOM + text.getvalue()


def _write_csv(target: BinaryIO, order: Export, actor: Actor) -> None:
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    text.write(BOM)
    lines = csv.writer(text)
    for kind in order.kinds:
        lines.writerow(_headings(kind, order.locale))
        for values in _rows(kind, order, actor):
            lines.writerow([guard(_text(cell)) for cell in _cells(kind, values, order.locale)])
    text.detach()


def _write_xlsx(target: BinaryIO, order: Export, actor: Actor) -> None:
    """Every text is written as a text, so that nothing is ever taken for a formula or a link."""
    book = xlsxwriter.Workbook(target, {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
    })  # fmt: skip
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for kind in order.kinds:
        sheet = book.add_worksheet(SHEETS[kind][order.locale != "zh"])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(COLUMNS[kind]) - 1, WIDTH)
        for place, heading in enumerate(_headings(kind, order.locale)):
            sheet.write_string(0, place, heading, bold)
        for line, values in enumerate(_rows(kind, order, actor), 1):
            for place, cell in enumerate(_cells(kind, values, order.locale)):
                _write_cell(sheet, line, place, cell, day)
    book.close()


def _write_cell(sheet: Any, line: int, place: int, cell: Any, day: Any) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(line, place, cell, day)
    elif isinstance(cell, int):
        sheet.write_number(line, place, cell)
    elif cell:
        sheet.write_string(line, place, shield(cell))


def _headings(kind: Kind, locale: str) -> list[str]:
    return [column.heading(locale) for column in COLUMNS[kind]]


def _cells(kind: Kind, values: Values, locale: str) -> Iterator[Any]:
    """The values of a record in the order of the columns: text, whole numbers and days."""
    tail = f"name_{locale}"
    for column in COLUMNS[kind]:
        value = values[column.field]
        if column.field == "category":
            value = getattr(data.category(value), tail)
        elif kind == "rooms" and column.field == "kind":
            value = getattr(data.room_kind(value), tail)
        elif isinstance(value, bool):
            value = ("是" if value else "否") if locale == "zh" else ("yes" if value else "no")
        yield value


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _rows(kind: Kind, order: Export, actor: Actor) -> Iterator[Values]:
    """Records in the order of their codes, some thousand in memory at a time."""
    query, mark, column = _query(kind, order.client_id, actor)
    query = query.order_by(column).limit(AT_ONCE)
    last = None
    while rows := dicts(query if last is None else query.where(column > last)):
        yield from rows
        last = rows[-1][mark]


def _query(kind: Kind, client_id: int, actor: Actor) -> tuple[Any, str, Any]:
    """What to read, and the field and column that tell where a page of it ends."""
    if kind == "rooms":
        return known.rooms_of(client_id), "code", Room.code
    if kind == "devices":
        held = Device.retired_at.is_null() & Unit.id.is_null(False)
        return known.devices_of(client_id).where(held), "code", Device.code
    spares = known.units().where(Unit.place == "store")
    return visible(actor, spares, Store.client), "id", Unit.id
