"""The figures of rounds: kept as rows, and counted stop by stop where no row is kept.

A trigger deletes the row of a round with whatever changes that it was counted from, so a kept
figure is the counted one; a standing job keeps them anew. Nothing depends on its having run.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from peewee import JOIN, Case, chunked, fn

from roundtag import clock, db, jobs
from roundtag.models import Contract, Round, RoundDevice, RoundFigure, dicts
from roundtag.rounds.stops import awaited

NAMES = ("total", "done", "failed", "on_time")
RECENT = timedelta(days=220)
"""Figures are kept of rounds that are due since then: what pages show."""
AT_ONCE = 1000
"""Rounds that one statement counts."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Figures:
    """Of the stops of a round that count. `on_time`: done before the due day ended in the zone of
    the contract."""

    total: int = 0
    done: int = 0
    failed: int = 0
    on_time: int = 0


def of(which: Any) -> dict[int, Figures]:
    """The figures of the rounds that a condition names; two queries, or
    one for all that are kept."""
    query = (
        Round.select(Round.id, Round.due_on, Contract.zone,
                     *(getattr(RoundFigure, name) for name in NAMES))
        .join(Contract).switch(Round)
        .join(RoundFigure, JOIN.LEFT_OUTER, on=(RoundFigure.round == Round.id))
    )  # fmt: skip
    rows = dicts(query.where(which))
    found = {row["id"]: Figures(*(row[name] for name in NAMES)) for row in rows}
    for part in chunked([row for row in rows if row["total"] is None], AT_ONCE):
        found.update(counted(part))
    return found


def counted(rows: list[dict[str, Any]]) -> dict[int, Figures]:
    """The figures of rounds, each told by its `id`, `due_on` and `zone`, stop by stop."""
    ids = [row["id"] for row in rows]
    query = RoundDevice.select(
        RoundDevice.round, fn.COUNT(RoundDevice.id).alias("total"),
        fn.COUNT(RoundDevice.done_at).alias("done"),
        fn.SUM(Case(None, [(RoundDevice.result == "fail", 1)], 0)).alias("failed"),
        fn.SUM(_in_time(rows)).alias("on_time"),
    ).where(RoundDevice.round.in_(ids) & awaited()).group_by(RoundDevice.round)  # fmt: skip
    found = {row["round"]: Figures(*(int(row[name]) for name in NAMES)) for row in dicts(query)}
    return {key: found.get(key, Figures()) for key in ids}


def _in_time(rows: list[dict[str, Any]]) -> Any:
    """1 for a stop that was done before its due day ended, else 0."""
    ends: dict[tuple[date, str], list[int]] = {}
    for row in rows:
        ends.setdefault((row["due_on"], row["zone"]), []).append(row["id"])
    return Case(None, [
        (RoundDevice.round.in_(ids) & (RoundDevice.done_at < clock.to_text(_end(day, zone))), 1)
        for (day, zone), ids in ends.items()
    ], 0)  # fmt: skip


def _end(day: date, zone: str) -> datetime:
    return datetime.combine(day + DAY, time(), ZoneInfo(zone))


@jobs.every(120, "rounds.figures")
def keep_figures() -> int:
    """The scheduler's call of `keep`."""
    with db.database.connection_context():
        return keep(clock.now())


def keep(now: datetime) -> int:
    """Counts what is not kept, a round in each transaction; returns how many."""
    missing = Round.id.not_in(RoundFigure.select(RoundFigure.round))
    recent = Round.due_on >= clock.local_day(now) - RECENT
    query = Round.select(Round.id).where(recent & missing).order_by(Round.due_on, Round.id)
    keys = [row.id for row in query]
    for key in keys:
        _keep(key)
    return len(keys)


def _keep(round_id: int) -> None:
    """On SQLite nobody else writes meanwhile. On PostgreSQL deeds that touch a figure's grounds are
    waited for, and wait (migration 0046)."""
    with db.write():
        if db.kind() == "postgresql":
            db.database.execute_sql("SELECT pg_advisory_xact_lock(46, %s)", (round_id & 63,))
        for key, found in of(Round.id == round_id).items():
            RoundFigure.insert(round=key, **vars(found)).on_conflict_ignore().execute()
