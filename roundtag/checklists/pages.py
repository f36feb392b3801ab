"""What the pages of one checklist show: its versions, its draft, two states side by side."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN

from roundtag import people
from roundtag.checklists import drafts
from roundtag.checklists.checking import Problem, answers, lacking, problems
from roundtag.checklists.comparing import Comparison, compare
from roundtag.checklists.drafts import Place
from roundtag.checklists.listing import differs, drafts_now, items_in
from roundtag.checklists.occasions import OCCASIONS, Occasion, candidates
from roundtag.checklists.ordering import Items
from roundtag.checklists.versions import Version, version_of
from roundtag.errors import NotFound
from roundtag.items import Item, Section, sections
from roundtag.models import Checklist, ChecklistDraft, ChecklistVersion, Person


@dataclass(frozen=True)
class VersionLine:
    number: int
    published_at: datetime
    count: int
    note: str
    own: bool
    by: str | None


@dataclass(frozen=True)
class ChecklistPage:
    """A checklist as published. `version` is the one shown, None where there is only a draft."""

    place: Place
    name: str
    name_en: str
    version: Version | None
    history: list[VersionLine]
    draft_by: str | None
    draft_at: datetime | None
    differs: bool
    serves: list[Occasion]
    """Occasions that have no checklist of this category and take this one instead."""

    @property
    def newest(self) -> int:
        return self.history[0].number if self.history else 0


def page(at: Place, number: int | None = None) -> ChecklistPage:
    """A checklist with its newest version, or with version `number`; three queries.

    Raises NotFound where neither a version nor a draft exists."""
    rows, draft = _versions(at), _draft(at)
    shown = next((row for row in rows if number in (None, row.number)), None)
    if shown is None and (number is not None or draft is None):
        raise NotFound
    name, name_en = _names(shown) if shown else (draft.name, draft.name_en)
    return ChecklistPage(
        at, name, name_en, version_of(shown) if shown else None,
        [VersionLine(row.number, row.published_at, len(row.items), row.note, row.own,
                     people.name(row.person)) for row in rows],
        people.name(draft.person) if draft else None, draft.saved_at if draft else None,
        bool(rows) and rows[0].own and differs(at, rows[0]), _serves(at) if rows else [],
    )  # fmt: skip


def _names(row: ChecklistVersion) -> tuple[str, str]:
    return row.name or row.checklist.name, row.name_en or row.checklist.name_en


def _versions(at: Place) -> list[ChecklistVersion]:
    """All versions, the newest first."""
    where = (Checklist.category == at.category) & (Checklist.occasion == at.occasion)
    return list(
        ChecklistVersion.select(ChecklistVersion, Checklist, Person)
        .join(Checklist)
        .switch(ChecklistVersion)
        .join(Person, JOIN.LEFT_OUTER)
        .where(where)
        .order_by(ChecklistVersion.number.desc())
    )


def _draft(at: Place) -> Any:
    where = (ChecklistDraft.category == at.category) & (ChecklistDraft.occasion == at.occasion)
    return drafts_now().where(where).first()


def _serves(at: Place) -> list[Occasion]:
    """Which other occasions fall back on this checklist."""
    query = ChecklistVersion.select(Checklist.category, Checklist.occasion).join(Checklist)
    have = set(query.distinct().tuples())
    found = []
    for code, occasion in OCCASIONS.items():
        first = next((one for one in candidates(at.category, code) if one in have), None)
        if code != at.occasion and first == (at.category, at.occasion):
            found.append(occasion)
    return found


@dataclass(frozen=True)
class DraftPage:
    """A draft as it is worked on. `problems` keep it from being published; `lacking` names the
    languages that items, by key, are without."""

    place: Place
    name: str
    name_en: str
    revision: int
    items: Items
    sections: tuple[Section, ...]
    problems: list[Problem]
    lacking: dict[str, tuple[str, ...]]
    seen: dict[str, str]
    by: str | None
    at: datetime
    base: int
    latest: int
    changes: Comparison | None

    @property
    def version(self) -> Version:
        """The draft as an engineer would get it."""
        return Version(0, self.latest + 1, self.name, self.name_en, self.items,
                       self.place.category, self.place.occasion)  # fmt: skip

    def item(self, key: str) -> Item:
        """Raises NotFound."""
        return _one(self.items, key)

    def answers_before(self, key: str) -> list[tuple[Item, tuple[str, ...]]]:
        """The items before `key` (all of them for a new one) that a condition may name."""
        before: list[Item] = []
        for item in self.items:
            if item.key == key:
                break
            before.append(item)
        return [(item, answers(item)) for item in before if answers(item)]


def _one(items: Items, key: str) -> Item:
    found = next((item for item in items if item.key == key), None)
    if found is None:
        raise NotFound
    return found


def draft_page(at: Place) -> DraftPage:
    """Raises NotFound when nobody works on a draft; two queries."""
    row = _draft(at)
    if row is None:
        raise NotFound
    items = drafts.items_of(row)
    published = _versions(at)
    by_id = {version.id: version.number for version in published}
    lacks = {item.key: lacking(item) for item in items}
    return DraftPage(
        at, row.name, row.name_en, row.revision, items, sections(items), problems(items),
        {key: found for key, found in lacks.items() if found},
        {item.key: drafts.digest(item) for item in items}, people.name(row.person), row.saved_at,
        by_id.get(row.base_id, 0), published[0].number if published else 0,
        compare(items_in(published[0].items), items) if published else None,
    )  # fmt: skip


@dataclass(frozen=True)
class ComparePage:
    """`one` and `other`: a version's number, `draft` or `shipped`."""

    place: Place
    name: str
    name_en: str
    one: str
    other: str
    choices: list[str]
    comparison: Comparison


def compare_page(at: Place, one: str = "", other: str = "") -> ComparePage:
    """Two states of a checklist side by side; without a choice, the newest one and the one before.

    Raises NotFound for a state that does not exist; two queries."""
    rows, draft, given = _versions(at), _draft(at), drafts.shipped(at)
    states = {str(row.number): items_in(row.items) for row in reversed(rows)}
    names = _names(rows[0]) if rows else drafts.default_names(at)
    states |= {"draft": drafts.items_of(draft)} if draft else {}
    states |= {"shipped": items_in(given["items"])} if given else {}
    numbers = [state for state in states if state != "shipped"]
    if not numbers:
        raise NotFound
    other = other or numbers[-1]
    one = one or numbers[max(0, numbers.index(other) - 1) if other in numbers else -1]
    if one not in states or other not in states:
        raise NotFound
    comparison = compare(states[one], states[other])
    return ComparePage(at, *names, one, other, list(states), comparison)
