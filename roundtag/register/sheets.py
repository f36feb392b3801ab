"""Tables read into rows of known columns: what the importing verbs get and a submission keeps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from roundtag.register import cells, choices, columns, progress, table
from roundtag.register.choices import Choices
from roundtag.register.columns import KINDS, Column, Kind, Match
from roundtag.register.problems import Problem, Unreadable
from roundtag.register.table import BadFile, Line, Table
from roundtag.words import N_

NO_HEADING = N_("The first line holds no heading that is known for rooms, devices or spares.")
UNKNOWN_SHEET = N_("No heading of this sheet is known; it was left out.")
File = tuple[str, bytes]
"""A file's name as the user knows it, and its bytes."""


@dataclass(frozen=True)
class Row:
    """The readable cells of one line: field → value, for the columns that the file has."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """One table. `headings` gives the user's own heading for each field; `name` and `letters` (of
    the columns) are set in workbooks only."""

    file: str
    kind: Kind
    headings: dict[str, str]
    rows: tuple[Row, ...]
    name: str = ""
    letters: dict[str, str] | None = None

    def problem(self, row: Row, field: str, code: str, message: str, **values: Any) -> Problem:
        """A problem with one cell of a row."""
        value = str(row.values.get(field, ""))
        return self.at(row.line, field, code, message, value, values)

    def at(self, line: int, field: str, code: str, message: str, value: str,
           values: dict[str, Any]) -> Problem:  # fmt: skip
        letter = (self.letters or {}).get(field, "")
        return Problem(self.file, line, self.headings.get(field, ""), code, message, value,
                       values, self.name, letter)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """A table as it came: its headings and what each of them was understood as (field or "")."""

    file: str
    sheet: str
    headings: tuple[str, ...]
    kind: str
    fields: tuple[str, ...]
    dialect: str = ""


@dataclass(frozen=True)
class Reading:
    """All files together, rooms first; `problems` must be empty before anything may be stored."""

    sheets: tuple[Sheet, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    given: int
    """How many tables there were; fewer sheets than that mean that one could not be read."""
    seen: tuple[Seen, ...] = ()


class _Reading:
    """Collects what is found while the files are gone through."""

    def __init__(self, chosen: Choices) -> None:
        self.chosen = chosen
        self.sheets: list[Sheet] = []
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.seen: list[Seen] = []
        self.given = 0

    def file(self, file: str, data: bytes) -> None:
        try:
            table.check_size(file, len(data))
            if table.is_workbook(data):
                from roundtag.register import workbook  # its library is read when one comes

                self._workbook(file, workbook.read(file, data))
            else:
                self._table(table.read(file, data))
        except BadFile as bad:
            self.given += 1
            self.problems.append(bad.problem)

    def _workbook(self, file: str, found: list[Table]) -> None:
        """Sheets that are empty or know no heading are left out with a warning, unless all are."""
        known = [one for one in found if not one.is_empty and self._match(one)]
        for one in found:
            if one.is_empty:
                self._leave_out(one, "empty-sheet", N_("This sheet is empty and was left out."))
            elif one not in known and known:
                self._leave_out(one, "unknown-sheet", UNKNOWN_SHEET)
            else:
                self._table(one)
        if all(one.is_empty for one in found):
            raise BadFile(file, 0, "empty", N_("The file is empty."))

    def _leave_out(self, found: Table, code: str, message: str) -> None:
        self.warnings.append(Problem(found.file, 0, "", code, message, sheet=found.sheet))
        if not found.is_empty:
            self._see(found, None)

    def _match(self, found: Table) -> Match | None:
        headings = found.heading.cells
        return columns.match(headings, choices.of(self.chosen, headings))

    def _see(self, found: Table, matched: Match | None) -> None:
        headings = found.heading.cells
        fields = [column.field if column else "" for column in matched.columns] if matched else []
        left = matched.left_out if matched else ()
        fields = [choices.LEFT_OUT if out else f for f, out in zip(fields, left, strict=False)]
        dialect = matched.dialect.name if matched and matched.dialect else ""
        self.seen.append(Seen(found.file, found.sheet, headings, matched.kind if matched else "",
                              tuple(fields or [""] * len(headings)), dialect))  # fmt: skip

    def _table(self, found: Table) -> None:
        self.given += 1
        matched = self._match(found)
        self._see(found, matched)
        if matched is None:
            message = N_(
                "The first line holds no heading that is known for rooms, devices or spares."
            )
            self.problems.append(Problem(found.file, found.heading.number, "", "headings", message,
                                         sheet=found.sheet))  # fmt: skip
            return
        self.warnings.extend([*_unknown(found, matched), *_named(found, matched, found.notes)])
        if not found.lines:
            self._leave_out_rows(found)
        if wrong := list(_wrong_heading(found, matched)):
            self.problems.extend(wrong)
            return
        self.problems.extend(_named(found, matched, found.flaws))
        self.sheets.append(_sheet(found, matched, self.problems))

    def _leave_out_rows(self, found: Table) -> None:
        message = N_("Below the headings there is no row.")
        self.warnings.append(Problem(found.file, found.heading.number, "", "no-rows", message,
                                     sheet=found.sheet))  # fmt: skip


def read(files: Iterable[File], chosen: Choices | None = None) -> Reading:
    """Reads all files and collects everything that is wrong with any cell."""
    reading = _Reading(chosen or {})
    for file, data in files:
        reading.file(file, data)
    ordered = sorted(reading.sheets, key=lambda sheet: KINDS.index(sheet.kind))
    return Reading(tuple(ordered), tuple(reading.problems), tuple(reading.warnings),
                   reading.given, tuple(reading.seen))  # fmt: skip


def _places(found: Table, matched: Match) -> list[tuple[int, str, Column | None, bool]]:
    left = matched.left_out or (False,) * len(matched.columns)
    return [
        (place, heading, column, out)
        for place, (heading, column, out) in enumerate(
            zip(found.heading.cells, matched.columns, left, strict=True)
        )
    ]


def _letter(found: Table, place: int) -> str:
    from roundtag.register import workbook

    return workbook.letter(place + 1) if found.sheet else ""


def _unknown(found: Table, matched: Match) -> Iterator[Problem]:
    for place, heading, column, out in _places(found, matched):
        if column is None and heading and not out:
            yield Problem(found.file, found.heading.number, heading, "unknown-column",
                          N_("This column is unknown and was left out."), sheet=found.sheet,
                          letter=_letter(found, place))  # fmt: skip


def _named(found: Table, matched: Match, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Problems of single cells with the heading above them; those of columns left out are none."""
    by_letter = {
        _letter(found, place): heading for place, heading, column, _ in _places(found, matched)
        if column
    }  # fmt: skip
    for problem in problems:
        if not problem.letter or problem.letter in by_letter:
            yield replace(problem, column=by_letter.get(problem.letter, ""))


