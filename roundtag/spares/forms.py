"""What the swap form says, in every version that may still lie on a phone."""

from dataclasses import dataclass, replace
from datetime import date

from roundtag import days
from roundtag.commands import Photo
from roundtag.fields import Fields
from roundtag.words import N_

REASONS = ("faulty", "wear", "upgrade", "loan", "back", "other")
"""`back`: the device's own unit takes the loaner's place."""
OLD_UNIT_TO = ("repair", "store", "scrap")
BAG = "bag"
"""In place of a store: what the engineer carries."""


@dataclass(frozen=True)
class SwapSpare:
    """A swap at a device; `expected_old_serial` is what the form had shown (empty: no unit),
    `old_serial_seen` what was read on the unit that came out. `old_unit_store`: a store's key or
    `bag`; none: where the new unit came from. `due_on`: when a loaner comes back."""

    tag: str
    expected_old_serial: str
    new_serial: str
    old_unit_to: str
    reason: str
    note: str | None = None
    fault_id: int | None = None
    settles_fault: bool = False
    photos: tuple[Photo, ...] = ()
    old_serial_seen: str = ""
    old_unit_store: str = ""
    due_on: date | None = None


def read_v1(form: Fields, photos: tuple[Photo, ...]) -> SwapSpare:
    command = _common(form, photos)
    form.done()
    return command


def read(form: Fields, photos: tuple[Photo, ...]) -> SwapSpare:
    store = form.raw("old_unit_store")
    if store and store != BAG:
        form.whole("old_unit_store")
    command = _common(form, photos)
    command = replace(
        command,
        old_serial_seen=form.text("old_serial_seen", limit=80) or "",
        old_unit_store=store if command.old_unit_to == "store" else "",
        due_on=days.read(form, "due_on") if command.reason == "loan" else None,
    )
    form.done()
    return command


def _common(form: Fields, photos: tuple[Photo, ...]) -> SwapSpare:
    typed = form.text("new_serial_typed", limit=80)
    command = SwapSpare(
        tag=form.raw("tag"),
        expected_old_serial=form.text("expected_old_serial", limit=80) or "",
        new_serial=typed or form.text("new_serial", limit=80) or "",
        old_unit_to=form.choice("old_unit_to", OLD_UNIT_TO) or "repair",
        reason=form.choice("reason", REASONS, required=N_("Choose a reason.")) or "",
        note=form.text("note"),
        fault_id=form.whole("fault"),
        settles_fault=form.raw("settles_fault") == "1",
        photos=photos,
    )
    if not command.new_serial:
        form.refuse("new_serial", "required", N_("Choose or type the new unit's serial number."))
    return command
