"""The names of what a count has found: units with where the books have them, and models."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, fn

from roundtag import clock
from roundtag.models import (
    Device,
    DeviceModel,
    RepairOrder,
    StockMovement,
    Store,
    Unit,
    dicts,
)
from roundtag.storecounts.facts import Finding

CHUNK = 5000


@dataclass(frozen=True)
class Named:
    """A unit: `where` names its place in the books, `link` is its page."""

    id: int
    serial: str
    model_id: int
    shelf: str
    place: str
    where: str
    link: str
    moved_at: str


@dataclass(frozen=True)
class Names:
    units: dict[int, Named]
    models: dict[int, str]


def of(findings: Iterable[Finding]) -> Names:
    """Where a unit that is in its place was last moved is not asked for."""
    listed = list(findings)
    keys = [one.unit_id for one in listed if one.unit_id]
    odd = [one.unit_id for one in listed if one.unit_id and one.outcome not in ("found", "shelf")]
    moved = _moved(odd)
    units = {row["id"]: _named(row, moved) for row in _units(keys)}
    models = {one.model_id for one in listed if one.model_id} | {
        unit.model_id for unit in units.values()
    }
    return Names(units, _models(models))


def _units(keys: list[int]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for part in _parts(keys):
        query = (
            Unit.select(Unit.id, Unit.serial, Unit.model, Unit.shelf, Unit.place,
                        Store.name.alias("store_name"), Device.id.alias("device_id"),
                        Device.name.alias("device_name"), Device.code.alias("device_code"))
            .left_outer_join(Store).switch(Unit).left_outer_join(Device)
            .where(Unit.id << part)
        )  # fmt: skip
        found += dicts(query)
    return found


def _parts(keys: list[int]) -> Iterable[list[int]]:
    return (keys[start : start + CHUNK] for start in range(0, max(len(keys), 1), CHUNK))


def _moved(keys: list[int]) -> dict[int, dict[str, Any]]:
    """The last movement of each unit, with the repair order that it went to."""
    found: dict[int, dict[str, Any]] = {}
    for part in _parts(keys):
        last = (
            StockMovement.select(fn.MAX(StockMovement.id))
            .where(StockMovement.unit << part)
            .group_by(StockMovement.unit)
        )
        to_repair = (StockMovement.to_place == "repair") & (RepairOrder.id == StockMovement.to_key)
        query = (
            StockMovement.select(StockMovement.unit, StockMovement.at, RepairOrder.number)
            .join(RepairOrder, JOIN.LEFT_OUTER, on=to_repair)
            .where(StockMovement.id << last)
        )
        found |= {row["unit"]: row for row in dicts(query)}
    return found


def _named(row: dict[str, Any], moved: dict[int, dict[str, Any]]) -> Named:
    last = moved.get(row["id"], {})
    where = row["store_name"] or ""
    link = f"/units/{row['id']}"
    if row["device_id"]:
        where, link = f"{row['device_name']} {row['device_code']}", f"/devices/{row['device_id']}"
    elif row["place"] == "repair":
        where = last.get("number") or ""
    at = last.get("at")
    return Named(row["id"], row["serial"], row["model"], row["shelf"], row["place"], where, link,
                 clock.to_text(at) if at else "")  # fmt: skip


def _models(keys: set[int]) -> dict[int, str]:
    query = DeviceModel.select(DeviceModel.id, DeviceModel.maker, DeviceModel.name)
    rows = dicts(query.where(DeviceModel.id << sorted(keys)))
    return {row["id"]: f"{row['maker']} {row['name']}" for row in rows}
