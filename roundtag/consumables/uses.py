"""Single uses of consumables: a lamp's hours that began anew, a counter of changes that rose, a
unit swapped because it was worn out.

A counter that falls without a reason was read before a newer value came in: it tells of no part.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from peewee import fn

from roundtag import data, fields
from roundtag.models import Answer, Device, Swap, dicts

FALLS, RISES = "falls", "rises"
BEFORE = timedelta(days=400)
"""How far back the value before a use is looked for: a year, and a round that came late."""
MOST = 1000
"""A counter of changes that rises by more was mistyped; it is left out."""
WORN = "wear"


@dataclass(frozen=True)
class Kind:
    """A consumable. `items`: counters that tell of its use; `stock`: words in the names of models
    that are kept of it in stores."""

    code: str
    zh: str
    en: str
    icon: str
    items: tuple[str, ...] = ()
    used_when: str = ""
    stock: tuple[str, ...] = ()


@cache
def kinds() -> tuple[Kind, ...]:
    text = files(data).joinpath("consumables.json").read_text("utf-8")
    return tuple(
        Kind(**{**one, "items": tuple(one["items"]), "stock": tuple(one["stock"])})
        for one in json.loads(text)
    )


@dataclass(frozen=True)
class Use:
    """So many pieces of a kind, used in a room at a moment (of receipt)."""

    kind: str
    count: int
    device_id: int
    device: str
    room_id: int
    at: datetime
    before: str
    now: str
    note: str | None


def of_counters(client_id: int, since: datetime, until: datetime) -> list[Use]:
    """What counters tell; one query. `until` is exclusive."""
    by_item = {item: kind for kind in kinds() for item in kind.items}
    found = []
    for row in _steps(client_id, list(by_item), since, until):
        kind = by_item[row["item"]]
        count = used(kind, row["before"], row["value"], row["note"])
        if count:
            found.append(_use(kind.code, count, row))
    return found


def used(kind: Kind, before: str | None, value: str | None, note: str | None) -> int:
    """How many pieces a step of a counter tells of."""
    old, new = fields.number(before or ""), fields.number(value or "")
    if old is None or new is None:
        return 0
    if kind.used_when == FALLS:
        return 1 if new < old and note else 0
    return int(new - old) if 0 < new - old <= MOST else 0


def _steps(client_id: int, items: list[str], since: datetime,
           until: datetime) -> list[dict[str, Any]]:  # fmt: skip
    """Values that differ from the one before them at the same device."""
    before = fn.LAG(Answer.value).over(
        partition_by=[Answer.device, Answer.item], order_by=[Answer.at, Answer.id]
    )
    devices = Device.select(Device.id).where(Device.client == client_id)
    steps = (
        Answer.select(Answer.id, before.alias("before"))
        .where(Answer.device.in_(devices) & Answer.item.in_(items) & Answer.value.is_null(False)
               & (Answer.at >= since - BEFORE) & (Answer.at < until))
    ).alias("steps")  # fmt: skip
    return dicts(
        Answer.select(
            Answer.item, Answer.value, Answer.note, Answer.at, Answer.room, Answer.device,
            Device.name.alias("name"), steps.c.before.alias("before"),
        )
        .join(steps, on=(steps.c.id == Answer.id)).switch(Answer).join(Device)
        .where((Answer.at >= since) & (steps.c.before != Answer.value))
        .order_by(Answer.at, Answer.id)
    )  # fmt: skip


def _use(kind: str, count: int, row: dict[str, Any]) -> Use:
    return Use(kind, count, row["device"], row["name"], row["room"], row["at"],
               row["before"] or "", row["value"] or "", row["note"])  # fmt: skip


def of_swaps(client_id: int, since: datetime, until: datetime) -> list[Use]:
    """Units swapped because they were worn out, by category; one query."""
    rows = dicts(
        Swap.select(
            Swap.device, Swap.received_at.alias("at"), Swap.note, Swap.old_serial, Swap.new_serial,
            Device.name.alias("name"), Device.category, Device.room,
        )
        .join(Device)
        .where((Swap.client == client_id) & (Swap.reason == WORN)
               & (Swap.received_at >= since) & (Swap.received_at < until)
               & Swap.undone_at.is_null())
        .order_by(Swap.received_at, Swap.id)
    )  # fmt: skip
    return [
        Use(unit_kind(row["category"]), 1, row["device"], row["name"], row["room"], row["at"],
            row["old_serial"] or "", row["new_serial"], row["note"])
        for row in rows
    ]  # fmt: skip


def unit_kind(category: str) -> str:
    return f"unit:{category}"


def kind_of(code: str) -> Kind:
    """The kind of a code: one of the file, or worn units or other parts of a
    category."""
    known = next((kind for kind in kinds() if kind.code == code), None)
    if known:
        return known
    sort, _, name = code.partition(":")
    category = data.category(name)
    if sort == "parts":
        return Kind(
            code, f"{category.name_zh}（配件）", f"{category.name_en} (parts)", category.code
        )
    return Kind(code, f"{category.name_zh}（磨损更换）", f"{category.name_en} (worn out)",
                category.code)  # fmt: skip
