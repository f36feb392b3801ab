"""Three faults at one device within a month demand its replacement, once (D6)."""

from datetime import datetime

from peewee import JOIN

from roundtag.commands import Deed
from roundtag.dues import telling
from roundtag.dues.kinds import REPLACEMENT, WITHDRAWN
from roundtag.dues.owed import run_of
from roundtag.models import Device, DeviceModel, Fault, FaultDue, Swap, Unit, tuples
from roundtag.models.faults import ASIDE

COUNTING = frozenset({"reported", "accepted", "separated", "dismissed", "cancelled", "resolved",
                      "undone", "reopened"})  # fmt: skip
"""Events that may change what counts; a reopened fault is the same one and counts once."""
UNCOUNTED = (*ASIDE, "duplicate", "cancelled")


def follow(deed: Deed, fault: Fault, event: str) -> None:
    """Raises the demand with the third fault, keeps its list, withdraws it when one of them turns
    out not to count."""
    if event not in COUNTING or not fault.device_id:
        return
    rows = list(FaultDue.select().where(
        (FaultDue.device == fault.device_id) & (FaultDue.kind == REPLACEMENT)))  # fmt: skip
    ended = [row for row in rows if row.done_at and row.done_how != WITHDRAWN]
    current = next((row for row in rows if row not in ended), None)
    last = max((row.done_at for row in ended), default=None)
    run = run_of(_reports(fault.device_id, last))
    if current is None and fault.id in run:
        _raise(deed, fault, run, len(ended))
    elif current is not None:
        _keep(deed, current, run)


def _reports(device_id: int, after: datetime | None) -> list[tuple[int, datetime]]:
    """Faults of a device that count, since its last replacement, in order of their reports."""
    counted = (Fault.device == device_id) & Fault.state.not_in(UNCOUNTED) & (Fault.kind != "misuse")
    if after:
        counted &= Fault.reported_at > after
    query = Fault.select(Fault.id, Fault.reported_at).where(counted)
    return [(key, at) for key, at in tuples(query.order_by(Fault.reported_at, Fault.id))]


def _raise(deed: Deed, fault: Fault, run: list[int], number: int) -> None:
    device = Device.get_by_id(fault.device_id)
    if device.retired_at:
        return
    row = deed.create(FaultDue, client=fault.client_id, device=device, kind=REPLACEMENT,
                      slot=f"device:{device.id}:{number}", raised_at=deed.received_at,
                      faults=run)  # fmt: skip
    telling.raised(row, fault, deed.received_at)


def _keep(deed: Deed, row: FaultDue, run: list[int]) -> None:
    if not run and row.done_at is None:
        deed.change(row, done_at=deed.received_at, done_how=WITHDRAWN)
    elif run and (run != row.faults or row.done_at):
        deed.change(row, done_at=None, done_how="", faults=run)


def end(deed: Deed, device_id: int, how: str) -> None:
    """The device has a new unit, or is gone."""
    mine = (FaultDue.device == device_id) & (FaultDue.kind == REPLACEMENT)
    deed.claim(FaultDue, mine & FaultDue.done_at.is_null(), done_at=deed.received_at,
               done_by=deed.person_id, done_how=how)  # fmt: skip


def resume(deed: Deed, device_id: int, ended_at: datetime) -> None:
    """What a swap ended at that moment is demanded again, for the swap was a slip."""
    mine = (FaultDue.device == device_id) & (FaultDue.kind == REPLACEMENT)
    deed.claim(FaultDue, mine & (FaultDue.done_at == ended_at) & (FaultDue.done_how == "swap"),
               done_at=None, done_by=None, done_how="")  # fmt: skip


def is_good_enough(swap: Swap) -> bool:
    """Whether the unit put in is of the same or a better grade than the one that came out."""
    query = (
        Unit.select(Unit.id, DeviceModel.grade).join(DeviceModel, JOIN.LEFT_OUTER)
        .where(Unit.id.in_([key for key in (swap.old_unit_id, swap.new_unit_id) if key]))
    )  # fmt: skip
    grades = dict(tuples(query))
    return bool(grades[swap.new_unit_id] >= grades.get(swap.old_unit_id, 0))
