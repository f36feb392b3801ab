"""What is known of backups and drills: kept in the database, told on /healthz and to admins."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from roundtag import clock, jobs, notify
from roundtag.backups.manifest import Manifest
from roundtag.db import write
from roundtag.models import Grant, Leaf, Log, Person, Setting, tuples

LATE = timedelta(hours=26)
BACKUP, DRILL, TRIED = "backup.last", "drill.last", "backup.tried"


@dataclass(frozen=True)
class Status:
    """`proven_at`: when the backup was made that a drill last restored without a fault."""

    backup_at: datetime | None
    where: str
    size: int
    proven_at: datetime | None
    drilled_at: datetime | None
    problems: tuple[str, ...]
    tried_at: datetime | None
    began_at: datetime | None

    def late(self, now: datetime) -> bool:
        """Whether the last good backup is too old; a new installation has a day to make one."""
        since = self.proven_at or self.began_at
        return since is not None and now - since > LATE

    def well(self, now: datetime) -> bool:
        return not self.problems and not self.late(now)


def status() -> Status:
    rows = Setting.select().where(Setting.name.in_([BACKUP, DRILL, TRIED]))
    found: dict[str, dict[str, Any]] = {row.name: json.loads(row.value) for row in rows}
    backup, drill = found.get(BACKUP, {}), found.get(DRILL, {})
    return Status(
        _moment(backup.get("at")), backup.get("where", ""), backup.get("size", 0),
        _moment(drill.get("proven")), _moment(drill.get("at")), tuple(drill.get("problems", ())),
        _moment(found.get(TRIED, {}).get("at")), _began(),
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return clock.from_text(text) if text else None


def _began() -> datetime | None:
    """The installation's first deed; the first leaf of each log is found by its log."""
    first = Leaf.select(fn.MIN(Leaf.received_at)).join(Log).where(Leaf.leaf_index == 0)
    ((text,),) = tuples(first)
    return _moment(text) if isinstance(text, str) else text


def note_try(now: datetime) -> None:
    _keep(TRIED, {"at": clock.to_text(now)})


def note_backup(where: str, manifest: Manifest) -> None:
    made = clock.to_text(manifest.made_at)
    _keep(BACKUP, {"at": made, "where": where, "size": manifest.size})


def note_drill(manifest: Manifest | None, problems: list[str], now: datetime) -> None:
    """A failed drill leaves what was proven before as it was."""
    before = status().proven_at
    proven = manifest.made_at if manifest and not problems else before
    _keep(DRILL, {"at": clock.to_text(now), "problems": problems[:20],
                  "proven": clock.to_text(proven) if proven else None})  # fmt: skip


def _keep(name: str, value: dict[str, Any]) -> None:
    with write():
        Setting.insert(name=name, value=json.dumps(value)).on_conflict(
            conflict_target=[Setting.name], preserve=[Setting.value]
        ).execute()


def alarm(kind: str, dedupe: str, now: datetime, **data: Any) -> None:
    """Tells every administrator of the provider, by mail too."""
    with write():
        for person_id in _administrators():
            notify.tell(person_id, kind, dedupe, now, channels=("app", "mail"), **data)


def _administrators() -> list[int]:
    query = Person.select(Person.id).join(Grant).where(
        Person.active & (Grant.role == "admin") & (Grant.scope == "provider")
        & Grant.until.is_null()
    )  # fmt: skip
    return sorted({key for (key,) in tuples(query)})


@jobs.every(1_800, "backups.watch")
def watch() -> bool:
    """Alarms once a day while the last good backup is too old, whatever the reason."""
    now, seen = clock.now(), status()
    if not seen.late(now):
        return False
    since = seen.proven_at or seen.began_at
    day = clock.local_day(now)
    alarm("backup-late", f"backup-late:{day}", now,
          since=f"{clock.local(since):%Y-%m-%d %H:%M}" if since else "–")  # fmt: skip
    return True
