"""What is wrong with a file, said so that a person finds the very cell."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from roundtag.errors import FieldError, Invalid
from roundtag.words import N_

SHOWN = 60


@dataclass(frozen=True)
class Problem:
    """One bad cell, row or file. `line` is the line in the file (the heading is line 1), 0 when the
    whole file is meant; `column` is the user's own heading, empty when the whole row is meant.
    `sheet` and `letter` (of the column) are set in workbooks only."""

    file: str
    line: int
    column: str
    code: str
    message: str
    value: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    sheet: str = ""
    letter: str = ""

    @property
    def cell(self) -> str:
        """B7 in a workbook; empty elsewhere."""
        return f"{self.letter}{self.line}" if self.letter and self.line else ""

    @property
    def shown(self) -> str:
        """The value fit for a terminal or a page: short, on one line, invisible signs as dots."""
        line = "".join(sign if sign.isprintable() else "·" for sign in self.value)
        return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"

    def as_field_error(self) -> FieldError:
        where = {"file": self.file, "line": self.line, "column": self.column, "value": self.value,
                 "sheet": self.sheet}  # fmt: skip
        name = f"{self.file}:{self.line}:{self.column}"
        return FieldError(name, self.code, self.message, {**self.values, **where})


class Refused(Invalid):
    """The files hold errors; nothing was written. `problems` names every one."""

    message = N_("Nothing was written. Errors: %(count)s.")

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(*(problem.as_field_error() for problem in self.problems))
        self.values = {"count": len(self.problems)}
        self.args = (self.message % self.values,)


class Unreadable(ValueError):
    """A cell that cannot be read; `code` and `message` as in Problem."""

    def __init__(self, code: str, message: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.message, self.values = code, message, values
