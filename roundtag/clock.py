"""Time: UTC inside, ISO 8601 outside, the contract's zone for deadlines and people's eyes."""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Shanghai"


def now() -> datetime:
    return datetime.now(UTC)


@lru_cache(maxsize=64)
def to_text(moment: datetime) -> str:
    """Fixed-width ISO 8601 in UTC with microseconds; sorts as text in time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """Reads ISO 8601 with an offset or Z. Raises ValueError when there is no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset from UTC")
    return moment.astimezone(UTC)


def local(moment: datetime, zone: str = DEFAULT_ZONE) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def local_day(moment: datetime, zone: str = DEFAULT_ZONE) -> date:
    return local(moment, zone).date()
