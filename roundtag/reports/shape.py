"""What an inspection report says, as plain data: frozen, JSON-able, in both languages at once.

Moments are ISO 8601 in UTC, days YYYY-MM-DD, percentages from 0 to 100 with one decimal. Nothing in
it changes by itself: the same records give the same data, and so the same digest.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from roundtag import documents

Pair = tuple[str, str]
"""The same words in Chinese and English."""


@dataclass(frozen=True)
class Figures:
    stops: int
    done: int
    passed: int
    fixed: int
    failed: int

    @property
    def left(self) -> int:
        return self.stops - self.done

    @property
    def rate(self) -> float | None:
        """Passed or put right on the spot, of what was done; None when nothing was."""
        good = self.passed + self.fixed
        return round(100 * good / self.done, 1) if self.done else None


@dataclass(frozen=True)
class Group:
    """The figures of a room or of a category."""

    name: Pair
    place: str
    figures: Figures


@dataclass(frozen=True)
class Answered:
    """One item of an entry. `limits` as people read them; `kind` as in roundtag.items."""

    key: str
    name: Pair
    kind: str
    value: Pair
    unit: str
    limits: str
    verdict: str
    note: str


@dataclass(frozen=True)
class Place:
    """Where something was found. `no` is the stop's number in the report."""

    no: int
    building: str
    floor: str
    room_code: str
    room: str
    device_code: str
    device: str
    category: Pair


@dataclass(frozen=True)
class Entry:
    """A stop that was done, with the entry that counts."""

    place: Place
    result: str
    at: str
    person: str
    scanned: bool
    note: str
    faults: tuple[str, ...]
    answers: tuple[Answered, ...]


@dataclass(frozen=True)
class Undone:
    place: Place
    reason: str


@dataclass(frozen=True)
class Abnormal:
    """A reading out of its limits and its course: (day, value), the oldest first."""

    place: Place
    name: Pair
    value: str
    unit: str
    limits: str
    low: float | None
    high: float | None
    course: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Bad:
    """An item that failed or was put right on the spot."""

    place: Place
    name: Pair
    found: Pair
    note: str
    person: str
    at: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """A problem beside the items or left over. `open` as it was when the client signed."""

    room: str
    device: str
    item: Pair
    words: str
    found_on: str
    person: str
    open: bool
    fault: str


@dataclass(frozen=True)
class Consumed:
    """A counter that was read (`used` since the reading before) or a part that was replaced."""

    kind: str
    room: str
    device: str
    name: Pair
    value: str
    used: str
    unit: str
    person: str
    at: str


@dataclass(frozen=True)
class Photo:
    """`sha256` names the bytes as received; `side` is its place among the photos of its entry."""

    place: Place
    item: Pair
    at: str
    sha256: str


@dataclass(frozen=True)
class Further:
    """An entry that is kept and does not count: a second one, one sent back, one that came late."""

    place: str
    person: str
    at: str
    result: str
    why: str
    reason: str


@dataclass(frozen=True)
class Signed:
    """One decision. `sha256` of the drawing, empty where a name was written only."""

    step: str
    decision: str
    name: str
    at: str
    sha256: str
    by_link: bool
    note: str


@dataclass(frozen=True)
class Doing:
    """Who did how much, from when to when."""

    person: str
    done: int
    scanned: int
    first: str
    last: str


@dataclass(frozen=True)
class InspectionReport:
    """`in_time`: everything done by the due day, by receipt; None while something is open.
    `by_due`: stops done by the end of the due day in the contract's zone."""

    client: Pair
    client_code: str
    contract: str
    contract_number: str
    zone: str
    round_id: int
    name: Pair
    occasion: str
    period: str
    opens_on: str
    due_on: str
    stage: str
    engineers: tuple[str, ...]
    figures: Figures
    target: float
    completed: str
    by_due: int
    in_time: bool
    rooms: tuple[Group, ...]
    categories: tuple[Group, ...]
    entries: tuple[Entry, ...]
    undone: tuple[Undone, ...]
    abnormal: tuple[Abnormal, ...]
    failures: tuple[Bad, ...]
    fixed: tuple[Bad, ...]
    outside: tuple[Problem, ...]
    leftover: tuple[Problem, ...]
    consumed: tuple[Consumed, ...]
    photos: tuple[Photo, ...]
    further: tuple[Further, ...]
    signed: tuple[Signed, ...]
    doings: tuple[Doing, ...]
    remarks: Pair = ("", "")
    edition: int = field(default=1)
    """Of this shape; a later one may say more of the same records."""

    def plain(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self)

    @property
    def digest(self) -> str:
        """SHA-256 of the RFC 8785 form of the whole."""
        return documents.data_digest(self.plain())


@dataclass(frozen=True)
class Issue:
    """What a document bears beside its data; a draft bears nothing. `replaces`: an older number;
    `head`: the newest signed head of the client's log, three lines of it."""

    number: str = ""
    day: str = ""
    replaces: str = ""
    head: str = ""

    @property
    def told_head(self) -> str:
        """In one line: the log's name, how many leaves, their root."""
        return " · ".join(self.head.split("\n")[:3])
