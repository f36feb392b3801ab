"""Stores the units of devices and spares: model, serial number, place and how they came there."""

from typing import Any

from roundtag import stock
from roundtag.commands import Deed
from roundtag.models import DeviceModel, Unit, dicts
from roundtag.register.plan import Step

UNIT_FIELDS = ("category", "maker", "model", "serial", "warranty_until")
Values = dict[str, Any]
Name = tuple[str, str, str]


def receive(deed: Deed, place: str, reason: str, given: list[tuple[Values, int, Values]]) -> None:
    """New units come from their supplier to devices or stores: (values, key, columns) of each."""
    models = _models(deed, [values for values, _, _ in given])
    keys = deed.create_many(Unit, (
        {"model": models[_name(values)], "serial": values["serial"],
         "warranty_until": values["warranty_until"], "place": place, **where}
        for values, _, where in given
    ))  # fmt: skip
    stock.note_all(deed, reason, [
        (unit, stock.Spot(stock.SUPPLIER), stock.Spot(place, key))
        for unit, (_, key, _) in zip(keys, given, strict=True)
    ])  # fmt: skip


def correct(deed: Deed, given: list[tuple[Unit, Step]]) -> None:
    """Sets the units' models, warranties and serial numbers right where the changes touch them."""
    models = _models(deed, [step.values for _, step in given])
    changes = [(unit, _changes(step, models)) for unit, step in given]
    were = [(unit, unit.model_id) for unit, columns in changes if "model" in columns]
    deed.change_many((unit, columns) for unit, columns in changes if columns)
    stock.renamed(were)


def _changes(step: Step, models: dict[Name, int]) -> Values:
    columns: Values = {
        name: step.changes[name] for name in ("warranty_until", "serial") if name in step.changes
    }
    if step.changes.keys() & {"category", "maker", "model"}:
        columns["model"] = models[_name(step.values)]
    return columns


def _name(values: Values) -> Name:
    return values["category"], values["maker"], values["model"]


def _models(deed: Deed, given: list[Values]) -> dict[Name, int]:
    """The key of every model that is named, new ones made."""
    if not given:
        return {}
    rows = dicts(DeviceModel.select())
    known = {(row["category"], row["maker"], row["name"]): row["id"] for row in rows}
    new = [name for name in dict.fromkeys(map(_name, given)) if name not in known]
    keys = deed.create_many(
        DeviceModel, ({"category": c, "maker": maker, "name": name} for c, maker, name in new)
    )
    return {**known, **dict(zip(new, keys, strict=True))}
