"""What happened to a fault, as data: the only thing that clocks are computed from.

Events come in the order of their receipt. An entry is never edited: `undone` takes one back, and
`claim_accepted` lets a deed count from the time that its phone claimed; both name it in `of`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

REPORTED, REOPENED = "reported", "reopened"
LEVEL = "level"
RESPONDED, ON_SITE, RESTORED, RESOLVED = "responded", "on_site", "restored", "resolved"
PAUSED, RESUMED = "paused", "resumed"
PROGRESS, CANCELLED = "progress", "cancelled"
UNDONE, SEPARATED, CLAIM_ACCEPTED = "undone", "separated", "claim_accepted"

TAKING_BACK = frozenset({UNDONE, SEPARATED})
"""What says that the event named in `of` does not count; a separation ends a link to a twin."""
CORRECTING = TAKING_BACK | {CLAIM_ACCEPTED}
CLAIMABLE = frozenset({RESPONDED, ON_SITE, RESTORED, RESOLVED, PAUSED, RESUMED, PROGRESS})
"""What may count from its claimed time. A report never: clocks start at its receipt."""


class Event(NamedTuple):
    """`at`: receipt. `claimed_at`: the phone's time, corrected by its measured offset. `what`: the
    level of a `reported` or `level`, the reason of a `paused` or `resumed` ("" ends every pause).
    """

    kind: str
    at: datetime
    what: str = ""
    claimed_at: datetime | None = None
    who: int | None = None
    id: int | None = None
    of: int | None = None


class Reason(NamedTuple):
    """A stated reason for a pause: which clocks it stops, and what must be on record for it."""

    zh: str
    en: str
    stops: frozenset[str]
    needs: str = ""


REASONS: Mapping[str, Reason] = {
    "client": Reason("等待客户答复或确认", "Waiting for the client's answer",
                     frozenset({"on_site", "restore"})),
    "room_in_use": Reason("会议室使用中，无法施工", "The room is in use",
                          frozenset({"on_site", "restore"})),
    "no_access": Reason("无法进入现场", "No access to the room", frozenset({"on_site", "restore"})),
    "client_date": Reason("客户要求改期", "The client asked for a later date",
                          frozenset({"on_site", "restore"})),
    "part_loaner": Reason("备件在途，备用机经客户同意已在用",
                          "Part on order, an approved loaner is in use",
                          frozenset({"restore"}), "loaner"),
    "force_majeure": Reason("不可抗力（停电、灾害、封控）", "Force majeure (power cut, disaster)",
                            frozenset({"on_site", "restore"}), "note"),
}  # fmt: skip
"""The only reasons. None stops the response: somebody can always answer."""


def corrected(events: Iterable[Event]) -> list[Event]:
    """The events as they count: slips taken back, accepted claims in their places."""
    told = list(events)
    gone = {event.of for event in told if event.kind in TAKING_BACK}
    standing = [event for event in told if event.id is None or event.id not in gone]
    accepted = {event.of for event in standing if event.kind == CLAIM_ACCEPTED}
    began = min((event.at for event in standing if event.kind == REPORTED), default=None)
    counted = [_as_claimed(e, began) if e.id in accepted else e
               for e in standing if e.kind not in CORRECTING]  # fmt: skip
    return sorted(counted, key=lambda event: event.at)


def _as_claimed(event: Event, began: datetime | None) -> Event:
    """Never later than its receipt, never before the report: a phone's clock may be anything."""
    if event.id is None or event.claimed_at is None or event.kind not in CLAIMABLE:
        return event
    at = min(event.claimed_at, event.at)
    return event._replace(at=max(at, began) if began else at)
