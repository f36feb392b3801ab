"""What a slip brings that no unit stands for: new units, and pieces that are only counted."""

from collections.abc import Iterable
from datetime import date

from roundtag import stock
from roundtag.commands import Deed
from roundtag.errors import invalid
from roundtag.models import DeviceModel, Unit
from roundtag.slips.finding import Clash
from roundtag.stock import Spot
from roundtag.words import N_


def make(
    deed: Deed, serials: list[str], model_id: int, place: str, until: date | None
) -> list[Unit]:
    """Units that were never seen before, as they stand before the slip moves them."""
    return [
        deed.create(Unit, model=model_id, serial=serial, warranty_until=until, place=place)
        for serial in serials
    ]


def serial_model(model_id: int) -> DeviceModel:
    """A model whose pieces are units, locked: two who bring in the same serial come in turn."""
    DeviceModel.update(id=DeviceModel.id).where(DeviceModel.id == model_id).execute()
    model = DeviceModel.get_or_none(DeviceModel.id == model_id)
    if model is None or model.tracking != "serial":
        raise invalid("model", "unknown", N_("Choose one of the list."))
    return model


def counted(pieces: Iterable[tuple[int, int]]) -> dict[int, DeviceModel]:
    """The models of counted pieces. Raises Invalid for one that is not only counted."""
    keys = [key for key, _ in pieces]
    models = {row.id: row for row in DeviceModel.select().where(DeviceModel.id << keys)}
    if any(key not in models or models[key].tracking != "count" for key in keys):
        raise invalid("serials", "not-counted", N_("Only counted parts have a quantity. Units are "
                                                   "named by their serial numbers."))  # fmt: skip
    return models


def short(pieces: Iterable[tuple[int, int]], source: Spot,
          models: dict[int, DeviceModel]) -> list[Clash]:  # fmt: skip
    """The lines that a store cannot serve, its levels held."""
    if source.place != stock.STORE or source.key is None:
        return []
    listed = list(pieces)
    held = stock.hold_levels((source.key, model) for model, _ in listed)
    return [
        Clash(title(models[model]), wanted=wanted, have=held[source.key, model])
        for model, wanted in listed
        if held[source.key, model] < wanted
    ]


def title(model: DeviceModel) -> str:
    return f"{model.maker} {model.name}".strip()
