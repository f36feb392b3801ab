"""The first fault of each kind: category of the device and symptom, at the whole provider."""

from collections.abc import Iterable
from typing import Any

from peewee import fn

from roundtag.models import Device, Fault, FirstSeen, tuples
from roundtag.models.faults import ASIDE

NAMELESS = ("other", "checklist", "fake_tag")
"""Symptoms that say nothing of what is wrong: no two of them need be alike."""
OF_ROOMS = "room"
"""The category of a fault that is at no device."""


def _category() -> Any:
    return fn.COALESCE(Device.category, OF_ROOMS)


def _counted() -> Any:
    """Faults that are reports of their own and name what is wrong."""
    return Fault.state.not_in((*ASIDE, "duplicate")) & Fault.symptom.not_in(NAMELESS)


def note(fault_ids: Iterable[int]) -> None:
    """Remembers those of these faults that are the first of their kind; the earliest wins."""
    keys = sorted(set(fault_ids))
    if not keys:
        return
    known = FirstSeen.select(FirstSeen.fault).where(
        (FirstSeen.category == _category()) & (FirstSeen.symptom == Fault.symptom)
    )
    query = _faults().where(Fault.id.in_(keys) & _counted() & ~fn.EXISTS(known))
    _store(query.order_by(Fault.id))


def _faults() -> Any:
    columns = (_category(), Fault.symptom, Fault.id, Fault.client, Fault.reported_at)
    return Fault.select(*columns).left_outer_join(Device, on=(Device.id == Fault.device))


def _store(query: Any) -> None:
    names = ("category", "symptom", "fault", "client", "at")
    for row in tuples(query):
        FirstSeen.insert(**dict(zip(names, row, strict=True))).on_conflict_ignore().execute()


def rebuild() -> None:
    FirstSeen.delete().execute()
    first = (
        Fault.select(fn.MIN(Fault.id))
        .left_outer_join(Device, on=(Device.id == Fault.device))
        .where(_counted())
        .group_by(_category(), Fault.symptom)
    )
    _store(_faults().where(Fault.id.in_(first)))
