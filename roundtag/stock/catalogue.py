"""What may stand in for what: read by whoever chooses a unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from roundtag.models import DeviceModel, Substitute


@dataclass(frozen=True)
class Named:
    """A part that may stand in for another one."""

    id: int
    part_id: int
    maker: str
    name: str
    grade: str
    note: str
    discontinued: bool
    price: str = ""
    currency: str = ""

    @property
    def full(self) -> str:
        return f"{self.maker} {self.name}"


def substitutes_of(part_id: int) -> list[Named]:
    """What may stand in for a part, what is still made first. One query."""
    return substitutes_of_all([part_id]).get(part_id, [])


def substitutes_of_all(part_ids: Iterable[int]) -> dict[int, list[Named]]:
    """The same for many parts; one query."""
    rows = named(Substitute.model.in_(sorted(set(part_ids))), Substitute.substitute)
    found: dict[int, list[Named]] = {}
    for row in rows:
        found.setdefault(row.model_id, []).append(_line(row, row.substitute))
    return found


def stands_in_for(part_id: int) -> list[Named]:
    """For what a part may stand in; one query."""
    rows = named(Substitute.substitute == part_id, Substitute.model)
    return [_line(row, row.model) for row in rows]


def named(where: Any, other: Any) -> Iterable[Substitute]:
    query = Substitute.select(Substitute, DeviceModel).join(
        DeviceModel, on=(other == DeviceModel.id)
    )
    return list(query.where(where & Substitute.removed_at.is_null()).order_by(
        DeviceModel.discontinued_on.is_null().desc(), Substitute.grade.desc(), DeviceModel.maker,
        DeviceModel.name))  # fmt: skip


def _line(row: Substitute, other: DeviceModel) -> Named:
    return Named(row.id, other.id, other.maker, other.name, row.grade, row.note,
                 other.discontinued_on is not None, other.price, other.currency)  # fmt: skip
