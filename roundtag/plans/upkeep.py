"""Upkeep by records: what each device's plans ask for, when it was last done, what is due.

Derived anew from entries and plans at every look; nothing of it is kept. A sample says nothing of
one device, so plans that draw one ask for nothing here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from peewee import fn

from roundtag import clients, clock, tagging
from roundtag.access import Actor
from roundtag.models import (
    Building,
    Checklist,
    ChecklistVersion,
    Client,
    Contract,
    Device,
    Inspection,
    Room,
    RoundPlan,
    dicts,
)
from roundtag.rounds import cycles

SOON = 14
"""Days ahead of its day from which something is due soon."""
CONDITIONS = ("overdue", "soon", "ok", "none")
SHOWN = 300
RANK = {condition: number for number, condition in enumerate(CONDITIONS)}


@dataclass(frozen=True)
class Need:
    """What one plan asks of one device. `last` None: not yet done since the plan began."""

    occasion: str
    plan: str
    plan_en: str
    cycle: str
    every: int
    last: date | None
    due: date
    condition: str


@dataclass(frozen=True)
class Line:
    """A device with its needs, the most urgent first. `standards`: what its checklists go by."""

    id: int
    code: str
    name: str
    category: str
    room: str
    unit: str
    last: date | None
    condition: str
    needs: list[Need]
    standards: list[str]
    url: str


@dataclass(frozen=True)
class UnitFigure:
    """Of the devices of one client unit (单位): how many were seen to in this quarter."""

    unit: str
    done: int
    total: int


@dataclass(frozen=True)
class Upkeep:
    clients: list[Client]
    client: Client | None
    quarter: str
    units: list[UnitFigure] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    hidden: int = 0

    @property
    def done(self) -> int:
        return sum(unit.done for unit in self.units)

    @property
    def total(self) -> int:
        return sum(unit.total for unit in self.units)


def upkeep(actor: Actor, wanted: int | None, now: datetime, condition: str | None = None,
           unit: str | None = None) -> Upkeep:  # fmt: skip
    """The devices of one client, what is overdue first; seven queries however many there are."""
    known, client = clients.choose(actor, wanted)
    today = clock.local_day(now)
    quarter = cycles.period_at(cycles.Timing("quarterly", today, today), today)
    if client is None:
        return Upkeep(known, None, quarter.key)
    rows = _devices(client.id)
    done = _last_done(client.id)
    plans = _plans(client.id, today)
    standards = _standards()
    lines = [_line(row, done.get(row["id"], {}), plans, standards, today) for row in rows]
    shown = [
        line
        for line in lines
        if condition in (None, line.condition) and unit in (None, line.unit)
    ]  # fmt: skip
    shown.sort(key=lambda one: (RANK[one.condition], _first_due(one), one.code))
    counts = {name: sum(line.condition == name for line in lines) for name in CONDITIONS}
    return Upkeep(known, client, quarter.key, _units(lines, quarter.first), counts,
                  _tagged(shown[:SHOWN]), max(0, len(shown) - SHOWN))  # fmt: skip


def _devices(client_id: int) -> list[dict[str, Any]]:
    return dicts(
        Device.select(
            Device.id, Device.code, Device.name, Device.category, Device.key_device,
            Room.id.alias("room_id"), Room.name.alias("room"), Room.client_unit.alias("unit"),
            Building.id.alias("building_id"), Building.site.alias("site_id"),
        )
        .join(Room)
        .join(Building)
        .where((Device.client == client_id) & Device.retired_at.is_null())
        .order_by(Device.code)
    )  # fmt: skip


def _last_done(client_id: int) -> dict[int, dict[str, date]]:
    """The day of the newest entry of each device by occasion; entries of old are monthly ones."""
    query = (
        Inspection.select(
            Inspection.device, Inspection.occasion, fn.MAX(Inspection.received_at).alias("at")
        )
        .where((Inspection.client == client_id) & Inspection.device.is_null(False))
        .group_by(Inspection.device, Inspection.occasion)
    )
    found: dict[int, dict[str, date]] = {}
    for row in dicts(query):
        at = row["at"] if isinstance(row["at"], datetime) else clock.from_text(row["at"])
        days = found.setdefault(row["device"], {})
        occasion = row["occasion"] or "monthly"
        days[occasion] = max(clock.local_day(at), days.get(occasion, date.min))
    return found


@dataclass(frozen=True)
class _Plan:
    row: RoundPlan
    length: timedelta
    begins: date
    sites: frozenset[int]
    buildings: frozenset[int]
    rooms: frozenset[int]
    categories: frozenset[str]

    def covers(self, device: dict[str, Any]) -> bool:
        if self.categories and device["category"] not in self.categories:
            return False
        if self.row.key_only and not device["key_device"]:
            return False
        if not (self.sites or self.buildings or self.rooms):
            return True
        return (
            device["room_id"] in self.rooms
            or device["building_id"] in self.buildings
            or device["site_id"] in self.sites
        )


def _plans(client_id: int, today: date) -> list[_Plan]:
    """The plans of running contracts that ask something of every device that they cover."""
    query = (
        RoundPlan.select(RoundPlan, Contract)
        .join(Contract)
        .where(
            (RoundPlan.client == client_id)
            & RoundPlan.retired_at.is_null()
            & RoundPlan.paused_at.is_null()
            & RoundPlan.sample.is_null()
            & (Contract.starts_on <= today.isoformat())
            & (Contract.ends_on >= today.isoformat())
        )
        .order_by(RoundPlan.id)
    )
    return [_plan(row) for row in query if row.ends_on is None or row.ends_on >= today]


def _plan(row: RoundPlan) -> _Plan:
    sites, buildings, rooms = (
        frozenset(row.scope.get(name, ())) for name in ("sites", "buildings", "rooms")
    )
    days = row.every if row.cycle == "days" else cycles.CYCLES[row.cycle]
    begins = max(row.starts_on, row.contract.starts_on)
    return _Plan(row, timedelta(days=days), begins, sites, buildings, rooms,
                 frozenset(row.categories))  # fmt: skip


def _line(row: dict[str, Any], done: dict[str, date], plans: Iterable[_Plan],
          standards: dict[tuple[str, str], list[str]], today: date) -> Line:  # fmt: skip
    needs = [_need(plan, done, today) for plan in plans if plan.covers(row)]
    needs.sort(key=lambda need: need.due)
    condition = needs[0].condition if needs else "none"
    named = {name for need in needs for name in standards.get((row["category"], need.occasion), [])}
    return Line(row["id"], row["code"], row["name"], row["category"], row["room"], row["unit"],
                max(done.values(), default=None), condition, needs, sorted(named), "")  # fmt: skip


def _need(plan: _Plan, done: dict[str, date], today: date) -> Need:
    last = done.get(plan.row.occasion)
    due = (last or plan.begins) + plan.length
    if today > due:
        condition = "overdue"
    else:
        # What comes round every few days would otherwise be due soon for ever.
        near = min(timedelta(days=SOON), plan.length / 4)
        condition = "soon" if due - today <= near else "ok"
    return Need(plan.row.occasion, plan.row.name, plan.row.name_en, plan.row.cycle,
                plan.row.every, last, due, condition)  # fmt: skip


def _first_due(line: Line) -> date:
    return line.needs[0].due if line.needs else date.max


def _units(lines: list[Line], since: date) -> list[UnitFigure]:
    """Every device at least once a quarter, by client unit; "" for rooms without one."""
    found: dict[str, list[int]] = {}
    for line in lines:
        figures = found.setdefault(line.unit, [0, 0])
        figures[0] += line.last is not None and line.last >= since
        figures[1] += 1
    return [UnitFigure(unit, *figures) for unit, figures in sorted(found.items())]


def _tagged(lines: list[Line]) -> list[Line]:
    codes = tagging.codes_of_devices(line.id for line in lines)
    return [
        Line(**{**vars(line), "url": f"/t/{codes[line.id]}" if line.id in codes
                else f"/devices/{line.id}"}) for line in lines
    ]  # fmt: skip


def _standards() -> dict[tuple[str, str], list[str]]:
    """What the newest version of each checklist names as its standards."""
    newest = ChecklistVersion.select(fn.MAX(ChecklistVersion.id)).group_by(
        ChecklistVersion.checklist
    )
    query = (
        ChecklistVersion.select(ChecklistVersion.items, Checklist.category, Checklist.occasion)
        .join(Checklist)
        .where(ChecklistVersion.id << newest)
    )
    found: dict[tuple[str, str], list[str]] = {}
    for row in dicts(query):
        named = {item.get("standard") or "" for item in row["items"]} - {""}
        found[row["category"], row["occasion"]] = sorted(named)
    return found
