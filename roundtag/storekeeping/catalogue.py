"""The catalogue (E1): what makers sell, how it is kept, what it costs, whether it is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from peewee import fn

from roundtag import consumables, data, days, fields, numbers
from roundtag.commands import Deed, Outcome
from roundtag.errors import FieldError, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import DeviceModel, StockMovement, Unit
from roundtag.storekeeping import digests
from roundtag.storekeeping.substitutes import clashes
from roundtag.words import N_

SERIAL, COUNT = "serial", "count"
TRACKING = {SERIAL: N_("Each piece by its serial number"), COUNT: N_("Only counted")}
ORIGINS = {"home": N_("At home"), "abroad": N_("Abroad")}
LEAD_DAYS = {"home": 10, "abroad": 20}
"""Working days until a new or repaired piece is here."""
CURRENCIES = ("CNY", "USD", "EUR")
GRADES = range(1, 10)
MOST_MONEY = 10_000_000
COLUMNS = ("category", "maker", "name", "grade", "tracking", "consumable", "price", "currency",
           "origin", "discontinued_on")  # fmt: skip


@dataclass(frozen=True)
class SavePart:
    """`seen`: the digest of the part that the form had shown; without `part_id` it is a new one."""

    part_id: int | None
    category: str
    maker: str
    name: str
    grade: int = 1
    tracking: str = SERIAL
    consumable: str = ""
    price: str = ""
    currency: str = "CNY"
    origin: str = "home"
    discontinued_on: date | None = None
    seen: str = ""


def read(form: Fields, part_id: int | None = None) -> SavePart:
    grade = form.whole("grade")
    if grade is not None and grade not in GRADES:
        form.refuse("grade", "range", N_("Give a number from %(low)s to %(high)s."), low=1, high=9)
    command = SavePart(
        part_id,
        form.choice("category", categories(), required=N_("Choose a category.")) or "",
        form.text("maker", limit=80, required=N_("Say who makes it.")) or "",
        form.text("name", limit=120, required=N_("Give the model's name.")) or "",
        grade or 1,
        form.choice("tracking", TRACKING) or SERIAL,
        form.choice("consumable", kinds()) or "",
        _price(form),
        form.choice("currency", CURRENCIES) or "CNY",
        form.choice("origin", ORIGINS) or "home",
        days.read(form, "discontinued_on"),
        form.raw("seen"),
    )
    form.done()
    return command


def categories() -> list[str]:
    return [one.code for one in data.categories() if one.code != "room"]


def kinds() -> list[str]:
    """The consumables that counters tell the use of."""
    return [kind.code for kind in consumables.kinds()]


def _price(form: Fields) -> str:
    text = form.raw("price")
    amount = fields.plain_number(text) if text else ""
    if amount is None or (amount and not 0 <= Decimal(amount) <= MOST_MONEY):
        form.refuse("price", "money", N_("Give an amount such as 1280.00."))
        return ""
    return f"{Decimal(amount):.2f}" if amount else ""


def digest(row: DeviceModel | None) -> str:
    return digests.of(row, *COLUMNS)


def part(part_id: int) -> DeviceModel:
    """Raises NotFound."""
    row = DeviceModel.get_or_none(DeviceModel.id == part_id)
    if row is None:
        raise NotFound
    return row


def named(category: str, maker: str, name: str) -> DeviceModel:
    """The part that goes by these names. Raises NotFound."""
    row = DeviceModel.get_or_none(category=category, maker=maker, name=name)
    if row is None:
        raise NotFound
    return row


def as_shown(row: DeviceModel) -> SavePart:
    """What the form of a part would send if nothing was changed in it."""
    return SavePart(row.id, **{name: getattr(row, name) for name in COLUMNS}, seen=digest(row))


def save_part(command: SavePart, deed: Deed) -> Outcome:
    """A new part, or a changed one: what somebody else changed meanwhile is not overwritten."""
    deed.require(None)
    numbers.count("stock-catalogue", 1)  # two people who enter one model come in turn
    row = part(command.part_id) if command.part_id else None
    url = f"/stock/parts/{row.id}" if row else ""
    if row and command.seen != digest(row):
        return Outcome(digests.OVERTAKEN, url, "conflict", subject_id=row.id)
    wrong = [*_taken(command), *(_fixed(command, row) if row else ())]
    if wrong:
        raise Invalid(*wrong)
    values = {name: getattr(command, name) for name in COLUMNS}
    kept = deed.change(row, **values) if row else deed.create(DeviceModel, **values)
    return Outcome(N_("%(name)s is in the catalogue."), f"/stock/parts/{kept.id}",
                   values={"name": f"{kept.maker} {kept.name}"}, subject_id=kept.id)  # fmt: skip


def _taken(command: SavePart) -> Iterator[FieldError]:
    same = (
        (DeviceModel.category == command.category)
        & (fn.LOWER(DeviceModel.maker) == command.maker.lower())
        & (fn.LOWER(DeviceModel.name) == command.name.lower())
    )
    other = DeviceModel.select().where(same & (DeviceModel.id != (command.part_id or 0))).first()
    if other:
        yield FieldError("name", "taken", N_("The catalogue has this model already."))


def _fixed(command: SavePart, row: DeviceModel) -> Iterator[FieldError]:
    """What cannot change any more: how it is kept, and a grade that its substitutes rest on."""
    changed = {name for name in FIXED if getattr(command, name) != row.__data__[name]}
    if changed and _moved(row.id):
        for name in sorted(changed):
            yield FieldError(name, "fixed", FIXED[name])
    yield from clashes(row, command.grade, command.category, command.tracking)


FIXED = {
    "tracking": N_(
        "There are pieces of it already, so this stays as it is. Enter a new model for the others."
    ),
    "category": N_(
        "There are pieces of it already, so the category stays. Enter a new model for the others."
    ),
}


def _moved(part_id: int) -> bool:
    """Whether there are pieces of it, or ever were."""
    units = Unit.select().where(Unit.model == part_id)
    moves = StockMovement.select().where(StockMovement.model == part_id)
    return units.exists() or moves.exists()
