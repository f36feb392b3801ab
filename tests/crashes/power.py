"""Recordings of the product's own writes, and crashes of power in them: `python -m
tests.crashes.power --seeds 0:100 --results docs/soak.md` makes 10,000 images for each seed that the
table does not name yet."""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from roundtag import db
from tests.crashes import trace
from tests.crashes.images import Crashes, Verdict, wrong_with
from tests.crashes.trace import Event

ENTRIES, IMAGES = 30, 10_000
LINE = re.compile(r"^\| power (\d+) \|", re.MULTILINE)


@contextmanager
def recordings(folder: Path, wanted: list[tuple[str, int, str]]) -> Iterator[list[list[Event]]]:
    """Events of fresh installations: a name, how many entries are sent, and what is broken."""
    with trace.stage(folder, traced=True) as orders:
        ended = [orders.do("record", *each) for each in wanted]
    assert [one.get("signal") for one in ended] == [9] * len(wanted)
    yield [trace.events(folder / f"trace.{one['pid']}", folder / name, folder / f"{name}.acks")
           for one, (name, _, _) in zip(ended, wanted, strict=True)]  # fmt: skip


def judge(folder: Path, name: str, events: list[Event], images: int, seed: int) -> Verdict:
    verdict = Crashes(folder / "base", folder / name, seed).run(events, images)
    verdict.wrong += [one for pages in verdict.states for one in wrong_with(pages)]
    return verdict


def batch(seed: int, images: int) -> str:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with recordings(folder, [("day", ENTRIES, "")]) as (events,):
            found = judge(folder, "day", events, images, seed)
    if found.wrong:
        sys.exit(f"seed {seed}: {found.wrong[:10]}")
    cells = (f"power {seed}", found.images, len(events), len(found.states), 0,
             f"{datetime.now(UTC):%Y-%m-%d}", round(time.monotonic() - began))  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |\n"


def add(line: str, results: Path | None, marker: str) -> None:
    """Prints a line, and puts it behind the last one of its table."""
    sys.stdout.write(line)
    sys.stdout.flush()
    if results:
        lines = results.read_text().splitlines(keepends=True)
        last = max(n for n, each in enumerate(lines) if each.startswith(marker))
        while last + 1 < len(lines) and lines[last + 1].startswith("|"):
            last += 1
        results.write_text("".join([*lines[: last + 1], line, *lines[last + 1 :]]))


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--seeds", default="0:1")
    words.add_argument("--images", type=int, default=IMAGES)
    words.add_argument("--results", type=Path)
    given = words.parse_args()
    if why := trace.usable():
        sys.exit(why)
    done = set(map(int, LINE.findall(given.results.read_text()))) if given.results else set()
    db.connect("sqlite:////dev/null")  # what is opened is always elsewhere
    for seed in range(*map(int, given.seeds.split(":"))):
        if seed not in done:
            add(batch(seed, given.images), given.results, "| Power seed")


if __name__ == "__main__":
    main()
