"""The fields of one device: read from a form by the rules of the import, and shown again."""

from datetime import date
from typing import Any

from roundtag.fields import Fields
from roundtag.models import Device, Unit
from roundtag.register import cells
from roundtag.register.columns import COLUMNS, Column
from roundtag.register.problems import Unreadable
from roundtag.register.units import UNIT_FIELDS
from roundtag.words import N_

Values = dict[str, Any]
REQUIRED = N_("This must be filled in.")
IN_UNIT = tuple(name for name in UNIT_FIELDS if name != "category")
"""What belongs to the unit in the device's place, and goes with it."""
PLACE = "room"
"""Moved by a deed of its own."""
APART = (PLACE, "firmware")
"""What the editing form leaves to others: moves, and the updates of software."""


def columns(without: tuple[str, ...] = ()) -> list[Column]:
    return [column for column in COLUMNS["devices"] if column.field not in without]


def read(form: Fields, column: Column) -> Any:
    """A field's value; what is wrong with it is noted in the form, and None returned."""
    text = form.raw(column.field)
    if not text and column.required:
        form.refuse(column.field, "required", REQUIRED)
        return None
    if not text:
        return column.empty
    try:
        cells.check_characters(text, column.line_breaks)
        return column.read(text)
    except Unreadable as bad:
        form.refuse(column.field, bad.code, bad.message, **bad.values)
        return None


def as_text(value: Any) -> str:
    """As the form shows a value, and as it comes back when nobody touches it."""
    if isinstance(value, bool):
        return "1" if value else ""
    return value.isoformat() if isinstance(value, date) else str(value or "")


def of(device: Device, unit: Unit | None) -> Values:
    """What the register holds, by the same names; without a unit its fields are empty."""
    stored = {
        "code": device.code,
        "name": device.name,
        "category": device.category,
        "maker": unit.model.maker if unit else "",
        "model": unit.model.name if unit else "",
        "serial": unit.serial if unit else "",
        "warranty_until": unit.warranty_until if unit else None,
        "owner": device.owner.username if device.owner else "",
        "backup_device": device.backup_device.code if device.backup_device else "",
    }
    own = ("asset_number", "position", "installed_on", "key_device", "ip_address", "supplier",
           "remarks")  # fmt: skip
    return {**stored, **{name: getattr(device, name) for name in own}}
