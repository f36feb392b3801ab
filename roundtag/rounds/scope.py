"""Which stops a plan chooses: devices in use, and the rooms themselves where it says so."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from roundtag import clock
from roundtag.bulk_rows import READ
from roundtag.models import Building, Device, Room, dicts


@dataclass(frozen=True)
class Scope:
    """A choice of stops. No place chosen means everywhere, no category all of them."""

    sites: tuple[int, ...] = ()
    buildings: tuple[int, ...] = ()
    rooms: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()
    key_only: bool = False
    rooms_too: bool = False
    sample: int | None = None
    sample_unit: str = "count"

    @property
    def everywhere(self) -> bool:
        return not (self.sites or self.buildings or self.rooms)

    def as_json(self) -> dict[str, Any]:
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    def sampled(self, whole: int) -> int:
        """How many stops of `whole` a sample takes: at least one, never more than there are."""
        if self.sample is None:
            return whole
        wanted = self.sample
        if self.sample_unit == "percent":
            wanted = -(-whole * self.sample // 100)
        return min(whole, max(1, wanted))


def of_json(values: dict[str, Any]) -> Scope:
    """A scope as a round keeps it."""
    known = {field.name for field in fields(Scope)}
    kept: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in values.items()
        if key in known
    }
    return Scope(**kept)


def of_plan(plan: Any) -> Scope:
    """The scope of a plan's row (or of a command that bears the same names)."""
    sites, buildings, rooms = (
        tuple(plan.scope.get(name, ())) for name in ("sites", "buildings", "rooms")
    )
    return Scope(sites, buildings, rooms, tuple(plan.categories), plan.key_only, plan.rooms_too,
                 plan.sample, plan.sample_unit)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """A stop that may be drawn. `key` is the same on every database: its kind and its code."""

    key: str
    device: int | None
    room: int | None


def candidates(client_id: int, scope: Scope, *more: Any,
               retired_since: datetime | None = None) -> list[Candidate]:  # fmt: skip
    """All stops of a scope in the order of their keys; at most two queries. `retired_since` asks
    for those that went out of use after a moment instead of those in use."""
    chosen = devices(client_id, scope, *more, retired_since=retired_since)
    found = [
        Candidate(f"device {row['code']}", row["id"], None)
        for row in dicts(chosen.select(Device.id, Device.code))
    ]
    if scope.rooms_too:
        rooms = (Room.client == client_id) & _in_use(Room, retired_since)
        if not scope.everywhere:
            rooms &= _in_places(scope)
        own = Room.select(Room.id, Room.code).where(rooms)
        found += [Candidate(f"room {row['code']}", None, row["id"]) for row in dicts(own)]
    return sorted(found, key=lambda one: one.key)


def devices(client_id: int, scope: Scope, *more: Any, retired_since: datetime | None = None) -> Any:
    """The devices in use of a scope; `more` are further conditions."""
    where = (Device.client == client_id) & _in_use(Device, retired_since)
    if scope.categories:
        where &= Device.category << scope.categories
    if scope.key_only:
        where &= Device.key_device == True  # noqa: E712 - SQL
    if not scope.everywhere:
        where &= Device.room << Room.select(Room.id).where(_in_places(scope))
    for condition in more:
        where &= condition
    return Device.select().where(where)


def _in_use(model: Any, retired_since: datetime | None) -> Any:
    if retired_since is None:
        return model.retired_at.is_null()
    return model.retired_at > clock.to_text(retired_since)


def _in_places(scope: Scope) -> Any:
    buildings = Building.select(Building.id).where(Building.site << scope.sites)
    return (
        (Room.id << scope.rooms)
        | (Room.building << scope.buildings)
        | (Room.building << buildings)
    )  # fmt: skip


def matching(client_id: int, scope: Scope, device_ids: Iterable[int]) -> list[int]:
    """Those of the devices, all of the client and in use, that a scope covers."""
    wanted = list(device_ids)
    if replace(scope, rooms_too=False) == Scope():
        return wanted
    parts = (wanted[start : start + READ] for start in range(0, len(wanted), READ))
    return [
        row["id"]
        for part in parts
        for row in dicts(devices(client_id, scope, Device.id << part).select(Device.id))
    ]
