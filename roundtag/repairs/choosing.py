"""What the forms of repairs offer: units, stores, clients, models."""

from dataclasses import dataclass

from roundtag import stock
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.models import Client, Device, DeviceModel, RepairOrder, Store, Unit, tuples
from roundtag.storekeeping.stores import carries


def stores_for(actor: Actor, client_id: int) -> list[tuple[int, str]]:
    """Stores into which the reader may put what comes back for a client."""
    query = Store.select().where(
        Store.retired_at.is_null() & (Store.client.is_null() | (Store.client == client_id))
    )
    rows = stock.in_view(actor, query.order_by(Store.client.is_null(), Store.name))
    return [(row.id, row.name) for row in rows if _may_use(actor, row)]


def _may_use(actor: Actor, store: Store) -> bool:
    return carries(store, actor.person_id) or actor.may("receive_repair", store.client_id)


@dataclass(frozen=True)
class Candidate:
    """A unit for which an order may be opened."""

    id: int
    serial: str
    model: str
    place: str
    where: str


def candidates(actor: Actor, text: str) -> list[Candidate]:
    """Units in stores in view, or out for repair without an order, by a part of the serial."""
    open_ones = RepairOrder.select(RepairOrder.unit).where(
        RepairOrder.ended_at.is_null() & RepairOrder.unit.is_null(False)
    )
    query = (
        Unit.select(Unit, DeviceModel, Store).join(DeviceModel).switch(Unit).left_outer_join(Store)
        .where(Unit.place.in_((stock.STORE, stock.REPAIR)) & Unit.id.not_in(open_ones))
        .where(Unit.serial.contains(text) if text else Unit.place == stock.REPAIR)
        .order_by(Unit.serial)
    )  # fmt: skip
    if actor.client_ids is not None:
        seen = Store.client.in_(sorted(actor.client_ids))
        query = query.where(seen | (Store.client.is_null() & (Unit.place == stock.STORE)))
    return [Candidate(u.id, u.serial, f"{u.model.maker} {u.model.name}", u.place,
                      u.store.name if u.store else "")
            for u in query.limit(20)]  # fmt: skip


def candidate(actor: Actor, unit_id: int) -> Candidate:
    """Raises NotFound."""
    unit = Unit.get_or_none(Unit.id == unit_id)
    found = next((c for c in candidates(actor, unit.serial) if c.id == unit_id), None) if unit \
        else None  # fmt: skip
    if found is None:
        raise NotFound
    return found


def clients_for(actor: Actor) -> list[tuple[int, str]]:
    allowed = actor.clients_for("open_repair")
    query = Client.select(Client.id, Client.name).order_by(Client.name)
    if allowed is not None:
        query = query.where(Client.id.in_(sorted(allowed)))
    return [(key, name) for key, name in tuples(query)]


def models_to_buy() -> list[tuple[int, str]]:
    query = DeviceModel.select(DeviceModel.id, DeviceModel.maker, DeviceModel.name)
    query = query.where(
        (DeviceModel.tracking == "serial") & DeviceModel.discontinued_on.is_null()
    ).order_by(DeviceModel.maker, DeviceModel.name)
    return [(key, f"{maker} {name}") for key, maker, name in tuples(query)]


def device_seen(device_id: int, actor: Actor) -> Device:
    """Raises NotFound."""
    query = Device.select().where(Device.id == device_id)
    found = visible(actor, query, Device.client).first()
    if found is None:
        raise NotFound
    return found
