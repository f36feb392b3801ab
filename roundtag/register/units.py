"""Stores the units of devices and spares: model, serial number, place and how they came there."""

from typing import Any

from roundtag import movements
from roundtag.commands import Deed
from roundtag.models import DeviceModel, Unit

UNIT_FIELDS = ("category", "maker", "model", "serial", "warranty_until")


def receive(deed: Deed, values: dict[str, Any], place: str, key: int, reason: str,
            **where: Any) -> None:  # fmt: skip
    """A new unit comes from its supplier to a device or a store (`key`)."""
    unit = deed.create(
        Unit,
        model=model_of(deed, values).id,
        serial=values["serial"],
        warranty_until=values["warranty_until"],
        place=place,
        **where,
    )
    movements.record(deed, unit, ("supplier", None), (place, key), reason)


def correct(deed: Deed, unit: Unit, values: dict[str, Any], changes: dict[str, Any]) -> None:
    """Sets a unit's model, warranty and serial number right where the changes touch them."""
    columns: dict[str, Any] = {
        name: values[name] for name in ("warranty_until", "serial") if name in changes
    }
    if changes.keys() & {"category", "maker", "model"}:
        columns["model"] = model_of(deed, values).id
    if columns:
        deed.change(unit, **columns)


def model_of(deed: Deed, values: dict[str, Any]) -> DeviceModel:
    category, maker, name = values["category"], values["maker"], values["model"]
    known = DeviceModel.get_or_none(
        (DeviceModel.category == category)
        & (DeviceModel.maker == maker)
        & (DeviceModel.name == name)
    )
    return known or deed.create(DeviceModel, category=category, maker=maker, name=name)
