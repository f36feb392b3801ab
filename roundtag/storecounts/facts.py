"""What the judging of a count takes and gives: lists, books and findings."""

from dataclasses import dataclass, field
from datetime import datetime

OUTCOMES = (
    "missing", "fewer", "more", "elsewhere", "held", "ambiguous", "unknown", "uncounted",
    "shelf", "arrived", "left", "found",
)  # fmt: skip
"""What needs a person first. `elsewhere`: the books have it in another store, or nowhere; `held`:
at a device, at repair or gone, which no count changes; `uncounted`: no list came from there."""
DIFFERENCES = frozenset(OUTCOMES[:7])
MOVABLE = frozenset({"store", "adjustment"})


@dataclass(frozen=True)
class Filed:
    """A list that counts. `at`: when its things were counted, `order` decides between equals."""

    id: int
    shelf: str
    at: datetime
    order: str = ""
    person_id: int | None = None

    @property
    def rank(self) -> tuple[datetime, str]:
        return self.at, self.order


@dataclass(frozen=True)
class Seen:
    """A serial number on a list; `unit_id` is None when it leads to no single unit."""

    list: Filed
    serial: str
    unit_id: int | None


@dataclass(frozen=True)
class Pieces:
    """So many pieces of a counted model on a list."""

    list: Filed
    model_id: int
    quantity: int


@dataclass(frozen=True)
class Booked:
    """A unit as the books have it now; `here`: in this store. `came_at`, `left_at`: when it last
    moved into and out of this store since the count was opened."""

    id: int
    serial: str
    place: str
    here: bool
    shelf: str = ""
    came_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True)
class Held:
    """Counted pieces of a model in the books now, and how they changed since the opening."""

    model_id: int
    quantity: int
    moves: tuple[tuple[datetime, int], ...] = ()


@dataclass(frozen=True)
class Finding:
    """One unit, one unknown serial number, or one counted model. `seen_on` holds shelves, the
    latest last; `lists` and `people`: how many named it; `twice`: a shelf that was counted
    again, with all figures."""

    outcome: str
    unit_id: int | None = None
    model_id: int | None = None
    serial: str = ""
    expected: int = 1
    counted: int = 0
    seen_on: tuple[str, ...] = ()
    lists: int = 0
    people: int = 0
    twice: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True)
class Facts:
    units: list[Booked] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    lists: list[Filed] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    pieces: list[Pieces] = field(default_factory=list)
