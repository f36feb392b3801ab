"""Who hears of an order: the store, those who answer for the service, and the client's people."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from roundtag import notify, people
from roundtag.models import RepairOrder

STORE = ("storekeeper",)
HEADS = ("storekeeper", "supervisor", "manager")
CLIENT = ("client",)


def tell(order: RepairOrder, kind: str, roles: Iterable[str], key: str, now: datetime, *,
         also: Iterable[int | None] = (), but: int | None = None, url: str = "",
         **data: Any) -> None:  # fmt: skip
    """One notice to each person of those roles at the order's client, `key` once."""
    told = {p.id for role in roles for p in people.holding(role, order.client_id, now)}
    for person in sorted((told | {one for one in also if one}) - {but}):
        notify.tell(person, kind, key, now, channels=notify.CHANNELS,
                    url=url or f"/repairs/{order.id}", number=order.number, **data)  # fmt: skip
