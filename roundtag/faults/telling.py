"""Who is told what of a fault: each thing once, whoever asks again."""

from collections.abc import Iterable
from datetime import datetime

from roundtag import notify, people
from roundtag.faults.clocking import Terms, TermsBook, clocks_at, told
from roundtag.faults.crew import hands
from roundtag.models import Fault, Room
from roundtag.sla import ladder
from roundtag.sla.clocks import Clocks
from roundtag.sla.progress import Owed

TOP = "I"
HEADS = (ladder.SUPERVISOR, ladder.MANAGER)
BOTH = ("app", "mail")


def tell_hands(fault: Fault, kind: str, now: datetime, key: int,
               but: Iterable[int | None] = ()) -> None:  # fmt: skip
    """Tells everybody who works at it; `key` names the event that it is about."""
    _tell({*hands(fault)} - {*but}, kind, f"{kind}-{fault.id}-{key}", fault, now)


def tell_reopened(fault: Fault, now: datetime, key: int, but: Iterable[int | None]) -> None:
    heads = _holders(fault, ladder.SUPERVISOR, now)
    _tell({*hands(fault), *heads} - {*but}, "fault-reopened", f"fault-reopened-{fault.id}-{key}",
          fault, now)  # fmt: skip


def tell_ended(fault: Fault, now: datetime, key: int, but: Iterable[int | None]) -> None:
    concerned = {*hands(fault), fault.reporter_id} - {None, *but}
    _tell(concerned, "fault-closed", f"fault-closed-{fault.id}-{key}", fault, now)


def tell_new_level(fault: Fault, now: datetime) -> None:
    """After a change of level: its heads at once when it is the gravest, and whoever must hear
    that a promise of the new level is in danger or broken."""
    events, terms = told([fault.id])[fault.id], TermsBook([fault]).of(fault)
    tell_owed(fault, clocks_at(events, terms, now), terms, now)


def tell_owed(fault: Fault, found: Clocks, terms: Terms, now: datetime) -> None:
    """Everything that the ladder asks for at `now`. A promise is broken once in its cycle, whatever
    the level is by then; a warning is of its level."""
    if fault.level == TOP and not found.restore.ended_at:
        _tell_gravest(fault, found.restore.cycle, now)
    for notice in ladder.due_notices(found, ladder.ladder_of(terms.matrix.warn)):
        target, cycle, level, percent, role = notice.key
        if not percent or (percent >= 100 and notice.at >= now):
            continue  # told above; and a deed at the very instant is still in time
        kind, key = ("breach", "broken") if percent >= 100 else ("warning", f"{level}-{percent}")
        _tell(_people(fault, role, now), f"fault-{kind}-{target}",
              f"fault-{fault.id}-{target}-{cycle}-{key}", fault, now, percent=percent)  # fmt: skip


def _tell_gravest(fault: Fault, cycle: int, now: datetime) -> None:
    for role in HEADS:
        _tell(_holders(fault, role, now), "fault-level-one", f"fault-{fault.id}-level-one-{cycle}",
              fault, now, BOTH)  # fmt: skip


def tell_upgrade(fault: Fault, cycle: int, now: datetime) -> None:
    """It rose by itself: those at work hear it, and its heads unless level I is told them."""
    whom = {*hands(fault)}
    if fault.level != TOP:
        whom |= {key for role in HEADS for key in _holders(fault, role, now)}
    _tell(whom, "fault-upgraded", f"fault-{fault.id}-upgraded-{cycle}-{fault.level}", fault, now)


def tell_progress_owed(fault: Fault, owed: Owed, now: datetime) -> None:
    """The manager owes an entry: once for each hour that went by without one, the last of them
    when several did."""
    if owed.late:
        missed = owed.missed[-1].isoformat()
        _tell(_holders(fault, ladder.MANAGER, now), "fault-progress-owed",
              f"fault-{fault.id}-progress-{missed}", fault, now)  # fmt: skip


def _people(fault: Fault, role: str, now: datetime) -> Iterable[int]:
    return hands(fault) if role == ladder.ENGINEER else _holders(fault, role, now)


def _holders(fault: Fault, role: str, now: datetime) -> list[int]:
    return [person.id for person in people.holding(role, fault.client_id, now)]


def _tell(whom: Iterable[int | None], kind: str, dedupe: str, fault: Fault, now: datetime,
          channels: tuple[str, ...] = ("app",), **more: int) -> None:  # fmt: skip
    keys = sorted(key for key in whom if key is not None)
    if not keys:
        return
    room = Room.get_by_id(fault.room_id).name
    for key in keys:
        notify.tell(key, kind, dedupe, now, f"/faults/{fault.id}", channels, number=fault.number,
                    room=room, level=fault.level, **more)  # fmt: skip
