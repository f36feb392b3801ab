"""One failing system call at a time, in one submission with a photo: what is told is true.

`python -m tests.crashes.stumbles --results docs/soak.md` does it for every call and every fault.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.crashes import trace
from tests.crashes.power import add
from tests.crashes.trace import Orders
from tests.house.processes import until

CALLS = "pwrite64,write,fsync,fdatasync,ftruncate,rename,mkdir"
FAULTS = {"EIO": "error=EIO", "ENOSPC": "error=ENOSPC", "KILL": "signal=KILL"}
REFUSED = {503, 507}
TAKEN = {200, 201}


@dataclass(frozen=True)
class Case:
    """The `number`-th call of one kind is answered by a fault."""

    call: str
    number: int
    fault: str

    def __str__(self) -> str:
        return f"{self.call}-{self.number}-{self.fault}"


def _stopped(pid: int) -> bool:
    return any(line.startswith("State:\t") and line[7] in "Tt"
               for line in Path(f"/proc/{pid}/status").read_text().splitlines())  # fmt: skip


def _child(parent: int) -> int:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return int(found[0]) if found else 0


def _played(orders: Orders, name: str, *options: str) -> dict[str, Any]:
    """A fork sends an entry under strace, sends it again, and then another one."""
    orders.begin("stumble", name)
    pid = until(lambda: _child(orders.pid), "the fork began")
    until(lambda: _stopped(pid), "it waits for its tracer")
    watch = ["strace", "-p", str(pid), *options]
    with subprocess.Popen(watch, text=True, stderr=subprocess.PIPE) as tracer:
        assert tracer.stderr
        assert "attached" in tracer.stderr.readline()
        os.kill(pid, signal.SIGCONT)
        return orders.end()


def calls(orders: Orders) -> list[tuple[str, int]]:
    """Every call that one submission with a photo makes to change the disk."""
    seen = orders.folder / "calls"
    _played(orders, "counted", "-o", str(seen), "-e", f"trace={CALLS},writev")
    until_answered = seen.read_text().split("answered")[0]
    names = re.findall(rf"^({CALLS.replace(',', '|')})\(", until_answered, re.MULTILINE)
    return [(name, names[: n + 1].count(name)) for n, name in enumerate(names)]


def play(orders: Orders, case: Case) -> list[str]:
    """What is not true after one fault; nothing when all is well."""
    inject = f"inject={case.call}:{FAULTS[case.fault]}:when={case.number}"
    name = str(case)
    said = _played(orders, name, "-o", "/dev/null", "-e", f"trace={case.call}", "-e", inject)
    told = (orders.folder / f"{name}.acks").read_text().splitlines()
    acks = {line for line in told if line.startswith("ack ")}
    after = orders.do("afterwards", name)["value"]
    return list(_untrue(case, said, after, acks))


def _untrue(case: Case, said: dict[str, Any], after: dict[str, Any],
            acks: set[str]) -> Iterator[str]:  # fmt: skip
    found, then = after["found"], after["then"]
    answers = said["value"]["said"] if "value" in said else []
    if case.fault == "KILL" and said.get("signal") != signal.SIGKILL:
        yield "it was not killed"
    for status, kind in answers:
        if status not in TAKEN | REFUSED | {404}:
            yield f"answered {status} {kind}"
    if 404 in {status for status, _ in answers[:1]}:
        yield "the entry was told to be unknown"
    for state in (found, then):
        if state["wrong"] or state["integrity"] != "ok" or state["absent"]:
            yield f"{state['integrity']} {state['wrong']} {state['absent']}"
        if state["entries"] != state["faults"]:
            yield "an entry without its record"
    held = {f"ack entry {one}" for one in found["entries"]}
    held |= {f"ack photo {one}" for one in found["photos"]}
    if lost := acks - held:
        yield f"lost: {lost}"
    later = [*said["value"]["again"], *said["value"]["next"]] if "value" in said else []
    if any(status not in TAKEN for status, _ in [*later, *after["again"]]):
        yield f"afterwards {later} {after['again']}"
    if len(then["entries"]) != (3 if "value" in said else 2):
        yield f"in the end {then['entries']}"


def everything(found: list[tuple[str, int]]) -> list[Case]:
    return [Case(call, number, fault) for call, number in found for fault in FAULTS]


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--results", type=Path)
    given, began = words.parse_args(), time.monotonic()
    if why := trace.usable():
        sys.exit(why)
    with tempfile.TemporaryDirectory() as place, trace.stage(Path(place)) as orders:
        cases = everything(calls(orders))
        wrong = {str(case): bad for case in cases if (bad := play(orders, case))}
    if wrong:
        sys.exit("\n".join(f"{name}: {bad}" for name, bad in wrong.items()))
    cells = (f"calls {len(cases) // len(FAULTS)}", len(cases), 0, f"{datetime.now(UTC):%Y-%m-%d}",
             round(time.monotonic() - began))  # fmt: skip
    add(f"| {' | '.join(map(str, cells))} |\n", given.results, "| System calls")


if __name__ == "__main__":
    main()
