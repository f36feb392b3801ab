"""When a loaner is due back: by the contract where it says so, else after thirty days."""

from datetime import date, timedelta

from roundtag.models import Contract

DAYS = 30
MOST = 366


def days(contract: Contract | None) -> int:
    """`terms` of the contract: {"loaner_days": whole days}; what is no amount counts as not
    agreed."""
    agreed = (contract.terms or {}).get("loaner_days") if contract else None
    whole = isinstance(agreed, int) and not isinstance(agreed, bool) and 0 < agreed <= MOST
    return int(agreed or 0) if whole else DAYS


def due_day(contract: Contract | None, today: date) -> date:
    return today + timedelta(days=days(contract))
