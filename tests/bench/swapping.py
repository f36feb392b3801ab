"""A swap through the sync door beside one raw durable commit of as many rows in the same file."""

import itertools
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from roundtag import clock, people, spares, sync, tagging
from roundtag.models import Device, Person, Unit
from tests.bench.measure import Figure, in_turn, millis, ratio
from tests.seeing import count_queries, snapshot
from tests.world import envelope

SWAPS = 40
"""Per round: there and back again, so that every round finds what the one before it found."""


def all_of(folder: Path) -> list[Figure]:
    actor = people.actor_of(Person.get(Person.username == "engineer"), clock.now())
    turns = _turns()

    def ours() -> None:
        for _ in range(SWAPS):
            receipt = sync.submit(envelope("swap", next(turns), actor.person_id), actor)
            assert receipt.outcome == "done"

    before = snapshot()
    with count_queries() as sent:
        receipt = sync.submit(envelope("swap", next(turns), actor.person_id), actor)
    assert receipt.outcome == "done"
    rows = list(_written(before, snapshot()))
    raw = _raw(folder)

    def plain() -> None:
        for _ in range(SWAPS):
            _commit(raw, rows)

    times = in_turn({"ours": ours, "raw": plain}, 5)
    return [
        Figure("a swap through sync", millis(times["ours"] / SWAPS), f"{len(sent)} statements"),
        Figure(f"… against one raw durable SQLite commit of its {len(rows)} rows",
               ratio(times, "ours", "raw"), millis(times["raw"] / SWAPS), "≤ 2.5×"),
    ]  # fmt: skip


def _turns() -> Iterator[dict[str, str]]:
    """The forms of a device's unit and a spare that change places, again and again."""
    device, old, new = next(_pairs())
    tag = tagging.codes_of_devices([device.id])[device.id]
    for shown, given in itertools.cycle([(old, new), (new, old)]):
        yield {"tag": tag, "expected_old_serial": shown, "new_serial": given,
               "old_unit_to": "store", "reason": "upgrade"}  # fmt: skip


def _pairs() -> Iterator[tuple[Device, str, str]]:
    for unit in Unit.select().where(Unit.place == "device").order_by(Unit.id):
        for line in spares.fitting(unit.device, unit.model_id):
            yield unit.device, unit.serial, line.serial


def _written(before: Any, after: Any) -> Iterator[tuple[str, str]]:
    for table, rows in after.items():
        known = set(map(repr, before[table]))
        yield from ((table, cells) for cells in map(repr, rows) if cells not in known)


def _raw(folder: Path) -> sqlite3.Connection:
    raw = sqlite3.connect(folder / "raw-swap.db", isolation_level=None)
    raw.executescript("PRAGMA journal_mode=wal; PRAGMA synchronous=2; "
                      "CREATE TABLE row (of_table TEXT, cells TEXT)")  # fmt: skip
    return raw


def _commit(raw: sqlite3.Connection, rows: list[tuple[str, str]]) -> None:
    raw.execute("BEGIN IMMEDIATE")
    raw.executemany("INSERT INTO row VALUES (?, ?)", rows)
    raw.execute("COMMIT")
