"""Bilingual domain data kept as JSON beside this file, read on first use and kept in memory.

Every record is frozen, so a caller cannot change what the next caller sees. Texts come in pairs
(`…_zh` / `…_en`, or `zh` / `en`); the reader's language is chosen by whoever renders them.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from roundtag.items import Item, item_of


@dataclass(frozen=True)
class Category:
    """A device category. `life_years` is the design life, None where none applies (`room`).

    `aliases` are further Chinese names that clients' lists use for the same category.
    """

    code: str
    name_zh: str
    name_en: str
    subsystem: str
    subsystem_zh: str
    subsystem_en: str
    life_years: int | None
    order: int
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class RoomKind:
    """A kind of room; `aliases` as in `Category`.

    `expects` are the categories that such a room usually has; a slash stands between those of which
    one is enough.
    """

    code: str
    name_zh: str
    name_en: str
    order: int
    aliases: tuple[str, ...]
    expects: tuple[str, ...] = ()

    def lacks(self, present: Iterable[str]) -> list[list[Category]]:
        """What is expected but not among the categories `present`: groups, one of each wanted."""
        here = set(present)
        groups = [one.split("/") for one in self.expects]
        return [[category(code) for code in group] for group in groups if not here & set(group)]


@dataclass(frozen=True)
class Checklist:
    """A template as shipped; the first load copies it into the provider's versioned templates."""

    category: str
    occasion: str
    name_zh: str
    name_en: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Tip:
    zh: str
    en: str


@dataclass(frozen=True)
class Symptom:
    """What an attendee can see or hear, likeliest `categories` first. `icon` names a drawing."""

    code: str
    zh: str
    en: str
    icon: str
    categories: tuple[str, ...]
    tips: tuple[Tip, ...]
    offered: bool = True
    """False for what only the product's own forms report."""


@cache
def categories() -> tuple[Category, ...]:
    """Every category, grouped by subsystem in the order of GB 50799, then this product's own."""
    return tuple(sorted((Category(**_tuples(row)) for row in _read("categories")), key=_order))


@cache
def room_kinds() -> tuple[RoomKind, ...]:
    """Every room kind in display order."""
    return tuple(sorted((RoomKind(**_tuples(row)) for row in _read("room_kinds")), key=_order))


@cache
def checklists() -> tuple[Checklist, ...]:
    """The shipped templates: one per category and occasion."""
    return tuple(
        Checklist(**{**row, "items": tuple(map(item_of, row["items"]))}) for row in checklist_rows()
    )


@cache
def checklist_rows() -> tuple[dict[str, Any], ...]:
    """The shipped templates as their JSON files have them: what `publish_checklists` takes."""
    names = sorted(file.name for file in files(__name__).joinpath("checklists").iterdir())
    return tuple(row for name in names for row in _read(f"checklists/{name.removesuffix('.json')}"))


@cache
def checklist_of() -> dict[tuple[str, str], dict[str, Any]]:
    """The same by category and occasion."""
    return {(row["category"], row["occasion"]): row for row in checklist_rows()}


@cache
def symptoms() -> tuple[Symptom, ...]:
    """The attendee's choices, commonest first and `other` last."""
    return tuple(symptom for symptom in _all_symptoms() if symptom.offered)


@cache
def _all_symptoms() -> tuple[Symptom, ...]:
    return tuple(
        Symptom(**{**_tuples(row), "tips": tuple(Tip(**tip) for tip in row["tips"])})
        for row in _read("symptoms")
    )


@cache
def category_tips() -> dict[str, tuple[Tip, ...]]:
    """What anybody may try at a device of a category, whatever ails it."""
    return {row["category"]: tuple(Tip(**tip) for tip in row["tips"]) for row in _read("tips")}


def tips_of(category: str) -> tuple[Tip, ...]:
    return category_tips().get(category, ())


def category(code: str) -> Category:
    """The category of a code. Raises KeyError."""
    return _by_category()[code]


def room_kind(code: str) -> RoomKind:
    """The room kind of a code. Raises KeyError."""
    return _by_room_kind()[code]


def symptom(code: str) -> Symptom | None:
    """The symptom of a code; None for the product's own codes, e.g. a failed checklist."""
    return _by_symptom().get(code)


@cache
def _by_category() -> dict[str, Category]:
    return {record.code: record for record in categories()}


@cache
def _by_room_kind() -> dict[str, RoomKind]:
    return {record.code: record for record in room_kinds()}


@cache
def _by_symptom() -> dict[str, Symptom]:
    return {record.code: record for record in _all_symptoms()}


def category_code(text: str) -> str | None:
    """The code for a code, a name in either language or an alias; None when unknown."""
    return _category_names().get(_folded(text))


def room_kind_code(text: str) -> str | None:
    """The code for a code, a name in either language or an alias; None when unknown."""
    return _room_kind_names().get(_folded(text))


@cache
def _category_names() -> dict[str, str]:
    return _names(categories())


@cache
def _room_kind_names() -> dict[str, str]:
    return _names(room_kinds())


def _names(records: Iterable[Category | RoomKind]) -> dict[str, str]:
    return {
        _folded(name): record.code
        for record in records
        for name in (record.code, record.name_zh, record.name_en, *record.aliases)
    }


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _order(record: Category | RoomKind) -> int:
    return record.order


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def _read(name: str) -> list[dict[str, Any]]:
    text = files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(text)
    return rows
