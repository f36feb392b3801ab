"""G6: an input/output error, a full disk or a kill at one system call never fakes a receipt.

CI meets every kind of call that one submission with a photo makes, and some of its many writes to
the database; `python -m tests.crashes.stumbles` meets them all.
"""

import random
from collections.abc import Iterator

import pytest

from tests.crashes import stumbles, trace
from tests.crashes.stumbles import Case
from tests.crashes.trace import Orders
from tests.house import lanes
from tests.house.seeds import seed

pytestmark = pytest.mark.embedded("the system calls of SQLite's own files are played")

OFTEN = 10
"""Calls of a kind that come more often are drawn by lot, 4 for each fault."""


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orders]:
    lanes.need("strace")
    with trace.stage(tmp_path_factory.mktemp("stumbles")) as opened:
        yield opened


def drawn(found: list[tuple[str, int]], chance: random.Random) -> list[Case]:
    names = [name for name, _ in found]
    rare = [one for one in found if names.count(one[0]) <= OFTEN]
    often = [one for one in found if one not in rare]
    lots = [Case(*one, fault) for fault in stumbles.FAULTS for one in chance.sample(often, 4)]
    return [*stumbles.everything(rare), *lots]


def test_g6_no_failing_call_fakes_a_receipt(orders: Orders) -> None:
    """Also: the same process takes the next entry, and a new one takes the same entry again."""
    found = stumbles.calls(orders)
    assert {"pwrite64", "write", "fsync", "fdatasync", "rename", "mkdir"} <= {n for n, _ in found}
    cases = drawn(found, random.Random(seed()))
    wrong = {str(case): bad for case in cases if (bad := stumbles.play(orders, case))}
    assert wrong == {}
    print(f"{len(cases)} of {len(stumbles.everything(found))} faults")


def answers(*statuses: int) -> dict:
    said = [[status, ""] for status in statuses]
    return {"value": {"said": said, "again": [[200, ""]] * 2, "next": [[201, ""]] * 2}}


def left(entries: list[str], more: list[str]) -> dict:
    sound = {"integrity": "ok", "wrong": [], "absent": [], "photos": []}
    found = {**sound, "entries": entries, "faults": entries}
    return {"found": found, "again": [[200, ""]] * 2,
            "then": {**found, "entries": more, "faults": more}}  # fmt: skip


@pytest.mark.parametrize(("said", "after", "acks", "wrong"), [
    (answers(503, 404), left(["1", "2", "3"], ["1", "2", "3"]), {"ack entry 1"}, 0),
    (answers(201, 201), left(["1", "3"], ["1", "2", "3"]), {"ack entry 2"}, 1),
    (answers(500, 404), left(["1", "2", "3"], ["1", "2", "3"]), set(), 1),
    (answers(201, 201), left(["1", "3"], ["1", "3"]), set(), 1),
])  # fmt: skip
def test_what_is_untrue_is_seen(said: dict, after: dict, acks: set[str], wrong: int) -> None:
    case = Case("fsync", 1, "EIO")
    assert len(list(stumbles._untrue(case, said, after, acks))) == wrong
