"""The spares plan (E6): what each model in use needs in stock, and why, in words.

The formula, per model over the clients in view:

    failures while a new piece is on its way = failures of the last 12 months × lead time ÷ 250
    suggested = that, rounded up, + 1 if a key device has one, + 1 if a quarter of them are past
    their design life; never more than are in use

250 are the working days of a year, the lead time is 10 working days at home and 20 abroad. The
design life is that of the category, six years at least (A2). A failure is a fault that was judged
a fault of the device, or a unit that was swapped because it was faulty; a fault counts once.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from peewee import fn

from roundtag import clients, data
from roundtag.access import Actor, visible
from roundtag.devices import age
from roundtag.models import Client, Device, DeviceModel, Fault, Swap, Unit, dicts
from roundtag.models.faults import ASIDE
from roundtag.stock.catalogue import Named, substitutes_of_all
from roundtag.storekeeping.catalogue import LEAD_DAYS
from roundtag.storekeeping.holdings import Parts, stores_in_use
from roundtag.words import N_

YEAR = timedelta(days=365)
WORKING_DAYS = 250
OLD_SHARE = 0.25
Reason = tuple[str, dict[str, Any]]
"""A sentence and its values."""


@dataclass
class Need:
    """What is known of a model in use. `by_client`: client's name → how many."""

    part: DeviceModel
    by_client: Counter[str] = field(default_factory=Counter)
    key_devices: int = 0
    old: int = 0
    undated: int = 0
    failures: int = 0
    held: int = 0
    minimum: int | None = None
    substitutes: list[Named] = field(default_factory=list)

    @property
    def full(self) -> str:
        return f"{self.part.maker} {self.part.name}"

    @property
    def in_use(self) -> int:
        return sum(self.by_client.values())

    @property
    def life(self) -> int:
        return max(age.LEAST_YEARS, data.category(self.part.category).life_years or 0)

    @property
    def lead_days(self) -> int:
        return LEAD_DAYS[self.part.origin]

    @property
    def many_old(self) -> bool:
        return self.old > 0 and self.old >= OLD_SHARE * self.in_use

    @property
    def suggested(self) -> int:
        expected = math.ceil(self.failures * self.lead_days / WORKING_DAYS)
        return min(self.in_use, expected + bool(self.key_devices) + self.many_old)

    @property
    def short(self) -> int:
        return max(0, self.suggested - self.held)

    @property
    def discontinued(self) -> bool:
        return self.part.discontinued_on is not None

    def reasons(self) -> list[Reason]:
        """Why so many, a sentence each."""
        found: list[Reason] = []
        if self.failures:
            found.append((N_("Failures in 12 months: %(count)s; a new piece takes %(days)s "
                             "working days."),
                          {"count": self.failures, "days": self.lead_days}))  # fmt: skip
        if self.key_devices:
            found.append((N_("Key devices: %(count)s; one piece must be at hand."),
                          {"count": self.key_devices}))  # fmt: skip
        if self.many_old:
            found.append((N_("Older than their design life of %(years)s years: %(count)s of "
                             "%(total)s; one piece more."), {"years": self.life,
                             "count": self.old, "total": self.in_use}))  # fmt: skip
        return found or [(N_("No failure, no key device, none too old: none needed."), {})]


@dataclass(frozen=True)
class Plan:
    clients: list[Client]
    client: Client | None
    needs: list[Need]
    on: date


def of(actor: Actor, client_id: int | None, now: datetime, today: date) -> Plan:
    """The plan for one client in view, or all of them. A fixed number of queries."""
    known, _ = clients.choose(actor, None)
    chosen = next((one for one in known if one.id == client_id), None)
    ids = [chosen.id] if chosen else [one.id for one in known]
    needs: dict[int, Need] = {}
    for row in _in_use(actor, ids):
        _count(needs, row, today)
    for part, failures in _failures(ids, now - YEAR).items():
        if part in needs:
            needs[part].failures = failures
    _add_stock(needs, actor)
    ordered = sorted(needs.values(), key=lambda n: (-n.short, not n.discontinued, -n.failures,
                                                    n.full))  # fmt: skip
    return Plan(known, chosen, ordered, today)


def _in_use(actor: Actor, ids: list[int]) -> Iterable[dict[str, Any]]:
    """What is in use, counted by what the plan asks of it: few rows however many units."""
    query = (
        Unit.select(
            Unit.model, Device.installed_on, Device.key_device, Client.name.alias("client"),
            DeviceModel.category, DeviceModel.maker, DeviceModel.name, DeviceModel.origin,
            DeviceModel.discontinued_on, fn.COUNT(Unit.id).alias("count"),
        )
        .join(DeviceModel).switch(Unit)
        .join(Device).join(Client)
        .where((Unit.place == "device") & Device.client.in_(ids) & Device.retired_at.is_null())
        .group_by(Unit.model, Device.installed_on, Device.key_device, Client.name,
                  DeviceModel.id)
    )  # fmt: skip
    return visible(actor, query, Device.client).dicts().iterator()


def _count(needs: dict[int, Need], row: dict[str, Any], today: date) -> None:
    need = needs.get(row["model"])
    if need is None:
        part = DeviceModel(id=row["model"], **{name: row[name] for name in (
            "category", "maker", "name", "origin", "discontinued_on")})  # fmt: skip
        need = needs[row["model"]] = Need(part)
    count = row["count"]
    need.by_client[row["client"]] += count
    need.key_devices += count if row["key_device"] else 0
    lived = age.of(row["installed_on"], data.category(need.part.category), today)
    need.undated += count if lived is None else 0
    need.old += count if lived and lived.over else 0


def _failures(ids: list[int], since: datetime) -> Counter[int]:
    """Failures per model; what a fault's unit was is told by the swap that took it out."""
    swaps = dicts(
        Swap.select(Swap.fault, Unit.model)
        .join(Unit, on=(Swap.old_unit == Unit.id))
        .where((Swap.reason == "faulty") & Swap.client.in_(ids) & (Swap.received_at >= since))
    )
    faults = dicts(
        Fault.select(Fault.id, Unit.model)
        .join(Device, on=(Fault.device == Device.id)).join(Unit, on=(Unit.device == Device.id))
        .where(
            (Fault.kind == "device") & Fault.client.in_(ids) & (Fault.reported_at >= since)
            & Fault.duplicate_of.is_null() & Fault.state.not_in((*ASIDE, "cancelled"))
        )
    )  # fmt: skip
    told = {row["fault"] for row in swaps if row["fault"]}
    once = {(row["fault"] or f"swap {at}", row["model"]) for at, row in enumerate(swaps)}
    found = Counter(model for _, model in once)
    found.update(row["model"] for row in faults if row["id"] not in told)
    return found


def _add_stock(needs: dict[int, Need], actor: Actor) -> None:
    parts = Parts(store.id for store in stores_in_use(actor))
    rows = parts.query(DeviceModel.id, parts.pieces.alias("pieces"), parts.ruled.c.least)
    for row in dicts(rows.where(DeviceModel.id.in_(list(needs) or [0]))):
        needs[row["id"]].held = int(row["pieces"])
        needs[row["id"]].minimum = None if row["least"] is None else int(row["least"])
    gone = [part for part, need in needs.items() if need.discontinued]
    for part, named in substitutes_of_all(gone or [0]).items():
        needs[part].substitutes = named
