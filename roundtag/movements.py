"""The stock ledger: every movement of a unit has a from and a to."""

from collections.abc import Iterable

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


def record_all(deed: Deed, reason: str, moves: Iterable[tuple[int | None, Spot, Spot]]) -> None:
    """As `record`, for many: the key of each unit, where from and where to."""
    deed.create_many(StockMovement, (
        {"unit": unit, "from_place": source[0], "from_key": source[1], "to_place": target[0],
         "to_key": target[1], "reason": reason, "person": deed.person_id, "at": deed.received_at}
        for unit, source, target in moves
    ))  # fmt: skip
