"""What was erased must not live on in the journal."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from roundtag.journal import lines
from roundtag.journal.files import Journal
from roundtag.journal.lines import Line, Table

Row = tuple[str, Any]
"""A row by table and key."""


def scrub(journal: Journal, erased: set[Row]) -> None:
    """Leaves only the latest line about each of these rows: it has them as the erasure left them,
    and the last line about a row is what a restore believes."""
    with journal.alone():
        _scrub(journal, erased, _sieve(erased))


def _scrub(journal: Journal, erased: set[Row], may_speak: Callable[[bytes], bool]) -> None:
    latest: dict[Row, str] = {}
    speaking: list[Path] = []
    for path in journal.files():
        found = [line for line in _lines(path, may_speak) if _rows(line) & erased]
        latest.update({row: line.id for line in found for row in _rows(line) & erased})
        speaking += [path] if found else []

    def without(data: bytes) -> bytes:
        line = lines.parse(data) if may_speak(data) else None
        return data if line is None else lines.text(_without(line, latest))

    journal.rewrite(speaking, without)


def _sieve(erased: set[Row]) -> Callable[[bytes], bool]:
    """Tells cheaply which lines cannot speak of the rows; most need not be read."""
    marks = {
        (f'"{table}":'.encode(), b"" if isinstance(key, tuple) else json.dumps(key).encode())
        for table, key in erased
    }
    return lambda data: any(table in data and key in data for table, key in marks)


def _lines(path: Path, may_speak: Callable[[bytes], bool]) -> Iterator[Line]:
    with open(path, "rb") as file:
        for data in file:
            if may_speak(data) and (line := lines.parse(data)):
                yield line


def _rows(line: Line) -> set[Row]:
    return {(name, _one(key)) for name, table in line.tables.items() for key, _ in table.keyed()}


def _without(line: Line, latest: dict[Row, str]) -> Line:
    def left(name: str, table: Table) -> Table:
        return replace(table, rows=[
            row for key, row in table.keyed()
            if row is not None and latest.get((name, _one(key)), line.id) == line.id
        ])  # fmt: skip

    return replace(line, tables={name: left(name, table) for name, table in line.tables.items()})


def _one(key: tuple[Any, ...]) -> Any:
    return key if len(key) > 1 else key[0]
