"""Movements as people read them: from where to where, each place only to who may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roundtag import people
from roundtag.access import Actor, visible
from roundtag.models import (
    Client,
    Device,
    DeviceModel,
    RepairOrder,
    Room,
    StockMovement,
    StockSlip,
    Store,
    Unit,
    dicts,
)
from roundtag.stock import in_view
from roundtag.stock.places import CLIENT, DEVICE, REPAIR, STORE, USED
from roundtag.words import N_

REASONS = {
    "received": N_("Came in"),
    "registered": N_("Registered with its device"),
    "installed": N_("Put into its place"),
    "transfer": N_("Moved between stores"),
    "receive": N_("Delivered"),
    "draw": N_("Drawn into a bag"),
    "return": N_("Returned from a bag"),
    "use": N_("Used up"),
    "adjust": N_("Adjusted"),
    "scrap": N_("Scrapped"),
    "hand_over": N_("Handed over to the client"),
    "from_client": N_("Taken from the client"),
    "reverse": N_("Slip undone"),
    "count": N_("Corrected by a count"),
    "repair": N_("Sent to be repaired"),
    "repaired": N_("Back from repair"),
    "replaced": N_("The maker sent another one"),
    "purchase": N_("Bought instead of a repair"),
    "cancelled": N_("Repair given up"),
    "client": N_("Given back to the client"),
    "opening": N_("Opening balance"),
    "retired": N_("Device retired"),
    "reinstated": N_("Device in use again"),
    "swap_back": N_("Swap taken back"),
    "back": N_("Own unit back in its place"),
    "faulty": N_("Faulty"),
    "wear": N_("Worn out"),
    "upgrade": N_("Upgrade"),
    "loan": N_("Loaner"),
    "other": N_("Other"),
}
"""Words for every reason that is written; tests/roundtag/test_movement_words.py finds others."""


@dataclass(frozen=True)
class End:
    """One end of a movement. `name` is empty for kinds of place without one, and for what the
    reader may not see (`hidden`)."""

    place: str
    name: str = ""
    url: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Movement:
    id: int
    at: datetime
    source: End
    target: End
    reason: str
    person: str | None
    unit_id: int | None
    serial: str
    part_id: int | None
    part: str
    quantity: int
    slip_id: int | None
    slip: str


def lines(where: Any, actor: Actor, limit: int) -> list[Movement]:
    """The last movements that fulfil a condition, the newest first; at most eight queries."""
    query = (
        StockMovement.select(
            StockMovement, Unit.serial, Unit.model.alias("unit_model"),
            StockSlip.number.alias("slip_number"),
        )
        .left_outer_join(Unit).switch(StockMovement)
        .left_outer_join(StockSlip).where(where)
        .order_by(StockMovement.id.desc()).limit(limit)
    )  # fmt: skip
    return _told(dicts(query), actor)


def of_store(store_id: int, actor: Actor, limit: int = 20) -> list[Movement]:
    """What came into a store and what left it; each way is read by its own index."""
    into = (StockMovement.to_place == STORE) & (StockMovement.to_key == store_id)
    out = (StockMovement.from_place == STORE) & (StockMovement.from_key == store_id)
    found = {one.id: one for where in (into, out) for one in lines(where, actor, limit)}
    return [found[key] for key in sorted(found, reverse=True)][:limit]


def _told(rows: list[dict[str, Any]], actor: Actor) -> list[Movement]:
    ends = Ends(rows, actor)
    parts = _parts({row["model"] or row["unit_model"] for row in rows})
    names = people.names({row["person"] for row in rows if row["person"]})
    return [_line(row, ends, parts, names) for row in rows]


def _parts(ids: set[int]) -> dict[int, str]:
    query = DeviceModel.select().where(DeviceModel.id.in_(sorted(ids)))
    return {row.id: f"{row.maker} {row.name}" for row in query} if ids else {}


def _line(row: dict[str, Any], ends: "Ends", parts: dict[int, str],
          names: dict[int, str]) -> Movement:  # fmt: skip
    source = ends.of(row["from_place"], row["from_key"])
    target = ends.of(row["to_place"], row["to_key"])
    unseen = (source.hidden or target.hidden) and not (source.url or target.url)
    part = row["model"] or row["unit_model"]
    return Movement(
        row["id"], row["at"], source, target, row["reason"],
        None if unseen else names.get(row["person"]), row["unit"], row["serial"] or "", part,
        parts.get(part, ""), row["quantity"], None if unseen else row["slip"],
        "" if unseen else row["slip_number"] or "",
    )  # fmt: skip


class Ends:
    """The names of places, read once per kind: those that the reader may see."""

    def __init__(self, rows: Iterable[dict[str, Any]], actor: Actor) -> None:
        keys: dict[str, set[int]] = {}
        for row in rows:
            for way in ("from", "to"):
                place = DEVICE if row[f"{way}_place"] == USED else row[f"{way}_place"]
                if row[f"{way}_key"]:
                    keys.setdefault(place, set()).add(row[f"{way}_key"])
        self.known = {place: READERS[place](ids, actor) for place, ids in keys.items()
                      if place in READERS}  # fmt: skip

    def of(self, place: str, key: int | None) -> End:
        kind = DEVICE if place == USED else place
        if key is None or kind not in READERS:
            return End(place)
        found = self.known.get(kind, {}).get(key)
        return End(place, *found) if found else End(place, hidden=True)


Names = dict[int, tuple[str, str]]


def _stores(ids: set[int], actor: Actor) -> Names:
    query = in_view(actor, Store.select().where(Store.id.in_(ids)))
    return {row.id: (row.name, f"/stock/stores/{row.id}") for row in query}


def _devices(ids: set[int], actor: Actor) -> Names:
    query = Device.select(Device, Room).join(Room).where(Device.id.in_(ids))
    return {row.id: (f"{row.room.name} · {row.name}", f"/devices/{row.id}")
            for row in visible(actor, query, Device.client)}  # fmt: skip


def _repairs(ids: set[int], actor: Actor) -> Names:
    query = visible(actor, RepairOrder.select().where(RepairOrder.id.in_(ids)), RepairOrder.client)
    return {row.id: (row.number, f"/repairs/{row.id}") for row in query}


def _clients(ids: set[int], actor: Actor) -> Names:
    query = visible(actor, Client.select().where(Client.id.in_(ids)), Client.id)
    return {row.id: (row.name, "") for row in query}


READERS = {STORE: _stores, DEVICE: _devices, REPAIR: _repairs, CLIENT: _clients}
