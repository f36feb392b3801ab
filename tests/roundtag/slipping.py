"""Stores, parts and slips for tests: made through the ledger of stock."""

from typing import Any

from roundtag import slips
from roundtag.access import Actor
from roundtag.commands import Receipt
from roundtag.models import DeviceModel, StockLevel, Store, Unit
from roundtag.slips import FileSlip
from tests.world import World, run


def part(name: str = "ELPLP97", consumable: str = "lamp", category: str = "projector") -> int:
    """A model that is only counted; its key."""
    row, _ = DeviceModel.get_or_create(category=category, maker="爱普生", name=name)
    DeviceModel.update(tracking="count", consumable=consumable).where(
        DeviceModel.id == row.id
    ).execute()
    return int(row.id)


def store(world: World) -> int:
    """The client's own store."""
    return int(Store.get(Store.code == f"K{world.code}").id)


def depot(code: str = "D1") -> int:
    """The provider's own."""
    return int(Store.create(code=code, name="总库").id)


def file(actor: Actor, kind: str, where: int, **more: Any) -> Receipt:
    if kind in ("draw", "return", "hand_over"):
        more.setdefault("signer", "李工")
    if kind in ("adjust", "scrap"):
        more.setdefault("note", "盘亏")
    return run(slips.file_slip, FileSlip(kind, where, **more), actor)


def stocked(world: World, pieces: int = 5, where: int | None = None) -> int:
    """A counted part with so many pieces in the client's store; its key."""
    key = part()
    answer = file(world.manager, "receive", where or store(world), pieces=((key, pieces),))
    assert answer.outcome == "done"
    return key


def level(where: int, model: int) -> int:
    row = StockLevel.get_or_none((StockLevel.store == where) & (StockLevel.model == model))
    return row.quantity if row else 0


def bag_of(actor: Actor) -> int:
    return int(Store.get((Store.kind == "bag") & (Store.person == actor.person_id)).id)


def unit(serial: str) -> Unit:
    return Unit.get(Unit.serial == serial)


def use_form(world: World, source: str, count: str = "1", device: int = 0,
             **more: str) -> dict[str, str]:  # fmt: skip
    return {"tag": world.tags[device], "source": source, "quantity": count, "fault": "",
            "note": "", **more}  # fmt: skip
