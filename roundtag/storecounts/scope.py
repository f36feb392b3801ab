"""Which counts somebody sees, and at which stores they may do what."""

from roundtag import stock
from roundtag.access import Actor
from roundtag.commands import Deed
from roundtag.errors import NotFound
from roundtag.models import Store, StoreCount
from roundtag.storekeeping import stores


def in_view(count_id: int | None, actor: Actor) -> StoreCount:
    """Raises NotFound for the count of a store out of view as for none."""
    query = StoreCount.select(StoreCount, Store).join(Store)
    found = stock.in_view(actor, query.where(StoreCount.id == (count_id or 0))).first()
    if found is None:
        raise NotFound
    return found


def lock(count: StoreCount) -> StoreCount:
    """Makes listing, explaining and closing come in turn; returns the count as it is now."""
    StoreCount.update(id=StoreCount.id).where(StoreCount.id == count.id).execute()
    return StoreCount.get_by_id(count.id)


def may(actor: Actor, deed: str, store: Store, person_id: int | None = None) -> bool:
    """Whoever carries a bag counts it, whatever their scope; else the store's client decides."""
    own_bag = stores.carries(store, person_id or actor.person_id)
    return (own_bag and actor.able(deed)) or actor.may(deed, store.client_id)


def rights(count_id: int, actor: Actor) -> dict[str, bool]:
    """What this person may do at a count: `keeper` explains and closes it, `counter` adds lists;
    nobody does once it is closed."""
    count = in_view(count_id, actor)
    under_way = count.closed_at is None
    return {
        "keeper": under_way and may(actor, "close_store_count", count.store),
        "counter": under_way and may(actor, "count_store", count.store),
    }


def require(deed: Deed, store: Store) -> None:
    """Raises Forbidden."""
    if not may(deed.actor, deed.name, store, deed.person_id):
        deed.require(store.client_id)
