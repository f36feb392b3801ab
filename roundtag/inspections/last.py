"""What was answered the last time, at a device or at a room itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from peewee import fn

from roundtag import clock
from roundtag.checklists import Version
from roundtag.models import Answer
from roundtag.tagging import Target


@dataclass(frozen=True)
class Reading:
    """The last answer to an item, with its day."""

    value: str
    verdict: str
    day: date
    note: str | None = None


def readings_at(device_id: int | None, room_id: int, items: Iterable[str]) -> dict[str, Reading]:
    """One look into an index per item, however many checks there were; one query."""
    wanted = sorted(set(items))
    if not wanted:
        return {}
    if device_id is not None:
        here = Answer.device == device_id
    else:
        here = (Answer.room == room_id) & Answer.device.is_null()
    latest = [
        Answer.select(fn.MAX(Answer.id)).where(here & (Answer.item == item)) for item in wanted
    ]
    rows = Answer.select().where(Answer.id.in_(latest) & Answer.value.is_null(False))
    return {r.item: Reading(r.value or "", r.verdict, clock.local_day(r.at), r.note) for r in rows}


def counters_at(place: Target, version: Version) -> dict[str, str]:
    """The counters of a checklist as they stand at a place."""
    counters = [item.key for item in version.items if item.kind == "counter"]
    device_id = place.device.id if place.device else None
    return {key: one.value for key, one in
            readings_at(device_id, place.room_id, counters).items()}  # fmt: skip