def _wrong_heading(found: Table, matched: Match) -> Iterator[Problem]:
    line = found.heading.number
    for column in matched.missing:
        yield Problem(found.file, line, column.title, "missing-column",
                      N_("This column is missing."), sheet=found.sheet)  # fmt: skip
    pairs = list(zip(found.heading.cells, matched.columns, strict=True))
    for field in matched.repeated:
        names = [heading for heading, column in pairs if column and column.field == field]
        yield Problem(found.file, line, ", ".join(names), "repeated-column",
                      N_("These columns mean the same; keep one."), sheet=found.sheet)  # fmt: skip


def _sheet(found: Table, matched: Match, problems: list[Problem]) -> Sheet:
    places = [(i, column) for i, column in enumerate(matched.columns) if column]
    headings = {column.field: found.heading.cells[i] for i, column in places}
    letters = {column.field: _letter(found, i) for i, column in places} if found.sheet else None
    sheet = Sheet(found.file, matched.kind, headings, (), found.sheet, letters)
    rows = tuple(
        _row(sheet, line, places, matched, problems)
        for line in progress.counted("reading", found.lines)
        if not _too_long(found, line, problems)
    )
    return replace(sheet, rows=rows)


def _too_long(found: Table, line: Line, problems: list[Problem]) -> bool:
    """A cell beyond the last heading means that a comma was not quoted and all cells are askew."""
    surplus = any(line.cells[len(found.heading.cells) :])
    if surplus:
        message = N_("This row has %(found)s cells, the heading has %(expected)s.")
        values = {"found": len(line.cells), "expected": len(found.heading.cells)}
        problems.append(Problem(found.file, line.number, "", "cells", message, values=values,
                                sheet=found.sheet))  # fmt: skip
    return surplus


def _row(sheet: Sheet, line: Line, places: list[tuple[int, Column]], matched: Match,
         problems: list[Problem]) -> Row:  # fmt: skip
    values: dict[str, Any] = {}
    for place, column in places:
        cell = line.cells[place] if place < len(line.cells) else ""
        try:
            values[column.field] = _value(column, cell)
        except Unreadable as bad:
            problems.append(sheet.at(line.number, column.field, bad.code, bad.message, cell,
                                     bad.values))  # fmt: skip
    return Row(line.number, _derived(values, matched))


def _value(column: Column, cell: str) -> Any:
    if not cell and column.required:
        raise Unreadable("required", N_("This cell must not be empty."))
    if not cell:
        return column.empty
    cells.check_characters(cell, column.line_breaks)
    return column.read(cell)


def _derived(values: dict[str, Any], matched: Match) -> dict[str, Any]:
    """The values with what follows from others, and without what is not stored itself."""
    for field, source in matched.fills.items():
        if not values.get(field) and values.get(source):
            values[field] = values[source]
    bought, months = values.pop("purchased", None), values.pop("warranty_months", None)
    if bought and months and not values.get("warranty_until"):
        values["warranty_until"] = cells.months_after(bought, months)
    return values
