"""What labels say: a tag's by what it is on, a spare unit's by its serial number."""

from collections.abc import Sequence
from dataclasses import dataclass

from roundtag.access import Actor, visible
from roundtag.models import DeviceModel, Store, Unit, dicts
from roundtag.tagging import TagLine
from tags import qr
from tags.sheet import SERIAL, Kind, Label


@dataclass(frozen=True)
class UnitLine:
    """A spare unit in a store, as lists and labels need it."""

    id: int
    serial: str
    model: str
    store: str
    shelf: str


def units(actor: Actor, wanted: Sequence[int] | None = None) -> list[UnitLine]:
    """Spare units in the stores of the actor's view, by store and shelf."""
    query = Unit.select(
        Unit.id, Unit.serial, Unit.shelf, DeviceModel.maker, DeviceModel.name.alias("model"),
        Store.name.alias("store"),
    ).join(DeviceModel).switch(Unit).join(Store).where(Unit.place == "store")  # fmt: skip
    if wanted is not None:
        query = query.where(Unit.id.in_(list(wanted)))
    rows = visible(actor, query, Store.client).order_by(Store.name, Unit.shelf, Unit.serial)
    return [UnitLine(row["id"], row["serial"], f"{row['maker']} {row['model']}", row["store"],
                     row["shelf"]) for row in dicts(rows)]  # fmt: skip


def of_tag(line: TagLine, base: str, design: str) -> Label:
    kind: Kind = KINDS.get(line.kind) or ("small" if design == "small" else "device")
    return Label(line.code, qr.address(base, line.code), line.name, line.subtitle, kind=kind)


KINDS: dict[str, Kind] = {"room": "room", "blank": "blank"}
"""Tags with a design of their own; a device's has several."""


def of_unit(unit: UnitLine) -> Label:
    """Its symbol holds the serial number as the swap form's scanner reads it."""
    where = " · ".join(part for part in (unit.store, unit.shelf) if part)
    return Label(unit.serial, SERIAL + unit.serial, unit.model, where, kind="spare")
