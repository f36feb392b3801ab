"""Which stores somebody sees: those of their clients, and for staff the provider's own as well."""

from typing import Any

from roundtag.access import STAFF, Actor
from roundtag.errors import NotFound
from roundtag.models import Store


def in_view(actor: Actor, query: Any) -> Any:
    """Narrows a query that selects from or joins Store."""
    if actor.client_ids is None:
        return query
    seen = Store.client.in_(sorted(actor.client_ids))
    if actor.roles & STAFF:
        seen |= Store.client.is_null()
    return query.where(seen)


def store_in_view(store_id: int | None, actor: Actor) -> Store:
    """Raises NotFound for a store that does not exist or is out of view."""
    found = in_view(actor, Store.select().where(Store.id == (store_id or 0))).first()
    if found is None:
        raise NotFound
    return found
