"""A part's page: what it is, what may stand in for it, and where it lies."""

from dataclasses import dataclass

from roundtag.access import Actor, visible
from roundtag.models import Device, DeviceModel, Store, Unit
from roundtag.stock.catalogue import Named, stands_in_for, substitutes_of
from roundtag.storekeeping import catalogue
from roundtag.storekeeping.holdings import stores_in_use
from roundtag.storekeeping.pairs import Place, places_of
from roundtag.storekeeping.store_pages import may_rule

MOST = 300


@dataclass(frozen=True)
class PartPage:
    """`candidates`: (key, words) of what may be named as a substitute. `others`: the stores that
    hold none, for whoever sets what they should."""

    part: DeviceModel
    substitutes: list[Named]
    stands_for: list[Named]
    places: list[Place]
    in_use: int
    candidates: list[tuple[int, str]]
    others: list[Store]
    may_edit: bool


def page(part_id: int, actor: Actor) -> PartPage:
    """Raises NotFound."""
    part = catalogue.part(part_id)
    named, may = substitutes_of(part.id), actor.may("save_part")
    places = places_of(part.id, actor)
    here = {place.store_id for place in places}
    return PartPage(
        part, named, stands_in_for(part.id), places, _in_use(part.id, actor),
        _candidates(part, {one.part_id for one in named}) if may else [],
        [s for s in stores_in_use(actor) if s.id not in here and may_rule(s, actor)], may,
    )  # fmt: skip


def _in_use(part_id: int, actor: Actor) -> int:
    """In how many devices in view there is one."""
    query = Unit.select(Unit.id).join(Device).where(Unit.model == part_id)
    return int(visible(actor, query, Device.client).count())


def _candidates(part: DeviceModel, named: set[int]) -> list[tuple[int, str]]:
    query = DeviceModel.select().where(
        (DeviceModel.category == part.category)
        & (DeviceModel.tracking == part.tracking)
        & (DeviceModel.grade >= part.grade)
        & DeviceModel.id.not_in([part.id, *named])
    )
    return [(row.id, f"{row.maker} {row.name}")
            for row in query.order_by(DeviceModel.maker, DeviceModel.name).limit(MOST)]  # fmt: skip
