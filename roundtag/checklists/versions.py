"""What was published: versions that never change, the newest of a category and occasion first."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from roundtag.checklists.occasions import candidates
from roundtag.items import Item, Section, item_of, sections
from roundtag.models import Checklist, ChecklistVersion


@dataclass(frozen=True)
class Version:
    """A version as it was published, of whichever category and occasion it was made for."""

    id: int
    number: int
    name: str
    name_en: str
    items: tuple[Item, ...]
    category: str = ""
    occasion: str = ""


def sections_of(version: Version) -> tuple[Section, ...]:
    return sections(version.items)


def latest(category: str, occasion: str) -> Version | None:
    """The newest version for a category at an occasion, else what stands in for it; one query."""
    return latest_of(category, [occasion]).get(occasion)


def latest_of(category: str, occasions: Iterable[str]) -> dict[str, Version]:
    """As `latest`, for several occasions at once; those without any are left out. One query."""
    wanted = {occasion: candidates(category, occasion) for occasion in occasions}
    pairs = [
        (Checklist.category == kind) & (Checklist.occasion == code)
        for kind, code in {pair for all_of in wanted.values() for pair in all_of}
    ]
    rows = _rows().where(reduce(or_, pairs)).order_by(ChecklistVersion.number) if pairs else ()
    found = {(row.checklist.category, row.checklist.occasion): row for row in rows}
    chosen = {
        occasion: next((found[pair] for pair in all_of if pair in found), None)
        for occasion, all_of in wanted.items()
    }
    made = {row.id: version_of(row) for row in chosen.values() if row}
    return {occasion: made[row.id] for occasion, row in chosen.items() if row}


def version(version_id: int) -> Version | None:
    """A version as it was published; old ones stay valid for entries filled in offline."""
    row = _rows().where(ChecklistVersion.id == version_id).first()
    return version_of(row) if row else None


def _rows() -> Any:
    return ChecklistVersion.select(ChecklistVersion, Checklist).join(Checklist)


def latest_row(category: str, occasion: str) -> ChecklistVersion | None:
    """The newest version of exactly this category and occasion."""
    where = (Checklist.category == category) & (Checklist.occasion == occasion)
    row: ChecklistVersion | None = (
        _rows().where(where).order_by(ChecklistVersion.number.desc()).first()
    )
    return row


def asked_since(filed: Version) -> tuple[int, list[Item]]:
    """The number of the checklist's newest version, and the required items it has in addition."""
    checklist = ChecklistVersion.select(ChecklistVersion.checklist).where(
        ChecklistVersion.id == filed.id
    )
    row = (
        _rows()
        .where(ChecklistVersion.checklist == checklist)
        .order_by(ChecklistVersion.number.desc())
        .get()
    )
    newest, known = version_of(row), {item.key for item in filed.items}
    return newest.number, [i for i in newest.items if i.required and i.key not in known]


def version_of(row: ChecklistVersion) -> Version:
    of, items = row.checklist, tuple(item_of(spec) for spec in row.items)
    return Version(row.id, row.number, of.name, of.name_en, items, of.category, of.occasion)
