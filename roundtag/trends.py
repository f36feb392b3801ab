"""The course of a reading: the last values of an item at a device, with their days and verdicts.

What is drawn from them is roundtag.charts, what is expected of them roundtag.forecasts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peewee import fn

from roundtag import clock, fields
from roundtag.models import Answer, tuples

LAST = 24
"""How many points of a series are read: two years of a monthly round."""

Pair = tuple[int, str]


@dataclass(frozen=True)
class Point:
    """A value as it was received on `day` (contract zone); `value` is in the item's unit."""

    day: date
    value: float
    verdict: str


def series_of(pairs: Iterable[Pair], until: datetime | None = None,
              last: int = LAST) -> dict[Pair, list[Point]]:  # fmt: skip
    """The last points of each (device, item), oldest first; pairs without any are left out.

    One query, however many pairs. `until` (inclusive) is the moment of receipt up to which
    entries count, so that a report drawn later shows what was known then. Values that are no
    numbers are passed over.
    """
    wanted = set(pairs)
    found: dict[Pair, list[Point]] = {}
    for device, item, value, verdict, at in tuples(_ranked(wanted, until, last)) if wanted else []:
        number = fields.number(value)
        if number is not None and (device, item) in wanted:
            day = clock.local_day(at)
            found.setdefault((device, item), []).append(Point(day, number, verdict))
    return found


def _ranked(wanted: set[Pair], until: datetime | None, last: int) -> Any:
    """The newest `last` answers of every device and item named, as one index scan each."""
    newest = fn.ROW_NUMBER().over(
        partition_by=[Answer.device, Answer.item], order_by=[Answer.at.desc(), Answer.id.desc()]
    )
    chosen = (
        Answer.device.in_(sorted({device for device, _ in wanted}))
        & Answer.item.in_(sorted({item for _, item in wanted}))
        & Answer.value.is_null(False)
    )
    if until is not None:
        chosen &= Answer.at <= until
    answers = Answer.select(
        Answer.id, Answer.device.alias("device"), Answer.item, Answer.value, Answer.verdict,
        Answer.at, newest.alias("rank"),
    ).where(chosen)  # fmt: skip
    kept = answers.alias("kept")
    return (
        Answer.select(kept.c.device, kept.c.item, kept.c.value, kept.c.verdict, kept.c.at)
        .from_(kept)
        .where(kept.c.rank <= last)
        .order_by(kept.c.at, kept.c.id)
    )
