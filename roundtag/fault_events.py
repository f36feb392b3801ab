"""The lines of a fault's file: written one by one, read in the order of receipt."""

from collections.abc import Iterable
from typing import Any

from roundtag import claims
from roundtag.commands import Deed
from roundtag.models import Fault, FaultEvent, tuples
from roundtag.sla.events import Event

COLUMNS = (FaultEvent.fault, FaultEvent.kind, FaultEvent.at, FaultEvent.what,
           FaultEvent.claimed_at, FaultEvent.person, FaultEvent.id, FaultEvent.of)  # fmt: skip


def hold(fault_id: int) -> None:
    """Takes the fault's lock: whoever else writes of it waits until the deed is done."""
    Fault.update(id=Fault.id).where(Fault.id == fault_id).execute()


def add(deed: Deed, fault: Fault, kind: str, note: str | None = None, **more: Any) -> FaultEvent:
    """A line by the deed's own times; `more`: further columns. The phone's time is set right by
    its own error, which its sending has shown."""
    sent = deed.envelope
    claim = claims.claim(sent.claimed_at, sent.sent_at, deed.received_at)
    values = {"person": deed.person_id, "at": deed.received_at, "claimed_at": claim and claim.at}
    return deed.create(FaultEvent, client=fault.client_id, fault=fault, kind=kind, note=note,
                       **{**values, **more})  # fmt: skip


def told(fault_ids: Iterable[int]) -> dict[int, list[Event]]:
    """The events of faults as clocks and dues read them; one query."""
    query = FaultEvent.select(*COLUMNS).where(FaultEvent.fault << list(fault_ids))
    found: dict[int, list[Event]] = {}
    for fault, *event in tuples(query.order_by(FaultEvent.id)):
        found.setdefault(fault, []).append(Event(*event))
    return found
