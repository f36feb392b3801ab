"""What is wrong with items: each problem names the item, the field, the cause and the way out."""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from roundtag.items import KINDS, MEASURED, Item
from roundtag.words import N_

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST = 100
"""Items that one checklist may have: more is no round but an audit."""
CHECK_ANSWERS = ("pass", "fail", "fixed", "na")


@dataclass(frozen=True)
class Problem:
    """`item` is the key of the item, empty for the checklist itself; `field` as the form has it."""

    item: str
    field: str
    code: str
    message: str
    values: dict[str, Any] = dataclasses.field(default_factory=dict)


def problems(items: Iterable[Item]) -> list[Problem]:
    """Everything that keeps these items from being published."""
    known = list(items)
    found = [problem for item in known for problem in of_item(item)]
    found += _twice(known)
    for position, item in enumerate(known):
        found += condition(item, known[:position])
    if not known:
        found.append(Problem("", "items", "required", N_("Add an item first.")))
    if len(known) > MOST:
        found.append(Problem("", "items", "many", N_("At most %(limit)s items."), {"limit": MOST}))
    return found


def of_item(item: Item) -> Iterator[Problem]:
    """What is wrong with an item by itself."""

    def wrong(name: str, code: str, message: str, **values: object) -> Problem:
        return Problem(item.key, name, code, message, values)

    if not KEY.fullmatch(item.key):
        yield wrong("key", "form", N_("Small letters, digits and _, a letter first."))
    if item.kind not in KINDS:
        yield wrong("kind", "unknown", N_("Choose one of the list."))
    if not item.zh and not item.en:
        yield wrong("zh", "required", N_("Say what is asked, in one language at least."))
    if item.kind in MEASURED:
        yield from (wrong(*one) for one in _limits(item))
    if item.kind == "choice":
        yield from (wrong(*one) for one in _options(item))


def _limits(item: Item) -> Iterator[tuple[str, str, str]]:
    if item.min is not None and item.max is not None and item.min > item.max:
        yield "max", "limits", N_("The upper limit lies below the lower one.")
    if item.step is not None and item.step <= 0:
        yield "step", "range", N_("The step must be more than 0.")
    if item.kind == "counter" and item.max is not None and item.max <= 0:
        yield "max", "range", N_("The limit of life must be more than 0.")


def _options(item: Item) -> Iterator[tuple[str, str, str]]:
    keys = [option.key for option in item.options]
    if len(keys) < 2:
        yield "options", "required", N_("A choice needs two answers at least.")
    if len(keys) != len(set(keys)):
        yield "options", "twice", N_("Two answers have the same key.")
    if not all(KEY.fullmatch(key) for key in keys):
        yield "options", "form", N_("Keys of answers: small letters, digits and _, a letter first.")
    if not all(option.zh or option.en for option in item.options):
        yield "options", "words", N_("Each answer needs words, in one language at least.")
    if keys and all(option.fail for option in item.options):
        yield "options", "hopeless", N_("One answer at least must be good.")


def _twice(items: list[Item]) -> list[Problem]:
    counted = Counter(item.key for item in items)
    message = N_("Another item has this key.")
    return [Problem(key, "key", "twice", message) for key, count in counted.items() if count > 1]


def answers(item: Item) -> tuple[str, ...]:
    """The answers that another item may depend on: those of checks and choices."""
    if item.kind == "check":
        return CHECK_ANSWERS
    return tuple(option.key for option in item.options) if item.kind == "choice" else ()


def condition(item: Item, before: list[Item]) -> Iterator[Problem]:
    """What is wrong with an item's condition, given the items before it."""
    if item.when is None:
        return
    key, values = item.when
    named = {"key": key}
    on = next((one for one in before if one.key == key), None)
    if on is None:
        message = N_("It depends on “%(key)s”, which does not come before it.")
        yield Problem(item.key, "when", "unknown", message, named)
    elif not answers(on):
        message = N_("It depends on “%(key)s”: only a check or a choice can decide.")
        yield Problem(item.key, "when", "kind", message, named)
    elif not values or not set(values) <= set(answers(on)):
        message = N_("It depends on an answer that “%(key)s” does not have.")
        yield Problem(item.key, "when", "answer", message, named)


def lacking(item: Item) -> tuple[str, ...]:
    """The languages ("zh", "en") in which the item, its hint, its section or an answer says
    nothing though it does in the other."""
    pairs = [(item.zh, item.en), (item.hint_zh, item.hint_en), (item.section_zh, item.section_en)]
    pairs += [(option.zh, option.en) for option in item.options]
    found = {("en" if zh else "zh") for zh, en in pairs if bool(zh) != bool(en)}
    return tuple(sorted(found, reverse=True))
