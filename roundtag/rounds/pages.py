"""How far rounds have come: the card of each. What lies on the way is roundtag.rounds.progress."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from roundtag import people
from roundtag.access import Actor, visible
from roundtag.models import Contract, Round
from roundtag.rounds import figures
from roundtag.rounds.figures import Figures
from roundtag.rounds.stops import walked_by


@dataclass(frozen=True)
class Progress:
    """How far a round or a room of it has come."""

    total: int
    done: int
    failed: int

    @property
    def left(self) -> int:
        return self.total - self.done

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0


@dataclass(frozen=True)
class RoundCard:
    id: int
    period: str
    occasion: str
    contract: str
    due_on: date
    late: bool
    engineer: str | None
    progress: Progress
    name: str = ""
    name_en: str = ""
    """Empty for rounds that are called by their occasion."""
    due_at: datetime | None = None
    """The time of the day by which a meeting's check is due."""
    backup: str | None = None
    opens_on: date | None = None
    stage: str = "open"
    closed_at: datetime | None = None
    client_id: int = 0
    contract_id: int = 0
    engineer_id: int | None = None
    backup_id: int | None = None
    seed: str | None = None
    """Of a drawn sample; `drawn_from` is the size of its whole."""
    drawn_from: int | None = None
    on_time: int = 0
    """Stops that were done before the due day ended."""

    def backup_only(self, person_id: int) -> bool:
        return self.engineer_id != person_id


def cards(actor: Actor, today: date, engineer_id: int | None = None) -> list[RoundCard]:
    """Open rounds in view with their progress, the soonest due first; four queries at most.

    `engineer_id` narrows them to the rounds that this person walks, as engineer, as backup or in
    part; those of which they are the engineer come first.
    """
    which = Round.closed_at.is_null() if engineer_id is None else walked_by(engineer_id)
    found = cards_of(actor, today, which, (Round.due_on, Round.id))
    return sorted(found, key=lambda card: engineer_id is not None and card.backup_only(engineer_id))


def cards_of(actor: Actor, today: date, which: Any, order: tuple[Any, ...]) -> list[RoundCard]:
    """The chosen rounds in view, whether open or closed; four queries at most."""
    query = Round.select(Round, Contract.name.alias("contract_name")).join(Contract)
    query = query.where(which).order_by(*order)
    rows = list(visible(actor, query, Round.client).objects())
    walkers = {key for r in rows for key in (r.engineer_id, r.backup_id) if key}
    names, found = people.names(walkers), figures.of(Round.id.in_([row.id for row in rows]))
    return [_card(row, names, found[row.id], today) for row in rows]


def _card(row: Round, names: dict[int, str], found: Figures, today: date) -> RoundCard:
    progress = Progress(found.total, found.done, found.failed)
    late = bool(progress.left) and today > row.due_on and row.closed_at is None
    return RoundCard(
        row.id, row.period, row.occasion, row.contract_name, row.due_on, late,
        names.get(row.engineer_id), progress, row.name, row.name_en, row.due_at,
        names.get(row.backup_id), row.opens_on, row.stage, row.closed_at, row.client_id,
        row.contract_id, row.engineer_id, row.backup_id, row.seed, row.drawn_from, found.on_time,
    )  # fmt: skip
