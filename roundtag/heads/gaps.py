"""What a restore declared: leaves that were written and signed are gone, and the log says so."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from roundtag.models import Log, Restoration, RestoredLog, tuples
from roundtag.tlog.checkpoint import Checkpoint

KEPT = timedelta(days=30)
"""How long a phone keeps what it has sent."""


def sizes(log: Log) -> list[int]:
    """At which sizes the log was restored: the leaf that comes next declares it (ADR 44)."""
    if log.client_id is None:
        return sorted(row.size for row in Restoration.select(Restoration.size))
    mine = RestoredLog.client == log.client_id
    return sorted(row.size for row in RestoredLog.select(RestoredLog.size).where(mine))


def recent(now: datetime) -> list[tuple[datetime, datetime]]:
    """The restores of the last 30 days: to which moment each went back, and when it was. What was
    acknowledged between the two may be lost; whoever still has it sends it again."""
    query = Restoration.select(Restoration.made_at, Restoration.at).order_by(Restoration.at)
    return tuples(query.where(Restoration.at > now - KEPT))


def covers(gaps: list[int], head: Checkpoint) -> int | None:
    """The size to which a restore went back from this head; None when none did."""
    return max((size for size in gaps if size < head.size), default=None)


def told(gaps: list[int], head: Checkpoint) -> Iterator[str]:
    """A head of leaves that a declared restore has lost."""
    size = covers(gaps, head)
    if size is not None:
        yield f"DECLARED GAP: leaves {size} to {head.size - 1} were lost by a restore"
