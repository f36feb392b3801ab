"""Runs random schedules: `python -m tests.e2e.offline.schedules --seed 42`, or `--seeds 0:1000
--results docs/soak.md`, which goes on where it stopped and adds a line per batch."""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from tests.e2e.offline import plan
from tests.e2e.offline.handset import launch_options
from tests.e2e.offline.rig import Counts, Rig

BATCH = 50
Options = dict[str, Any]
HEAD = """| Seeds | Schedules | Steps | Kills | Entries | Photos | Lost | Doubled | Date | Seconds |
|---|---|---|---|---|---|---|---|---|---|
"""
LINE = re.compile(r"^\| (\d+)–(\d+) \|", re.MULTILINE)


@contextmanager
def rigged(kit: Playwright, options: Options) -> Iterator[Rig]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        rig = Rig(kit, options, Path(folder))
        try:
            yield rig
        finally:
            rig.close()


def run(rig: Rig, seed: int) -> Counts:
    """One schedule; when it fails, its steps are told with the seed."""
    steps, began = plan.steps(seed), time.monotonic()
    try:
        counts = rig.run(steps)
    except BaseException:
        print(f"seed {seed} failed at step {rig.at}:", *map(str, steps), sep="\n  ", flush=True)
        raise
    seconds = time.monotonic() - began
    print(f"seed {seed}: {len(steps)} steps, {counts}, {seconds:.1f} s", flush=True)
    return counts


def batch(kit: Playwright, options: Options, first: int, last: int) -> str:
    """A line of the table for the seeds from `first` to `last`. Raises AssertionError."""
    began = time.monotonic()
    with rigged(kit, options) as rig:
        done = [astuple(run(rig, seed)) for seed in range(first, last + 1)]
        assert "NOT" not in (told := rig.ledger()), told
    entries, photos, kills = map(sum, zip(*done, strict=True))
    steps = sum(len(plan.steps(seed)) for seed in range(first, last + 1))
    cells = (f"{first}–{last}", len(done), steps, kills, entries, photos, 0, 0,
             f"{datetime.now(UTC):%Y-%m-%d}", round(time.monotonic() - began))  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |\n"


def soak(kit: Playwright, options: Options, first: int, end: int, results: Path) -> None:
    """Batches that the table does not name yet."""
    done = {(int(a), int(b)) for a, b in LINE.findall(results.read_text())}
    for start in range(first, end, BATCH):
        last = min(start + BATCH, end) - 1
        if (start, last) not in done:
            line = batch(kit, options, start, last)
            with results.open("a") as file:
                file.write(line)


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--seed", type=int)
    words.add_argument("--seeds", default="0:100")
    words.add_argument("--results", type=Path)
    given = words.parse_args()
    first, end = map(int, given.seeds.split(":"))
    if given.seed is not None:
        first, end = given.seed, given.seed + 1
    options = launch_options()  # looking for a browser may start a playwright of its own
    with sync_playwright() as kit:
        if given.results:
            soak(kit, options, first, end, given.results)
        else:
            sys.stdout.write(HEAD + batch(kit, options, first, end - 1))


if __name__ == "__main__":
    main()
