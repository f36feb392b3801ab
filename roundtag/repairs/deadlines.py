"""Until when a repair must be done: working days from the client's confirmation (P8)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from roundtag import calendar, clock, contracts
from roundtag.models import Contract, RepairOrder

DAYS = {place: days for place, (_, days) in contracts.REPAIR_DAYS.items()}
MOST = contracts.LONGEST_REPAIR


def days_of(terms: Mapping[str, Any], abroad: bool) -> int:
    """Working days by the contract's terms, {"repair_days": {"home": n, "abroad": n}}; what is no
    number there counts as not agreed."""
    place = "abroad" if abroad else "home"
    agreed = terms.get("repair_days")
    days = agreed.get(place) if isinstance(agreed, Mapping) else None
    fits = isinstance(days, int) and not isinstance(days, bool) and 0 < days <= MOST
    return days if fits and days else DAYS[place]


def after(day: date, days: int, own: calendar.Own | None = None) -> date:
    """The last of so many working days that follow a day."""
    for _ in range(days):
        following = calendar.shift_to_working_day(day + timedelta(days=1), "after", own)
        day = following if following > day else day + timedelta(days=1)
    return day


def due_of(order: RepairOrder, confirmed_at: datetime) -> date:
    """The day that ends the time of an order that was confirmed then."""
    contract = Contract.get_or_none(Contract.id == order.contract_id)
    days = days_of(contract.terms if contract else {}, order.abroad)
    zone = contract.zone if contract else clock.DEFAULT_ZONE
    own = calendar.exceptions(order.client_id)
    return after(clock.local_day(confirmed_at, zone), days, own)


def last_day(order: RepairOrder) -> date | None:
    """The day by which it must work again: the later one that was agreed, else by contract."""
    return order.agreed_on or order.due_on


def today_of(order: RepairOrder, now: datetime) -> date:
    contract = Contract.get_or_none(Contract.id == order.contract_id)
    return clock.local_day(now, contract.zone if contract else clock.DEFAULT_ZONE)
