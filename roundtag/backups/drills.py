"""A restore that is tried: in a database of its own, the ledger verified, a report drawn.

It needs no second server: a backup of either database restores into a file of SQLite.
"""

import tempfile
from pathlib import Path

from peewee import PeeweeException

from roundtag import bytestore, clock, reports, schema
from roundtag.access import SYSTEM
from roundtag.backups import checking, dumping, restoring, state
from roundtag.backups.manifest import LogState, Manifest, NoBackup
from roundtag.backups.store import Found
from roundtag.models import Leaf, Log, Round, tuples
from roundtag.reports import pdf
from roundtag.settings import current


def drill(found: Found) -> list[str]:
    """Restores to scratch; returns what went wrong, and notes it either way."""
    now = clock.now()
    wrong = checking.problems(found) or _rehearse(found) or compare(found.manifest)
    state.note_drill(found.manifest, wrong, now)
    if wrong:
        state.alarm("drill-failed", f"drill-failed:{clock.local_day(now)}", now, reason=wrong[0])
    return wrong


def _rehearse(found: Found) -> list[str]:
    current().data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".drill-", dir=current().data_dir) as scratch:
        try:
            schema.refuse_newer(found.manifest.schema)
            with restoring.bound(f"sqlite:///{scratch}/drill.db"):
                restoring.rebuild(found)
                _draw(Path(scratch, "drill.pdf"))
        except (
            NoBackup,
            schema.NewerSchema,
            PeeweeException,
            bytestore.Unreachable,
            OSError,
            ValueError,
        ) as failed:
            return [f"{type(failed).__name__}: {failed}"]
    return []


def _draw(target: Path) -> None:
    """The newest round's report on paper, so that records and not only rows are readable."""
    newest = Round.select(Round.id).order_by(Round.id.desc()).first()
    if newest:
        pdf.write(reports.of_round(newest.id, SYSTEM), "zh", target)
        if not target.read_bytes().startswith(b"%PDF"):
            raise ValueError("the report of the restored round is no PDF")


def compare(manifest: Manifest) -> list[str]:
    """Whether the logs that are in use go on from those of the backup."""
    return [f"log {log.origin} does not go on from this backup"
            for log in manifest.logs if not _goes_on(log)]  # fmt: skip


def _goes_on(then: LogState) -> bool:
    log = Log.get_or_none(Log.origin == then.origin)
    if log is None or log.size < then.size:
        return False
    query = Leaf.select(Leaf.log, Leaf.hash).where(
        (Leaf.log == log.id) & (Leaf.leaf_index < then.size)
    )
    chain = dumping.Notes()
    chain.take_log(log.id, then.client, then.origin, then.size)
    for log_id, digest in tuples(query.order_by(Leaf.leaf_index)):
        chain.take_leaf(log_id, digest)
    return chain.logs() == (then,)
