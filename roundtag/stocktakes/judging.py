"""What a stocktake finds, from the register and from what was seen: pure, and in no order.

The same lists in any order, twice or from two phones give the same findings.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

OUTCOMES = ("missing", "misplaced", "retired", "unknown", "uncounted", "away", "found")
"""What needs a person first. `uncounted`: expected in a room that no list came from."""
DIFFERENCES = frozenset({"missing", "misplaced", "retired", "unknown"})
STRANGE = frozenset({"misplaced", "retired", "unknown"})
"""Seen in a room where the register has it not."""


@dataclass(frozen=True)
class Registered:
    """A device as the register has it. `away`: its unit is out, or it is lent, so nobody expects to
    see it.

    `expected` is False for one that was seen though its room is none of this stocktake's.
    """

    id: int
    room_id: int
    expected: bool = True
    retired: bool = False
    away: bool = False


@dataclass(frozen=True)
class Seen:
    """One entry. `device_id` is None for a code that leads to none of the client's devices."""

    room_id: int
    code: str
    device_id: int | None
    person_id: int | None = None


@dataclass(frozen=True)
class Finding:
    """One device, or one unknown code. `seen_in` holds rooms by key; `people` saw it."""

    outcome: str
    device_id: int | None
    code: str
    room_id: int | None
    seen_in: tuple[int, ...]
    people: int


def judge(
    register: Iterable[Registered], seen: Iterable[Seen], visited: Iterable[int]
) -> list[Finding]:
    """One finding for every device expected or seen and for every unknown code.

    `visited`: rooms that a list came from, be it an empty one.
    """
    counted = set(visited)
    by_device: dict[int, list[Seen]] = defaultdict(list)
    by_code: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        if one.device_id is None:
            by_code[one.code].append(one)
        else:
            by_device[one.device_id].append(one)
    found = [_device(one, by_device.get(one.id, []), counted) for one in register]
    unknown = [_finding("unknown", None, code, None, by_code[code]) for code in sorted(by_code)]
    return [one for one in found if one is not None] + unknown


def _device(registered: Registered, seen: list[Seen], counted: set[int]) -> Finding | None:
    outcome = _outcome(registered, {one.room_id for one in seen}, counted)
    if outcome is None:
        return None
    return _finding(outcome, registered.id, "", registered.room_id, seen)


def _outcome(registered: Registered, rooms: set[int], counted: set[int]) -> str | None:
    if rooms and registered.retired:
        return "retired"
    if registered.room_id in rooms:
        return "found"
    if rooms:
        return "misplaced"
    if registered.retired or not registered.expected:
        return None
    if registered.away:
        return "away"
    return "missing" if registered.room_id in counted else "uncounted"


def _finding(outcome: str, device_id: int | None, code: str, room_id: int | None,
             seen: list[Seen]) -> Finding:  # fmt: skip
    people = len({one.person_id for one in seen})
    return Finding(outcome, device_id, code, room_id, tuple(sorted({s.room_id for s in seen})),
                   people)  # fmt: skip


@dataclass(frozen=True)
class Tally:
    """One room's numbers. `expected` is the sum of found, missing, misplaced, uncounted and away.

    `strange` counts what was seen here and is registered elsewhere, retired or unknown.
    """

    expected: int = 0
    found: int = 0
    missing: int = 0
    misplaced: int = 0
    uncounted: int = 0
    away: int = 0
    strange: int = 0


def tally(findings: Iterable[Finding], expected: Iterable[int]) -> dict[int, Tally]:
    """The numbers of each room; `expected` holds the devices that the register has in scope."""
    counted: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    wanted = set(expected)
    for one in findings:
        if one.device_id in wanted and one.room_id is not None:
            counted[one.room_id]["expected"] += 1
            counted[one.room_id][one.outcome] += 1
        if one.outcome in STRANGE:
            for room in one.seen_in:
                counted[room]["strange"] += 1
    return {room: Tally(**numbers) for room, numbers in counted.items()}
