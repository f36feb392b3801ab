"""What an entry finds becomes a finding; it is carried on until something settles it.

An item has one open finding at a place: found bad again, it is seen again, and nobody gets another
fault for what is known.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roundtag import clock
from roundtag.commands import Deed
from roundtag.models import Counter, Fault, Finding, Inspection

OPEN, SETTLED = "open", "settled"
ITEM, OUTSIDE = "item", "outside"
BY_MEASUREMENT = frozenset({"lightning"})
"""Categories whose failed readings are remedied when a measurement says so, not when somebody
does: an earth that was too high is good again once it was measured good."""


@dataclass(frozen=True)
class Place:
    """Where findings lie: at a device, or at a room itself."""

    client_id: int
    room_id: int
    device_id: int | None

    def slot(self, item: str) -> str:
        where = f"room-{self.room_id}" if self.device_id is None else f"device-{self.device_id}"
        return f"{where}:{item}"


def of_entry(entry: Inspection) -> Place:
    return Place(entry.client_id, entry.room_id, entry.device_id)


def at(device_id: int | None, room_id: int) -> Any:
    """Findings at a device, or at a room itself where there is none."""
    if device_id is not None:
        return Finding.device == device_id
    return (Finding.room == room_id) & Finding.device.is_null()


def open_at(place: Place) -> list[Finding]:
    """Open findings of a place, the oldest first. Call `in_turn` before writing by them."""
    where = at(place.device_id, place.room_id) & (Finding.state == OPEN)
    return list(Finding.select().where(where).order_by(Finding.found_at, Finding.id).limit(50))


def in_turn(client_id: int) -> None:
    """Entries of one client that touch findings come one after the other: two phones that bring
    the same failure at the same moment must not both be its first finder."""
    name = f"findings-{client_id}"
    counted = Counter.insert(name=name, value=1).on_conflict(
        conflict_target=[Counter.name], update={Counter.value: Counter.value + 1}
    )
    counted.execute()


def keep(deed: Deed, entry: Inspection, words: str, *, item: str = "", fault: Fault | None = None,
         measured: bool = False) -> Finding:  # fmt: skip
    """Opens a finding: of an item that failed, or of something that no item asks about."""
    return deed.create(
        Finding,
        client=entry.client_id,
        contract=entry.contract_id,
        round=entry.round_id,
        room=entry.room_id,
        device=entry.device_id,
        item=item,
        kind=ITEM if item else OUTSIDE,
        state=OPEN,
        inspection=entry,
        fault=fault,
        words=words,
        measured=measured,
        slot=of_entry(entry).slot(item) if item else None,
        found_at=entry.received_at,
        found_by=entry.person_id,
        seen_at=entry.received_at,
    )


def seen_again(deed: Deed, found: Iterable[Finding]) -> int:
    """Notes that known problems are still there; returns how many."""
    count = 0
    for finding in found:
        deed.change(finding, seen_at=deed.received_at, times=finding.times + 1)
        count += 1
    return count


def settle(deed: Deed, found: Iterable[Finding], how: str, *, entry: Inspection | None = None,
           note: str | None = None) -> list[Finding]:  # fmt: skip
    """Ends findings; those that somebody else has ended already are left as they are."""
    ended = []
    for finding in found:
        still = (Finding.id == finding.id) & (Finding.state == OPEN)
        for row in deed.claim(Finding, still, state=SETTLED, slot=None):
            deed.change(row, settled_at=deed.received_at, settled_by=deed.person_id,
                        settled_how=how, settled_note=note, settled_entry=entry)  # fmt: skip
            ended.append(row)
    return ended


def settle_by_fault(deed: Deed, fault_id: int) -> None:
    """A fault was resolved: what it was opened for is settled, unless only a measurement can."""
    where = (Finding.fault == fault_id) & (Finding.state == OPEN) & (Finding.measured == False)  # noqa: E712
    settle(deed, list(Finding.select().where(where)), "fault")


def has_any(fault: Fault) -> bool:
    return Finding.select().where(Finding.fault == fault.id).exists()


def left_over(client_id: int, before: datetime, *, until: datetime | None = None,
              rooms: Collection[int] | None = None) -> list[Finding]:  # fmt: skip
    """Left-over problems: found before `before` and open then (or, given `until`, still then)."""
    moment = clock.to_text(until or before)
    still = Finding.settled_at.is_null() | (Finding.settled_at > moment)
    where = (Finding.client == client_id) & (Finding.found_at < clock.to_text(before)) & still
    if rooms is not None:
        where &= Finding.room.in_(list(rooms))
    return list(Finding.select().where(where).order_by(Finding.found_at, Finding.id))
