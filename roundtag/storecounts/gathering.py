"""What the books and the lists say of a store, as the judging needs it; a fixed number of queries.

A count of the phone's clock is believed between the opening and the moment its list came in.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from roundtag.models import (
    DeviceModel,
    StockLevel,
    StockMovement,
    StoreCount,
    StoreCountLine,
    StoreCountList,
    Unit,
    dicts,
)
from roundtag.storecounts.facts import Booked, Facts, Filed, Held, Pieces, Seen
from roundtag.storecounts.spelling import serial_key


def facts(count: StoreCount) -> Facts:
    lists = _lists(count)
    lines = _lines(count)
    moves = _moves(count)
    units = _units(count)
    came, left = _last_moves(count, moves)
    books = [
        Booked(one["id"], serial_key(one["serial"]), one["place"],
               one["store"] == count.store_id, one["shelf"], came.get(one["id"]),
               left.get(one["id"]))
        for one in units
    ]  # fmt: skip
    return Facts(books, _held(count, moves), list(lists.values()), _seen(lines, lists, books),
                 [Pieces(lists[row["list"]], row["model"], row["quantity"])
                  for row in lines if row["model"]])  # fmt: skip


def _lists(count: StoreCount) -> dict[int, Filed]:
    columns = (StoreCountList.id, StoreCountList.shelf, StoreCountList.claimed_at,
               StoreCountList.received_at, StoreCountList.submission,
               StoreCountList.person)  # fmt: skip
    query = StoreCountList.select(*columns).where(
        (StoreCountList.count == count.id) & ~StoreCountList.late
    )
    return {
        row["id"]: Filed(row["id"], row["shelf"], counted_at(count, row), row["submission"],
                         row["person"])
        for row in dicts(query)
    }  # fmt: skip


def counted_at(count: StoreCount, row: dict[str, Any]) -> datetime:
    """When the things of a list were counted: a phone without network files it later."""
    claimed, received = row["claimed_at"], row["received_at"]
    at: datetime = min(claimed or received, received)
    return max(at, count.opened_at)


def _lines(count: StoreCount) -> list[dict[str, Any]]:
    columns = (StoreCountLine.list, StoreCountLine.serial, StoreCountLine.unit,
               StoreCountLine.model, StoreCountLine.quantity)  # fmt: skip
    query = StoreCountLine.select(*columns).join(StoreCountList)
    return dicts(query.where((StoreCountLine.count == count.id) & ~StoreCountList.late))


def _seen(lines: list[dict[str, Any]], lists: dict[int, Filed], books: list[Booked]) -> list[Seen]:
    """A unit that was booked only after it had been counted is known by now."""
    here: dict[str, list[int]] = defaultdict(list)
    for one in books:
        if one.here:
            here[one.serial].append(one.id)
    found = []
    for row in lines:
        if row["model"]:
            continue
        unit = row["unit"]
        if unit is None and len(here[row["serial"]]) == 1:
            unit = here[row["serial"]][0]
        found.append(Seen(lists[row["list"]], row["serial"], unit))
    return found


def _units(count: StoreCount) -> list[dict[str, Any]]:
    """Units that the books have in the store, and those that lists name."""
    columns = Unit.id, Unit.serial, Unit.place, Unit.store, Unit.shelf
    named = (
        StoreCountLine.select(StoreCountLine.unit)
        .join(StoreCountList)
        .where((StoreCountLine.count == count.id) & ~StoreCountList.late)
        .where(StoreCountLine.unit.is_null(False))
    )
    here = dicts(Unit.select(*columns).where(Unit.store == count.store_id))
    read = dicts(Unit.select(*columns).where(Unit.id.in_(named)))
    return list({row["id"]: row for row in (*here, *read)}.values())


def _moves(count: StoreCount) -> list[dict[str, Any]]:
    """Movements into and out of the store since the count was opened."""
    store = count.store_id
    ways = ((StockMovement.from_place == "store") & (StockMovement.from_key == store)) | (
        (StockMovement.to_place == "store") & (StockMovement.to_key == store)
    )
    columns = (StockMovement.unit, StockMovement.model, StockMovement.quantity, StockMovement.at,
               StockMovement.from_place, StockMovement.from_key, StockMovement.to_place,
               StockMovement.to_key)  # fmt: skip
    query = StockMovement.select(*columns).where(ways & (StockMovement.at >= count.opened_at))
    return dicts(query.order_by(StockMovement.id))


def _is(row: dict[str, Any], way: str, store: int) -> bool:
    return row[f"{way}_place"] == "store" and row[f"{way}_key"] == store


def _last_moves(
    count: StoreCount, moves: list[dict[str, Any]]
) -> tuple[dict[int, datetime], dict[int, datetime]]:
    came, left = (
        {row["unit"]: row["at"] for row in moves
         if row["unit"] and _is(row, way, count.store_id)}
        for way in ("to", "from")
    )  # fmt: skip
    return came, left


def _held(count: StoreCount, moves: list[dict[str, Any]]) -> list[Held]:
    """Counted models of the store; one that is held no more has moved since."""
    query = (
        StockLevel.select(StockLevel.model, StockLevel.quantity)
        .join(DeviceModel, on=(DeviceModel.id == StockLevel.model))
        .where((StockLevel.store == count.store_id) & (DeviceModel.tracking == "count"))
    )
    changes: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for row in moves:
        if row["model"]:
            sign = _is(row, "to", count.store_id) - _is(row, "from", count.store_id)
            changes[row["model"]].append((row["at"], sign * row["quantity"]))
    return [Held(row["model"], row["quantity"], tuple(changes.get(row["model"], ())))
            for row in dicts(query)]  # fmt: skip
