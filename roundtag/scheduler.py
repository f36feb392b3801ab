"""Makes standing things true again and again: rounds opened, jobs handed over, deadlines seen.

Nothing is fired "at" a time: each task ensures that what should exist by now exists, so an
installation that was off at midnight catches up at its next start. One scheduler works at a time;
others wait for the lock.
"""

import fcntl
import logging
import os
import select
import signal
import time
from collections.abc import Iterable

from roundtag import db, jobs, logs, queue
from roundtag.settings import current
from roundtag.supervisor import lifeline
from roundtag.worker import import_library

ADVISORY_LOCK = 7_203_611
WAIT_FOR_LOCK = 5.0

log = logging.getLogger(__name__)


class Lock:
    """Held by one scheduler per PostgreSQL database or DATA_DIR; freed when its holder dies."""

    _handle: int | None = None

    def held(self) -> bool:
        return self._advisory() if db.kind() == "postgresql" else self._file()

    def _advisory(self) -> bool:
        row = db.database.execute_sql("SELECT pg_try_advisory_lock(%s)", (ADVISORY_LOCK,))
        return bool(row.fetchone()[0])

    def _file(self) -> bool:
        if self._handle is None:
            path = current().data_dir / "scheduler.lock"
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class Plan:
    """Which task is due when, on a clock that never goes back."""

    def __init__(self, tasks: Iterable[jobs.Standing]) -> None:
        self.due = dict.fromkeys(tasks, 0.0)

    def turn(self, now: float) -> float:
        """Runs what is due; returns the seconds until the next task is. One failure stops none."""
        for task in [task for task, due in self.due.items() if due <= now]:
            self.due[task] = now + task.seconds
            try:
                task.ensure()
            except Exception:
                log.exception("%s failed, next try in %s s", task.name, task.seconds)
        return max(0.0, min(self.due.values()) - now)


def turn(plan: Plan, lock: Lock) -> float:
    """One look at the plan by the holder of the lock; returns the seconds to wait."""
    try:
        db.database.connect(reuse_if_open=True)
        return plan.turn(time.monotonic()) if lock.held() else WAIT_FOR_LOCK
    except Exception:
        log.exception("the scheduler lost its database and tries again")
        db.database.manual_close()
        return WAIT_FOR_LOCK


def main() -> None:
    logs.set_up("scheduler")
    stop = _stop_pipe()
    lifeline.hold(last_wish=queue.stop_embedded)
    db.connect(current().database_url)
    import_library()
    plan, lock = Plan(jobs.standing.values()), Lock()
    while not select.select([stop], [], [], turn(plan, lock))[0]:
        continue


def _stop_pipe() -> int:
    """A file descriptor that becomes readable at SIGTERM or SIGINT."""
    readable, writable = os.pipe()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os.write(writable, b"."))
    return readable
