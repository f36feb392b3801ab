"""What may stand in for a part: of the same or a better grade, never a lower one (E6)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from roundtag.commands import Deed, Outcome
from roundtag.errors import FieldError, NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import DeviceModel, Substitute
from roundtag.stock import catalogue
from roundtag.words import N_

GRADES = {"same": N_("Of the same grade"), "better": N_("Better")}


@dataclass(frozen=True)
class AddSubstitute:
    part_id: int
    substitute_id: int
    grade: str
    note: str = ""


def read(form: Fields, part_id: int) -> AddSubstitute:
    substitute = form.whole("substitute")
    if substitute is None and not form.errors:
        form.refuse("substitute", "required", N_("Choose the part that may stand in."))
    grade = form.choice("grade", GRADES, required=N_("Say whether it is the same or better."))
    note = form.text("note", limit=200)
    form.done()
    return AddSubstitute(part_id, substitute or 0, grade or "", note or "")


def add_substitute(command: AddSubstitute, deed: Deed) -> Outcome:
    """Names a substitute; one of before is named anew."""
    deed.require(None)
    held = _held([command.part_id, command.substitute_id])
    if command.part_id not in held:
        raise NotFound
    if command.substitute_id not in held:
        raise invalid("substitute", "unknown", N_("Choose one of the list."))
    own, other = held[command.part_id], held[command.substitute_id]
    _check(own, other, command.grade)
    same = (Substitute.model == own.id) & (Substitute.substitute == other.id)
    row = Substitute.get_or_none(same)
    values = {"grade": command.grade, "note": command.note, "removed_at": None}
    if row is None:
        deed.create(Substitute, model=own, substitute=other, **values)
    elif any(row.__data__[name] != value for name, value in values.items()):
        deed.change(row, **values)
    return Outcome(N_("%(name)s may stand in for it."), f"/stock/parts/{own.id}",
                   values={"name": f"{other.maker} {other.name}"}, subject_id=own.id)  # fmt: skip


def _held(ids: Iterable[int]) -> dict[int, DeviceModel]:
    """The parts under their locks, so that no grade changes meanwhile."""
    found = {}
    for key in sorted(set(ids)):
        if 0 < key < 2**31:
            DeviceModel.update(id=DeviceModel.id).where(DeviceModel.id == key).execute()
            found[key] = DeviceModel.get_or_none(DeviceModel.id == key)
    return {key: row for key, row in found.items() if row is not None}


def _check(own: DeviceModel, other: DeviceModel, grade: str) -> None:
    if own.id == other.id:
        raise invalid("substitute", "itself", N_("A part cannot stand in for itself."))
    if (own.category, own.tracking) != (other.category, other.tracking):
        message = N_("It must be of the same category, and kept in the same way.")
        raise invalid("substitute", "kind", message)
    if other.grade < own.grade:
        message = N_("%(name)s has grade %(low)s, this part has grade %(high)s: a substitute must "
                     "be the same or better.")  # fmt: skip
        raise invalid("substitute", "lower", message, name=f"{other.maker} {other.name}",
                      low=other.grade, high=own.grade)  # fmt: skip
    if grade == "better" and other.grade == own.grade:
        message = N_("Both have grade %(grade)s. Say: of the same grade.")
        raise invalid("grade", "equal", message, grade=own.grade)


@dataclass(frozen=True)
class RemoveSubstitute:
    part_id: int
    substitute_id: int


def remove_substitute(command: RemoveSubstitute, deed: Deed) -> Outcome:
    deed.require(None)
    named = (
        (Substitute.model == command.part_id)
        & (Substitute.substitute == command.substitute_id)
        & Substitute.removed_at.is_null()
    )
    url = f"/stock/parts/{command.part_id}"
    if not deed.claim(Substitute, named, removed_at=deed.received_at):
        return Outcome(N_("It was not named any more."), url, "conflict")
    return Outcome(N_("It does not stand in any more."), url, subject_id=command.part_id)


def clashes(row: DeviceModel, grade: int, category: str, tracking: str) -> Iterator[FieldError]:
    """What stands against a part's new grade, category or way of keeping: parts that it stands in
    for, or that stand in for it."""
    _held([row.id])
    for one in catalogue.named(Substitute.substitute == row.id, Substitute.model):
        yield from _clash(one.model, one.grade, grade - one.model.grade, N_(
            "It stands in for %(name)s of grade %(grade)s. Take that away first."))  # fmt: skip
    for one in catalogue.named(Substitute.model == row.id, Substitute.substitute):
        other = one.substitute
        yield from _clash(other, one.grade, other.grade - grade, N_(
            "%(name)s of grade %(grade)s stands in for it. Take that away first."))  # fmt: skip
    kept = (category, tracking) != (row.category, row.tracking)
    if kept and _any(row.id):
        message = N_("It has substitutes, or is one. Take that away first.")
        yield FieldError("category", "substitutes", message)


def _clash(other: DeviceModel, named: str, better: int, message: str) -> Iterator[FieldError]:
    if better < 0 or (better == 0 and named == "better"):
        values = {"name": f"{other.maker} {other.name}", "grade": other.grade}
        yield FieldError("grade", "substitute", message, values)


def _any(part_id: int) -> bool:
    mine = (Substitute.model == part_id) | (Substitute.substitute == part_id)
    return bool(Substitute.select().where(mine & Substitute.removed_at.is_null()).exists())
