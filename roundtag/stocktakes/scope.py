"""Which rooms and devices a stocktake is about."""

from typing import Any

from peewee import fn

from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.models import Building, Device, Lending, Room, StockMovement, Stocktake, Unit, dicts


def in_view(stocktake_id: int, actor: Actor) -> Stocktake:
    """Raises NotFound for another client's stocktake as for none."""
    query = Stocktake.select().where(Stocktake.id == stocktake_id)
    found = visible(actor, query, Stocktake.client).first()
    if found is None:
        raise NotFound
    return found


def room_of(room_id: int | None, stocktake: Stocktake) -> Room:
    """A room of the stocktake's client, in its scope or not. Raises NotFound."""
    same = (Room.id == (room_id or 0)) & (Room.client == stocktake.client_id)
    found = Room.get_or_none(same)
    if found is None:
        raise NotFound
    return found


def lock(stocktake: Stocktake) -> None:
    """Makes counting, explaining and closing come in turn."""
    Stocktake.update(id=Stocktake.id).where(Stocktake.id == stocktake.id).execute()


def rooms_of(stocktakes: Any, *columns: Any) -> Any:
    """Rooms in use of the stocktakes that a condition names, in walking order; a pair of each."""
    covers = (
        (Stocktake.scope == "client")
        | ((Stocktake.scope == "site") & (Building.site == Stocktake.place))
        | ((Stocktake.scope == "building") & (Room.building == Stocktake.place))
        | ((Stocktake.scope == "room") & (Room.id == Stocktake.place))
    )
    return (
        Room.select(*columns)
        .join(Building)
        .join(Stocktake, on=(Stocktake.client == Room.client))
        .where(covers & stocktakes & Room.retired_at.is_null())
        .order_by(Stocktake.id, Building.name, Room.floor, Room.code)
    )


def away(rooms: Any) -> set[int]:
    """Devices of these rooms that nobody expects to see: their unit was taken out and none put in,
    or they are lent."""
    taken = StockMovement.select(StockMovement.from_key).where(StockMovement.from_place == "device")
    held = Unit.select(fn.COUNT(Unit.id)).where(Unit.device == Device.id)
    lent = Lending.select(Lending.device).where(Lending.returned_at.is_null())
    query = Device.select(Device.id).where(
        (Device.room << rooms) & ((Device.id.in_(taken) & (held == 0)) | Device.id.in_(lent))
    )
    return {row["id"] for row in dicts(query)}
