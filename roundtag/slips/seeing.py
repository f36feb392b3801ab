"""Who sees which slip: whoever sees one of its stores, and nobody of another client."""

from typing import Any

from peewee import JOIN

from roundtag.access import STAFF, Actor
from roundtag.errors import NotFound
from roundtag.models import Client, Device, Fault, Person, StockSlip, Store

Other = Store.alias("other")


def visible_slips(actor: Actor, *columns: Any) -> Any:
    """A query of slips joined with Store and `Other`, narrowed to what the actor may read."""
    query = (
        StockSlip.select(*(columns or (StockSlip, Store, Other, Person, Device)))
        .join(Store, on=(StockSlip.store == Store.id)).switch(StockSlip)
        .join(Other, JOIN.LEFT_OUTER, on=(StockSlip.other_store == Other.id), attr="second")
        .switch(StockSlip).join(Person, JOIN.LEFT_OUTER, on=(StockSlip.person == Person.id))
        .switch(StockSlip).join(Device, JOIN.LEFT_OUTER, on=(StockSlip.device == Device.id))
    )  # fmt: skip
    seen = _seen(actor)
    return query if seen is None else query.where(seen)


def _seen(actor: Actor) -> Any:
    if actor.client_ids is None:
        return None
    mine = sorted(actor.client_ids)
    store, other = Store.client.in_(mine), Other.client.in_(mine)
    if actor.roles & STAFF:
        store |= Store.client.is_null()
        other |= Other.id.is_null(False) & Other.client.is_null()
    ours = StockSlip.client.is_null() | StockSlip.client.in_(mine) | Other.client.in_(mine)
    if actor.person_id is None:
        return (store | other) & ours
    carried = (Store.person == actor.person_id) | (Other.person == actor.person_id)
    return ((store | other) & ours) | carried | (StockSlip.person == actor.person_id)


def one(slip_id: int, actor: Actor) -> StockSlip:
    """Raises NotFound for a slip that does not exist or is out of view."""
    query = visible_slips(actor, StockSlip, Store, Other, Person, Device, Client, Fault)
    query = (
        query.switch(StockSlip).join(Client, JOIN.LEFT_OUTER, on=(StockSlip.client == Client.id))
        .switch(StockSlip).join(Fault, JOIN.LEFT_OUTER, on=(StockSlip.fault == Fault.id))
    )  # fmt: skip
    found = query.where(StockSlip.id == slip_id).first()
    if found is None:
        raise NotFound
    return found


def store_name(store: Store | None, actor: Actor) -> str:
    """A store of another client's has no name here."""
    if store is None:
        return ""
    ids = actor.client_ids
    if ids is None or store.client_id in ids:
        return str(store.name)
    return str(store.name) if store.client_id is None and actor.roles & STAFF else "—"
