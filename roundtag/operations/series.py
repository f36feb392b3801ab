"""Figures for Prometheus: counted in each web process, or gathered at the moment of asking.

Web workers count into files of PROMETHEUS_MULTIPROC_DIR, which the supervisor empties at its start;
without it (tests, another WSGI server) a process counts for itself. Labels come from the code
alone: nobody outside can make a new series.
"""

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from roundtag import clock
from roundtag.operations import alarms, figures
from roundtag.operations.figures import Figures

FOLDER_NAME = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
BUCKETS = (0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

_own = CollectorRegistry()
_requests = Counter("roundtag_requests", "Answers by route pattern, method and status.",
                    ("route", "method", "status"), registry=_own)  # fmt: skip
_seconds = Histogram("roundtag_request_seconds", "How long answers took to make, by route pattern.",
                     ("route",), buckets=BUCKETS, registry=_own)  # fmt: skip
_receipts = Counter("roundtag_sync_receipts", "Receipts given to phones; again: asked for twice.",
                    ("outcome", "again"), registry=_own)  # fmt: skip


def answered(route: str, method: str, status: int, seconds: float) -> None:
    """Counts an answer. `route` is a pattern of the application's own, or `none`."""
    _requests.labels(route, method if method in METHODS else "other", str(status)).inc()
    _seconds.labels(route).observe(seconds)


def received(outcome: str, again: bool) -> None:
    _receipts.labels(outcome, "yes" if again else "no").inc()


def exposition() -> bytes:
    """Everything in the text format of Prometheus, counters of all web processes together."""
    registry = CollectorRegistry()
    if os.environ.get(FOLDER_NAME):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_own)
    registry.register(_Gathered(figures.gather(clock.now())))
    return generate_latest(registry)


class _Gathered(Collector):
    def __init__(self, seen: Figures) -> None:
        self.seen = seen

    def collect(self) -> Iterator[Metric]:
        seen = self.seen
        for name, help_, values in _single(seen):
            if values is not None:
                yield GaugeMetricFamily(f"roundtag_{name}", help_, values)
        yield _split("jobs", "Jobs by state.", "state", seen.jobs)
        yield _split("faults_open", "Open faults by level.", "level",
                     {level or "none": count for level, count in seen.faults.items()})  # fmt: skip
        yield _split("submissions", "Entries kept, by outcome.", "outcome", seen.submissions)
        ringing = {alarm.code for alarm in alarms.ringing(seen)}
        yield _split("alarm", "1 while something needs a person; see docs/operate.md.", "alarm",
                     {one.code: int(one.code in ringing) for one in alarms.ALARMS})  # fmt: skip


def _split(name: str, help_: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"roundtag_{name}", help_, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


def _single(seen: Figures) -> Iterator[tuple[str, str, float | None]]:
    """Name, help and value; ages are seconds and left out for what never was."""
    ages = {
        "job_oldest_due_age_seconds": ("Since when a job is due.", seen.job_due),
        "mail_oldest_unsent_age_seconds": ("Since when a mail waits.", seen.mail_since),
        "backup_age_seconds": ("Since the last backup.", seen.backup.backup_at),
        "backup_proven_age_seconds": ("Since the last backup that restored.",
                                      seen.backup.proven_at),
        "drill_age_seconds": ("Since the last drill.", seen.backup.drilled_at),
        "scheduler_tick_age_seconds": ("Since the scheduler's last sign of life.", seen.tick),
        "head_mailed_age_seconds": ("Since the last signed head went out.", seen.mailed_at),
        "head_signed_age_seconds": ("Since the newest signed head of any log.",
                                    max((line.head.signed_at for line in seen.logs if line.head),
                                        default=None)),
        "verify_age_seconds": ("Since the oldest last check of a log.",
                               min((line.check.done_at for line in seen.logs
                                    if line.check and line.check.done_at), default=None)),
    }  # fmt: skip
    for name, (help_, at) in ages.items():
        yield name, help_, None if at is None else (seen.now - at).total_seconds()
    yield "queue_up", "1 when the queue answers.", int(seen.queue["up"])
    yield "photos_up", "1 when the bucket of photos answers, or there is none.", int(seen.photos_up)
    yield "queue_waiting", "Jobs in the queue.", seen.queue["waiting"]
    yield "mails_unsent", "Mails that wait.", seen.mails
    yield "photos_away", "Photos of the last 30 days that phones have not sent.", seen.photos_away
    yield "blobs_bytes", "Photos and papers.", seen.stored
    yield "blobs_quota_bytes", "What they may fill.", figures.quota()
    yield "database_bytes", "The database on the disk.", seen.database
    yield "disk_free_bytes", "Free on the disk of the data.", seen.free
    yield "writes_ok", "0 when the disk is read-only or the data are damaged.", seen.writes == "ok"
