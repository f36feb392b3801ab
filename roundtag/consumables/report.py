"""The use of consumables as a table: a line per kind and site, a column per month."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from roundtag import clients, clock
from roundtag.access import Actor
from roundtag.consumables.slips import NEAR, merged, of_slips, stocks
from roundtag.consumables.uses import Kind, Use, kind_of, of_counters, of_swaps
from roundtag.models import Building, Client, Device, Room, Site, tuples

SPANS = (3, 6, 12)
SHOWN = 100
"""Single uses listed below the table, the newest first."""


@dataclass(frozen=True)
class Line:
    """`counts` are in the order of the report's months."""

    kind: Kind
    site: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class DeviceUse:
    """What one device used of a kind; `counts` as of a Line."""

    kind: Kind
    device_id: int
    device: str
    code: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class Report:
    """`months` are first days, the oldest first; `stocks` by kind: None where nothing is known.
    `devices`: the same figures per device, who used most first."""

    client: Client | None
    clients: list[Client]
    months: list[date]
    lines: list[Line]
    stocks: dict[str, int | None]
    uses: list[Use]
    devices: list[DeviceUse]


def report(actor: Actor, client_id: int | None, span: int, today: date) -> Report:
    """The use of a client's last `span` months, the running one included; seven queries."""
    known, client = clients.choose(actor, client_id)
    months = _months(today, span if span in SPANS else SPANS[1])
    if client is None:
        return Report(None, [], months, [], {}, [], [])
    since, until = _begin(months[0]), _begin(_next(months[-1]))
    # Also the days around the span: the twin of a use may lie on its other side.
    told = merged(
        of_counters(client.id, since - NEAR, until + NEAR),
        of_slips(client.id, since - NEAR, until + NEAR),
    )
    uses = [use for use in told if since <= use.at < until] + of_swaps(client.id, since, until)
    lines = _lines(uses, months)
    newest = sorted(uses, key=lambda use: use.at, reverse=True)[:SHOWN]
    stocked = stocks(client.id, {line.kind.code for line in lines})
    return Report(client, known, months, lines, stocked, newest, _devices(uses, months))


def _months(today: date, span: int) -> list[date]:
    found = [today.replace(day=1)]
    while len(found) < span:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _begin(day: date) -> datetime:
    """Midnight of a day in the contracts' zone."""
    noon = datetime.combine(day, time(12), UTC)
    return clock.local(noon).replace(day=day.day, hour=0).astimezone(UTC)


def _devices(uses: list[Use], months: list[date]) -> list[DeviceUse]:
    codes = _codes({use.device_id for use in uses})
    counts: dict[tuple[str, int], list[int]] = {}
    names = {use.device_id: use.device for use in uses}
    for use in uses:
        row = counts.setdefault((use.kind, use.device_id), [0] * len(months))
        row[months.index(clock.local_day(use.at).replace(day=1))] += use.count
    found = [
        DeviceUse(kind_of(kind), device, names[device], codes.get(device, ""), tuple(row))
        for (kind, device), row in counts.items()
    ]
    return sorted(found, key=lambda one: (-one.total, one.code, one.kind.code))


def _codes(devices: set[int]) -> dict[int, str]:
    rows = Device.select(Device.id, Device.code).where(Device.id.in_(devices))
    return dict(tuples(rows)) if devices else {}


def _lines(uses: list[Use], months: list[date]) -> list[Line]:
    sites = _sites({use.room_id for use in uses})
    counts: dict[tuple[str, str], list[int]] = {}
    for use in uses:
        row = counts.setdefault((use.kind, sites[use.room_id]), [0] * len(months))
        row[months.index(clock.local_day(use.at).replace(day=1))] += use.count
    return [Line(kind_of(kind), site, tuple(row)) for (kind, site), row in sorted(counts.items())]


def _sites(rooms: set[int]) -> dict[int, str]:
    rows = Room.select(Room.id, Site.name).join(Building).join(Site).where(Room.id.in_(rooms))
    return dict(tuples(rows)) if rooms else {}
