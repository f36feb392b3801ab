"""Stores spares of a plan: stores and the units in them."""

from typing import Any

from roundtag import movements
from roundtag.commands import Deed
from roundtag.models import Store, Unit
from roundtag.register import units
from roundtag.register.plan import Step


def store(deed: Deed, client_id: int, step: Step) -> None:
    """Stores are the provider's: `client_id` plays no part."""
    if step.fate == "create":
        place = _store(deed, step.values["store"])
        units.receive(deed, step.values, "store", place.id, "received", store=place.id,
                      shelf=step.values["shelf"])  # fmt: skip
    elif step.fate == "update":
        _update(deed, step)


def _update(deed: Deed, step: Step) -> None:
    unit = Unit.get_by_id(step.id)
    units.correct(deed, unit, step.values, step.changes)
    columns: dict[str, Any] = {}
    if "shelf" in step.changes:
        columns["shelf"] = step.values["shelf"]
    if "store" in step.changes:
        columns["store"] = _store(deed, step.values["store"]).id
        movements.record(
            deed, unit, ("store", unit.store_id), ("store", columns["store"]), "transfer"
        )
    if columns:
        deed.change(unit, **columns)


def _store(deed: Deed, name: str) -> Store:
    """A store goes by its name; a file may as well give its code."""
    known = Store.get_or_none((Store.code == name) | (Store.name == name))
    return known or deed.create(Store, code=name, name=name)
