"""Changes to a list of items: pure, each gives the new list.

Items of a section stay together: an item moved across the edge of a section joins the neighbour's
section, so that moving never tears a section in two.
"""

from dataclasses import replace

from roundtag.items import Item

Items = tuple[Item, ...]
BEFORE = "before:"


def move(items: Items, key: str, to: str) -> Items:
    """`to`: up, down, end or before:<key of another item>. Anything else moves nothing."""
    at = position(items, key)
    if to == "up":
        return _step(items, at, -1)
    if to == "down":
        return _step(items, at, 1)
    return _jump(items, at, to)


def position(items: Items, key: str) -> int:
    """Raises StopIteration for a key that is not there."""
    return next(at for at, item in enumerate(items) if item.key == key)


def _step(items: Items, at: int, by: int) -> Items:
    """One place on; at the edge of a section first into the next section."""
    there = at + by
    if not 0 <= there < len(items):
        return items
    changed, neighbour = list(items), items[there]
    joined = _joined(items[at], neighbour)
    if joined != items[at]:
        changed[at] = joined
    else:
        changed[at], changed[there] = neighbour, joined
    return tuple(changed)


def _jump(items: Items, at: int, to: str) -> Items:
    item, rest = items[at], [*items[:at], *items[at + 1 :]]
    target = to.removeprefix(BEFORE)
    if not rest or target == item.key:
        return items
    if to == "end":
        return (*rest, _joined(item, rest[-1]))
    if not to.startswith(BEFORE) or target not in {one.key for one in rest}:
        return items
    there = position(tuple(rest), target)
    return (*rest[:there], _joined(item, rest[there]), *rest[there:])


def _joined(item: Item, neighbour: Item) -> Item:
    return replace(item, section_zh=neighbour.section_zh, section_en=neighbour.section_en)


def put(items: Items, item: Item, after: str) -> Items:
    """A new item behind `after`, else behind the last of its section, else at the end."""
    mine = (item.section_zh, item.section_en)
    places = [at for at, one in enumerate(items) if one.key == after]
    if not places or (items[places[0]].section_zh, items[places[0]].section_en) != mine:
        places = [at for at, one in enumerate(items) if (one.section_zh, one.section_en) == mine]
    at = places[-1] + 1 if places else len(items)
    return (*items[:at], item, *items[at:])


def free_key(items: Items, wanted: str) -> str:
    """`wanted`, with a number behind it when it is taken."""
    taken = {item.key for item in items}
    number, stem, key = 2, wanted[:36], wanted
    while key in taken:
        number, key = number + 1, f"{stem}_{number}"
    return key
