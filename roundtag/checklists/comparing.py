"""Two versions side by side, item by item."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from roundtag.items import Item

NAMES = tuple(field.name for field in fields(Item) if field.name != "key")


@dataclass(frozen=True)
class Difference:
    """A field of an item that differs."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Changed:
    before: Item
    after: Item
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Comparison:
    """`reordered`: items of both stand in another order."""

    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[Changed, ...]
    reordered: bool

    @property
    def same(self) -> bool:
        return not (self.added or self.removed or self.changed or self.reordered)


def compare(before: Iterable[Item], after: Iterable[Item]) -> Comparison:
    """What was added, removed and changed, by key; the reverse comparison is its mirror image."""
    old, new = {item.key: item for item in before}, {item.key: item for item in after}
    return Comparison(
        added=tuple(item for key, item in new.items() if key not in old),
        removed=tuple(item for key, item in old.items() if key not in new),
        changed=tuple(
            Changed(old[key], new[key], _differences(old[key], new[key]))
            for key in sorted(old.keys() & new.keys())
            if old[key] != new[key]
        ),
        reordered=[key for key in old if key in new] != [key for key in new if key in old],
    )


def _differences(before: Item, after: Item) -> tuple[Difference, ...]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in NAMES)
    return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])
