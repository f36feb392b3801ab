"""One item of a checklist: what is asked, within which limits, and what an answer is worth."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import fields as columns
from typing import Any, Literal

from roundtag import fields
from roundtag.words import N_

Kind = Literal["check", "reading", "counter", "choice", "text", "photo"]
KINDS: tuple[Kind, ...] = ("check", "reading", "counter", "choice", "text", "photo")
MEASURED = frozenset({"reading", "counter"})
CHECKED = frozenset({"pass", "fail", "fixed", "na"})
When = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Option:
    """One answer of a choice item. `fail` marks an answer that fails the item."""

    key: str
    zh: str
    en: str
    fail: bool = False


@dataclass(frozen=True)
class Item:
    """One line of a checklist.

    `min` and `max` are the acceptance limits of a reading, both inclusive and in `unit`; `step` is
    the finest useful graduation. A counter only grows; its `max` is the limit of life: at it the
    part is due for replacement. Neighbours with the same section form one. `when` names an item
    before this one and the answers to it for which this one is asked; None asks always.
    """

    key: str
    kind: Kind
    zh: str
    en: str
    unit: str = ""
    min: float | None = None
    max: float | None = None
    step: float | None = None
    required: bool = True
    options: tuple[Option, ...] = ()
    hint_zh: str = ""
    hint_en: str = ""
    section_zh: str = ""
    section_en: str = ""
    when: When | None = None
    standard: str = ""

    def judge(self, value: str) -> str:
        """pass, fail, fixed, na or none (nothing to judge) for a value that `problem` found
        sound."""
        if self.kind == "check":
            return value
        if self.kind == "reading":
            return "pass" if self._within(fields.number(value) or 0.0) else "fail"
        if self.kind == "counter":
            return "fail" if self._worn(fields.number(value) or 0.0) else "pass"
        if self.kind == "choice":
            bad = {option.key for option in self.options if option.fail}
            return "fail" if value in bad else "pass"
        return "none"

    def _within(self, reading: float) -> bool:
        low_enough = self.max is None or reading <= self.max
        return low_enough and (self.min is None or reading >= self.min)

    def _worn(self, count: float) -> bool:
        return self.max is not None and count >= self.max

    def found(self, value: str) -> str:
        """What a failed answer adds to the item: its reading or choice; nothing for a check."""
        if self.kind in MEASURED:
            return f"{value} {self.unit}".strip()
        return next((option.zh for option in self.options if option.key == value), "")

    def problem(self, value: str) -> tuple[str, str] | None:
        """(code, message id) when the value cannot be taken, else None."""
        if not value:
            return self._missing()
        if self.kind == "check" and value not in CHECKED:
            return "unknown", N_("Choose one of the list.")
        if self.kind == "choice" and value not in {option.key for option in self.options}:
            return "unknown", N_("Choose one of the list.")
        if self.kind in MEASURED and fields.number(value) is None:
            return "number", N_("Give a number, for example 3.5.")
        return None

    def _missing(self) -> tuple[str, str] | None:
        if self.required and self.kind != "photo":
            return "required", N_("This item is still open.")
        return None

    def asked(self, answers: Mapping[str, str]) -> bool:
        """Whether the item is asked, given the answers to the items before it."""
        return self.when is None or answers.get(self.when[0], "") in self.when[1]


@dataclass(frozen=True)
class Section:
    """Neighbouring items under one heading; both names are empty for items without one."""

    zh: str
    en: str
    items: tuple[Item, ...]


def sections(items: Iterable[Item]) -> tuple[Section, ...]:
    found: list[Section] = []
    for item in items:
        name = item.section_zh, item.section_en
        if found and (found[-1].zh, found[-1].en) == name:
            found[-1] = Section(*name, (*found[-1].items, item))
        else:
            found.append(Section(*name, (item,)))
    return tuple(found)


def asked(items: Iterable[Item], answers: Mapping[str, str]) -> tuple[Item, ...]:
    """The items that are asked: an answer to an item that is not asked opens nothing."""
    heard: dict[str, str] = {}
    found = []
    for item in items:
        if item.asked(heard):
            found.append(item)
            heard[item.key] = answers.get(item.key, "")
    return tuple(found)


def item_of(spec: Mapping[str, Any]) -> Item:
    """An item as JSON has it. A remark or a photo is never worth holding up a round: both are
    optional unless the item says otherwise."""
    options = tuple(Option(**option) for option in spec.get("options", ()))
    when = spec.get("when")
    given = {
        **spec,
        "options": options,
        "when": (when["item"], tuple(when["is"])) if when else None,
        "required": spec.get("required", _required(spec["kind"])),
    }
    return Item(**given)


def spec_of(item: Item) -> dict[str, Any]:
    """The item as JSON, without what is as usual; `item_of` reads it back."""
    found: dict[str, Any] = {"key": item.key, "kind": item.kind, "zh": item.zh, "en": item.en}
    for column in columns(Item)[4:]:
        value = getattr(item, column.name)
        if value != column.default:
            found[column.name] = value
    found.pop("required", None)
    if item.required != _required(item.kind):
        found["required"] = item.required
    if item.options:
        found["options"] = [vars(option) for option in item.options]
    if item.when:
        found["when"] = {"item": item.when[0], "is": list(item.when[1])}
    return found


def _required(kind: str) -> bool:
    return kind not in {"text", "photo"}
