"""What a document of a fault says, as plain data: frozen, JSON-able, in both languages at once.

Moments are ISO 8601 in UTC, days YYYY-MM-DD, amounts of time whole minutes. The contact of whoever
reported is in none of it. The same records give the same data, and so the same digest.
"""

from dataclasses import asdict, dataclass
from typing import Any

from roundtag import documents
from roundtag.reports.shape import Pair


@dataclass(frozen=True)
class Timing:
    """One clock of one cycle. `budget` None: until the next working day's hours end, or nothing is
    promised where `calendar` is empty. `elapsed`: counted, without pauses."""

    target: str
    cycle: int
    level: str
    calendar: str
    budget: int | None
    started_at: str
    due_at: str
    met_at: str
    state: str
    elapsed: int


@dataclass(frozen=True)
class Broken:
    """A promise that was broken: it stays, whatever came later."""

    target: str
    cycle: int
    level: str
    due_at: str
    at: str


@dataclass(frozen=True)
class LevelSet:
    level: str
    at: str
    person: str
    note: str


@dataclass(frozen=True)
class Paused:
    """`until` is empty while it lasts; `stops`: the clocks that it stops."""

    reason: str
    stops: tuple[str, ...]
    since: str
    until: str
    person: str
    note: str


@dataclass(frozen=True)
class Happened:
    """One entry of the file. `claimed_at`: the phone's time, where it brought one."""

    at: str
    claimed_at: str
    kind: str
    what: str
    person: str
    note: str
    undone: bool


@dataclass(frozen=True)
class Worker:
    """`left_at` is empty for whoever stayed; `lead` for the assignee."""

    person: str
    lead: bool
    joined_at: str
    left_at: str


@dataclass(frozen=True)
class Part:
    """A unit that was exchanged for this fault."""

    at: str
    old: str
    old_serial: str
    new: str
    new_serial: str
    old_to: str
    reason: str
    person: str
    note: str


@dataclass(frozen=True)
class Twin:
    number: str
    source: str
    at: str


@dataclass(frozen=True)
class Rated:
    number: str
    stars: int
    comment: str
    at: str


@dataclass(frozen=True)
class Photo:
    """`of`: fault, fault_event or swap; `sha256` names the bytes as received."""

    of: str
    at: str
    sha256: str


@dataclass(frozen=True)
class Written:
    """What a person wrote into a section."""

    section: str
    zh: str
    en: str


@dataclass(frozen=True)
class FaultPaper:
    """`unit` and `serial`: what stood there when the fault was reported. `level` is the present
    one, `worst` the highest that it ever had. `service_day`: restored, or resolved for an analysis.
    """

    kind: str
    form: str
    client: Pair
    client_code: str
    contract: str
    contract_number: str
    zone: str
    fault_id: int
    number: str
    state: str
    service_day: str
    symptom: Pair
    description: str
    source: str
    reporter: str
    reported_at: str
    claimed_at: str
    afterwards: bool
    level: str
    worst: str
    matrix: int
    urgency: str
    scope: str
    support_mode: str
    building: str
    floor: str
    room_code: str
    room: str
    device_code: str
    device: str
    position: str
    category: Pair
    unit: str
    serial: str
    restored_at: str
    resolved_at: str
    resolved_by: str
    observed_until: str
    closed_at: str
    diagnosis: str
    cause: str
    cause_kind: str
    remedy: str
    problem: str
    problem_title: str
    timings: tuple[Timing, ...]
    broken: tuple[Broken, ...]
    levels: tuple[LevelSet, ...]
    pauses: tuple[Paused, ...]
    course: tuple[Happened, ...]
    crew: tuple[Worker, ...]
    parts: tuple[Part, ...]
    twins: tuple[Twin, ...]
    ratings: tuple[Rated, ...]
    photos: tuple[Photo, ...]
    written: tuple[Written, ...]
    edition: int = 1
    """Of this shape; a later one may say more of the same records."""

    def plain(self) -> dict[str, Any]:
        """The document as JSON values."""
        return asdict(self)

    @property
    def digest(self) -> str:
        """SHA-256 of the RFC 8785 form of the whole."""
        return documents.data_digest(self.plain())
