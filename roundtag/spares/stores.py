"""The stores that a unit which comes out of a device may go to."""

from typing import Any

from roundtag.errors import invalid
from roundtag.models import Device, Store
from roundtag.spares.forms import BAG
from roundtag.words import N_

BAGLESS = N_("You have no bag in the books. Choose a store.")
CLOSED = N_("This store is closed or not for this client. Choose another one.")


def serving(client_id: int, person_id: int | None) -> Any:
    """Open stores of the client and of the provider; of bags only the person's own."""
    theirs = Store.client.is_null() | (Store.client == client_id)
    own = (Store.kind != BAG) | (Store.person == (person_id or 0))
    return Store.select().where(theirs & own & Store.retired_at.is_null())


def chosen(word: str, device: Device, person_id: int | None, default: int | None) -> int | None:
    """The key of the store that a form names; `default` when it names none. Raises Invalid."""
    if not word:
        return default
    known = serving(device.client_id, person_id)
    if word == BAG:
        row = known.where(Store.kind == BAG).order_by(Store.id).first()
    else:
        row = known.where(Store.id == int(word)).first()
    if row is None:
        raise invalid("old_unit_store", "unknown", BAGLESS if word == BAG else CLOSED)
    return int(row.id)
