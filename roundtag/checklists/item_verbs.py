"""Changes to one item of a draft: add, change, move, duplicate, take out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from roundtag.checklists.checking import Problem, condition, of_item
from roundtag.checklists.drafts import SAVED_BY_OTHER, Place, digest, items_of, of, save
from roundtag.checklists.ordering import Items, free_key, move, position, put
from roundtag.commands import Deed, Outcome
from roundtag.errors import FieldError, Invalid, NotFound, invalid
from roundtag.items import Item
from roundtag.words import N_


@dataclass(frozen=True)
class SaveItem:
    """An item as typed. `key` names the one that it replaces, empty for a new one, which comes
    `after` another; `seen` is the digest of what the form had shown."""

    place: Place
    item: Item
    key: str = ""
    after: str = ""
    seen: str = ""


def save_item(command: SaveItem, deed: Deed) -> Outcome:
    """Adds or changes one item of a draft."""
    deed.require()
    row = of(command.place)
    items, key = items_of(row), command.key
    if key:
        _unchanged(items, key, command.seen)
        at = position(items, key)
        before, others = items[:at], [item.key for item in items if item.key != key]
        changed = (*items[:at], command.item, *items[at + 1 :])
    else:
        changed = put(items, command.item, command.after)
        before = changed[: position(changed, command.item.key)]
        others = [item.key for item in items]
    _refuse(command.item, before, others)
    save(deed, row, items=_follow(changed, key, command.item.key))
    return Outcome(N_("The item is saved in the draft."), command.place.draft_url)


def _follow(items: Items, old: str, new: str) -> Items:
    """Conditions on an item whose key was changed go with it."""
    if not old or old == new:
        return items
    return tuple(
        replace(item, when=(new, item.when[1])) if item.when and item.when[0] == old else item
        for item in items
    )


def _unchanged(items: Items, key: str, seen: str) -> None:
    """Refuses to overwrite what the form had not shown."""
    shown = next((item for item in items if item.key == key), None)
    if shown is None:
        raise invalid("", "gone", N_("Somebody else has taken this item out meanwhile."))
    if digest(shown) != seen:
        raise invalid("", "stale", SAVED_BY_OTHER)


def _refuse(item: Item, before: Iterable[Item], others: list[str]) -> None:
    found = [*of_item(item), *condition(item, list(before))]
    if item.key in others:
        found.append(Problem(item.key, "key", "twice", N_("Another item has this key.")))
    if found:
        raise Invalid(*(FieldError(p.field, p.code, p.message, p.values) for p in found))


@dataclass(frozen=True)
class MoveItem:
    """`to`: up, down, end or before:<key>."""

    place: Place
    key: str
    to: str


def move_item(command: MoveItem, deed: Deed) -> Outcome:
    deed.require()
    row = of(command.place)
    items = items_of(row)
    _known(items, command.key)
    changed = move(items, command.key, command.to)
    if changed != items:
        save(deed, row, items=changed)
    return Outcome(N_("The order is saved in the draft."), command.place.draft_url)


@dataclass(frozen=True)
class CopyItem:
    place: Place
    key: str


def copy_item(command: CopyItem, deed: Deed) -> Outcome:
    """A second item like the first, behind it, with a key of its own."""
    deed.require()
    row = of(command.place)
    items = items_of(row)
    _known(items, command.key)
    original = items[position(items, command.key)]
    twin = replace(original, key=free_key(items, original.key))
    save(deed, row, items=put(items, twin, original.key))
    return Outcome(N_("The item was duplicated. Change what differs."),
                   f"{command.place.draft_url}/items/{twin.key}")  # fmt: skip


@dataclass(frozen=True)
class RemoveItem:
    place: Place
    key: str
    seen: str


def remove_item(command: RemoveItem, deed: Deed) -> Outcome:
    deed.require()
    row = of(command.place)
    items = items_of(row)
    _known(items, command.key)
    _unchanged(items, command.key, command.seen)
    save(deed, row, items=tuple(item for item in items if item.key != command.key))
    return Outcome(N_("The item is out of the draft."), command.place.draft_url)


def _known(items: Items, key: str) -> None:
    if key not in {item.key for item in items}:
        raise NotFound
