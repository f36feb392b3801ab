"""Publishing: what has changed becomes a new version, what was published stays as it is."""

from dataclasses import dataclass, replace
from typing import Any

from roundtag.checklists import drafts
from roundtag.checklists.checking import problems
from roundtag.checklists.drafts import Place
from roundtag.checklists.versions import latest_row
from roundtag.commands import Deed, Outcome
from roundtag.errors import FieldError, Invalid, invalid
from roundtag.items import Item, Option, item_of, spec_of
from roundtag.models import Checklist, ChecklistDraft, ChecklistVersion
from roundtag.words import N_


@dataclass(frozen=True)
class PublishChecklists:
    """Checklists as in roundtag/data/checklists/*.json."""

    checklists: tuple[dict[str, Any], ...]


def publish_checklists(command: PublishChecklists, deed: Deed) -> Outcome:
    """Publishes each checklist whose items differ from its latest version as a new version.

    A checklist that the provider's people have published themselves stays theirs: the editor shows
    what the product brings, and they take over what they want.
    """
    deed.require()
    count = sum(_publish_shipped(deed, spec) for spec in command.checklists)
    return Outcome(N_("%(count)s checklists were published."), values={"count": count})


def _publish_shipped(deed: Deed, spec: dict[str, Any]) -> bool:
    at = Place(spec["category"], spec["occasion"])
    latest = latest_row(at.category, at.occasion)
    if latest and (latest.own or _alike(latest.items, spec["items"])):
        return False
    _publish(deed, at, latest, spec["name_zh"], spec["name_en"], spec["items"])
    return True


def _alike(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> bool:
    return list(map(item_of, one)) == list(map(item_of, other))


def _publish(deed: Deed, at: Place, latest: ChecklistVersion | None, name: str, name_en: str,
             items: list[dict[str, Any]], **more: Any) -> ChecklistVersion:  # fmt: skip
    return deed.create(
        ChecklistVersion, checklist=_checklist(deed, at, name, name_en),
        number=latest.number + 1 if latest else 1, items=items, name=name, name_en=name_en,
        published_at=deed.received_at, **more,
    )  # fmt: skip


def _checklist(deed: Deed, at: Place, name: str, name_en: str) -> Checklist:
    where = (Checklist.category == at.category) & (Checklist.occasion == at.occasion)
    known: Checklist | None = Checklist.get_or_none(where)
    if known is None:
        return deed.create(Checklist, category=at.category, occasion=at.occasion,
                           name=name, name_en=name_en)  # fmt: skip
    if (known.name, known.name_en) != (name, name_en):
        deed.change(known, name=name, name_en=name_en)
    return known


@dataclass(frozen=True)
class PublishChecklist:
    """`revision` of the draft and number of the `latest` version (0: none) as the page had shown
    them; `note` says what changed."""

    place: Place
    revision: int
    latest: int
    note: str


def publish_checklist(command: PublishChecklist, deed: Deed) -> Outcome:
    """Makes the draft the newest version. It is filled in from now on; entries that were begun
    with an older version are still judged by that one."""
    deed.require()
    at, row = command.place, drafts.of(command.place)
    drafts.as_seen(row, command.revision)
    latest = latest_row(at.category, at.occasion)
    _refuse_overtaken(latest, command.latest)
    items = drafts.items_of(row)
    _refuse_problems(items)
    if latest and list(map(item_of, latest.items)) == list(items):
        raise invalid("", "same", N_("The draft does not differ from the published version."))
    version = _publish(deed, at, latest, row.name or row.name_en, row.name_en or row.name,
                       [spec_of(_whole(item)) for item in items],
                       note=command.note, own=True, person=deed.person_id)  # fmt: skip
    ChecklistDraft.delete().where(ChecklistDraft.id == row.id).execute()
    return Outcome(N_("Version %(number)s is published."), at.url, subject_id=version.id,
                   values={"number": version.number})  # fmt: skip


def _refuse_overtaken(latest: ChecklistVersion | None, seen: int) -> None:
    number = latest.number if latest else 0
    if number != seen:
        message = N_("Version %(number)s was published meanwhile. Compare it, then publish again.")
        raise invalid("", "overtaken", message, number=number)


def _refuse_problems(items: tuple[Item, ...]) -> None:
    found = problems(items)
    if found:
        raise Invalid(*(FieldError("", p.code, p.message, p.values) for p in found))


def _whole(item: Item) -> Item:
    """Nobody is asked nothing: where a language is missing, the other one stands in."""
    given = vars(item)
    pairs = (("zh", "en"), ("hint_zh", "hint_en"), ("section_zh", "section_en"))
    filled = {
        one: given[one] or given[other] for pair in pairs for one, other in (pair, pair[::-1])
    }
    options = tuple(Option(o.key, o.zh or o.en, o.en or o.zh, o.fail) for o in item.options)
    return replace(item, **filled, options=options)
