"""What pages and files show of a count."""

from dataclasses import dataclass, field
from datetime import datetime

from roundtag import clock
from roundtag.storecounts.facts import DIFFERENCES


@dataclass(frozen=True)
class Line:
    """One finding in words. `place` and `where`: kind and name of where the books have it now,
    `link` leads there; `moved_at`: its last movement. `booked`: what the closing has made of it
    (pieces more or less, 1 for a unit); `reason`, `note`, `by`: why it differs."""

    outcome: str
    unit_id: int | None
    model_id: int | None
    serial: str
    model: str
    shelf: str
    expected: int
    counted: int
    seen_on: tuple[str, ...]
    lists: int
    people: int
    twice: tuple[tuple[str, tuple[int, ...]], ...]
    place: str = ""
    where: str = ""
    link: str = ""
    moved_at: str = ""
    booked: int = 0
    reason: str = ""
    note: str = ""
    by: str = ""

    @property
    def differs(self) -> bool:
        return self.outcome in DIFFERENCES

    @property
    def moved(self) -> datetime | None:
        return clock.from_text(self.moved_at) if self.moved_at else None

    @property
    def key(self) -> tuple[int | None, int | None, str]:
        """What reasons are kept under."""
        return self.unit_id, self.model_id, "" if self.unit_id or self.model_id else self.serial


@dataclass(frozen=True)
class Result:
    """Every line, what needs a person first; `lists`: how many count, of `people`. `slip`: the
    number of the slip that the closing has booked."""

    lines: list[Line]
    lists: int
    people: int
    shelves: tuple[str, ...] = ()
    slip: str = ""

    def count(self, outcome: str) -> int:
        return sum(1 for line in self.lines if line.outcome == outcome)

    @property
    def units(self) -> list[Line]:
        """Units that the books had in the store."""
        return [line for line in self.lines if line.unit_id and line.expected]

    @property
    def found(self) -> int:
        return sum(1 for line in self.units if line.counted)

    @property
    def differences(self) -> list[Line]:
        return [line for line in self.lines if line.differs]

    @property
    def unexplained(self) -> int:
        return sum(1 for line in self.differences if not line.reason)


@dataclass(frozen=True)
class Listed:
    """A list that came in: its note, and when late what it held."""

    shelf: str
    who: str | None
    at: datetime
    things: int
    late: bool
    note: str
    held: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """`whole`: the kept result is the one whose digest the log holds; True while it is open."""

    id: int
    store_id: int
    store: str
    store_code: str
    client_id: int | None
    name: str
    blind: bool
    opened_at: datetime
    opened_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    result: Result
    whole: bool
    digest: str = ""
    lists: list[Listed] = field(default_factory=list)
