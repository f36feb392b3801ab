"""Every page and every standing job with many devices and a long past, against the same with few.

    python -m tests.bench.growth --devices 100,10000,100000 [--keep FOLDER] [--results FILE]

`make bench` takes ROUNDTAG_BENCH_DEVICES, or 100 and 10,000. The databases are made by
`roundtag demo`; with --keep they stay in a folder and are found there the next time. On PostgreSQL:
--postgresql URL, an account that may create databases.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from playhouse.migrations import Runner

from app import create_app
from roundtag import clock, db, growing, jobs
from roundtag.settings import current
from roundtag.supervisor.preparation import MIGRATIONS
from roundtag.worker import import_library
from tests.bench import pages
from tests.bench.measure import Figure, show
from tests.bench.pages import WHOLE, Cost
from tests.seeing import count_queries

PASSWORD = "bench-password-1"
ACCOUNTS = ("manager", "engineer")
"""Whoever may see most; and what only an engineer has, or has otherwise."""
ENGINEERS = ("/", "/today", "/pack", "/faults", "/rounds", "/t/<code>", "/bag")
TURNS, ROUNDS = 3, 3
AIM = 1.2
KEPT = Path("var/bench/growth.json")
"""Where `make bench` leaves all figures, in a folder that is not under version control."""
LEFT_OUT = ("backups.nightly", "jobs.sweep")
"""The copy of all bytes, and what needs a queue."""


@dataclass(frozen=True)
class Site:
    """An installation of one size."""

    devices: int
    url: str
    folder: Path

    @contextmanager
    def chosen(self) -> Iterator[None]:
        os.environ.update(DATA_DIR=str(self.folder), DATABASE_URL=self.url)
        current.cache_clear()
        db.connect(self.url)
        try:
            yield
        finally:
            db.database.close_all()


def site(folder: Path, devices: int, server: str = "", clients: int | None = None) -> Site:
    """The installation of that size in a folder, made unless it is there."""
    place = folder / f"d{devices}"
    url = f"{server}/growth_{devices}" if server else f"sqlite:///{place / 'roundtag.db'}"
    found, note = Site(devices, url, place), place / ("made-postgresql" if server else "made")
    if note.exists():
        return found
    place.mkdir(parents=True, exist_ok=True)
    if server:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as door:
            door.execute(f'DROP DATABASE IF EXISTS "growth_{devices}" WITH (FORCE)')
            door.execute(f'CREATE DATABASE "growth_{devices}"')
    begun = time.perf_counter()
    with found.chosen(), db.database.connection_context():
        Runner(db.database.obj, str(MIGRATIONS)).up()
        growing.grow(growing.of(devices, clients, None, 1, clock.now()), PASSWORD)
        db.database.execute_sql("ANALYZE")
    note.write_text(f"{time.perf_counter() - begun:.0f}")
    return found


def page_costs(one: Site, like: str = "", rounds: int = ROUNDS) -> dict[str, Cost]:
    """By rule, in the eyes of the manager; `engineer …` in an engineer's."""
    found: dict[str, Cost] = {}
    with one.chosen():
        app = create_app()
        with db.database.connection_context():
            known = pages.examples()
        for account in ACCOUNTS:
            browser = pages.signed_in(app, account, PASSWORD)
            for rule, path in pages.paths(app, known):
                if like not in rule or (account == "engineer" and rule not in ENGINEERS):
                    continue
                cost = pages.cost(browser, path, rounds)
                if cost:
                    found[rule if account == "manager" else f"engineer {rule}"] = cost
    return found


def job_costs(one: Site, like: str = "") -> dict[str, Cost]:
    """Of each standing job, when nothing new has happened."""
    import_library()
    found: dict[str, Cost] = {}
    with one.chosen():
        for name, job in sorted(jobs.standing.items()):
            if name not in LEFT_OUT and like in name:
                job.ensure()
                found[name] = _one_job(job.ensure)
    return found


def _one_job(ensure: Callable[[], Any]) -> Cost:
    with db.database.connection_context(), count_queries() as sent:
        start = time.process_time()
        ensure()
        return Cost(1000 * (time.process_time() - start), len(sent), 0)


Costs = dict[str, dict[int, Cost]]


def in_turn(sites: list[Site], costs: Callable[[Site], dict[str, Cost]], turns: int) -> Costs:
    """All sizes by turns; of each name and size the cheapest."""
    best: Costs = {}
    for _ in range(turns):
        for one in sites:
            for name, cost in costs(one).items():
                known = best.setdefault(name, {}).setdefault(one.devices, cost)
                if cost.millis < known.millis:
                    best[name][one.devices] = cost
    return {name: found for name, found in best.items() if len(found) == len(sites)}


def ratio(found: dict[int, Cost], devices: int) -> float:
    return found[devices].millis / found[min(found)].millis


def figures(costs: Costs, aim: str, worst: int = 0) -> list[Figure]:
    """A line for each size but the smallest; the worst ones first, or only so many of them."""
    rows = [
        Figure(f"{name} with {devices:,} devices", f"{ratio(found, devices):.2f}×",
               f"{cost.millis:.1f} / {found[min(found)].millis:.1f} ms, "
               f"{cost.statements} / {found[min(found)].statements} statements", aim)
        for name, found in costs.items() for devices, cost in found.items() if devices > min(found)
    ]  # fmt: skip
    rows.sort(key=lambda row: -float(row.value[:-1]))
    return rows[:worst] if worst else rows


def split(costs: Costs) -> tuple[Costs, Costs]:
    """Pages that show a fixed number of lines; files that hold all of something."""
    whole = {name: found for name, found in costs.items() if WHOLE.search(name)}
    return {name: found for name, found in costs.items() if name not in whole}, whole


def all_of(folder: Path, devices: list[int], server: str = "", results: Path | None = None,
           like: str = "", worst: int = 0) -> list[Figure]:  # fmt: skip
    sites = [site(folder, count, server) for count in sorted(devices)]
    shown, whole = split(in_turn(sites, lambda one: page_costs(one, like), TURNS))
    work = in_turn(sites, lambda one: job_costs(one, like), 1)
    if results:
        results.parent.mkdir(parents=True, exist_ok=True)
        results.write_text(json.dumps(
            {part: {name: {size: asdict(cost) for size, cost in found.items()}
                    for name, found in sorted(costs.items())}
             for part, costs in (("pages", shown), ("files", whole), ("jobs", work))}, indent=1,
            ensure_ascii=False), "utf-8")  # fmt: skip
    flat = sum(ratio(found, max(found)) <= AIM for found in shown.values())
    return [
        Figure(f"pages at most {AIM}× as dear with {max(devices):,} devices as with "
               f"{min(devices):,}", f"{flat} of {len(shown)}", "processor time"),
        *figures(shown, f"≤ {AIM}×", worst), *figures(whole, "by the line", worst),
        *figures(work, "by the item", worst),
    ]  # fmt: skip


def sizes() -> list[int]:
    return [int(size) for size in os.environ.get("ROUNDTAG_BENCH_DEVICES", "100,10000").split(",")]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--devices", default="100,10000,100000")
    asked.add_argument("--keep", type=Path)
    asked.add_argument("--results", type=Path)
    asked.add_argument("--postgresql", default="", metavar="URL")
    asked.add_argument("--like", default="", help="only pages and jobs with this in their name")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = all_of(given.keep or Path(place), [int(n) for n in given.devices.split(",")],
                       given.postgresql, given.results, given.like)  # fmt: skip
        show(found)


if __name__ == "__main__":
    main()
