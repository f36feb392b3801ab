"""Uses that slips tell of, and stock by the levels of the ledger.

A part that is filed on a slip and told by a counter of the same kind at the same device within
three days is one use: the counter's word stands, and each one takes the nearest slip only.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from roundtag.consumables.uses import Use, kind_of, unit_kind
from roundtag.models import Device, DeviceModel, StockLevel, StockMovement, StockSlip, Store, dicts

NEAR = timedelta(days=3)
PARTS = "parts:"


def of_slips(client_id: int, since: datetime, until: datetime) -> list[Use]:
    """Counted parts that were used at the client's devices, but for what was undone; one query."""
    undoing = StockSlip.alias()
    undone = undoing.select(undoing.reverses).where(undoing.reverses.is_null(False))
    rows = dicts(
        StockMovement.select(
            StockMovement.quantity, DeviceModel.consumable, DeviceModel.category,
            DeviceModel.maker, DeviceModel.name.alias("part"), StockSlip.number, StockSlip.note,
            StockSlip.at, StockSlip.device, Device.name, Device.room,
        )
        .join(StockSlip).join(Device).switch(StockMovement).join(DeviceModel)
        .where((StockSlip.client == client_id) & (StockSlip.kind == "use"))
        .where((StockSlip.at >= since) & (StockSlip.at < until) & StockSlip.id.not_in(undone))
        .order_by(StockSlip.at, StockMovement.id)
    )  # fmt: skip
    return [_use(row) for row in rows]


def _use(row: dict[str, Any]) -> Use:
    kind = row["consumable"] or f"{PARTS}{row['category']}"
    part = f"{row['maker']} {row['part']}".strip()
    return Use(kind, row["quantity"], row["device"], row["name"], row["room"], row["at"],
               row["number"], part, row["note"])  # fmt: skip


def merged(counted: Iterable[Use], filed: Iterable[Use]) -> list[Use]:
    """Both, each use once."""
    left = list(filed)
    found = []
    for use in counted:
        near = [one for one in left if _same(one, use)]
        if near:
            twin = min(near, key=lambda one: abs(one.at - use.at))
            left.remove(twin)
            use = replace(use, note=" · ".join(t for t in (use.note, twin.before) if t))
        found.append(use)
    return [*found, *left]


def _same(filed: Use, counted: Use) -> bool:
    alike = (filed.kind, filed.device_id) == (counted.kind, counted.device_id)
    return alike and abs(filed.at - counted.at) <= NEAR


def stocks(client_id: int, codes: Iterable[str]) -> dict[str, int | None]:
    """How many pieces of each kind lie in the provider's stores and the client's own; None where
    the catalogue knows no such model. One query."""
    wanted = list(codes)
    open_to = Store.client.is_null() | (Store.client == client_id)
    here = StockLevel.store.in_(Store.select(Store.id).where(open_to))
    rows = dicts(
        DeviceModel.select(
            DeviceModel.name, DeviceModel.category, DeviceModel.consumable, DeviceModel.tracking,
            fn.COALESCE(fn.SUM(StockLevel.quantity), 0).alias("stored"),
        )
        .left_outer_join(StockLevel, on=(StockLevel.model == DeviceModel.id) & here)
        .group_by(DeviceModel.id, DeviceModel.name, DeviceModel.category, DeviceModel.consumable,
                  DeviceModel.tracking)
    )  # fmt: skip
    return {code: _stock(code, rows) for code in wanted}


def _stock(code: str, rows: list[dict[str, Any]]) -> int | None:
    fitting = [row for row in rows if _fits(code, row)]
    return sum(int(row["stored"]) for row in fitting) if fitting else None


def _fits(code: str, row: dict[str, Any]) -> bool:
    """By its kind in the catalogue; a model that has none, by the words in its name."""
    if code.startswith(PARTS):
        counted = row["tracking"] == "count" and not row["consumable"]
        return counted and row["category"] == code.removeprefix(PARTS)
    if row["consumable"]:
        return bool(row["consumable"] == code)
    kind = kind_of(code)
    if kind.stock:
        return any(word in row["name"].lower() for word in kind.stock)
    return row["tracking"] != "count" and unit_kind(row["category"]) == code
