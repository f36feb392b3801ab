"""The list of checklists: what is published and what is being worked on."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from roundtag import data, people
from roundtag.checklists import drafts
from roundtag.checklists.comparing import compare
from roundtag.checklists.drafts import Place
from roundtag.checklists.occasions import ANY, OCCASIONS, Occasion
from roundtag.checklists.ordering import Items
from roundtag.fields import Fields
from roundtag.items import item_of
from roundtag.models import Checklist, ChecklistDraft, ChecklistVersion, Person

STATES = ("published", "draft", "own", "differs")


@dataclass(frozen=True)
class Filter:
    """What the list shows; empty values narrow nothing. `state` is one of STATES."""

    category: str = ""
    occasion: str = ""
    state: str = ""


def read_filter(form: Fields) -> Filter:
    """Filters in an address: what is unknown there narrows nothing."""
    category, occasion, state = (form.raw(name) for name in ("category", "occasion", "state"))
    known = {ANY, *(one.code for one in data.categories())}
    return Filter(category if category in known else "", occasion if occasion in OCCASIONS else "",
                  state if state in STATES else "")  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A checklist in the list. `number` is 0 where nothing is published; `differs` tells that the
    product brings another text than the provider's own."""

    place: Place
    name: str
    name_en: str
    occasion: Occasion
    count: int
    number: int = 0
    published_at: datetime | None = None
    own: bool = False
    differs: bool = False
    draft_by: str | None = None
    draft_at: datetime | None = None


def lines(chosen: Filter) -> list[Line]:
    """All checklists and drafts, by category as everywhere, then by occasion; two queries."""
    published = {line.place: line for line in map(_published, _newest())}
    for draft in drafts_now():
        known = published.get(place := Place(draft.category, draft.occasion))
        at, by = draft.saved_at, people.name(draft.person) or ""
        published[place] = replace(known or _unpublished(draft), draft_at=at, draft_by=by)
    return sorted((line for line in published.values() if _fits(line, chosen)), key=_rank)


def _newest() -> Any:
    newest = ChecklistVersion.select(fn.MAX(ChecklistVersion.id)).group_by(
        ChecklistVersion.checklist
    )
    return (
        ChecklistVersion.select(ChecklistVersion, Checklist)
        .join(Checklist)
        .where(ChecklistVersion.id.in_(newest))
    )


def drafts_now() -> Any:
    return ChecklistDraft.select(ChecklistDraft, Person).join(Person, JOIN.LEFT_OUTER)


def _published(row: ChecklistVersion) -> Line:
    at, of = Place(row.checklist.category, row.checklist.occasion), row.checklist
    return Line(at, row.name or of.name, row.name_en or of.name_en, OCCASIONS[at.occasion],
                len(row.items), row.number, row.published_at, row.own,
                row.own and differs(at, row))  # fmt: skip


def differs(at: Place, row: ChecklistVersion) -> bool:
    """Whether the product brings another text than what was published."""
    given = drafts.shipped(at)
    return given is not None and not compare(items_in(row.items), items_in(given["items"])).same


def items_in(specs: list[dict[str, Any]]) -> Items:
    return tuple(map(item_of, specs))


def _unpublished(row: ChecklistDraft) -> Line:
    at = Place(row.category, row.occasion)
    return Line(at, row.name, row.name_en, OCCASIONS[at.occasion], len(row.items))


def _fits(line: Line, chosen: Filter) -> bool:
    states = {"published": line.number > 0, "draft": line.draft_at is not None, "own": line.own,
              "differs": line.differs, "": True}  # fmt: skip
    return (
        chosen.category in ("", line.place.category)
        and chosen.occasion in ("", line.place.occasion)
        and states[chosen.state]
    )


def _rank(line: Line) -> tuple[int, int]:
    """`any` first: it stands in for all the others."""
    category = line.place.category
    order = 0 if category == ANY else data.category(category).order
    return order, list(OCCASIONS).index(line.place.occasion)
