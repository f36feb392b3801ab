"""The clocks against an independent model that counts minute by minute.

The slice runs always; `make soak` runs the full count: SOAK_CASES=first:end chooses other seeds.
"""

import os
from datetime import timedelta
from typing import Any

import pytest

from roundtag.sla.clocks import Clock, Clocks
from tests.roundtag.sla.cases import Case, case, minute_of

MINUTE = timedelta(minutes=1)
SLICE, BATCH = 500, 1000
FIRST, END = (int(part) for part in os.environ.get("SOAK_CASES", "500:10500").split(":"))


def heard(clock: Clock) -> dict[str, Any]:
    return {
        "state": clock.state, "level": clock.level, "due": minute_of(clock.due_at),
        "met": minute_of(clock.met_at), "ended": minute_of(clock.ended_at),
        "breached": minute_of(clock.breached_at), "elapsed": clock.elapsed / MINUTE,
        "budget": clock.budget / MINUTE,
        "reached": {p: minute_of(clock.reached(p)) for p in (50, 80, 100)},
        "all": [minute_of(breach.at) for breach in clock.breaches],
    }  # fmt: skip


def differs(given: Case, told: Clocks, wanted: dict[str, Any]) -> str:
    """ "" where both agree, else what they say."""
    for clock in told:
        mine, theirs = heard(clock), wanted[clock.target]
        mine["reached"] = {p: mine["reached"][p] for p in theirs["reached"]}
        if mine != theirs:
            wrong = {key: (mine[key], theirs[key]) for key in mine if mine[key] != theirs[key]}
            return f"{clock.target}: {wrong}\n{given.events}\n{given.rows}\n{given.now}"
    return ""


def agree(seeds: range) -> None:
    for seed in seeds:
        given = case(seed)
        wrong = differs(given, given.fast(), given.slow())
        assert not wrong, f"seed {seed}: {wrong}"


@pytest.mark.parametrize("part", range(5))
def test_a_slice(part: int) -> None:
    agree(range(part * SLICE // 5, (part + 1) * SLICE // 5))


@pytest.mark.soak
@pytest.mark.parametrize("first", range(FIRST, END, BATCH))
def test_all(first: int) -> None:
    agree(range(first, min(first + BATCH, END)))
