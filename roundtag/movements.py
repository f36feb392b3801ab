"""The stock ledger: every movement of a unit has a from and a to."""

from roundtag.commands import Deed
from roundtag.models import StockMovement, Unit

Spot = tuple[str, int | None]
"""Kind of place (supplier, store, device, repair, scrap) and its key, if it has one."""


def record(deed: Deed, unit: Unit, source: Spot, target: Spot, reason: str) -> None:
    deed.create(
        StockMovement,
        unit=unit.id,
        from_place=source[0],
        from_key=source[1],
        to_place=target[0],
        to_key=target[1],
        reason=reason,
        person=deed.person_id,
        at=deed.received_at,
    )
