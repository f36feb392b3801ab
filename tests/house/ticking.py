"""A scheduler with one task, for tests: `python -m tests.house.ticking [flaw]`.

Each call is a row with its process, its beginning and end; each fifth of a second gets one tick.
"""

import os
import sys

from roundtag import db, jobs, scheduler

EVERY = 0.1
TABLES = """
CREATE TABLE call (id SERIAL PRIMARY KEY, pid INT, began TIMESTAMPTZ, ended TIMESTAMPTZ);
CREATE TABLE tick (slot BIGINT PRIMARY KEY, pid INT)
"""
SLOT = "INSERT INTO tick VALUES (FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 5), %s) "


def look() -> None:
    """As every standing task: what should exist by now exists afterwards, once."""
    ask = db.database.execute_sql
    (began,) = ask("SELECT clock_timestamp()").fetchone()
    ask(SLOT + "ON CONFLICT DO NOTHING", (os.getpid(),))
    ask("SELECT pg_sleep(0.03)")
    ask("INSERT INTO call (pid, began, ended) VALUES (%s, %s, clock_timestamp())",
        (os.getpid(), began))  # fmt: skip


def main(flaw: str = "") -> None:
    jobs.standing.clear()
    jobs.every(EVERY, "house.tick")(look)
    scheduler.import_library = lambda: None
    scheduler.WAIT_FOR_LOCK = 0.3
    if flaw:
        scheduler.Lock.held = lambda _: True  # type: ignore[method-assign]
    scheduler.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
