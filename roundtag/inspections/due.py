"""What there is to fill in at a device or a room: every checklist that is due there, and beside
each item what is known of it. A fixed number of queries, however much that is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from roundtag import charts, checklists, findings, rounds, trends
from roundtag.charts import Chart
from roundtag.checklists import Item, Version
from roundtag.findings import FindingLine
from roundtag.inspections import doubts
from roundtag.inspections.last import Reading, readings_at
from roundtag.items import MEASURED
from roundtag.models import Device
from roundtag.rounds import Beside, Due
from roundtag.trends import Point

COURSE = 12
"""Points of the small chart beside a reading."""


@dataclass(frozen=True)
class Line:
    """An item as the form shows it. `odd`: the readings that are asked about (doubts.attribute);
    `show_if`: the answer that opens it; `problem`: what is still open of it."""

    item: Item
    last: Reading | None
    chart: Chart | None
    odd: str
    show_if: str
    problem: FindingLine | None


@dataclass(frozen=True)
class Section:
    zh: str
    en: str
    lines: list[Line]

    @property
    def has_good(self) -> bool:
        """Whether there is anything that one tap can call good."""
        return any(line.item.kind in ("check", "choice") for line in self.lines)


@dataclass(frozen=True)
class Check:
    """One form. `anchor` and `entity` name it in the page and on the phone; `left`: problems of
    before that no item of it asks about."""

    due: Due | None
    version: Version
    sections: list[Section]
    anchor: str
    entity: str
    left: list[FindingLine]

    @property
    def round_id(self) -> str:
        return str(self.due.round_id) if self.due else ""


@dataclass(frozen=True)
class Checks:
    """`open`: what is still to do, the soonest first, or what could be done once more where
    nothing is. `done`: what is done already. `left`: everything that is open here."""

    open: list[Check]
    done: list[Due]
    left: list[FindingLine]
    beside: list[Beside]

    @property
    def due(self) -> bool:
        return bool(self.open and self.open[0].due and not self.open[0].due.done_at)

    def posted(self, data: Mapping[str, str]) -> int:
        """Which form a refused one was: by its round, else by its version, else the first."""
        marks = [(one.round_id, str(one.version.id)) for one in self.open]
        given = data.get("round", ""), data.get("template_version", "")
        alike = [n for n, mark in enumerate(marks) if mark[0] == given[0]]
        same = [n for n, mark in enumerate(marks) if mark[1] == given[1]]
        return next(iter([n for n in alike if n in same] or alike or same), 0)


def checks_at(device: Device | None, room_id: int, category: str, today: date) -> Checks:
    device_id = device.id if device else None
    dues = rounds.dues_of(device, room_id, today)
    waiting, done = [d for d in dues if not d.done_at], [d for d in dues if d.done_at]
    versions = checklists.latest_of(category, {*(due.occasion for due in dues), "monthly"})
    left = findings.lines_at(device_id, room_id)
    forms = _forms(waiting or done[:1], versions)
    asked = {item.key: item for _, version in forms for item in version.items}
    known = _Known(readings_at(device_id, room_id, asked), _series(device_id, asked.values()), left)
    first = next(iter([*waiting, *done]), None)
    beside = rounds.beside(first.round_id if first else None, room_id, device_id)
    return Checks(list(known.checks(forms)), done, left, beside)


def _forms(dues: list[Due], versions: Mapping[str, Version]) -> list[tuple[Due | None, Version]]:
    """A form for each due; without any, the monthly one for whoever checks all the same."""
    if dues:
        return [(due, versions[due.occasion]) for due in dues if due.occasion in versions]
    return [(None, versions["monthly"])] if "monthly" in versions else []


def _series(device_id: int | None, items: Iterable[Item]) -> dict[str, list[Point]]:
    measured = [item.key for item in items if item.kind in MEASURED]
    if device_id is None or not measured:
        return {}
    found = trends.series_of([(device_id, key) for key in measured], last=COURSE)
    return {item: points for (_, item), points in found.items()}


@dataclass(frozen=True)
class _Known:
    """What is known of the items of a place."""

    last: dict[str, Reading]
    series: dict[str, list[Point]]
    left: list[FindingLine]

    def checks(self, forms: list[tuple[Due | None, Version]]) -> Iterable[Check]:
        names: set[str] = set()
        for due, version in forms:
            name = _name(due, names)
            names.add(name)
            sections = [
                Section(part.zh, part.en, [self._line(item) for item in part.items])
                for part in checklists.sections_of(version)
            ]
            anchor = "check" if len(names) == 1 else f"check-{name or 'monthly'}"
            yield Check(due, version, sections, anchor, name, self._unasked(version))

    def _unasked(self, version: Version) -> list[FindingLine]:
        keys = {item.key for item in version.items}
        return [one for one in self.left if one.item is None or one.item.key not in keys]

    def _line(self, item: Item) -> Line:
        points = self.series.get(item.key, [])
        chart = charts.draw(points, item.min, item.max, charts.SPARK, item.kind == "counter")
        problem = next((f for f in self.left if f.item and f.item.key == item.key), None)
        show_if = f"item.{item.when[0]}={'|'.join(item.when[1])}" if item.when else ""
        return Line(item, self.last.get(item.key), chart if len(points) > 1 else None,
                    doubts.attribute(item), show_if, problem)  # fmt: skip


def _name(due: Due | None, taken: set[str]) -> str:
    """What tells the forms of one place apart on a phone, today as tomorrow: the monthly one has
    no name, so that a draft of before there were others is found again."""
    name = "" if due is None or due.occasion == "monthly" else due.occasion
    if due is not None and name in taken:
        return f"{due.occasion}-{due.round_id}"
    return name
