"""Tests of the test: each deliberate mistake in the clocks must be seen by the slow model."""

import types
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from roundtag.sla import clocks, events, worktime
from tests.roundtag.sla.cases import Case, case
from tests.roundtag.sla.test_slow import differs

SEEDS = range(10_500, 10_700)
MUTANTS = {
    "a breach is forgiven": (
        clocks, "        if breach is None:\n", "        breach = None\n        if True:\n"),
    "a change of level counts from its own time": (
        clocks, "due = counting.add_unpaused(started, ", "due = counting.add_unpaused(begin, "),
    "a later level judges what was met": (
        clocks, "    if ended and levels[-1][0] >= end:", "    if False:"),
    "pauses are counted": (clocks, "if (reason, target) in STOPPING:", "if False:"),
    "any resumption ends every pause": (
        clocks, "holding - {reason} if reason else set()", "set()"),
    "a deed at the very instant is late": (clocks, "if at < until:", "if at <= until:"),
    "the last minute is given away": (
        clocks, "if at < until:", "if at + timedelta(minutes=1) < until:"),
    "breaches of an earlier cycle are dropped": (
        clocks, "breaches.extend(clock.breaches)", "pass"),
    "holidays are ignored": (
        worktime, "return calendar.is_working_day(day)", "return day.weekday() < 5"),
    "the client's own days are ignored": (worktime, "dict(own)", "{}"),
    "working hours begin a minute late": (
        worktime, "(first, last))", "(first + 1, last))"),
    "the clocks are never changed": (
        worktime, "change = late if old == new else self._change(early, late)",
        "old, change = new, late"),
    "claims may lie in the future": (
        events, "at = min(event.claimed_at, event.at)", "at = event.claimed_at"),
    "a slip is not taken back": (
        events, "if event.id is None or event.id not in gone", "if True"),
}  # fmt: skip


@lru_cache(maxsize=len(SEEDS))
def known(seed: int) -> tuple[Case, dict[str, Any]]:
    given = case(seed)
    return given, given.slow()


def mutant(module: types.ModuleType, old: str, new: str) -> Any:
    text = Path(str(module.__file__)).read_text()
    assert text.count(old) == 1, f"the line to spoil is not there once: {old}"
    made = types.ModuleType(f"mutant_of_{module.__name__}")
    exec(compile(text.replace(old, new), made.__name__, "exec"), made.__dict__)
    return made


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, old, new = MUTANTS[name]
    made = mutant(module, old, new)
    if module is events:
        monkeypatch.setattr(clocks, "corrected", made.corrected)
    spoilt = {
        "clocks": getattr(made, "clocks", None),
        "calendars": getattr(made, "Calendars", None),
    }
    spoilt["calendars"] = spoilt["calendars"] if module is worktime else None
    for seed in SEEDS:
        given, wanted = known(seed)
        if differs(given, given.fast(**spoilt), wanted):
            return
    pytest.fail(f"nobody noticed that {name}")
