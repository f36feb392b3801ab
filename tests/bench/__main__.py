"""`make bench`: figures as ratios against plain counterparts, measured in turn in the same run.

    python -m tests.bench [--only NAME …] [--tiny]

Nothing here is asserted: a machine's mood is no fault of the code. An aim that is missed says so
in the table, a part that breaks is a line of it and the exit status. All lines are kept in
var/bench/figures.json, by part, each with the moment at which it was measured.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import traceback
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.bed import alone
from tests.bench.measure import Figure, show
from tests.bench.parts import PARTS, TINY

KEPT = Path("var/bench/figures.json")
BROKEN = "NOT MEASURED"


def measured(name: str) -> list[Figure]:
    print(f"… {name}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as place:
        try:
            with alone(Path(place)):
                return PARTS[name](Path(place))
        except Exception as broken:
            traceback.print_exc()
            return [Figure(f"part {name}", BROKEN, f"{type(broken).__name__}: {broken}"[:80])]


def keep(name: str, found: list[Figure]) -> None:
    """The lines of one part; those of others stay as they were measured."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    parts = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    parts[name] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version(),
        "figures": [{**asdict(one), "verdict": one.verdict} for one in found],
    }  # fmt: skip
    KEPT.write_text(json.dumps(parts, indent=1, ensure_ascii=False), "utf-8")


def shrink() -> None:
    for module, values in TINY.items():
        for name, value in values.items():
            setattr(module, name, value)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="NAME",
                       help=", ".join(PARTS))  # fmt: skip
    asked.add_argument("--tiny", action="store_true", help="shows that it runs; keeps nothing")
    given = asked.parse_args()
    if given.tiny:
        shrink()
    found: list[Figure] = []
    for name in given.only:
        part = measured(name)
        found += part
        if not given.tiny:
            keep(name, part)
    show(found)
    missed = sum(one.missed for one in found)
    print(f"\n{len(found)} figures, {missed} of them miss their aim")
    return int(any(one.value == BROKEN for one in found))


if __name__ == "__main__":
    sys.exit(main())
