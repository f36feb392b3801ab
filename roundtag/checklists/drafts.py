"""Drafts: a checklist is worked on item by item, then published as a whole or thrown away.

Two people may work on one draft. An item is saved only over what its form had shown (`seen`); the
draft is published or thrown away only as the page had shown it (`revision`). Whoever comes second
is shown what the first one saved.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from roundtag import data
from roundtag.checklists.occasions import ANY, OCCASIONS
from roundtag.checklists.ordering import Items
from roundtag.checklists.versions import latest_row
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.items import Item, item_of, spec_of
from roundtag.models import ChecklistDraft
from roundtag.words import N_

SAVED_BY_OTHER = N_(
    "Somebody else has saved this meanwhile. Look at what is there now, then save again."
)


@dataclass(frozen=True)
class Place:
    """What a checklist is for: a category, or `any`, and an occasion."""

    category: str
    occasion: str

    @property
    def url(self) -> str:
        return f"/checklists/{self.category}/{self.occasion}"

    @property
    def draft_url(self) -> str:
        return f"{self.url}/draft"


def place(category: str, occasion: str) -> Place:
    """Raises NotFound for a category or an occasion that is not known."""
    if occasion not in OCCASIONS or category not in {ANY, *(c.code for c in data.categories())}:
        raise NotFound
    return Place(category, occasion)


@dataclass(frozen=True)
class DraftChecklist:
    """`source`: latest, shipped, empty or file. A file brings its own `items` and names."""

    place: Place
    source: str = "latest"
    name: str = ""
    name_en: str = ""
    items: tuple[dict[str, Any], ...] = ()


def draft_checklist(command: DraftChecklist, deed: Deed) -> Outcome:
    """Begins a draft; where one is being worked on, leads there and changes nothing."""
    deed.require()
    at = command.place
    if find(at):
        message = N_("A draft was begun before. Here it is.")
        return Outcome(message, at.draft_url, state="conflict")
    latest = latest_row(at.category, at.occasion)
    name, name_en, items = _source(command, latest)
    row = deed.create(
        ChecklistDraft, category=at.category, occasion=at.occasion, name=name, name_en=name_en,
        items=items, base=latest, person=deed.person_id, saved_at=deed.received_at,
    )  # fmt: skip
    message = N_("A draft was begun. Nothing changes for the engineers before it is published.")
    return Outcome(message, at.draft_url, subject_id=row.id)


def _source(command: DraftChecklist, latest: Any) -> tuple[str, str, Any]:
    at = command.place
    given = shipped(at)
    if command.source == "file":
        return command.name, command.name_en, list(command.items)
    if command.source == "shipped" and given:
        return given["name_zh"], given["name_en"], given["items"]
    if command.source == "latest" and latest:
        of = latest.checklist
        return latest.name or of.name, latest.name_en or of.name_en, latest.items
    zh, en = default_names(at)
    return zh, en, []


def shipped(at: Place) -> dict[str, Any] | None:
    """The product's own checklist for a place, as its file has it."""
    return data.checklist_of().get((at.category, at.occasion))


def default_names(at: Place) -> tuple[str, str]:
    """What a checklist is called before anybody names it: its category and its occasion."""
    occasion = OCCASIONS[at.occasion]
    if at.category == ANY:
        return f"通用设备{occasion.zh}", f"{occasion.en}: any device"
    category = data.category(at.category)
    return f"{category.name_zh}{occasion.zh}", f"{occasion.en}: {category.name_en.lower()}"


def find(at: Place) -> ChecklistDraft | None:
    row: ChecklistDraft | None = ChecklistDraft.get_or_none(
        (ChecklistDraft.category == at.category) & (ChecklistDraft.occasion == at.occasion)
    )
    return row


def of(at: Place) -> ChecklistDraft:
    """Raises NotFound when no draft is being worked on."""
    row = find(at)
    if row is None:
        raise NotFound
    return row


def items_of(row: ChecklistDraft) -> Items:
    return tuple(item_of(spec) for spec in row.items)


def digest(item: Item) -> str:
    """What a form carries to say which state of an item it had shown."""
    text = json.dumps(spec_of(item), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def save(deed: Deed, row: ChecklistDraft, **values: Any) -> None:
    """Writes a draft if nobody has since it was read. Raises Invalid."""
    if "items" in values:
        values["items"] = [spec_of(item) for item in values["items"]]
    same = (ChecklistDraft.id == row.id) & (ChecklistDraft.revision == row.revision)
    values |= {"revision": row.revision + 1, "person": deed.person_id}
    if not deed.claim(ChecklistDraft, same, saved_at=deed.received_at, **values):
        raise invalid("", "stale", SAVED_BY_OTHER)


@dataclass(frozen=True)
class NameChecklist:
    """`revision` is that of the page on which the names were typed."""

    place: Place
    name: str
    name_en: str
    revision: int


def name_checklist(command: NameChecklist, deed: Deed) -> Outcome:
    deed.require()
    row = of(command.place)
    as_seen(row, command.revision)
    save(deed, row, name=command.name, name_en=command.name_en)
    return Outcome(N_("The name is saved in the draft."), command.place.draft_url)


def as_seen(row: ChecklistDraft, revision: int) -> None:
    if row.revision != revision:
        raise invalid("", "stale", SAVED_BY_OTHER)


@dataclass(frozen=True)
class DiscardChecklist:
    place: Place
    revision: int


def discard_checklist(command: DiscardChecklist, deed: Deed) -> Outcome:
    """Throws a draft away; what is published stays as it is."""
    deed.require()
    row = of(command.place)
    as_seen(row, command.revision)
    row.delete_instance()
    latest = latest_row(command.place.category, command.place.occasion)
    return Outcome(N_("The draft was thrown away."), command.place.url if latest else "/checklists")
