"""How long devices were out of service, by their faults."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from peewee import fn

from roundtag import clock
from roundtag.models import Contract, Device, Fault, tuples
from roundtag.models.faults import ASIDE
from roundtag.targets.setting import share

DAY = timedelta(days=1)
Span = tuple[datetime, datetime | None]
"""Without an end it is still on."""
UNCOUNTED = (*ASIDE, "duplicate", "cancelled")
"""Reports that tell of no time without service of their own."""


@dataclass(frozen=True)
class Outages:
    """Times without service by client and the first day of each month that they touch, then by
    device; and how many devices each client has."""

    devices: dict[int, int]
    spans: dict[tuple[int, date], dict[int, list[Span]]]

    def available(self, contract: Contract, first: date, now: datetime) -> float | None:
        """Percent of the month so far; None for months outside the contract or without devices."""
        month_end = (first + timedelta(days=32)).replace(day=1)
        begin = _midnight(max(first, contract.starts_on), contract.zone)
        end = min(now, _midnight(month_end, contract.zone))
        count = self.devices.get(contract.client_id, 0)
        whole = (end - begin).total_seconds() * count
        if whole <= 0:
            return None
        spans = self.spans.get((contract.client_id, first), {})
        lost = sum(overlap(of_device, begin, end) for of_device in spans.values())
        return share(whole - lost, whole)


def _midnight(day: date, zone: str) -> datetime:
    return clock.local(datetime.combine(day, time(), UTC), zone).replace(
        year=day.year, month=day.month, day=day.day, hour=0, minute=0
    )


def overlap(spans: Iterable[tuple[datetime, datetime | None]], begin: datetime,
            end: datetime) -> float:  # fmt: skip
    """Seconds of a window that lie in at least one span; a span without an end is still on."""
    lost, reached = 0.0, begin
    for start, stop in sorted(spans, key=lambda span: span[0]):
        start, stop = max(start, reached), min(stop or end, end)
        if stop > start:
            lost += (stop - start).total_seconds()
            reached = stop
    return lost


def _months(start: datetime, stop: datetime | None, first: date, now: datetime) -> Iterator[date]:
    """The first days of the months since `first` that a span touches in any zone."""
    day = max((start - DAY).date().replace(day=1), first)
    while day <= ((stop or now) + DAY).date():
        yield day
        day = (day + 32 * DAY).replace(day=1)


def outages(clients: set[int], first: date, now: datetime) -> Outages:
    since = datetime.combine(first, time(), UTC) - timedelta(days=1)
    in_use = Device.client.in_(sorted(clients)) & Device.retired_at.is_null()
    counts = tuples(
        Device.select(Device.client, fn.COUNT(Device.id)).where(in_use).group_by(Device.client)
    )
    rows = tuples(
        Fault.select(Fault.client, Fault.device, Fault.reported_at, Fault.resolved_at)
        .join(Device, on=(Fault.device == Device.id))
        .where(in_use & Fault.state.not_in(UNCOUNTED)
               & (Fault.resolved_at.is_null() | (Fault.resolved_at >= since)))
    )  # fmt: skip
    spans: dict[tuple[int, date], dict[int, list[Span]]] = {}
    for client, device, start, stop in rows:
        for month in _months(start, stop, first, now):
            spans.setdefault((client, month), {}).setdefault(device, []).append((start, stop))
    return Outages(dict(counts), spans)
