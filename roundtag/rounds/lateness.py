"""Late rounds escalate: who is told when, as a table; each person is told each thing once.

The task looks at what is true now, so an installation that was off catches up at its next start;
what was only worth saying before (due tomorrow) is not said afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from peewee import chunked, fn

from roundtag import calendar, clock, jobs, notify, people
from roundtag.db import database, write
from roundtag.models import Contract, Notification, Round, RoundDevice, RoundShare, tuples
from roundtag.rounds.stops import awaited


@dataclass(frozen=True)
class Step:
    """Told from `after` to `until` days from the due day (negative: before it, None: for good).

    `working` counts working days of the contract's calendar. `tell`: walkers are those who walk
    the round; everything else is a role at its client.
    """

    kind: str
    after: int
    until: int | None
    tell: tuple[str, ...]
    working: bool = False


WALKERS = "walkers"
STEPS = (
    Step("round-due-tomorrow", -1, 0, (WALKERS,)),
    Step("round-overdue", 1, None, (WALKERS, "supervisor")),
    Step("round-overdue-long", 2, None, ("manager",), working=True),
)
ROLES = sorted({role for step in STEPS for role in step.tell} - {WALKERS})
CHANNELS = ("app", "mail")
AT_ONCE = 300
"""Rounds that are read together: so many keys fit into one statement."""
Word = tuple[Step, int]
"""What is told, and to whom."""


@jobs.every(600, "rounds.lateness")
def keep_telling() -> int:
    """The scheduler's call of `tell_all`."""
    with database.connection_context():
        return tell_all(clock.now())


def tell_all(now: datetime) -> int:
    """Tells everybody what is due or late and has not been told yet; returns how many messages. Six
    statements for some hundred rounds, where all has been told."""
    found = chunked(_due(now), AT_ONCE)
    return sum(_tell(tour, left, fresh, now) for tours in found
               for tour, left, fresh in _untold(tours, now))  # fmt: skip


def _due(now: datetime) -> list[Round]:
    """Open rounds that are due by tomorrow at the latest."""
    horizon = clock.local_day(now) + timedelta(days=2)  # a day more than the farthest zone
    return list(
        Round.select(Round, Contract).join(Contract)
        .where(Round.closed_at.is_null() & (Round.due_on <= horizon) & (Round.stage != "accepted"))
        .order_by(Round.due_on, Round.id)
    )  # fmt: skip


def _untold(tours: list[Round], now: datetime) -> Iterator[tuple[Round, int, list[Word]]]:
    """What is to be told of each round with how many of its stops are left. Stops are counted last,
    and only of rounds of which something is to be told."""
    own = calendar.exceptions_of({tour.client_id for tour in tours})
    people_of, told, fresh = _Recipients(tours, now), _told(tours), {}
    for tour in tours:
        today = clock.local_day(now, tour.contract.zone)
        steps = [step for step in STEPS if applies(step, tour.due_on, today, own[tour.client_id])]
        fresh[tour.id] = [(step, person) for step in steps for person in people_of(step, tour)
                          if (person, _key(step, tour)) not in told]  # fmt: skip
    left = _left([key for key, words in fresh.items() if words])
    return ((tour, left[tour.id], fresh[tour.id]) for tour in tours if tour.id in left)


def _left(round_ids: list[int]) -> dict[int, int]:
    """How many stops are left, of rounds with any."""
    query = RoundDevice.select(RoundDevice.round, fn.COUNT(RoundDevice.id)).where(
        RoundDevice.round.in_(round_ids) & RoundDevice.done_at.is_null() & awaited()
    )
    return dict(tuples(query.group_by(RoundDevice.round))) if round_ids else {}


def _tell(tour: Round, left: int, fresh: list[Word], now: datetime) -> int:
    with write():
        for step, person in fresh:
            notify.tell(person, step.kind, _key(step, tour), now, f"/rounds/{tour.id}", CHANNELS,
                        **_facts(tour, left))  # fmt: skip
    return len(fresh)


def _facts(tour: Round, left: int) -> dict[str, Any]:
    return {"round": tour.name or tour.occasion, "period": tour.period, "left": left,
            "contract": tour.contract.name, "due_on": tour.due_on.isoformat()}  # fmt: skip


def applies(step: Step, due_on: date, today: date, own: dict[date, bool]) -> bool:
    """Whether a step's time has come for a round that is due on that day; `own`: the days that its
    client excepts."""
    days = (today - due_on).days
    if step.working and days > 0:
        days = working_days(due_on, today, own)
    return days >= step.after and (step.until is None or days <= step.until)


def working_days(after: date, until: date, own: dict[date, bool]) -> int:
    """Working days behind `after`, up to and including `until`."""
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(1 for day in days if calendar.is_working_day(day, own))


def _key(step: Step, tour: Round) -> str:
    """A round whose due day is moved is told of anew."""
    return f"{step.kind}-{tour.id}-{tour.due_on}"


def _told(tours: list[Round]) -> set[tuple[int, str]]:
    keys = [_key(step, tour) for step in STEPS for tour in tours]
    rows = Notification.select(Notification.recipient, Notification.dedupe)
    return set(tuples(rows.where(Notification.dedupe.in_(keys))))


class _Recipients:
    """Whom a step tells of a round, by key; two queries for all rounds."""

    def __init__(self, tours: list[Round], now: datetime) -> None:
        clients = sorted({tour.client_id for tour in tours})
        self._holders = people.holders(ROLES, clients, now)
        self._shares: dict[int, list[int]] = {}
        shares = RoundShare.select(RoundShare.round, RoundShare.person).order_by(RoundShare.id)
        for tour, person in tuples(shares.where(RoundShare.round.in_([t.id for t in tours]))):
            self._shares.setdefault(tour, []).append(person)

    def __call__(self, step: Step, tour: Round) -> list[int]:
        found: list[int | None] = []
        for whom in step.tell:
            found += self._walkers(tour) if whom == WALKERS else self._holders[whom, tour.client_id]
        return [key for key in dict.fromkeys(found) if key is not None]

    def _walkers(self, tour: Round) -> list[int | None]:
        return [tour.engineer_id, tour.backup_id, *self._shares.get(tour.id, [])]
