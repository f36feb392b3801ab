"""The row of a loaner follows its unit: made when it goes in, ended when it comes out.

Called inside the deed that moves the unit, under the device's lock.
"""

from datetime import date
from typing import Any

from roundtag.commands import Deed
from roundtag.models import Device, Loaner, Swap, Unit

RETURNED, KEPT, UNDONE = "returned", "kept", "undone"


def out_at(device_id: int) -> Loaner | None:
    """The loaner that does the work at a device now."""
    return Loaner.get_or_none((Loaner.device == device_id) & Loaner.back_at.is_null())


def in_place(device_id: int) -> bool:
    """Whether the device's unit is there for the time being only."""
    return out_at(device_id) is not None or unrecorded(Swap.device == device_id).exists()


def unrecorded(where: Any) -> Any:
    """Swaps of before this record was kept that put in a loaner which is still there: ensuring.py
    makes their rows."""
    known = Loaner.select(Loaner.swap_out).where(Loaner.swap_out.is_null(False))
    return (
        Swap.select()
        .join(Unit, on=(Swap.new_unit == Unit.id))
        .where(where & (Swap.reason == "loan") & (Unit.device == Swap.device))
        .where(Swap.undone_at.is_null() & Swap.id.not_in(known))
        .order_by(Swap.id.desc())
    )


def lend(deed: Deed, swap: Swap, stands_for: int | None, due_on: date | None) -> Loaner:
    """The unit that a swap put in is a loaner. `stands_for`: the unit whose work it does."""
    return deed.create(
        Loaner,
        client=swap.client_id,
        contract=swap.contract_id,
        device=swap.device_id,
        fault=swap.fault_id,
        unit=swap.new_unit_id,
        stands_for=stands_for,
        swap_out=swap,
        out_at=swap.received_at,
        out_by=swap.person_id,
        due_on=due_on,
    )


def back(deed: Deed, device_id: int, how: str = RETURNED,
         swap: Swap | None = None) -> Loaner | None:  # fmt: skip
    """Ends the loaner at a device, if there is one, and tells which one that was."""
    still_out = (Loaner.device == device_id) & Loaner.back_at.is_null()
    rows = deed.claim(Loaner, still_out, back_at=deed.received_at, back_by=deed.person_id,
                      back_how=how, swap_back=swap)  # fmt: skip
    return rows[0] if rows else None


def gone(deed: Deed, device: Device) -> None:
    """The device's unit went without another one in its place."""
    back(deed, device.id)


def undone(deed: Deed, swap: Swap) -> None:
    """A swap was taken back: the loaner that it lent was never lent, the one that it brought back
    is out again."""
    lent = (Loaner.swap_out == swap.id) & Loaner.back_at.is_null()
    deed.claim(Loaner, lent, back_at=deed.received_at, back_by=deed.person_id, back_how=UNDONE)
    for row in list(Loaner.select().where(Loaner.swap_back == swap.id)):
        deed.change(row, back_at=None, back_by=None, back_how="", swap_back=None)


def ended_by(swap: Swap) -> Loaner | None:
    return Loaner.get_or_none(Loaner.swap_back == swap.id)
