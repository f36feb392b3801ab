"""When something is due: by the contract where it says so, else by what is shipped. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from roundtag.dues.kinds import HOURS, KINDS, WORKING_DAYS, Term
from roundtag.sla.worktime import DAYS as WHOLE_DAYS
from roundtag.sla.worktime import Calendars


def most(kind: str) -> int:
    """The longest time that may be agreed, in the unit of the kind."""
    term = KINDS[kind].term
    return 24 * 366 if term and term.unit == HOURS else 366


def term_of(kind: str, terms: Mapping[str, Any]) -> Term | None:
    """`terms` of the contract: {"dues": {kind: amount}} in the unit of the kind; what is no amount
    there counts as not agreed."""
    shipped = KINDS[kind].term
    agreed = (terms.get("dues") or {}).get(kind)
    if shipped is None or not isinstance(agreed, int | float):
        return shipped
    whole = agreed == int(agreed) and 0 < agreed <= most(kind)
    return Term(int(agreed), shipped.unit) if whole else shipped


def due_at(term: Term | None, since: datetime, zone: str,
           own: Iterable[tuple[date, bool]] = ()) -> datetime | None:  # fmt: skip
    """Until when it is in time. Days end with the local day, so that what comes in
    at any hour has its whole days."""
    if term is None:
        return None
    if term.unit == HOURS:
        return since + timedelta(hours=term.amount)
    day = since.astimezone(ZoneInfo(zone)).date()
    if term.unit == WORKING_DAYS:
        hours = Calendars(zone=zone, own=frozenset(own)).hours(WHOLE_DAYS)
        for _ in range(term.amount):
            day = hours.next_working_day(day)
    else:
        day += timedelta(days=term.amount)
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return midnight.astimezone(UTC)
