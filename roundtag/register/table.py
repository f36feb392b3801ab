"""A file from anybody's disk: a CSV file's encoding and delimiter are found, lines are numbered."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from roundtag.register.neutral import unguard
from roundtag.register.problems import Problem
from roundtag.words import N_

MAX_BYTES = 20_000_000
MAX_COLUMNS = 200
MAX_LINES = 100_000
DELIMITERS = (",", ";", "\t")
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Line:
    """A row; `number` is the physical line on which it begins."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """`sheet` is set in workbooks only; `flaws` are cells that held nothing readable, `notes` what
    a person should know."""

    file: str
    heading: Line
    lines: tuple[Line, ...]
    sheet: str = ""
    flaws: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not any(self.heading.cells) and not self.lines and not self.flaws


class BadFile(Exception):
    """A file that holds no table; `problem` says why."""

    def __init__(self, file: str, line: int, code: str, message: str, **values: object) -> None:
        super().__init__(code)
        self.problem = Problem(file, line, "", code, message, values=values)


def is_workbook(data: bytes) -> bool:
    return data.startswith(WORKBOOKS)


def check_size(file: str, size: int) -> None:
    """Raises BadFile for more bytes than are read."""
    if size > MAX_BYTES:
        limit = f"{MAX_BYTES // 1_000_000} MB"
        raise BadFile(file, 0, "too-large", N_("The file is larger than %(limit)s."), limit=limit)


def read(file: str, data: bytes) -> Table:
    """The table in the bytes of a CSV file. Raises BadFile."""
    text = _decode(file, data)
    lines = [line for line in _split(file, text, _delimiter(text)) if any(line.cells)]
    if not lines:
        raise BadFile(file, 0, "empty", N_("The file is empty."))
    if any(len(line.cells) > MAX_COLUMNS for line in lines):
        message = N_("More than %(limit)s columns.")
        raise BadFile(file, 0, "too-wide", message, limit=MAX_COLUMNS)
    if len(lines) > MAX_LINES + 1:
        message = N_("More than %(limit)s rows. Split the file.")
        raise BadFile(file, 0, "too-long", message, limit=MAX_LINES)
    return Table(file, lines[0], tuple(lines[1:]))


def _decode(file: str, data: bytes) -> str:
    if data.startswith(UTF16):
        return _try(data, "utf-16") or _undecodable(file, data)
    return _try(data, "utf-8-sig") or _try(data, "gb18030") or _undecodable(file, data)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _undecodable(file: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        line = data.count(b"\n", 0, bad.start) + 1
        message = N_("The text is neither UTF-8 nor GBK. Save the file again as CSV UTF-8.")
        raise BadFile(file, line, "encoding", message) from bad


def _delimiter(text: str) -> str:
    """The one that cuts the heading into most cells."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    heading = heading[: csv.field_size_limit()]
    return max(DELIMITERS, key=lambda sign: len(next(csv.reader([heading], delimiter=sign), [])))


def _split(file: str, text: str, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for cells in reader:
            yield Line(number, tuple(unguard(cell.strip()) for cell in cells))
            number = reader.line_num + 1
    except csv.Error as bad:
        message = N_("The quotation marks from this line on do not match (%(detail)s).")
        raise BadFile(file, number, "quotes", message, detail=str(bad)) from bad
