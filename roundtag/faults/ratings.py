"""One to five stars, by whoever reported, once it works again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from roundtag.models import Fault, Rating

CORRECTABLE = timedelta(days=1)


@dataclass(frozen=True)
class Rated:
    stars: int
    comment: str | None
    at: datetime
    number: str
    """Of the report, which may be one more of the fault."""
    id: int


def ratings(fault_ids: Iterable[int]) -> list[Rated]:
    rows = Rating.select(Rating, Fault.number.alias("number")).join(Fault)
    found = rows.where(Rating.fault.in_(list(fault_ids))).order_by(Rating.id).objects()
    return [Rated(row.stars, row.comment, row.at, row.number, row.id) for row in found]


def changeable(rated: Rated, now: datetime) -> bool:
    return now - rated.at <= CORRECTABLE
