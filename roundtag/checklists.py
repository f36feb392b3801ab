"""Checklists: items per category and occasion, published in versions that never change."""

from dataclasses import dataclass
from typing import Any

from roundtag import fields
from roundtag.commands import Deed, Outcome
from roundtag.models import Checklist, ChecklistVersion
from roundtag.words import N_


@dataclass(frozen=True)
class Item:
    """One item. `kind`: check, reading, choice, text or photo; limits are in `unit`."""

    key: str
    kind: str
    zh: str
    en: str
    unit: str = ""
    min: float | None = None
    max: float | None = None
    step: float | None = None
    required: bool = True
    options: tuple[dict[str, Any], ...] = ()
    hint_zh: str = ""
    hint_en: str = ""

    def judge(self, value: str) -> str:
        """pass, fail, na or none (nothing to judge) for a value that `problem` found sound."""
        if self.kind == "check":
            return value
        if self.kind == "reading":
            return "pass" if self._within(fields.number(value) or 0.0) else "fail"
        if self.kind == "choice":
            bad = {option["key"] for option in self.options if option.get("fail")}
            return "fail" if value in bad else "pass"
        return "none"

    def _within(self, reading: float) -> bool:
        low_enough = self.max is None or reading <= self.max
        return low_enough and (self.min is None or reading >= self.min)

    def found(self, value: str) -> str:
        """What a failed answer adds to the item: its reading or choice; nothing for a check."""
        if self.kind == "reading":
            return f"{value} {self.unit}".strip()
        return next((option["zh"] for option in self.options if option["key"] == value), "")

    def problem(self, value: str) -> tuple[str, str] | None:
        """(code, message id) when the value cannot be taken, else None."""
        if not value:
            return self._missing()
        if self.kind == "check" and value not in {"pass", "fail", "na"}:
            return "unknown", N_("Choose one of the list.")
        if self.kind == "choice" and value not in {option["key"] for option in self.options}:
            return "unknown", N_("Choose one of the list.")
        if self.kind == "reading" and fields.number(value) is None:
            return "number", N_("Give a number, for example 3.5.")
        return None

    def _missing(self) -> tuple[str, str] | None:
        if self.required and self.kind != "photo":
            return "required", N_("This item is still open.")
        return None


@dataclass(frozen=True)
class Version:
    id: int
    number: int
    name: str
    name_en: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class PublishChecklists:
    """Checklists as in roundtag/data/checklists.json."""

    checklists: tuple[dict[str, Any], ...]


def publish_checklists(command: PublishChecklists, deed: Deed) -> Outcome:
    """Publishes each checklist whose items differ from its latest version as a new version."""
    deed.require()
    count = sum(_publish(deed, spec) for spec in command.checklists)
    return Outcome(N_("%(count)s checklists were published."), values={"count": count})


def _publish(deed: Deed, spec: dict[str, Any]) -> bool:
    where = (Checklist.category == spec["category"]) & (Checklist.occasion == spec["occasion"])
    checklist = Checklist.get_or_none(where) or deed.create(
        Checklist,
        category=spec["category"],
        occasion=spec["occasion"],
        name=spec["name_zh"],
        name_en=spec["name_en"],
    )
    latest = _latest_row(checklist.category, checklist.occasion)
    if latest and latest.items == spec["items"]:
        return False
    deed.create(
        ChecklistVersion,
        checklist=checklist,
        number=latest.number + 1 if latest else 1,
        items=spec["items"],
        published_at=deed.received_at,
    )
    return True


def _latest_row(category: str, occasion: str) -> ChecklistVersion | None:
    return (
        ChecklistVersion.select(ChecklistVersion, Checklist)
        .join(Checklist)
        .where((Checklist.category == category) & (Checklist.occasion == occasion))
        .order_by(ChecklistVersion.number.desc())
        .first()
    )


def latest(category: str, occasion: str) -> Version | None:
    row = _latest_row(category, occasion)
    return _version(row) if row else None


def version(version_id: int) -> Version | None:
    """A version as it was published; old ones stay valid for entries filled in offline."""
    row = (
        ChecklistVersion.select(ChecklistVersion, Checklist)
        .join(Checklist)
        .where(ChecklistVersion.id == version_id)
        .first()
    )
    return _version(row) if row else None


def asked_since(filed: Version) -> tuple[int, list[Item]]:
    """The number of the checklist's newest version, and the required items it has in addition."""
    checklist = ChecklistVersion.select(ChecklistVersion.checklist).where(
        ChecklistVersion.id == filed.id
    )
    row = (
        ChecklistVersion.select(ChecklistVersion, Checklist)
        .join(Checklist)
        .where(ChecklistVersion.checklist == checklist)
        .order_by(ChecklistVersion.number.desc())
        .get()
    )
    newest, known = _version(row), {item.key for item in filed.items}
    return newest.number, [i for i in newest.items if i.required and i.key not in known]


def _version(row: ChecklistVersion) -> Version:
    items = tuple(_item(spec) for spec in row.items)
    return Version(row.id, row.number, row.checklist.name, row.checklist.name_en, items)


def _item(spec: dict[str, Any]) -> Item:
    return Item(**{**spec, "options": tuple(spec.get("options", ())), **_required(spec)})


def _required(spec: dict[str, Any]) -> dict[str, bool]:
    """Texts and photos are optional unless the item says otherwise."""
    return {"required": spec.get("required", spec["kind"] not in {"text", "photo"})}
