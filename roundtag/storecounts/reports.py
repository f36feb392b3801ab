"""What a count has found; after the closing, what it had found then."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from peewee import fn

from roundtag import documents, people
from roundtag.access import Actor
from roundtag.models import (
    DeviceModel,
    StoreCount,
    StoreCountLine,
    StoreCountList,
    StoreCountReason,
    dicts,
)
from roundtag.storecounts import gathering, naming
from roundtag.storecounts.facts import OUTCOMES, Facts, Finding
from roundtag.storecounts.judging import judge
from roundtag.storecounts.scope import in_view
from roundtag.storecounts.shape import Line, Listed, Report, Result

Key = tuple[int | None, int | None, str]
LATE_SHOWN = 200
HERE = frozenset({"missing", "fewer", "more", "uncounted", "shelf", "arrived", "found"})
"""Outcomes of what the books have in the store that is counted."""


def report(count_id: int, actor: Actor) -> Report:
    """The report as it stands, or as it stood at the closing. Raises NotFound."""
    found = in_view(count_id, actor)
    store = found.store
    result = _thawed(found.result) if found.closed_at else result_of(found)
    if store.client_id is None and actor.client_ids is not None:
        result = _of_here(result)
    lists, held = _lists(found), _held_by_late(found)
    reasons = _reasons(found)
    names = people.names({key for key in (
        found.opened_by_id, found.closed_by_id, *(r.person_id for r in reasons.values()),
        *(row["person"] for row in lists)) if key})  # fmt: skip
    return Report(
        found.id, store.id, store.name, store.code, store.client_id, found.name, found.blind,
        found.opened_at, names.get(found.opened_by_id or 0),
        found.closed_at, names.get(found.closed_by_id or 0),
        _with_words(result, reasons, names),
        found.closed_at is None or documents.data_digest(found.result) == found.digest,
        found.digest or "",
        [_listed(row, names, held) for row in lists],
    )  # fmt: skip


def _of_here(result: Result) -> Result:
    """Where else things are is not told to who works for some clients only: a unit that is read in
    the provider's store may be any client's."""
    return replace(result, lines=[
        line if line.outcome in HERE
        else replace(line, place="", where="", link="", moved_at="")
        for line in result.lines
    ])  # fmt: skip


def frozen(result: Result) -> dict[str, Any]:
    """The result as plain data, to be kept at the closing. People and words stay out: they are
    erasable, and are read anew."""
    lines = []
    for line in result.lines:
        kept = asdict(line)
        del kept["note"], kept["by"]
        kept["seen_on"] = list(line.seen_on)
        kept["twice"] = [[shelf, list(figures)] for shelf, figures in line.twice]
        lines.append(kept)
    return {**asdict(replace(result, lines=[])), "lines": lines, "shelves": list(result.shelves)}


def _thawed(kept: dict[str, Any]) -> Result:
    lines = [
        Line(**{**line, "seen_on": tuple(line["seen_on"]),
                "twice": tuple((shelf, tuple(figures)) for shelf, figures in line["twice"])})
        for line in kept["lines"]
    ]  # fmt: skip
    return Result(**{**kept, "lines": lines, "shelves": tuple(kept["shelves"])})


def result_of(count: StoreCount) -> Result:
    """Everything from the tables of this moment, in a fixed number of queries."""
    found = gathering.facts(count)
    return told(count, found, judge(found))


def told(count: StoreCount, found: Facts, findings: list[Finding]) -> Result:
    """Findings in words, with their reasons."""
    reasons = _reasons(count)
    names = naming.of(findings)
    lines = [_line(one, names, reasons) for one in findings]
    shelves = {one.shelf for one in found.lists if one.shelf}
    return Result(sorted(lines, key=_order), len(found.lists),
                  len({one.person_id for one in found.lists}), tuple(sorted(shelves)))  # fmt: skip


def _line(one: Finding, names: naming.Names, reasons: Mapping[Key, StoreCountReason]) -> Line:
    unit = names.units.get(one.unit_id or 0)
    model_id = one.model_id or (unit.model_id if unit else None)
    line = Line(
        one.outcome, one.unit_id, one.model_id, unit.serial if unit else one.serial,
        names.models.get(model_id or 0, ""), unit.shelf if unit else "", one.expected,
        one.counted, one.seen_on, one.lists, one.people, one.twice,
        unit.place if unit else "", unit.where if unit else "", unit.link if unit else "",
        unit.moved_at if unit else "",
    )  # fmt: skip
    reason = reasons.get(line.key) if line.differs else None
    return replace(line, reason=reason.kind) if reason else line


def _order(line: Line) -> tuple[int, str, str, str]:
    return OUTCOMES.index(line.outcome), line.shelf, line.model, line.serial


def _reasons(count: StoreCount) -> dict[Key, StoreCountReason]:
    """The newest reason of each thing."""
    rows = StoreCountReason.select().where(StoreCountReason.count == count.id)
    return {(row.unit_id, row.model_id, row.serial): row
            for row in rows.order_by(StoreCountReason.id)}  # fmt: skip


def _with_words(result: Result, reasons: Mapping[Key, StoreCountReason],
                names: Mapping[int, str]) -> Result:  # fmt: skip
    return replace(result, lines=[
        replace(line, note=reasons[line.key].note or "",
                by=names.get(reasons[line.key].person_id, ""))
        if line.reason and line.key in reasons else line
        for line in result.lines
    ])  # fmt: skip


def _lists(count: StoreCount) -> list[dict[str, Any]]:
    """Every list with how many things it held, the newest first."""
    query = (
        StoreCountList.select(StoreCountList, fn.COUNT(StoreCountLine.id).alias("things"))
        .left_outer_join(StoreCountLine)
        .where(StoreCountList.count == count.id)
        .group_by(StoreCountList.id)
        .order_by(StoreCountList.id.desc())
    )
    return dicts(query)


def _held_by_late(count: StoreCount) -> dict[int, list[str]]:
    query = (
        StoreCountLine.select(StoreCountLine.list, StoreCountLine.serial, StoreCountLine.quantity,
                              DeviceModel.maker, DeviceModel.name)
        .join(StoreCountList)
        .switch(StoreCountLine)
        .left_outer_join(DeviceModel, on=(DeviceModel.id == StoreCountLine.model))
        .where((StoreCountLine.count == count.id) & StoreCountList.late)
        .order_by(StoreCountLine.id)
        .limit(LATE_SHOWN)
    )  # fmt: skip
    found: dict[int, list[str]] = {}
    for row in dicts(query):
        piece = f"{row['maker']} {row['name']}: {row['quantity']}" if row["name"] else ""
        found.setdefault(row["list"], []).append(row["serial"] or piece)
    return found


def _listed(row: dict[str, Any], names: Mapping[int, str], held: dict[int, list[str]]) -> Listed:
    return Listed(row["shelf"], names.get(row["person"] or 0), row["received_at"], row["things"],
                  row["late"], row["note"] or "", tuple(held.get(row["id"], ())))  # fmt: skip
