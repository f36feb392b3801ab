"""Keeps the rows of what is owed in step with what happened: raised once, ended, withdrawn.

Called inside the deed that causes it. Each cause has a slot of its own, which only one row can
hold; a row is made by the very event that raises it, so that nothing is raised for the past.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from roundtag import calendar, clock, fault_events
from roundtag.commands import Deed
from roundtag.dues import demanding, lent, telling
from roundtag.dues.kinds import (
    DERIVED,
    KINDS,
    LOANER,
    ORIGINAL,
    PAPERS,
    REPORT,
    WITHDRAWN,
    WORKING_DAYS,
)
from roundtag.dues.owed import MATTERS, Facts, Owed, owed
from roundtag.dues.terms import due_at, term_of
from roundtag.models import (
    Contract,
    Device,
    Fault,
    FaultDue,
    FaultEvent,
    ProblemFault,
    Swap,
    tuples,
)
from roundtag.models.faults import ASIDE
from roundtag.sla.events import Event

PASSING = ("loan", "back")
"""Swaps that renew nothing: a loaner goes in, or the own unit comes back."""
GONE = (*ASIDE, "duplicate", "cancelled")
"""States of reports that owe nothing: they count nowhere, or with another one."""


def follow(deed: Deed, fault: Fault, event: FaultEvent) -> None:
    """What an event in the file of a fault raises and ends."""
    if event.kind in MATTERS or (event.kind == "reported" and fault.level):
        settle(deed, fault, event.id)
    demanding.follow(deed, fault, event.kind)


def settle(deed: Deed, fault: Fault, cause: int | None,
           lapsed: Mapping[int, datetime] | None = None) -> None:  # fmt: skip
    """Brings the rows of a fault in step. `cause`: the event that may raise new ones; `lapsed`:
    when the promise to restore was found to be broken, by cycle."""
    every = {row.slot: row for row in FaultDue.select().where(FaultDue.fault == fault.id)}
    rows = {slot: row for slot, row in every.items() if not slot.startswith(lent.PREFIX)}
    told = fault_events.told([fault.id]).get(fault.id, [])
    facts = _facts(fault, {**_lapsed(rows.values(), told), **(lapsed or {})})
    found = [] if fault.state in GONE else owed(told, facts)
    wanted = {_slot(fault, one): one for one in found}
    for slot, one in wanted.items():
        if slot in rows:
            _adjust(deed, rows[slot], one, fault)
        elif not one.ended and (one.cause == cause or (one.kind == LOANER and lapsed)):
            _raise(deed, fault, one, slot)
    for slot in rows.keys() - wanted.keys():
        close(deed, rows[slot], WITHDRAWN)
    for slot in every.keys() - rows.keys():
        how = WITHDRAWN if fault.state in GONE else lent.ended(every[slot], fault, facts)
        if how and every[slot].done_at is None:
            close(deed, every[slot], how)


def _slot(fault: Fault, one: Owed) -> str:
    return f"{fault.id}:{one.kind}:{one.mark}"


def _lapsed(rows: Iterable[FaultDue], told: Iterable[Event]) -> dict[int, datetime]:
    """What time raised before stays raised, whatever is taken back."""
    declared = {event.at for event in told if event.kind == "irreparable"}
    return {int(row.slot.rsplit(":", 1)[1]): row.raised_at for row in rows
            if row.kind == LOANER and row.raised_at not in declared}  # fmt: skip


def _facts(fault: Fault, lapsed: Mapping[int, datetime]) -> Facts:
    device = Device.get_or_none(Device.id == fault.device_id) if fault.device_id else None
    loans, renewals = _swaps(fault) if device else ([], [])
    in_problem = (ProblemFault.fault == fault.id) & ProblemFault.problem.is_null(False)
    return Facts(
        fault.level, fault.kind, device is not None, lapsed, loans, renewals,
        device.retired_at if device else None,
        bool(fault.diagnosis or (fault.cause and fault.remedy)),
        ProblemFault.select().where(in_problem).exists(), fault.afterwards,
    )  # fmt: skip


def _swaps(fault: Fault) -> tuple[list[datetime], list[datetime]]:
    since = (Swap.device == fault.device_id) & (Swap.received_at >= fault.reported_at)
    found = Swap.select().where(since & Swap.undone_at.is_null())
    rows = [row for row in found if demanding.is_good_enough(row)]
    loans = [row.received_at for row in rows if row.reason == "loan"]
    return loans, [row.received_at for row in rows if row.reason not in PASSING]


def _adjust(deed: Deed, row: FaultDue, one: Owed, fault: Fault) -> None:
    if row.done_at is None and one.ended:
        close(deed, row, one.ended[1], one.ended[0])
    elif row.done_at is not None and row.done_how in DERIVED and not one.ended:
        deed.change(row, done_at=None, done_by=None, done_how="", **_again(row, fault, one))
    elif row.done_at is None and row.raised_at != one.raised_at:
        deed.change(row, **_again(row, fault, one))


def _again(row: FaultDue, fault: Fault, one: Owed) -> dict[str, Any]:
    """Another deadline may be told to be late once more; the same one was told."""
    times = _times(fault, one)
    return times if times["due_at"] == row.due_at else {**times, "late_at": None}


def _times(fault: Fault, one: Owed) -> dict[str, Any]:
    contract = Contract.get_by_id(fault.contract_id) if fault.contract_id else None
    term = term_of(one.kind, contract.terms if contract else {})
    own = calendar.exceptions(fault.client_id) if term and term.unit == WORKING_DAYS else {}
    zone = contract.zone if contract else clock.DEFAULT_ZONE
    return {"raised_at": one.raised_at,
            "due_at": due_at(term, one.raised_at, zone, own.items())}  # fmt: skip


def _raise(deed: Deed, fault: Fault, one: Owed, slot: str) -> None:
    row = deed.create(FaultDue, client=fault.client_id, fault=fault, device=fault.device_id,
                      kind=one.kind, slot=slot, **_times(fault, one))  # fmt: skip
    if KINDS[one.kind].tells:
        telling.raised(row, fault, deed.received_at)


def close(deed: Deed, row: FaultDue, how: str, at: datetime | None = None,
          note: str | None = None) -> bool:  # fmt: skip
    """Ends what is still owed; False when it was ended before."""
    still = (FaultDue.id == row.id) & FaultDue.done_at.is_null()
    done = {"done_at": at or deed.received_at, "done_how": how,
            "done_by": None if how in DERIVED else deed.person_id}  # fmt: skip
    if not deed.claim(FaultDue, still, **done):
        return False
    if note:
        deed.change(FaultDue.get_by_id(row.id), note=note)
    return True


def open_of(fault: Fault, *kinds: str) -> list[FaultDue]:
    mine = (FaultDue.fault == fault.id) & FaultDue.kind.in_(kinds) & FaultDue.done_at.is_null()
    return list(FaultDue.select().where(mine))


def fulfil(deed: Deed, fault: Fault, paper: str, number: str) -> bool:
    """Within another deed: a document (a key of PAPERS) was issued under a number. False when
    nothing was owed that it fulfils."""
    rows = open_of(fault, PAPERS[paper], REPORT)
    done = [close(deed, row, "paper", note=number) for row in rows]
    return any(done)


def swapped(deed: Deed, swap: Swap) -> None:
    """A unit was put into a device: loaners, new products and the device's replacement end."""
    if swap.reason not in PASSING and demanding.is_good_enough(swap):
        demanding.end(deed, swap.device_id, "swap")
    _settle_device(deed, swap.device_id)


