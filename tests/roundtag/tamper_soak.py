"""Many attacks and many honest histories: `python -m tests.roundtag.tamper_soak --seeds 0:10000
--results docs/soak.md` goes on where it stopped and adds a line per batch of seeds; the batches
take turns between SQLite and PostgreSQL. Every tenth seed lives an honest history as well.
`--seeds 500:750` alone runs that batch again and prints how often each column was altered."""

import argparse
import re
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.house import lanes
from tests.roundtag import stock_soak
from tests.roundtag.shop.rig import Rig
from tests.roundtag.tamper import history, honest, judge
from tests.roundtag.tamper.judge import Verdict

BATCH, HONEST, ALONE = 250, 10, 15
HEAD = """| Seeds | Database | Attacks | Signed anew | Missed | Asked alone | Missed | Columns | \
Honest | Deeds | False alarms | Date | Seconds |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""
LINE = re.compile(r"^\| tampering (\d+)–(\d+) \|", re.MULTILINE)


def attacks(rig: Rig, seeds: range) -> list[tuple[int, Verdict]]:
    """What became of those that the database allowed."""
    with rig.open() as shop, honest.heads_put_back():
        kept = history.full(shop.world)
        judged = [(seed, judge.judged(kept, seed, seed % ALONE == 0)) for seed in seeds]
    return [(seed, one) for seed, one in judged if one.attack]


def histories(rig: Rig, seeds: range) -> tuple[Counter[str], dict[int, list[str]]]:
    """The deeds of honest histories, and those of which something wrong was said."""
    done, alarms = Counter[str](), {}
    for seed in seeds:
        with rig.open() as shop, honest.heads_put_back():
            life = honest.lived(shop, seed)
            found = life.alarms(ask_alone=seed % (ALONE * HONEST) == 0)
            done += life.done
            if found:
                alarms[seed] = found
    return done, alarms


def batch(kind: str, first: int, end: int, columns: Counter[str]) -> str:
    """One line of the table; raises AssertionError that names the seeds when something is wrong."""
    began = time.monotonic()
    with stock_soak.rigged(kind) as rig:
        done = attacks(rig, range(first, end))
        lived = range(first, end, HONEST)
        deeds, alarms = histories(rig, lived)
    missed = [(seed, one) for seed, one in done if not one.found or one.alone is False]
    assert not missed, missed
    assert not alarms, alarms
    altered = Counter(one.column for _, one in done if one.column)
    columns.update(altered)
    asked = sum(one.alone is not None for _, one in done)
    cells = (f"tampering {first}–{end - 1}", kind, len(done), sum(one.signed for _, one in done), 0,
             asked, 0, len(altered), len(lived), sum(deeds.values()), 0,
             f"{datetime.now(UTC):%Y-%m-%d}", round(time.monotonic() - began))  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |\n"


def soak(first: int, end: int, results: Path | None) -> Counter[str]:
    """Batches that the table does not name yet; how often each column was altered in them."""
    text = results.read_text() if results else ""
    named = {(int(a), int(b)) for a, b in LINE.findall(text)}
    kinds = [kind for kind in stock_soak.KINDS
             if kind != "postgresql" or lanes.missing(kind) is None]  # fmt: skip
    columns: Counter[str] = Counter()
    for start in range(first, end, BATCH):
        last = min(start + BATCH, end)
        if (start, last - 1) in named:
            continue
        line = batch(kinds[start // BATCH % len(kinds)], start, last, columns)
        sys.stdout.write(line)
        sys.stdout.flush()
        if results:
            with results.open("a") as file:
                file.write(line)
    return columns


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--seeds", default="0:250")
    words.add_argument("--results", type=Path)
    given = words.parse_args()
    sys.stdout.write(HEAD)
    columns = soak(*map(int, given.seeds.split(":")), given.results)
    for model, field in judge.COLUMNS:
        name = f"{model._meta.table_name}.{field.name}"
        sys.stdout.write(f"{name} {columns[name]}\n")


if __name__ == "__main__":
    main()
