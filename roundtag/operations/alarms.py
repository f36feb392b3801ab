"""What is not as it should be, from the figures alone; each with what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from roundtag.operations.figures import Figures, quota
from roundtag.settings import current
from roundtag.words import N_

STILL = timedelta(minutes=5)
WAITS = timedelta(minutes=10)
UNSENT = timedelta(hours=1)
UNCHECKED = timedelta(hours=49)
NEARLY = 0.9


@dataclass(frozen=True)
class Alarm:
    """`code` is stable: a metric and a section of docs/operate.md are called by it."""

    code: str
    holds: Callable[[Figures], bool]
    message: str
    advice: str


def _older(at: datetime | None, span: timedelta, seen: Figures) -> bool:
    return at is not None and seen.now - at > span


def _still(seen: Figures) -> bool:
    """A new installation has a while until the first tick."""
    return _older(seen.tick or seen.backup.began_at, STILL, seen)


def _unsigned(seen: Figures) -> bool:
    """Signing comes every minute: a log that has grown and whose head is old is refused."""
    return any(
        line.leaves > (line.head.size if line.head else 0)
        and _older(line.head.signed_at if line.head else seen.backup.began_at, WAITS, seen)
        for line in seen.logs
    ) and not _still(seen)


def _unchecked(seen: Figures) -> bool:
    return any(
        line.leaves
        and _older((line.check and line.check.asked_at) or seen.backup.began_at, UNCHECKED, seen)
        for line in seen.logs
    )


ALARMS = (
    Alarm("writes", lambda seen: seen.writes != "ok",
          N_("Nothing is written: the disk is read-only or the data are damaged."),
          N_("Look at the disk; restore the last good backup if the data are damaged.")),
    Alarm("disk", lambda seen: seen.free < current().free_mb * 1_000_000,
          N_("The disk is nearly full: photos are refused, phones keep them."),
          N_("Free space or enlarge the disk; all goes on by itself.")),
    Alarm("quota", lambda seen: seen.stored > NEARLY * quota(),
          N_("Photos and papers fill more than nine tenths of their quota."),
          N_("Raise PHOTOS_MB where the disk allows it.")),
    Alarm("photos", lambda seen: not seen.photos_up,
          N_("The bucket of photos does not answer: phones keep them, entries are taken."),
          N_("Look at the server of BLOB_URL and at its keys; all goes on by itself.")),
    Alarm("queue", lambda seen: not seen.queue["up"],
          N_("The queue does not answer: jobs wait, nothing is lost."),
          N_("Restart Roundtag, or the Redis server of REDIS_URL.")),
    Alarm("scheduler", _still,
          N_("The scheduler stands still: no round opens and no deadline is told."),
          N_("Restart Roundtag; the log's lines of the scheduler say why.")),
    Alarm("worker", lambda seen: _older(seen.job_due, WAITS, seen),
          N_("A job that is due has waited for more than ten minutes."),
          N_("Restart Roundtag; the log's lines of the worker say why.")),
    Alarm("jobs", lambda seen: bool(seen.jobs.get("failed")),
          N_("Jobs have failed for good."),
          N_("Look at them below: try again once the cause is gone, or discard them.")),
    Alarm("mail", lambda seen: _older(seen.mail_since, UNSENT, seen),
          N_("Mail has waited for more than an hour."),
          N_("Check SMTP_URL and the mail server; failed jobs below say more.")),
    Alarm("backup", lambda seen: seen.backup.late(seen.now),
          N_("No good backup is younger than 26 hours."),
          N_("Run `roundtag backup --drill`: it says why.")),
    Alarm("drill", lambda seen: bool(seen.backup.problems),
          N_("The last backup did not restore."),
          N_("Run `roundtag backup --drill`; keep the older backups until it succeeds.")),
    Alarm("ledger", lambda seen: any(line.check and line.check.count for line in seen.logs),
          N_("A log is NOT in order."),
          N_("Open the ledger, keep an export, and find out who touched the database.")),
    Alarm("unchecked", _unchecked,
          N_("A log has not been checked for two nights."),
          N_("See that the scheduler and the worker run; check it by hand in the ledger.")),
    Alarm("unsigned", _unsigned,
          N_("A log has grown and is not signed any more."),
          N_("The log of the scheduler names the reason; the key may have been changed.")),
)  # fmt: skip


def ringing(seen: Figures) -> list[Alarm]:
    return [alarm for alarm in ALARMS if alarm.holds(seen)]
