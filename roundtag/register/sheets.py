"""Tables read into rows of known columns: what the importing verbs get and a submission keeps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from roundtag.register import cells, columns, table
from roundtag.register.columns import KINDS, Column, Kind, Match
from roundtag.register.problems import Problem, Unreadable
from roundtag.register.table import BadFile, Line, Table
from roundtag.words import N_

File = tuple[str, bytes]
"""A file's name as the user knows it, and its bytes."""


@dataclass(frozen=True)
class Row:
    """The readable cells of one line: field → value, for the columns that the file has."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """One file. `headings` gives the user's own heading for each field."""

    file: str
    kind: Kind
    headings: dict[str, str]
    rows: tuple[Row, ...]

    def problem(self, row: Row, field: str, code: str, message: str, **values: Any) -> Problem:
        """A problem with one cell of a row."""
        value = str(row.values.get(field, ""))
        return Problem(self.file, row.line, self.headings.get(field, ""), code, message, value,
                       values)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """All files together, rooms first; `problems` must be empty before anything may be stored."""

    sheets: tuple[Sheet, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    given: int
    """How many files there were; fewer sheets than that mean that one could not be read."""


def read(files: Iterable[File]) -> Reading:
    """Reads all files and collects everything that is wrong with any cell."""
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    given = list(files)
    for file, data in given:
        try:
            found = table.read(file, data)
            matched = _match(found)
        except BadFile as bad:
            problems.append(bad.problem)
            continue
        warnings.extend(_unknown(found, matched))
        if wrong := list(_wrong_heading(found, matched)):
            problems.extend(wrong)
            continue
        sheets.append(_sheet(found, matched, problems))
    ordered = sorted(sheets, key=lambda sheet: KINDS.index(sheet.kind))
    return Reading(tuple(ordered), tuple(problems), tuple(warnings), len(given))


def _match(found: Table) -> Match:
    matched = columns.match(found.heading.cells)
    if matched is None:
        message = N_("The first line holds no heading that is known for rooms, devices or spares.")
        raise BadFile(found.file, found.heading.number, "headings", message)
    return matched


def _unknown(found: Table, matched: Match) -> Iterator[Problem]:
    for heading, column in zip(found.heading.cells, matched.columns, strict=True):
        if column is None and heading:
            yield Problem(found.file, found.heading.number, heading, "unknown-column",
                          N_("This column is unknown and was left out."))  # fmt: skip


def _wrong_heading(found: Table, matched: Match) -> Iterator[Problem]:
    line = found.heading.number
    for column in matched.missing:
        yield Problem(found.file, line, column.title, "missing-column",
                      N_("This column is missing."))  # fmt: skip
    pairs = list(zip(found.heading.cells, matched.columns, strict=True))
    for field in matched.repeated:
        names = [heading for heading, column in pairs if column and column.field == field]
        yield Problem(found.file, line, ", ".join(names), "repeated-column",
                      N_("These columns mean the same; keep one."))  # fmt: skip


def _sheet(found: Table, matched: Match, problems: list[Problem]) -> Sheet:
    places = [(i, column) for i, column in enumerate(matched.columns) if column]
    headings = {column.field: found.heading.cells[i] for i, column in places}
    rows = tuple(
        _row(found.file, line, places, headings, problems)
        for line in found.lines
        if not _too_long(found, line, problems)
    )
    return Sheet(found.file, matched.kind, headings, rows)


def _too_long(found: Table, line: Line, problems: list[Problem]) -> bool:
    """A cell beyond the last heading means that a comma was not quoted and all cells are askew."""
    surplus = any(line.cells[len(found.heading.cells) :])
    if surplus:
        message = N_("This row has %(found)s cells, the heading has %(expected)s.")
        values = {"found": len(line.cells), "expected": len(found.heading.cells)}
        problems.append(Problem(found.file, line.number, "", "cells", message, values=values))
    return surplus


def _row(file: str, line: Line, places: list[tuple[int, Column]], headings: dict[str, str],
         problems: list[Problem]) -> Row:  # fmt: skip
    values: dict[str, Any] = {}
    for place, column in places:
        cell = line.cells[place] if place < len(line.cells) else ""
        try:
            values[column.field] = _value(column, cell)
        except Unreadable as bad:
            problems.append(Problem(file, line.number, headings[column.field], bad.code,
                                    bad.message, cell, bad.values))  # fmt: skip
    return Row(line.number, values)


def _value(column: Column, cell: str) -> Any:
    if not cell and column.required:
        raise Unreadable("required", N_("This cell must not be empty."))
    if not cell:
        return column.empty
    cells.check_characters(cell, column.line_breaks)
    return column.read(cell)
