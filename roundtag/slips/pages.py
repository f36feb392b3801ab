"""What the pages of slips show: one slip, the form's choices, an engineer's bag."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roundtag import blobs, people, stock
from roundtag.access import STAFF, Actor
from roundtag.errors import NotFound
from roundtag.models import (
    Client,
    Device,
    DeviceModel,
    StockMovement,
    StockSlip,
    Unit,
)
from roundtag.slips import bags, parts, reversing
from roundtag.slips.seeing import one, store_name


@dataclass(frozen=True)
class SlipLine:
    """`serial` is empty for counted pieces."""

    model_id: int
    model: str
    unit_id: int | None
    serial: str
    quantity: int


@dataclass(frozen=True)
class SlipPage:
    """`undone_by` and `undoes`: key and number of the slip that undoes it, or that it undoes.
    `found`: whether an adjustment added something."""

    id: int
    number: str
    kind: str
    at: datetime
    store_id: int
    store: str
    other_id: int | None
    other: str
    carrier: str | None
    client: Client | None
    device: Device | None
    fault_id: int | None
    fault: str
    who: str | None
    signer: str | None
    drawn: bool
    note: str | None
    lines: list[SlipLine]
    found: bool
    undoes: tuple[int, str] | None
    undone_by: tuple[int, str] | None
    may_undo: bool

    @property
    def total(self) -> int:
        return sum(line.quantity for line in self.lines)


def page(slip_id: int, actor: Actor) -> SlipPage:
    """Raises NotFound for a slip out of view."""
    row = one(slip_id, actor)
    other = getattr(row, "second", None)
    other = other if other and other.id else None
    bag = next((s for s in (other, row.store) if s and s.kind == bags.BAG), None)
    names = people.names({key for key in (row.person_id, bag and bag.person_id) if key})
    undo = StockSlip.get_or_none(StockSlip.reverses == row.id)
    undoes = StockSlip.get_or_none(StockSlip.id == row.reverses_id) if row.reverses_id else None
    moves = _moves(row.id)
    return SlipPage(
        row.id, row.number, row.kind, row.at, row.store_id, store_name(row.store, actor),
        row.other_store_id, store_name(other, actor),
        names.get(bag.person_id) if bag and actor.roles & STAFF else None,
        row.client, row.device, row.fault_id, row.fault.number if row.fault else "",
        names.get(row.person_id), row.signer, row.signature is not None, row.note,
        [_line(move) for move in moves],
        row.kind == "adjust" and any(move.to_place == stock.STORE for move in moves),
        (undoes.id, undoes.number) if undoes else None,
        (undo.id, undo.number) if undo else None,
        undo is None and reversing.may(actor, row),
    )  # fmt: skip


def _moves(slip_id: int) -> list[StockMovement]:
    own, counted = DeviceModel.alias(), DeviceModel
    query = (
        StockMovement.select(StockMovement, Unit, own, counted)
        .left_outer_join(Unit).left_outer_join(own, on=(Unit.model == own.id), attr="model")
        .switch(StockMovement).left_outer_join(counted)
        .where(StockMovement.slip == slip_id)
        .order_by(StockMovement.id)
    )  # fmt: skip
    return list(query)


def _line(move: StockMovement) -> SlipLine:
    unit = move.unit
    model: Any = unit.model if unit else move.model
    serial = unit.serial if unit else ""
    return SlipLine(model.id, parts.title(model), move.unit_id, serial, move.quantity)


def signature_of(slip_id: int, actor: Actor) -> bytes:
    """A drawn signature as PNG, for those who see the slip. Raises NotFound."""
    row = one(slip_id, actor)
    if not row.signature or not blobs.has(row.signature):
        raise NotFound
    return blobs.path_of(row.signature).read_bytes()