def unswapped(deed: Deed, swap: Swap) -> None:
    """A swap was taken back as a slip: what it had ended is owed again."""
    demanding.resume(deed, swap.device_id, swap.received_at)
    owed_here = FaultDue.kind.in_((LOANER, ORIGINAL)) & (FaultDue.device == swap.device_id)
    ended = FaultDue.done_at.is_null() | (FaultDue.done_at == swap.received_at)
    owing = FaultDue.select(FaultDue.fault).where(owed_here & ended)
    for fault in list(Fault.select().where(Fault.id.in_(owing)).order_by(Fault.id)):
        settle(deed, fault, None)


def retired(deed: Deed, device: Device) -> None:
    demanding.end(deed, device.id, "retired")
    _settle_device(deed, device.id)


def _settle_device(deed: Deed, device_id: int) -> None:
    open_ones = FaultDue.kind.in_((LOANER, ORIGINAL)) & FaultDue.done_at.is_null()
    owing = FaultDue.select(FaultDue.fault).where((FaultDue.device == device_id) & open_ones)
    for fault in list(Fault.select().where(Fault.id.in_(owing)).order_by(Fault.id)):
        settle(deed, fault, None)


def grouped(deed: Deed, fault: Fault) -> None:
    """A fault was put into a problem, or taken out of it."""
    settle(deed, fault, None)


def loaners_of(fault_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Fault and cycle of every loaner that was raised and not withdrawn; one query."""
    rows = FaultDue.select(FaultDue.fault, FaultDue.slot).where(
        FaultDue.fault.in_(list(fault_ids)) & (FaultDue.kind == LOANER)
        & (FaultDue.done_how != WITHDRAWN) & ~FaultDue.slot.startswith(lent.PREFIX)
    )  # fmt: skip
    return {(key, int(slot.rsplit(":", 1)[1])) for key, slot in tuples(rows)}
