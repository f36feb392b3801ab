"""Many random sequences on a database: `python -m tests.roundtag.stock_soak --seeds 0:10000
--results docs/soak.md` goes on where it stopped and adds a line per batch of seeds; the batches
take turns between SQLite and PostgreSQL. `--seeds 250:300` alone runs that batch again."""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from roundtag import db, queue, settings
from tests import conftest
from tests import world as worlds
from tests.house import lanes
from tests.roundtag.shop import machine
from tests.roundtag.shop.rig import Rig, rig

BATCH, STEPS = 50, 50
KINDS = ("sqlite", "postgresql")
HEAD = """| Seeds | Database | Sequences | Steps | Swaps | Sent again | Wrong | Date | Seconds |
|---|---|---|---|---|---|---|---|---|
"""
LINE = re.compile(r"^\| stock (\d+)–(\d+) \|", re.MULTILINE)


@contextmanager
def rigged(kind: str) -> Iterator[Rig]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(queue, "limits_url", lambda: "memory://")
        patch.setenv("DATA_DIR", folder)
        settings.current.cache_clear()
        url = conftest._migrated(conftest._empty(kind, Path(folder)))
        try:
            db.connect(url)
            with db.database.connection_context():
                worlds.open_provider()
                world = worlds.build("A")
                worlds.build("B")
            db.database.close_all()
            with rig(url, world) as opened:
                yield opened
        finally:
            db.database.close_all()
            if kind == "postgresql":
                conftest._postgresql(f'DROP DATABASE "{url.rsplit("/", 1)[1]}" WITH (FORCE)')


def batch(kind: str, first: int, end: int) -> str:
    began = time.monotonic()
    with rigged(kind) as opened:
        done = machine.run(opened, end - first, STEPS, seed=first)
    swaps = sum(done[name] for name in ("swap", "swap_stale", "lend"))
    cells = (f"stock {first}–{end - 1}", kind, done["sequences"], done["steps"], swaps,
             done["again"], 0, f"{datetime.now(UTC):%Y-%m-%d}",
             round(time.monotonic() - began))  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |\n"


def soak(first: int, end: int, results: Path | None) -> None:
    """Batches that the table does not name yet."""
    text = results.read_text() if results else ""
    done = {(int(a), int(b)) for a, b in LINE.findall(text)}
    kinds = [kind for kind in KINDS if kind != "postgresql" or lanes.missing(kind) is None]
    for start in range(first, end, BATCH):
        last = min(start + BATCH, end)
        if (start, last - 1) in done:
            continue
        line = batch(kinds[start // BATCH % len(kinds)], start, last)
        sys.stdout.write(line)
        sys.stdout.flush()
        if results:
            with results.open("a") as file:
                file.write(line)


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--seeds", default="0:100")
    words.add_argument("--results", type=Path)
    given = words.parse_args()
    first, end = map(int, given.seeds.split(":"))
    sys.stdout.write(HEAD)
    soak(first, end, given.results)


if __name__ == "__main__":
    main()
