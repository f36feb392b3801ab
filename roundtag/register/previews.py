"""What a person is shown before anything is written, kept as JSON beside the files.

A preview of 10,000 rows takes seconds; its pages are cut from what was kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from roundtag.register import choices
from roundtag.register.choices import Choice
from roundtag.register.plan import Step
from roundtag.register.problems import Problem
from roundtag.register.sheets import Seen
from roundtag.register.verbs import Preview

KEPT = 10_000
"""Lines of one sort that are kept; all are counted."""
PAGE = 50


def document(seen: Preview, remembered: Mapping[str, Choice]) -> dict[str, Any]:
    """The preview as JSON: counts, tables, and lines of each sort with how many there are."""
    updates = [step for step in seen.plan.steps if step.fate == "update"]
    return {
        "digest": seen.plan.digest,
        "idle": seen.plan.is_idle,
        "counts": seen.plan.counts(),
        "tables": [_table(one, remembered) for one in seen.reading.seen],
        "problems": _lines(map(_problem, seen.problems[:KEPT])),
        "warnings": _lines(map(_problem, seen.warnings[:KEPT])),
        "changes": _lines(map(_change, updates[:KEPT])),
        "totals": {
            "problems": len(seen.problems),
            "warnings": len(seen.warnings),
            "changes": len(updates),
        },
    }


def _lines(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(found)


def _table(seen: Seen, remembered: Mapping[str, Choice]) -> dict[str, Any]:
    signature = choices.signature(seen.headings)
    return {**asdict(seen), "signature": signature, "remembered": signature in remembered}


def _problem(problem: Problem) -> dict[str, Any]:
    return {**asdict(problem), "value": problem.shown, "cell": problem.cell}


def _change(step: Step) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "name": step.values.get("code") or step.values.get("serial"),
        "fields": [
            {"field": name, "before": step.before[name], "after": value}
            for name, value in step.changes.items()
        ],
    }


def part(document: dict[str, Any], sort: str, page: int) -> list[dict[str, Any]]:
    """One page (from 1) of problems, warnings or changes."""
    lines: list[dict[str, Any]] = document[sort]
    return lines[(page - 1) * PAGE : page * PAGE]


def pages(document: dict[str, Any], sort: str) -> int:
    return max(1, -(-len(document[sort]) // PAGE))
