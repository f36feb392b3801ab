"""The night's work in a process of its own: a backup, old ones removed, the newest one restored.

The scheduler starts it and goes on counting deadlines meanwhile.
"""

import logging
import os
import subprocess
import sys
from datetime import datetime, time, timedelta
from pathlib import Path

from peewee import PeeweeException

from roundtag import bytestore, clock, db, erased_list, heads, jobs, journal, logs
from roundtag.backups import damage, drills, making, state, store
from roundtag.backups.manifest import Manifest
from roundtag.settings import current
from roundtag.supervisor import lifeline

AT = time(2, 0)
"""On the clock of the office."""
AGAIN = timedelta(hours=1)
MARGIN = timedelta(hours=1)

log = logging.getLogger(__name__)
_children: list[subprocess.Popen[bytes]] = []


def due(seen: state.Status, now: datetime) -> bool:
    """Whether tonight's backup is still to be made: caught up after a pause, tried again hourly."""
    here = clock.local(now)
    night = here.replace(hour=AT.hour, minute=AT.minute, second=0, microsecond=0)
    night = night if night <= here else night - timedelta(days=1)
    if seen.began_at is None or seen.began_at > night:
        return False
    done = seen.drilled_at is not None and seen.drilled_at > night and not seen.problems
    return not done and (seen.tried_at is None or now - seen.tried_at >= AGAIN)


@jobs.every(600, "backups.nightly")
def ensure() -> bool:
    """Starts the night's work when it is due; never two at a time."""
    _children[:] = [child for child in _children if child.poll() is None]
    now = clock.now()
    if _children or not due(state.status(), now):
        return False
    state.note_try(now)
    _children.append(subprocess.Popen(
        [sys.executable, "-m", "roundtag.nightly"],
        stdin=subprocess.DEVNULL,
        env={**os.environ, lifeline.PARENT: str(os.getpid())},
    ))  # fmt: skip
    return True


def work() -> list[str]:
    """Backup, drill, and the look at the live database; returns what went wrong."""
    now, folder = clock.now(), current().backups
    try:
        made = making.into_folder(folder, making.NIGHTLY)
    except store.Busy:
        return []
    except (PeeweeException, OSError, bytestore.Unreachable) as failed:
        return _failed(failed, now)
    state.note_backup(str(made.path), made.manifest)
    wrong = drills.drill(store.found_at(made.path))
    erased_list.copy(folder)
    if not wrong:
        store.prune(folder, current().backup_keep)
        _trim(made.manifest, now)
        _forget_old(folder)
    if made.manifest.absent:
        lost = f"{len(made.manifest.absent)} photos are lost or damaged"
        state.alarm("backup-failed", f"photos-lost:{clock.local_day(now)}", now, reason=lost)
        wrong = [*wrong, lost]
    return wrong


def _trim(made: Manifest, now: datetime) -> None:
    kept = journal.of_settings()
    if kept:
        kept.trim(made.made_at, now, current().journal_days, made.absent)


def _forget_old(folder: Path) -> None:
    """Signing keys that no backup needs, and databases that a restore has put aside longer ago than
    the oldest backup that is kept: what was erased since must not live on in them."""
    oldest = store.listed(folder)[-1].manifest.made_at - MARGIN
    heads.retire(oldest)
    if current().embedded_database:
        target = Path(db.database.database)
        for path in target.parent.glob(f"{target.name}.replaced-*"):
            if path.stat().st_mtime < oldest.timestamp():
                path.unlink()


def _failed(failed: Exception, now: datetime) -> list[str]:
    reason = logs.told(failed)
    damage.note(failed)
    log.error("the nightly backup failed: %s", failed)
    state.alarm("backup-failed", f"backup-failed:{clock.local_day(now)}", now, reason=reason)
    return [reason]


def main() -> None:
    logs.set_up("nightly")
    lifeline.hold()
    os.nice(10)
    db.connect(current().database_url)
    with db.database.connection_context():
        for problem in work():
            log.error("backup or drill: %s", problem)
    db.database.close_all()


if __name__ == "__main__":
    main()
